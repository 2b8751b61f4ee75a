//! Against a provider of the tests' own, which says whatever it is told to.

use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cofferdam_work::ops::Platform;
use serde_json::{Value, json};
use std::collections::HashMap;
use tower::ServiceExt as _;

use super::*;
use crate::testing::founded;
use crate::{Settings, router};

/// What the provider does next.
struct Says {
    issuer: String,
    /// `RS256`, `ES256` or `EdDSA`.
    alg: &'static str,
    /// What is put over the claims that are right.
    claims: Value,
    /// What is put over the header that is right.
    header: Value,
    /// Whether another key signs.
    forged: bool,
    keys: Vec<Value>,
    status: StatusCode,
    /// What it was sent for a token.
    sent: Vec<(HashMap<String, String>, Option<String>)>,
    nonce: String,
    fetched: usize,
}

struct Key {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
    ed: Ed25519KeyPair,
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Key {
    fn new() -> Self {
        Self {
            rsa: RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap(),
            ec: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
            ed: Ed25519KeyPair::generate().unwrap(),
        }
    }

    fn shown(&self) -> Vec<Value> {
        // RFC 8017, appendix A.1.1, of 2,048 bits: a sequence of the modulus, behind a zero, and 65,537
        let rsa = self.rsa.public_key().as_ref();
        assert_eq!(
            (&rsa[4..9], &rsa[265..]),
            (&[2, 0x82, 1, 1, 0][..], &[2, 3, 1, 0, 1][..])
        );
        let point = self.ec.public_key().as_ref();
        vec![
            json!({"kty": "oct", "kid": "strange", "k": "AAAA"}),
            json!({"kty": "RSA", "kid": "rsa", "use": "sig", "alg": "RS256",
                   "n": b64(&rsa[9..265]),
                   "e": b64([1, 0, 1])}),
            json!({"kty": "EC", "kid": "ec", "crv": "P-256", "x": b64(&point[1..33]), "y": b64(&point[33..])}),
            json!({"kty": "OKP", "kid": "ed", "crv": "Ed25519", "x": b64(self.ed.public_key().as_ref())}),
        ]
    }

    fn sign(&self, alg: &str, message: &str) -> Vec<u8> {
        let (random, message) = (SystemRandom::new(), message.as_bytes());
        match alg {
            "RS256" => {
                let mut signature = vec![0; self.rsa.public_modulus_len()];
                self.rsa
                    .sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .unwrap();
                signature
            }
            "ES256" => self.ec.sign(&random, message).unwrap().as_ref().to_vec(),
            "EdDSA" => self.ed.sign(message).as_ref().to_vec(),
            _ => Vec::new(),
        }
    }
}

type Shared = Arc<(Mutex<Says>, Key, Key)>;

fn over(mut value: Value, more: &Value) -> Value {
    for (name, member) in more.as_object().into_iter().flatten() {
        match member.is_null() {
            true => drop(value.as_object_mut().unwrap().remove(name)),
            false => value[name] = member.clone(),
        }
    }
    value
}

async fn discovery(State(shared): State<Shared>) -> Json<Value> {
    let mut says = shared.0.lock().unwrap();
    says.fetched += 1;
    let at = &says.issuer;
    Json(json!({
        "issuer": at, "authorization_endpoint": format!("{at}/auth"), "token_endpoint": format!("{at}/token"),
        "jwks_uri": format!("{at}/keys"), "more": [1, 2],
    }))
}

async fn keys(State(shared): State<Shared>) -> Json<Value> {
    Json(json!({ "keys": shared.0.lock().unwrap().keys }))
}

async fn token(State(shared): State<Shared>, headers: HeaderMap, form: String) -> (StatusCode, Json<Value>) {
    let form = url::form_urlencoded::parse(form.as_bytes())
        .into_owned()
        .collect();
    let mut says = shared.0.lock().unwrap();
    let told = headers
        .get(header::AUTHORIZATION)
        .map(|v| v.to_str().unwrap().to_owned());
    says.sent.push((form, told));
    if says.status != StatusCode::OK {
        return (
            says.status,
            Json(json!({"error": "invalid_grant", "error_description": "secret words"})),
        );
    }
    let now =
        Timestamp::from_micros(cofferdam_model::Env::system().now().as_micros()).as_micros() / 1_000_000;
    let claims = json!({
        "iss": says.issuer, "sub": "ann", "aud": "cofferdam", "exp": now + 300, "iat": now, "nonce": says.nonce,
    });
    let kid = match says.alg {
        "RS256" => "rsa",
        "ES256" => "ec",
        _ => "ed",
    };
    let header = over(json!({ "alg": says.alg, "kid": kid, "typ": "JWT" }), &says.header);
    let claims = over(claims, &says.claims);
    let message = format!("{}.{}", b64(header.to_string()), b64(claims.to_string()));
    let key = if says.forged { &shared.2 } else { &shared.1 };
    let signature = key.sign(says.alg, &message);
    (
        StatusCode::OK,
        Json(json!({ "id_token": format!("{message}.{}", b64(signature)), "access_token": "x" })),
    )
}

/// An installation that trusts the provider, and the provider.
struct Place {
    _folder: tempfile::TempDir,
    router: Router,
    shared: Shared,
    operator: String,
}

/// What came back.
struct Answer {
    status: StatusCode,
    body: Value,
    cookies: HashMap<String, String>,
}

impl Place {
    async fn new(secret: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let own = Key::new();
        let says = Says {
            issuer: issuer.clone(),
            alg: "RS256",
            claims: json!({}),
            header: json!({}),
            forged: false,
            keys: own.shown(),
            status: StatusCode::OK,
            sent: Vec::new(),
            nonce: String::new(),
            fetched: 0,
        };
        let shared: Shared = Arc::new((Mutex::new(says), own, Key::new()));
        let provider = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, provider).await });
        let folder = tempfile::tempdir().unwrap();
        let (gate, operator) = founded(folder.path()).await;
        let oidc = Oidc {
            issuer,
            client: "cofferdam".into(),
            secret: secret.into(),
            name: "Work".into(),
        };
        let settings = Settings {
            oidc: Some(oidc),
            ..Settings::default()
        };
        let router = router(Platform::new(gate, folder.path().to_owned()), settings);
        Self {
            _folder: folder,
            router,
            shared,
            operator,
        }
    }

    fn says(&self) -> std::sync::MutexGuard<'_, Says> {
        self.shared.0.lock().unwrap()
    }

    async fn post(&self, path: &str, cookies: &[(&str, &str)], body: Value) -> Answer {
        let cookies: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = Request::post(format!("/api/v1{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, cookies.join("; "));
        let request = match path.starts_with("/people") {
            true => request.header(header::AUTHORIZATION, format!("Bearer {}", self.operator)),
            false => request,
        };
        let request = request.body(Body::from(body.to_string())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let set = response.headers().get_all(header::SET_COOKIE).iter();
        let pairs = set.filter_map(|v| v.to_str().ok()?.split(';').next()?.split_once('='));
        let cookies = pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer {
            status,
            body,
            cookies,
        }
    }

    /// Somebody's session, by a login link.
    async fn session(&self, name: &str) -> String {
        let person = self.post("/people", &[], json!({ "name": name })).await.body;
        let path = format!("/people/{}/links", person["id"].as_str().unwrap());
        let link = self.post(&path, &[], json!({})).await.body;
        let link = link["url"]
            .as_str()
            .unwrap()
            .split_once('#')
            .unwrap()
            .1
            .to_owned();
        self.post("/sessions", &[], json!({ "link": link })).await.cookies["cofferdam_session"].clone()
    }

    /// Begins, as the page does; what the provider is told of it.
    async fn begin(&self, session: Option<&str>) -> (String, HashMap<String, String>) {
        let (path, cookies) = match session {
            Some(session) => ("/me/accounts/challenges", vec![("cofferdam_session", session)]),
            None => ("/accounts/challenges", vec![]),
        };
        let begun = self.post(path, &cookies, json!({})).await;
        assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.body);
        let url = Url::parse(begun.body["url"].as_str().unwrap()).unwrap();
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        self.says().nonce.clone_from(&asked["nonce"]);
        (begun.cookies["cofferdam_flow"].clone(), asked)
    }

    async fn add(&self, session: &str) -> Answer {
        let (flow, asked) = self.begin(Some(session)).await;
        let cookies = [("cofferdam_session", session), ("cofferdam_flow", flow.as_str())];
        self.post(
            "/me/accounts",
            &cookies,
            json!({ "code": "c", "state": asked["state"] }),
        )
        .await
    }

    async fn log_in(&self) -> Answer {
        let (flow, asked) = self.begin(None).await;
        let cookies = [("cofferdam_flow", flow.as_str())];
        self.post(
            "/accounts/logins",
            &cookies,
            json!({ "code": "c", "state": asked["state"] }),
        )
        .await
    }
}

#[tokio::test]
async fn whoever_added_their_account_is_signed_in_by_it() {
    let place = Place::new("").await;
    let session = place.session("Ann").await;
    let stranger = place.log_in().await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    assert!(
        stranger.body["detail"]
            .as_str()
            .unwrap()
            .starts_with("nobody here has added that account")
    );
    let added = place.add(&session).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    for alg in ["RS256", "ES256", "EdDSA"] {
        place.says().alg = alg;
        let signed_in = place.log_in().await;
        assert_eq!(signed_in.status, StatusCode::CREATED, "{alg}: {}", signed_in.body);
        assert_eq!(signed_in.body["name"], "Ann");
        assert!(signed_in.cookies.contains_key("cofferdam_session"));
    }
    assert_eq!(place.says().fetched, 1, "what a provider says of itself is kept");
}

#[tokio::test]
async fn what_is_asked_is_as_the_standards_have_it() {
    let place = Place::new("s&cret").await;
    let (flow, asked) = place.begin(None).await;
    assert_eq!(
        (asked["response_type"].as_str(), asked["scope"].as_str()),
        ("code", "openid")
    );
    assert_eq!(
        (
            asked["client_id"].as_str(),
            asked["code_challenge_method"].as_str()
        ),
        ("cofferdam", "S256")
    );
    assert_eq!(asked["redirect_uri"], "http://127.0.0.1:8417/login/account");
    assert_eq!(asked["state"], flow);
    let body = json!({ "code": "the code", "state": flow });
    place
        .post("/accounts/logins", &[("cofferdam_flow", &flow)], body)
        .await;
    let (sent, told) = place.says().sent.pop().unwrap();
    assert_eq!(
        (sent["grant_type"].as_str(), sent["code"].as_str()),
        ("authorization_code", "the code")
    );
    assert_eq!(sent["redirect_uri"], asked["redirect_uri"]);
    // RFC 7636, section 4.6.
    assert_eq!(
        b64(digest(&SHA256, sent["code_verifier"].as_bytes())),
        asked["code_challenge"]
    );
    assert!((43..=128).contains(&sent["code_verifier"].len()));
    assert_eq!(told, Some(basic("cofferdam", "s&cret")));
    assert!(!sent.contains_key("client_id") && !sent.contains_key("client_secret"));
}

#[tokio::test]
async fn a_token_that_does_not_hold_signs_nobody_in() {
    let place = Place::new("").await;
    let session = place.session("Ann").await;
    assert_eq!(place.add(&session).await.status, StatusCode::CREATED);
    let now = cofferdam_model::Env::system().now().as_micros() / 1_000_000;
    let claims = [
        json!({"iss": "https://id.other.example"}),
        json!({"aud": "another"}),
        json!({"aud": ["cofferdam", "another"]}),
        json!({"aud": ["cofferdam", "another"], "azp": "another"}),
        json!({"azp": "another"}),
        json!({"aud": null}),
        json!({"aud": {"cofferdam": true}}),
        json!({"exp": now - 120}),
        json!({"exp": null}),
        json!({"exp": "tomorrow"}),
        json!({"iat": now + 600}),
        json!({"nonce": "another"}),
        json!({"nonce": null}),
        json!({"sub": ""}),
        json!({"sub": null}),
        json!({"sub": "a".repeat(256)}),
    ];
    for claim in claims {
        place.says().claims = claim.clone();
        assert_eq!(place.log_in().await.status, StatusCode::CONFLICT, "{claim}");
    }
    place.says().claims = json!({"aud": ["cofferdam"], "exp": now + 1_000});
    assert_eq!(place.log_in().await.status, StatusCode::CREATED);
    place.says().claims = json!({"aud": ["cofferdam", "more"], "azp": "cofferdam"});
    assert_eq!(place.log_in().await.status, StatusCode::CREATED);
    place.says().claims = json!({});
    let headers = [
        json!({"alg": "none"}),
        json!({"alg": "HS256"}),
        json!({"alg": "RS512"}),
        json!({"alg": "ES256"}),
        json!({"kid": "ec"}),
        json!({"kid": "strange"}),
        json!({"crit": ["exp"]}),
        json!({"alg": null}),
    ];
    for head in headers {
        place.says().header = head.clone();
        assert_eq!(place.log_in().await.status, StatusCode::CONFLICT, "{head}");
    }
    place.says().header = json!({"kid": null});
    assert_eq!(
        place.log_in().await.status,
        StatusCode::CREATED,
        "of all keys one fits"
    );
    place.says().header = json!({});
    place.says().forged = true;
    for alg in ["RS256", "ES256", "EdDSA", "none"] {
        place.says().alg = alg;
        assert_eq!(place.log_in().await.status, StatusCode::CONFLICT, "{alg}");
    }
}

#[tokio::test]
async fn a_sign_in_is_its_browsers_and_ends_once() {
    let place = Place::new("").await;
    let session = place.session("Ann").await;
    assert_eq!(place.add(&session).await.status, StatusCode::CREATED);
    let (flow, asked) = place.begin(None).await;
    let (other, _) = place.begin(None).await;
    place.says().nonce.clone_from(&asked["nonce"]);
    let body = json!({ "code": "c", "state": flow });
    for cookies in [
        vec![],
        vec![("cofferdam_flow", other.as_str())],
        vec![("cofferdam_flow", "")],
    ] {
        let refused = place.post("/accounts/logins", &cookies, body.clone()).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
    }
    let cookies = [("cofferdam_flow", flow.as_str())];
    assert_eq!(
        place
            .post("/accounts/logins", &cookies, body.clone())
            .await
            .status,
        StatusCode::CREATED
    );
    assert_eq!(
        place.post("/accounts/logins", &cookies, body).await.status,
        StatusCode::UNAUTHORIZED
    );
    // What one began to add is not theirs to sign in by, nor another's to add.
    let (adding, _) = place.begin(Some(&session)).await;
    let body = json!({ "code": "c", "state": adding });
    let cookies = [("cofferdam_flow", adding.as_str())];
    assert_eq!(
        place
            .post("/accounts/logins", &cookies, body.clone())
            .await
            .status,
        StatusCode::CONFLICT
    );
    let bob = place.session("Bob").await;
    let cookies = [
        ("cofferdam_flow", adding.as_str()),
        ("cofferdam_session", bob.as_str()),
    ];
    assert_eq!(
        place.post("/me/accounts", &cookies, body).await.status,
        StatusCode::CONFLICT
    );
}

#[tokio::test]
async fn a_key_that_is_new_is_fetched_but_not_for_every_token() {
    let place = Place::new("").await;
    let session = place.session("Ann").await;
    let shown = std::mem::take(&mut place.says().keys);
    assert_eq!(
        place.add(&session).await.status,
        StatusCode::CONFLICT,
        "it shows no key"
    );
    place.says().keys = shown;
    assert_eq!(
        place.add(&session).await.status,
        StatusCode::CONFLICT,
        "it was asked a moment ago"
    );
    assert_eq!(place.says().fetched, 1);
}

#[tokio::test]
async fn what_a_provider_refuses_is_told_in_a_word() {
    let place = Place::new("").await;
    place.says().status = StatusCode::BAD_REQUEST;
    let refused = place.log_in().await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(
        detail.contains("invalid_grant") && !detail.contains("secret words"),
        "{detail}"
    );
}

#[test]
fn issuers_are_reached_over_tls_or_on_this_machine() {
    for good in [
        "https://id.work.example",
        "https://id.work.example/realms/one",
        "http://localhost:9000",
        "http://127.0.0.1:9000/x",
    ] {
        assert!(is_issuer(good), "{good}");
    }
    for bad in [
        "",
        "id.work.example",
        "http://id.work.example",
        "https://id.work.example?x=1",
        "https://u:p@id.work.example",
        "https://id.work.example#x",
        "ftp://localhost",
    ] {
        assert!(!is_issuer(bad), "{bad}");
    }
}

#[test]
fn a_clients_secret_is_encoded_before_it_is_joined() {
    // RFC 6749, section 2.3.1, and RFC 7617 of the join.
    assert_eq!(
        basic("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw"),
        "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"
    );
    assert_eq!(
        basic("a:b", "c d"),
        format!("Basic {}", STANDARD.encode("a%3Ab:c+d"))
    );
}

#[test]
fn what_proves_the_installation_is_not_printed() {
    let oidc = Oidc {
        issuer: "https://id.work.example".into(),
        client: "cofferdam".into(),
        secret: "nobody-reads-this".into(),
        name: "Work".into(),
    };
    let shown = format!("{oidc:?}");
    assert!(shown.contains("id.work.example"), "{shown}");
    assert!(!shown.contains("nobody-reads-this"), "{shown}");
}
