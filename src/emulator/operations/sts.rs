//! STS: who calls, and temporary keys that are good for a while.
//!
//! Scenarios have no RAM roles: every role of every account can be assumed by everybody in any of them, for up to the twelve hours
//! that a role allows at most.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta};
use serde_json::{Map, Value, json};

use super::super::errors::Refusal;
use super::super::identities::Principal;
use super::super::route::Call;
use super::{Scene, written};

/// Shortest, longest and usual validity in seconds (parameter documentation of the SDK; RAM lets roles allow twelve hours).
const SECONDS: (i64, i64, i64) = (900, 43_200, 3_600);

/// `GetCallerIdentity`
pub(super) fn caller_identity(scene: &Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let Some(caller) = scene.caller else {
        return Err(Refusal::incomplete_signature(call.family, "not signed"));
    };
    let account = &scene.account.id;
    let mut answer = Map::new();
    let mut put = |name: &str, value: &str| answer.insert(name.to_owned(), json!(value));
    put("AccountId", account);
    put("Arn", &caller.arn(account));
    put("IdentityType", caller.identity_type());
    put("PrincipalId", &caller.principal_id());
    if let Some(id) = caller.user_id() {
        put("UserId", id);
    }
    if let Some(id) = caller.role_id() {
        put("RoleId", id);
    }
    Ok(Value::Object(answer))
}

/// `AssumeRole`
pub(super) fn assume_role(scene: &Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    assumed(scene, call)
}

/// `AssumeRoleWithOIDC`, which is called without a signature. The token's own signature is not checked: scenarios have no keys of
/// identity providers.
pub(super) fn assume_role_with_oidc(scene: &Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let prefix = format!("acs:ram::{}:oidc-provider/", scene.account.id);
    if !call
        .argument("OIDCProviderArn")
        .is_some_and(|arn| arn.len() > prefix.len() && arn.starts_with(&prefix))
    {
        return Err(invalid("OIDCProviderArn"));
    }
    let claims = call
        .argument("OIDCToken")
        .and_then(claims)
        .ok_or_else(|| invalid("OIDCToken"))?;
    let time = |name: &str| {
        let seconds = claims.get(name)?.as_i64()?;
        DateTime::from_timestamp(seconds, 0)
    };
    let expires = time("exp").ok_or_else(|| invalid("OIDCToken"))?;
    if expires <= scene.now {
        return Err(invalid("OIDCToken"));
    }
    let mut answer = assumed(scene, call)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let audience = match claims.get("aud") {
        Some(Value::Array(all)) => all
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(","),
        _ => text("aud").to_owned(),
    };
    let information = json!({
        "ClientIds": audience,
        "ExpirationTime": written(expires),
        "IssuanceTime": time("iat").map(written),
        "Issuer": text("iss"),
        "Subject": text("sub"),
        "VerificationInfo": "Success",
    });
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("OIDCTokenInfo".to_owned(), information);
    }
    Ok(answer)
}

fn assumed(scene: &Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let (account, role) = call
        .argument("RoleArn")
        .and_then(|arn| arn.strip_prefix("acs:ram::")?.split_once(":role/"))
        .filter(|(account, role)| !role.is_empty() && scene.identities.has_account(account))
        .ok_or_else(|| {
            Refusal::new(
                404,
                "EntityNotExist.Role",
                "The specified Role not exists in this account.",
            )
        })?;
    let session = call.argument("RoleSessionName").unwrap_or_default();
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || ".@-_".contains(letter);
    if !(2..=64).contains(&session.len()) || !session.chars().all(allowed) {
        return Err(invalid("RoleSessionName"));
    }
    let (shortest, longest, usual) = SECONDS;
    let seconds = call
        .argument("DurationSeconds")
        .map_or(Ok(usual), str::parse)
        .ok()
        .filter(|seconds| (shortest..=longest).contains(seconds))
        .ok_or_else(|| invalid("DurationSeconds"))?;
    let principal = Principal::Role {
        role: role.to_owned(),
        session: session.to_owned(),
    };
    let user = json!({
        // Not the `assumed-role` of GetCallerIdentity: the official sample has `role` here.
        "Arn": format!("acs:ram::{account}:role/{role}/{session}"),
        "AssumedRoleId": principal.principal_id(),
    });
    let expires = scene.now + TimeDelta::seconds(seconds);
    let keys = scene
        .identities
        .issue(account, principal, expires, || scene.random());
    Ok(json!({
        "AssumedRoleUser": user,
        "Credentials": {
            "AccessKeyId": keys.access_key_id,
            "AccessKeySecret": keys.access_key_secret,
            "SecurityToken": keys.security_token,
            "Expiration": written(expires),
        },
    }))
}

/// `InvalidParameter.RoleSessionName` and `.PolicyGrammar` are documented (doc-detail/42775).
///
/// Unverified: STS refuses an unusable `DurationSeconds`, `OIDCProviderArn` or `OIDCToken` with codes of the same form.
fn invalid(name: &str) -> Refusal {
    Refusal::new(
        400,
        format!("InvalidParameter.{name}"),
        format!("The parameter {name} is wrongly formed."),
    )
}

/// The claims of a JSON Web Token (RFC 7519).
fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if signature.is_empty() || parts.next().is_some() {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok().filter(Value::is_object)
}
