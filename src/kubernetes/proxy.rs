//! Which HTTP proxy leads to an API server.
//!
//! kube-rs 5.0 holds `NO_PROXY` against the proxy's own address instead of the server's
//! (`kube-client/src/config/file_loader.rs`), so the choice is made here, by the rules that the
//! rest of the program's HTTP follows (hyper-util's matcher), except that a loopback address never
//! goes through a proxy, as in kubectl (Go `net/http` `ProxyFromEnvironment`).

use std::collections::BTreeMap;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

/// The proxy variables of the environment.
#[derive(Clone, Default)]
pub struct ProxySettings {
    all: String,
    https: String,
    no: String,
}

impl ProxySettings {
    /// Reads `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` (or lower case) from these variables.
    pub fn from_variables(variables: &BTreeMap<String, String>) -> Self {
        let read = |name: &str| {
            let lower = name.to_lowercase();
            variables
                .get(name)
                .or_else(|| variables.get(&lower))
                .cloned()
                .unwrap_or_default()
        };
        Self {
            all: read("ALL_PROXY"),
            https: read("HTTPS_PROXY"),
            no: read("NO_PROXY"),
        }
    }

    /// The proxy for this server, with its login, as kube-rs takes it.
    pub(super) fn proxy_for(&self, server: &Uri) -> Option<Uri> {
        if is_loopback(server.host()?) {
            return None;
        }
        let matcher = Matcher::builder()
            .all(self.all.clone())
            .https(self.https.clone())
            .no(self.no.clone())
            .build();
        with_login(&matcher.intercept(server)?)
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The matcher takes the login out of the proxy's address; kube-rs wants it there.
fn with_login(intercept: &Intercept) -> Option<Uri> {
    let uri = intercept.uri();
    let login = intercept
        .basic_auth()
        .and_then(|header| header.to_str().ok()?.strip_prefix("Basic "))
        .and_then(|encoded| STANDARD.decode(encoded).ok());
    let Some(login) = login else {
        return Some(uri.clone());
    };
    let colon = login.iter().position(|&byte| byte == b':')?;
    let (user, password) = login.split_at_checked(colon)?;
    let password = password.get(1..)?;
    let escape = |text| percent_encode(text, NON_ALPHANUMERIC).to_string();
    Uri::builder()
        .scheme(uri.scheme_str()?)
        .authority(format!(
            "{}:{}@{}",
            escape(user),
            escape(password),
            uri.authority()?
        ))
        .path_and_query("/")
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_decides_by_the_servers_address() {
        let variables = [
            ("HTTPS_PROXY", "http://proxy.example:3128"),
            ("NO_PROXY", "10.0.0.0/8,.internal.example"),
        ];
        let settings = ProxySettings::from_variables(&owned(&variables));
        for (server, proxied) in [
            ("https://47.0.0.1:6443", true),
            ("https://10.1.2.3:6443", false),
            ("https://api.internal.example", false),
            ("https://127.0.0.1:6443", false),
            ("https://localhost:6443", false),
            ("https://[::1]:6443", false),
        ] {
            let proxy = settings.proxy_for(&server.parse().unwrap());
            assert_eq!(proxy.is_some(), proxied, "{server}");
        }
    }

    #[test]
    fn a_login_with_special_characters_survives() {
        let variables = [("https_proxy", "http://me:p%40ss%3Aword@proxy.example:3128")];
        let settings = ProxySettings::from_variables(&owned(&variables));
        let proxy = settings
            .proxy_for(&"https://47.0.0.1".parse().unwrap())
            .unwrap();
        assert_eq!(
            proxy.to_string(),
            "http://me:p%40ss%3Aword@proxy.example:3128/"
        );
    }

    #[test]
    fn without_variables_there_is_no_proxy() {
        let settings = ProxySettings::default();
        assert_eq!(
            settings.proxy_for(&"https://47.0.0.1".parse().unwrap()),
            None
        );
    }

    fn owned(variables: &[(&str, &str)]) -> BTreeMap<String, String> {
        variables
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}
