//! A program of the user's that prints a credential: mode `External` of the aliyun CLI.
//!
//! The command is split into words as a shell would and started directly; no shell runs. What the program writes to its
//! standard error is thrown away, because it may be a secret.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use super::failure::{broken, caused};
use super::renewing::{Renewing, Source};
use super::{Reach, key};
use crate::config::environment as names;
use crate::openapi::{Credential, CredentialError, CredentialProvider};

/// Longest run of the program; the CLI and the SDKs wait as long.
const TIMEOUT: Duration = Duration::from_mins(1);
/// Longest answer that is read.
const ANSWER_LIMIT_BYTES: u64 = 64 << 10;

struct External {
    program: String,
    arguments: Vec<String>,
    timeout: Duration,
    name: String,
}

/// A provider that runs this command, and the name of its program.
pub(super) fn provider(
    reach: &Reach,
    command: &str,
    name: String,
) -> Result<(Arc<dyn CredentialProvider>, String), CredentialError> {
    if names::is_on(reach.context.variable(names::DISABLE_EXTERNAL_PROCESS.name)) {
        return Err(broken(
            &name,
            format!(
                "it runs a program, and {} forbids that",
                names::DISABLE_EXTERNAL_PROCESS.name
            ),
            "choose another profile with --profile",
        ));
    }
    let mut words = shlex::split(command).unwrap_or_default().into_iter();
    let Some(program) = words.next().filter(|program| !program.is_empty()) else {
        return Err(broken(
            &name,
            "`process_command` is no command",
            "check its quotes",
        ));
    };
    let clock = Arc::clone(&reach.context.wall_clock);
    let source = External {
        program: program.clone(),
        arguments: words.collect(),
        timeout: TIMEOUT,
        name,
    };
    Ok((Arc::new(Renewing::new(source, clock)), program))
}

impl External {
    async fn run(&self) -> Result<Vec<u8>, CredentialError> {
        let failed = |what: String, error: std::io::Error| {
            caused(&self.name, what, "check `process_command`", error)
        };
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(format!("`{}` does not start", self.program), error))?;
        let mut answer = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            stdout
                .take(ANSWER_LIMIT_BYTES)
                .read_to_end(&mut answer)
                .await
                .map_err(|error| failed(format!("`{}` cannot be read", self.program), error))?;
        }
        let status = child
            .wait()
            .await
            .map_err(|error| failed(format!("`{}` cannot be waited for", self.program), error))?;
        if status.success() {
            Ok(answer)
        } else {
            Err(broken(
                &self.name,
                format!("`{}` failed ({status})", self.program),
                "run the command of the profile's `process_command` to see why",
            ))
        }
    }

    fn read(&self, answer: &[u8]) -> Result<Credential, CredentialError> {
        let wrong = |what: String| {
            broken(
                &self.name,
                format!("`{}` printed {what}", self.program),
                "it must print one JSON object with mode, access_key_id, access_key_secret and, for StsToken, sts_token",
            )
        };
        let body: Value =
            serde_json::from_slice(answer).map_err(|_text| wrong("no JSON".to_owned()))?;
        let field = |name: &str| {
            body.get(name)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        let mode = field("mode").unwrap_or_default();
        let is_temporary = mode.eq_ignore_ascii_case("StsToken");
        if !is_temporary && !mode.eq_ignore_ascii_case("AK") {
            return Err(wrong("a mode that is neither AK nor StsToken".to_owned()));
        }
        let token = field("sts_token").filter(|_token| is_temporary);
        if is_temporary && token.is_none() {
            return Err(wrong("no `sts_token`".to_owned()));
        }
        let expires_at = match field("expiration") {
            None => None,
            Some(text) => Some(
                DateTime::parse_from_rfc3339(text)
                    .map_err(|_text| wrong("an `expiration` that is no time".to_owned()))?
                    .with_timezone(&Utc),
            ),
        };
        key::credential(
            &self.name,
            field("access_key_id"),
            field("access_key_secret"),
            token,
            expires_at,
        )
    }
}

impl Source for External {
    fn fetch(&self) -> BoxFuture<'_, Result<Credential, CredentialError>> {
        Box::pin(async {
            match tokio::time::timeout(self.timeout, self.run()).await {
                Ok(answer) => self.read(&answer?),
                Err(_elapsed) => Err(broken(
                    &self.name,
                    format!(
                        "`{}` did not end within {} s",
                        self.program,
                        self.timeout.as_secs()
                    ),
                    "it must not ask questions; run it once by hand to log in",
                )),
            }
        })
    }

    fn name(&self) -> &str {
        &self.name
    }
}

#[cfg(test)]
mod tests;
