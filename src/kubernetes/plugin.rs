//! The credential plugin of a kubeconfig of this machine: a program that prints an `ExecCredential`
//! (<https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins>).
//!
//! It is run here and not by the client library, which waits for it as long as it likes to take, at the first request and in
//! the middle of later ones. What it prints holds keys: neither that nor its errors are kept.

use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use kube::config::{AuthInfo, ExecConfig, ExecInteractiveMode};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use super::kubeconfig::KubeconfigError;

/// Longest run of the program; the plugins of profiles are waited for as long.
pub(super) const DEADLINE: Duration = Duration::from_mins(1);
/// Longest answer that is read; certificates have some KiB.
const ANSWER_LIMIT_BYTES: u64 = 256 << 10;

/// Runs the plugin of a user of a kubeconfig, where that is what it logs in with, and puts what it gave in its place. Returns
/// until when that is good, where the plugin says so.
pub(super) async fn log_in(
    user: &mut AuthInfo,
    deadline: Duration,
) -> Result<Option<DateTime<Utc>>, KubeconfigError> {
    // What the file itself has goes first, as in kubectl.
    let has_more = user.token.is_some() || user.token_file.is_some() || user.username.is_some();
    let Some(plugin) = user.exec.take().filter(|_| !has_more) else {
        return Ok(None);
    };
    let answer = tokio::time::timeout(deadline, run(&plugin))
        .await
        .map_err(|_| KubeconfigError::PluginTimeout {
            seconds: deadline.as_secs(),
        })??;
    let text = |pointer: &str| {
        let text = answer.pointer(pointer).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
    };
    let good_until = match text("/status/expirationTimestamp") {
        Some(time) => Some(
            DateTime::parse_from_rfc3339(time)
                .map_err(|_| KubeconfigError::Plugin)?
                .with_timezone(&Utc),
        ),
        None => None,
    };
    let certificate = text("/status/clientCertificateData");
    let key = text("/status/clientKeyData");
    if let (Some(certificate), Some(key)) = (certificate, key) {
        // PEM here, its base64 in a kubeconfig.
        user.client_certificate_data = Some(STANDARD.encode(certificate));
        user.client_key_data = Some(SecretString::from(STANDARD.encode(key)));
    } else if let Some(token) = text("/status/token") {
        user.token = Some(SecretString::from(token));
    } else {
        return Err(KubeconfigError::Plugin);
    }
    Ok(good_until)
}

async fn run(plugin: &ExecConfig) -> Result<Value, KubeconfigError> {
    let failed = |_: std::io::Error| KubeconfigError::Plugin;
    let program = plugin.command.as_ref().ok_or(KubeconfigError::Plugin)?;
    let is_interactive = plugin.interactive_mode != Some(ExecInteractiveMode::Never);
    let inherited = |yes| {
        if yes { Stdio::inherit() } else { Stdio::null() }
    };
    let variables = plugin.env.iter().flatten();
    let variables = variables.filter_map(|pair| Some((pair.get("name")?, pair.get("value")?)));
    let mut child = Command::new(program)
        .args(plugin.args.iter().flatten())
        .envs(variables)
        .env("KUBERNETES_EXEC_INFO", information(plugin, is_interactive)?)
        .stdin(inherited(is_interactive))
        .stdout(Stdio::piped())
        .stderr(inherited(is_interactive))
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let mut answer = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        let mut stdout = stdout.take(ANSWER_LIMIT_BYTES);
        stdout.read_to_end(&mut answer).await.map_err(failed)?;
    }
    let status = child.wait().await.map_err(failed)?;
    if !status.success() {
        return Err(KubeconfigError::Plugin);
    }
    serde_json::from_slice(&answer).map_err(|_| KubeconfigError::Plugin)
}

/// What a plugin is told.
fn information(plugin: &ExecConfig, is_interactive: bool) -> Result<String, KubeconfigError> {
    let specification = if plugin.provide_cluster_info {
        let cluster = plugin.cluster.as_ref().ok_or(KubeconfigError::Plugin)?;
        json!({ "interactive": is_interactive, "cluster": cluster })
    } else {
        json!({ "interactive": is_interactive })
    };
    let information = json!({
        "kind": "ExecCredential",
        "apiVersion": plugin.api_version,
        "spec": specification,
    });
    Ok(information.to_string())
}

#[cfg(all(test, unix))]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn user(script: &str) -> AuthInfo {
        AuthInfo {
            exec: Some(ExecConfig {
                command: Some("sh".to_owned()),
                args: Some(vec!["-c".to_owned(), script.to_owned()]),
                interactive_mode: Some(ExecInteractiveMode::Never),
                ..ExecConfig::default()
            }),
            ..AuthInfo::default()
        }
    }

    async fn log_in_with(
        script: &str,
    ) -> Result<(AuthInfo, Option<DateTime<Utc>>), KubeconfigError> {
        let mut user = user(script);
        let until = log_in(&mut user, DEADLINE).await?;
        Ok((user, until))
    }

    #[tokio::test]
    async fn a_token_or_a_certificate_takes_the_plugins_place() {
        let script = r#"echo "{\"status\": {\"token\": \"t-$MARK\", \"expirationTimestamp\": \"2026-01-15T09:00:00Z\"}}""#;
        let mut with_variable = user(script);
        let mark = [("name", "MARK"), ("value", "1")];
        let mark = mark.map(|(key, value)| (key.to_owned(), value.to_owned()));
        if let Some(exec) = &mut with_variable.exec {
            exec.env = Some(vec![mark.into()]);
        }
        let until = log_in(&mut with_variable, DEADLINE).await.unwrap();
        assert_eq!(until, Some("2026-01-15T09:00:00Z".parse().unwrap()));
        assert_eq!(with_variable.token.unwrap().expose_secret(), "t-1");
        assert!(with_variable.exec.is_none());
        let pair = r#"{"status": {"clientCertificateData": "CERT", "clientKeyData": "KEY"}}"#;
        let (user, until) = log_in_with(&format!("echo '{pair}'")).await.unwrap();
        assert_eq!(
            (user.client_certificate_data.as_deref(), until),
            (Some("Q0VSVA=="), None)
        );
        assert_eq!(user.client_key_data.unwrap().expose_secret(), "S0VZ");
    }

    #[tokio::test]
    async fn what_fails_or_says_nothing_is_no_login() {
        for script in [
            "exit 1",
            "echo no json",
            "echo '{}'",
            r#"echo '{"status": {}}'; exit 3"#,
        ] {
            let error = log_in_with(script).await.unwrap_err();
            assert_eq!(error, KubeconfigError::Plugin, "{script}");
        }
    }

    #[tokio::test]
    async fn one_that_never_ends_is_not_waited_for() {
        let deadline = Duration::from_millis(50);
        let mut user = user("exec tail -f /dev/null");
        let error = log_in(&mut user, deadline).await.unwrap_err();
        assert_eq!(error, KubeconfigError::PluginTimeout { seconds: 0 });
    }

    #[tokio::test]
    async fn what_the_file_itself_has_goes_first() {
        let mut user = user("exit 1");
        user.token = Some(SecretString::from("own"));
        assert_eq!(log_in(&mut user, DEADLINE).await, Ok(None));
        assert_eq!(user.token.unwrap().expose_secret(), "own");
    }
}
