//! The operations of the document, with a real object in every path and a body that fits.

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::world::World;

/// One operation, ready to be asked for.
#[derive(Clone)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
}

/// Every operation of the document that the program prints.
pub(crate) async fn all(world: &World) -> Vec<Operation> {
    let document: Value = serde_json::from_str(&world.document).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let body = schema.is_object().then(|| sample(&document, schema, "", world));
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let mut path = path.clone();
            for (name, value) in world.ids() {
                path = path.replace(&format!("{{{name}}}"), &value);
            }
            path.push_str(&query(&document, operation, world));
            assert!(
                !path.contains('{'),
                "{path}: no real object stands for a part of it"
            );
            operations.push(Operation {
                id,
                method,
                path,
                body,
            });
        }
    }
    operations
}

/// What an operation needs in its query.
fn query(document: &Value, operation: &Value, world: &World) -> String {
    let all = operation["parameters"].as_array().into_iter().flatten();
    let needed = all.filter(|p| p["in"] == "query" && p["required"] == true);
    let pairs = needed.map(|p| {
        let name = p["name"].as_str().unwrap();
        let value = sample(document, &p["schema"], name, world);
        format!("{name}={}", value.as_str().unwrap())
    });
    let pairs: Vec<String> = pairs.collect();
    if pairs.is_empty() {
        String::new()
    } else {
        format!("?{}", pairs.join("&"))
    }
}

/// A value that fits a schema.
fn sample(document: &Value, schema: &Value, name: &str, world: &World) -> Value {
    if let Some(known) = world.value_of(name) {
        return known;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).unwrap();
        return sample(document, target, name, world);
    }
    if let Some(first) = schema["enum"].as_array().and_then(|e| e.first()) {
        return first.clone();
    }
    let kind = &schema["type"];
    match kind.as_str().or_else(|| kind[0].as_str()) {
        Some("object") => object(document, schema, world),
        Some("array") => json!([sample(document, &schema["items"], "", world)]),
        Some("integer") => json!(1),
        Some("boolean") => json!(false),
        _ => json!("words"),
    }
}

fn object(document: &Value, schema: &Value, world: &World) -> Value {
    let mut out = Map::new();
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if required.contains(&json!(name)) {
            out.insert(name.clone(), sample(document, property, name, world));
        }
    }
    Value::Object(out)
}
