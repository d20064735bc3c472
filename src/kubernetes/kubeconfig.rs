//! Kubeconfigs: read, checked, made into a connection's configuration.
//!
//! One that came over the network (ACK's `DescribeClusterUserKubeconfig`) may hold data only. It
//! must not run a program, read a local file and send it somewhere, switch verification off or
//! choose a proxy. One that the user names on this machine may do all of that, as with kubectl,
//! except for the removed `auth-provider` plugins.

use std::path::{Path, PathBuf};

use kube::Config;
use kube::config::{Cluster, KubeConfigOptions, Kubeconfig};
use secrecy::SecretString;

use super::client::ClientOptions;

/// Longest kubeconfig text that is read. ACK's have some 5 KiB.
const TEXT_LIMIT_BYTES: usize = 1 << 20;

/// A kubeconfig that cannot be used. No variant carries its content, which holds keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KubeconfigError {
    /// Not YAML, or not a kubeconfig.
    #[error("the kubeconfig cannot be read{}", place(*.line, *.column))]
    Parse {
        /// Line, from 1; 0 when not known.
        line: u64,
        /// Column, from 1; 0 when not known.
        column: u64,
    },
    /// Too long to be one.
    #[error("the kubeconfig has {bytes} bytes, more than any kubeconfig")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The file cannot be read.
    #[error("the kubeconfig {} cannot be read: {kind}", .path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        kind: std::io::ErrorKind,
    },
    /// It asks for something that is refused.
    #[error("the kubeconfig asks for `{field}`, which is refused{}", origin(*.remote))]
    Refused {
        /// The field, by its name in the file.
        field: &'static str,
        /// Whether it came over the network.
        remote: bool,
    },
    /// The context, its cluster or the address of it is missing.
    #[error("the kubeconfig has no usable {what}")]
    Missing {
        /// `context`, `cluster`, `server`.
        what: &'static str,
    },
    /// A certificate or key in it cannot be used.
    #[error("the kubeconfig has an unusable {what}")]
    Certificate {
        /// Which.
        what: &'static str,
    },
    /// Its credential plugin did not run.
    #[error("the credential plugin of the kubeconfig failed")]
    Plugin,
    /// Its credential plugin did not end in time.
    #[error("the credential plugin of the kubeconfig did not end within {seconds} s")]
    PluginTimeout {
        /// How long it was waited for.
        seconds: u64,
    },
    /// The proxy it, or the environment, names is of a kind that is not supported.
    #[error("the proxy for the API server is not supported")]
    Proxy,
    /// Anything else that keeps a client from being made.
    #[error("no client can be made from the kubeconfig")]
    Unusable,
}

fn place(line: u64, column: u64) -> String {
    if line == 0 {
        String::new()
    } else {
        format!(" (line {line}, column {column})")
    }
}

fn origin(remote: bool) -> &'static str {
    if remote {
        " in one that came over the network"
    } else {
        ""
    }
}

/// Reads and checks a kubeconfig that came over the network.
pub(super) fn from_remote_text(text: &str) -> Result<Kubeconfig, KubeconfigError> {
    if text.len() > TEXT_LIMIT_BYTES {
        return Err(KubeconfigError::TooLong { bytes: text.len() });
    }
    let kubeconfig = Kubeconfig::from_yaml(text).map_err(|error| explain(&error))?;
    let refuse = |field| KubeconfigError::Refused {
        field,
        remote: true,
    };
    for cluster in kubeconfig
        .clusters
        .iter()
        .filter_map(|c| c.cluster.as_ref())
    {
        if let Some(field) = cluster_reaches_out(cluster) {
            return Err(refuse(field));
        }
    }
    for user in kubeconfig
        .auth_infos
        .iter()
        .filter_map(|u| u.auth_info.as_ref())
    {
        let reaching = [
            ("exec", user.exec.is_some()),
            ("auth-provider", user.auth_provider.is_some()),
            ("tokenFile", user.token_file.is_some()),
            ("client-certificate", user.client_certificate.is_some()),
            ("client-key", user.client_key.is_some()),
        ];
        if let Some((field, _)) = reaching.into_iter().find(|&(_, is_there)| is_there) {
            return Err(refuse(field));
        }
    }
    Ok(kubeconfig)
}

fn cluster_reaches_out(cluster: &Cluster) -> Option<&'static str> {
    let is_https = cluster
        .server
        .as_ref()
        .is_none_or(|server| server.starts_with("https://"));
    let reaching = [
        ("server: http", !is_https),
        (
            "certificate-authority",
            cluster.certificate_authority.is_some(),
        ),
        (
            "insecure-skip-tls-verify",
            cluster.insecure_skip_tls_verify == Some(true),
        ),
        ("proxy-url", cluster.proxy_url.is_some()),
    ];
    reaching
        .into_iter()
        .find_map(|(field, is_there)| is_there.then_some(field))
}

/// Reads a kubeconfig of this machine.
pub(super) fn from_file(path: &Path) -> Result<Kubeconfig, KubeconfigError> {
    let kubeconfig = Kubeconfig::read_from(path).map_err(|error| explain(&error))?;
    let has_provider = kubeconfig
        .auth_infos
        .iter()
        .filter_map(|user| user.auth_info.as_ref())
        .any(|user| user.auth_provider.is_some());
    if has_provider {
        return Err(KubeconfigError::Refused {
            field: "auth-provider",
            remote: false,
        });
    }
    Ok(kubeconfig)
}

/// The bearer token of the one user.
pub(super) fn token(kubeconfig: Kubeconfig) -> Result<SecretString, KubeconfigError> {
    let mut users = kubeconfig.auth_infos.into_iter();
    users
        .find_map(|user| user.auth_info?.token)
        .ok_or(KubeconfigError::Missing { what: "token" })
}

/// The configuration of a connection by this context, or the current one.
pub(super) async fn connection(
    kubeconfig: Kubeconfig,
    context: Option<&str>,
    options: &ClientOptions,
) -> Result<Config, KubeconfigError> {
    let selection = KubeConfigOptions {
        context: context.map(str::to_owned),
        ..KubeConfigOptions::default()
    };
    let names_proxy = names_proxy(&kubeconfig, context);
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &selection)
        .await
        .map_err(|error| explain(&error))?;
    if config.cluster_url.host().is_none() {
        return Err(KubeconfigError::Missing { what: "server" });
    }
    if !names_proxy {
        config.proxy_url = options.proxy.proxy_for(&config.cluster_url);
    }
    config.connect_timeout = Some(options.connect_timeout);
    config.read_timeout = Some(options.read_timeout);
    config.reset_reader_on_write = true;
    // Retries are ours: counted once, with waits that the run's clock makes.
    config.default_retry = false;
    Ok(config)
}

/// Whether the selected cluster names its proxy itself. That one wins over the environment's.
fn names_proxy(kubeconfig: &Kubeconfig, context: Option<&str>) -> bool {
    let cluster = || {
        let context = context.or(kubeconfig.current_context.as_deref())?;
        let context = kubeconfig
            .contexts
            .iter()
            .find(|named| named.name == context)?;
        let name = &context.context.as_ref()?.cluster;
        let cluster = kubeconfig
            .clusters
            .iter()
            .find(|named| named.name == *name)?;
        cluster.cluster.as_ref()?.proxy_url.as_deref()
    };
    cluster().is_some_and(|url| !url.is_empty())
}

/// Says what is wrong without the content: parse errors quote the lines around them.
fn explain(error: &kube::config::KubeconfigError) -> KubeconfigError {
    use kube::config::KubeconfigError as Kube;
    match error {
        Kube::CurrentContextNotSet | Kube::LoadContext(_) => {
            KubeconfigError::Missing { what: "context" }
        }
        Kube::LoadClusterOfContext(_) => KubeconfigError::Missing { what: "cluster" },
        Kube::MissingClusterUrl | Kube::ParseClusterUrl(_) => {
            KubeconfigError::Missing { what: "server" }
        }
        Kube::ReadConfig(source, path) => KubeconfigError::File {
            path: path.clone(),
            kind: source.kind(),
        },
        Kube::Parse(error) => {
            let place = error.location();
            KubeconfigError::Parse {
                line: place.map_or(0, |place| place.line()),
                column: place.map_or(0, |place| place.column()),
            }
        }
        Kube::KindMismatch | Kube::ApiVersionMismatch => {
            KubeconfigError::Parse { line: 0, column: 0 }
        }
        Kube::LoadCertificateAuthority(_) | Kube::ParseCertificates(_) => {
            KubeconfigError::Certificate {
                what: "certificate authority",
            }
        }
        Kube::LoadClientCertificate(_) => KubeconfigError::Certificate {
            what: "client certificate",
        },
        Kube::LoadClientKey(_) => KubeconfigError::Certificate { what: "client key" },
        Kube::ParseProxyUrl(_) | Kube::ParseNoProxy(_) => KubeconfigError::Proxy,
        Kube::FindPath => KubeconfigError::Missing { what: "path" },
    }
}

/// The same for errors of making the client.
pub(super) fn explain_client(error: &kube::Error) -> KubeconfigError {
    match error {
        kube::Error::InferKubeconfig(error) => explain(error),
        kube::Error::Auth(_) => KubeconfigError::Plugin,
        kube::Error::RustlsTls(_) => KubeconfigError::Certificate {
            what: "client certificate or authority",
        },
        kube::Error::ProxyProtocolUnsupported { .. }
        | kube::Error::ProxyProtocolDisabled { .. } => KubeconfigError::Proxy,
        _ => KubeconfigError::Unusable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "c2VjcmV0LXZhbHVl";

    fn kubeconfig(cluster: &str, user: &str) -> String {
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: a\n\
             clusters:\n- name: c\n  cluster: {{{cluster}}}\n\
             users:\n- name: u\n  user: {{{user}}}\n\
             contexts:\n- name: a\n  context: {{cluster: c, user: u}}\n"
        )
    }

    #[test]
    fn a_remote_kubeconfig_may_hold_data_only() {
        let server = "server: \"https://47.0.0.1:6443\"";
        for (cluster, user, refused) in [
            ("", "token: t", None),
            (
                "",
                "client-certificate-data: YQ==, client-key-data: YQ==",
                None,
            ),
            ("", "exec: {command: sh}", Some("exec")),
            ("", "auth-provider: {name: oidc}", Some("auth-provider")),
            ("", "tokenFile: /etc/passwd", Some("tokenFile")),
            ("", "client-certificate: a.pem", Some("client-certificate")),
            ("", "client-key: a.pem", Some("client-key")),
            (
                ", certificate-authority: a.pem",
                "",
                Some("certificate-authority"),
            ),
            (
                ", insecure-skip-tls-verify: true",
                "",
                Some("insecure-skip-tls-verify"),
            ),
            (", insecure-skip-tls-verify: false", "", None),
            (", proxy-url: \"http://p\"", "", Some("proxy-url")),
        ] {
            let text = kubeconfig(&format!("{server}{cluster}"), user);
            let expected = refused.map(|field| KubeconfigError::Refused {
                field,
                remote: true,
            });
            assert_eq!(from_remote_text(&text).err(), expected, "{cluster} {user}");
        }
        let plain = kubeconfig("server: \"http://47.0.0.1\"", "token: t");
        assert!(matches!(
            from_remote_text(&plain),
            Err(KubeconfigError::Refused { .. })
        ));
    }

    #[test]
    fn broken_text_is_located_and_never_quoted() {
        for text in [
            format!("users:\n- name: u\n  user: {{token: {SECRET}, :\n"),
            format!("clusters: {SECRET}"),
            format!("users:\n- name: u\n  user:\n    exec: {SECRET}\n"),
            format!("{SECRET}: [\n"),
        ] {
            let error = from_remote_text(&text).unwrap_err();
            assert!(matches!(error, KubeconfigError::Parse { .. }), "{error:?}");
            assert!(!format!("{error} {error:?}").contains(SECRET));
        }
        let long = "a".repeat(TEXT_LIMIT_BYTES + 1);
        assert!(matches!(
            from_remote_text(&long),
            Err(KubeconfigError::TooLong { .. })
        ));
    }

    #[test]
    fn a_local_file_may_run_plugins_but_not_removed_ones() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        let server = "server: \"https://47.0.0.1:6443\"";
        std::fs::write(&path, kubeconfig(server, "exec: {command: aliyun}")).unwrap();
        assert!(from_file(&path).is_ok());
        std::fs::write(&path, kubeconfig(server, "auth-provider: {name: gcp}")).unwrap();
        assert!(matches!(
            from_file(&path),
            Err(KubeconfigError::Refused {
                field: "auth-provider",
                remote: false
            })
        ));
        assert!(matches!(
            from_file(&folder.path().join("none")),
            Err(KubeconfigError::File { .. })
        ));
    }
}
