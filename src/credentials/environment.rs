//! `AccessKeys` in environment variables.

use super::{Reach, key};
use crate::config::environment::{self as names, Variable};
use crate::openapi::{Credential, CredentialError};

/// The spellings, newest first. Each is a group: an id of one never meets a secret of another.
const SPELLINGS: [(&Variable, &Variable, &Variable); 3] = [
    (
        &names::ACCESS_KEY_ID,
        &names::ACCESS_KEY_SECRET,
        &names::SECURITY_TOKEN,
    ),
    (
        &names::ACCESS_KEY_ID_2,
        &names::ACCESS_KEY_SECRET_2,
        &names::SECURITY_TOKEN_2,
    ),
    (
        &names::ACCESS_KEY_ID_3,
        &names::ACCESS_KEY_SECRET_3,
        &names::SECURITY_TOKEN_3,
    ),
];

/// The first spelling of which anything is set, and the name of the source.
pub(super) fn find(reach: &Reach) -> Result<Option<(Credential, String)>, CredentialError> {
    let read = |variable: &Variable| reach.context.variable(variable.name);
    for (id, secret, token) in SPELLINGS {
        if read(id).is_none() && read(secret).is_none() {
            continue;
        }
        let name = format!("environment ({})", id.name);
        let credential = key::credential(&name, read(id), read(secret), read(token), None)?;
        return Ok(Some((credential, name)));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Fake, all_text};
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<Option<(Credential, String)>, CredentialError> {
        find(&Fake::new().variables(variables).reach())
    }

    #[test]
    fn keys_and_temporary_keys_are_read() {
        let (credential, name) = found(&[
            ("ALIBABA_CLOUD_ACCESS_KEY_ID", "STS.example-key-id"),
            ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s3cret"),
            ("ALIBABA_CLOUD_SECURITY_TOKEN", "t0ken"),
        ])
        .unwrap()
        .unwrap();
        assert_eq!(name, "environment (ALIBABA_CLOUD_ACCESS_KEY_ID)");
        assert_eq!(credential.access_key_id, "STS.example-key-id");
        assert_eq!(credential.secret(), "s3cret");
        assert_eq!(credential.token(), Some("t0ken"));
        assert!(!format!("{credential:?}").contains("s3cret"));
        assert!(!format!("{credential:?}").contains("t0ken"));
    }

    #[test]
    fn nothing_set_is_not_configured_and_half_is_broken() {
        assert!(found(&[]).unwrap().is_none());
        assert!(
            found(&[("ALIBABA_CLOUD_ACCESS_KEY_ID", "")])
                .unwrap()
                .is_none()
        );
        assert!(
            found(&[("ACCESS_KEY_ID", "other-cloud")])
                .unwrap()
                .is_none()
        );
        for half in [
            ("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI-example"),
            ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s3cret"),
        ] {
            let error = found(&[half]).unwrap_err();
            assert!(error.what.ends_with("is missing"), "{error}");
            assert!(!all_text(&error).contains("s3cret"));
        }
        // Not completed from another spelling.
        let mixed = found(&[
            ("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI-example"),
            ("ALICLOUD_ACCESS_KEY_SECRET", "s3cret"),
        ]);
        assert!(mixed.is_err());
    }

    #[test]
    fn older_spellings_count_after_the_new_one() {
        let (credential, name) = found(&[
            ("ALICLOUD_ACCESS_KEY_ID", "LTAI-old"),
            ("ALICLOUD_ACCESS_KEY_SECRET", "s3cret"),
        ])
        .unwrap()
        .unwrap();
        assert_eq!(credential.access_key_id, "LTAI-old");
        assert!(name.contains("ALICLOUD_ACCESS_KEY_ID"));
    }
}
