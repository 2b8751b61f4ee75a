//! JSON bodies and documents: `strict_json`, as the server, the import and the templates use it.

#![no_main]

use cofferdam_fuzz::{is_readable, text_choice};
use cofferdam_work::strict_json::{Bounds, check, parse};
use cofferdam_work::template::{TEMPLATE_BOUNDS, VALUE_BOUNDS};
use libfuzzer_sys::fuzz_target;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// What a value holds, counted by other code than the reader's.
#[derive(Default)]
struct Measure {
    depth: usize,
    keys: usize,
    text_bytes: usize,
    nul: bool,
}

impl Measure {
    fn of(value: &Value) -> Self {
        let mut found = Self::default();
        let mut waiting = vec![(value, 0)];
        while let Some((value, above)) = waiting.pop() {
            match value {
                Value::Array(items) => {
                    found.depth = found.depth.max(above + 1);
                    waiting.extend(items.iter().map(|item| (item, above + 1)));
                }
                Value::Object(members) => {
                    found.depth = found.depth.max(above + 1);
                    found.keys += members.len();
                    members.keys().for_each(|key| found.text(key));
                    waiting.extend(members.values().map(|member| (member, above + 1)));
                }
                Value::String(text) => found.text(text),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        found
    }

    fn text(&mut self, text: &str) {
        self.text_bytes = self.text_bytes.max(text.len());
        self.nul |= text.contains('\0');
    }

    fn fits(&self, bounds: &Bounds) -> bool {
        self.depth <= bounds.depth
            && self.keys <= bounds.keys
            && self.text_bytes <= bounds.text_bytes
            && !self.nul
    }
}

/// How many members all objects of a text have, with those whose key stands there twice.
struct Members(usize);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Self(0))
    }
}

impl<'de> Visitor<'de> for Members {
    type Value = Self;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Self, A::Error> {
        while let Some(Self(within)) = items.next_element()? {
            self.0 += within;
        }
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Self, A::Error> {
        while let Some((_, Self(within))) = members.next_entry::<IgnoredAny, Self>()? {
            self.0 += 1 + within;
        }
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }
}

fn bounds(choice: u8) -> Bounds {
    match choice {
        0 => VALUE_BOUNDS,
        1 => TEMPLATE_BOUNDS,
        small => Bounds {
            depth: usize::from(small & 3),
            keys: usize::from(small >> 2 & 7),
            text_bytes: usize::from(small >> 5) * 4,
        },
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((choice, text)) = text_choice(data) else {
        return;
    };
    let bounds = bounds(choice);
    let theirs = serde_json::from_str::<Value>(text);
    match parse(text, &bounds) {
        Ok(value) => {
            assert_eq!(theirs.ok().as_ref(), Some(&value), "two readers read two values");
            assert!(Measure::of(&value).fits(&bounds), "the bounds were not kept");
            assert_eq!(
                check(&value, &bounds),
                Ok(()),
                "what was read does not pass the check"
            );
            let printed = value.to_string();
            assert_eq!(parse(&printed, &bounds).as_ref(), Ok(&value), "{printed}");
        }
        Err(problem) => {
            is_readable(&problem.to_string());
            assert!(problem.pointer.is_empty() || problem.pointer.starts_with('/'));
            let lines = text.matches('\n').count() as u64;
            assert!(problem.line_offset <= lines, "a line that is not there");
            if let Ok(value) = theirs {
                // JSON it is, so a bound was passed or a key stands there twice, of which the other reader keeps one: what was
                // wrong may have been in the one that it dropped.
                let all = serde_json::from_str::<Members>(text).map_or(0, |Members(all)| all);
                let twice = all != Measure::of(&value).keys;
                assert!(twice || !Measure::of(&value).fits(&bounds), "{problem}");
                assert!(twice || check(&value, &bounds).is_err(), "{problem}");
            }
        }
    }
});
