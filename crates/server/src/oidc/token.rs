//! ID tokens: JSON Web Tokens (RFC 7519) of which OpenID Connect Core 1.0, section 3.1.3.7, says what must hold.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cofferdam_model::Timestamp;
use serde::Deserialize;
use serde_json::Value;

const MOST: usize = 64 * 1_024;
/// How far a provider's clock may be from ours, in seconds.
const APART: i64 = 60;

/// A token, taken apart. Of its claims nothing is to be believed before its signature was looked at.
pub(super) struct Token {
    pub(super) alg: String,
    pub(super) kid: Option<String>,
    /// What is signed.
    pub(super) signed: String,
    pub(super) signature: Vec<u8>,
    claims: Claims,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Value,
    exp: f64,
    iat: f64,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    azp: Option<String>,
}

/// What must stand in it.
pub(super) struct Wanted<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

/// Takes a token apart.
pub(super) fn read(text: &str) -> Result<Token, &'static str> {
    #[derive(Deserialize)]
    struct Header {
        alg: String,
        #[serde(default)]
        kid: Option<String>,
        #[serde(default)]
        crit: Option<Value>,
    }
    let none = "its ID token does not read";
    if text.len() > MOST {
        return Err("its ID token is too long");
    }
    let (signed, signature) = text.rsplit_once('.').ok_or(none)?;
    let (header, claims) = signed.split_once('.').ok_or(none)?;
    let part = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| none);
    let header: Header = serde_json::from_slice(&part(header)?).map_err(|_| none)?;
    let claims: Claims = serde_json::from_slice(&part(claims)?).map_err(|_| none)?;
    if header.crit.is_some() {
        return Err("its ID token wants what is not known here");
    }
    Ok(Token {
        alg: header.alg,
        kid: header.kid,
        signed: signed.to_owned(),
        signature: part(signature)?,
        claims,
    })
}

/// Whom it is about, where all holds that must.
pub(super) fn checked(token: &Token, wanted: &Wanted<'_>) -> Result<String, &'static str> {
    let claims = &token.claims;
    let seconds = wanted.now.as_micros() as f64 / 1e6;
    let apart = APART as f64;
    let (ours, alone) = match &claims.aud {
        Value::String(one) => (one == wanted.client, true),
        Value::Array(many) => (many.iter().any(|one| one == wanted.client), many.len() == 1),
        _ => (false, false),
    };
    if claims.iss != wanted.issuer {
        return Err("its ID token is another provider's");
    }
    let party = claims.azp.as_deref();
    if !ours || party.is_some_and(|party| party != wanted.client) || (!alone && party.is_none()) {
        return Err("its ID token is for another client");
    }
    if claims.nonce.as_deref() != Some(wanted.nonce) {
        return Err("its ID token is of another sign-in");
    }
    if !(claims.exp.is_finite() && claims.exp > seconds - apart) {
        return Err("its ID token has expired, or the clocks are apart");
    }
    if !(claims.iat.is_finite() && claims.iat < seconds + apart) {
        return Err("its ID token is of the future, or the clocks are apart");
    }
    if claims.sub.is_empty() || claims.sub.len() > 255 {
        return Err("its ID token names nobody");
    }
    Ok(claims.sub.clone())
}
