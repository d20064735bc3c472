//! Makes the errors of this layer. None of them repeats what a file, an answer or a program said: that may be a secret.

use crate::openapi::{ApiError, CredentialError, ErrorClass};

/// A source that is broken.
pub(super) fn broken(
    source_name: &str,
    what: impl Into<String>,
    hint: impl Into<String>,
) -> CredentialError {
    CredentialError {
        source_name: source_name.to_owned(),
        what: what.into(),
        hint: Some(hint.into()),
        cause: None,
    }
}

/// A source that is broken because of something beneath.
pub(super) fn caused(
    source_name: &str,
    what: impl Into<String>,
    hint: impl Into<String>,
    cause: impl std::error::Error + Send + Sync + 'static,
) -> CredentialError {
    CredentialError {
        cause: Some(Box::new(cause)),
        ..broken(source_name, what, hint)
    }
}

/// A call of STS for a role that did not work. `secrets` are taken out of the server's message, should it repeat them.
pub(super) fn of_role(
    source_name: &str,
    role_arn: &str,
    mut error: ApiError,
    secrets: &[&str],
) -> CredentialError {
    if let Some(message) = &mut error.message {
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            *message = message.replace(secret, "****");
        }
    }
    // The source below says better what is wrong with it and what to do.
    if let Some(inner) = error
        .cause
        .as_ref()
        .and_then(|cause| cause.downcast_ref::<CredentialError>())
    {
        let hint = inner.hint.clone().unwrap_or_default();
        return caused(
            source_name,
            format!("{role_arn} cannot be assumed without a credential"),
            hint,
            error,
        );
    }
    let hint = match error.class {
        ErrorClass::Denied => format!(
            "allow sts:AssumeRole to the identity that assumes the role, and name it in the trust policy of {role_arn}"
        ),
        ErrorClass::Gone => format!("there is no {role_arn}: check its account id and name"),
        ErrorClass::Credentials => {
            "the key or token that assumes the role is not accepted: check it".to_owned()
        }
        ErrorClass::ClockSkew => "set this machine's clock".to_owned(),
        ErrorClass::TransportBeforeSend | ErrorClass::TransportAmbiguous => {
            "check the network and the proxy settings; ALIBABA_CLOUD_STS_REGION chooses a nearer STS host"
                .to_owned()
        }
        _ => format!("check {role_arn} and the settings of the session"),
    };
    caused(
        source_name,
        format!("{role_arn} was not assumed"),
        hint,
        error,
    )
}
