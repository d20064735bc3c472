//! Puts key id, secret and token together, and refuses what cannot be a credential.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::Value;

use super::failure::broken;
use crate::openapi::{Credential, CredentialError};

/// What temporary key ids begin with.
const TEMPORARY: &str = "STS.";

/// A credential of these parts, as the source of that name holds them.
pub(super) fn credential(
    source_name: &str,
    id: Option<&str>,
    secret: Option<&str>,
    token: Option<&str>,
    expires_at: Option<DateTime<Utc>>,
) -> Result<Credential, CredentialError> {
    let (id, secret) = match (id, secret) {
        (Some(id), Some(secret)) => (id, secret),
        (None, _) => {
            return Err(broken(
                source_name,
                "the AccessKey id is missing",
                "set both the AccessKey id and the secret, or neither",
            ));
        }
        (_, None) => {
            return Err(broken(
                source_name,
                "the AccessKey secret is missing",
                "set both the AccessKey id and the secret, or neither",
            ));
        }
    };
    for (what, value) in [
        ("AccessKey id", Some(id)),
        ("AccessKey secret", Some(secret)),
        ("security token", token),
    ] {
        if value.is_some_and(|value| value.chars().any(|c| !c.is_ascii_graphic())) {
            return Err(broken(
                source_name,
                format!(
                    "the {what} holds a space, a line break or another character that none has"
                ),
                "copy it again",
            ));
        }
    }
    if id.starts_with(TEMPORARY) && token.is_none() {
        return Err(broken(
            source_name,
            "the key is a temporary one (STS.*), and its security token is missing",
            "set the token that came with the key",
        ));
    }
    Ok(Credential {
        access_key_id: id.to_owned(),
        secret: SecretString::from(secret.to_owned()),
        security_token: token.map(|token| SecretString::from(token.to_owned())),
        expires_at,
    })
}

/// A temporary credential as STS, the metadata service and credential URIs answer it. What is wrong is said without the answer.
pub(super) fn from_answer(
    source_name: &str,
    answer: &Value,
) -> Result<Credential, CredentialError> {
    let field = |name: &str| {
        answer
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| incomplete(source_name, name))
    };
    let expiration = field("Expiration")?;
    let expires_at = DateTime::parse_from_rfc3339(expiration)
        .map_err(|_text| incomplete(source_name, "Expiration"))?
        .with_timezone(&Utc);
    credential(
        source_name,
        Some(field("AccessKeyId")?),
        Some(field("AccessKeySecret")?),
        Some(field("SecurityToken")?),
        Some(expires_at),
    )
}

fn incomplete(source_name: &str, field: &str) -> CredentialError {
    broken(
        source_name,
        format!("the answer has no usable `{field}`"),
        "check that the address is the one that hands out credentials",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn half_a_key_and_odd_characters_are_refused_without_repeating_them() {
        for (id, secret, token, what) in [
            (None, Some("s3cret"), None, "id is missing"),
            (Some("LTAI1"), None, None, "secret is missing"),
            (
                Some("LTAI1"),
                Some("s3cret\n"),
                None,
                "AccessKey secret holds",
            ),
            (Some("LT AI1"), Some("s3cret"), None, "AccessKey id holds"),
            (
                Some("LTAI1"),
                Some("s3cret"),
                Some("t0ken\u{fffd}"),
                "security token holds",
            ),
            (Some("STS.x"), Some("s3cret"), None, "token is missing"),
        ] {
            let error = credential("the environment", id, secret, token, None).unwrap_err();
            assert!(error.what.contains(what), "{error}");
            assert!(error.hint.is_some());
            let all = format!("{error} {error:?}");
            assert!(!all.contains("s3cret") && !all.contains("t0ken"), "{all}");
        }
    }

    #[test]
    fn answers_must_be_whole() {
        let whole = json!({"AccessKeyId": "STS.a", "AccessKeySecret": "s3cret", "SecurityToken": "t0ken",
            "Expiration": "2024-05-06T08:08:09Z"});
        let read = from_answer("x", &whole).unwrap();
        assert_eq!(
            read.expires_at.unwrap().to_rfc3339(),
            "2024-05-06T08:08:09+00:00"
        );
        for field in [
            "AccessKeyId",
            "AccessKeySecret",
            "SecurityToken",
            "Expiration",
        ] {
            for value in [Value::Null, json!(""), json!(7)] {
                let mut part = whole.clone();
                part[field] = value;
                let error = from_answer("x", &part).unwrap_err();
                assert!(error.what.contains(field), "{error}");
                assert!(!format!("{error:?}").contains("s3cret"));
            }
        }
    }
}
