//! Where each product answers: official hosts by region, private clouds, and the connect-to override.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::model::Region;
use crate::transport::ConnectTo;

/// The official tables; `source` inside says where they come from.
static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the table is part of the program, and a test reads it"
    )]
    serde_json::from_str(include_str!("endpoints.json"))
        .expect("the embedded endpoint table is valid")
});

#[derive(Debug, Deserialize)]
struct Tables {
    regions: BTreeMap<String, RegionRow>,
    products: BTreeMap<String, ProductRow>,
}

/// What is known of a region without asking.
#[derive(Debug, Deserialize)]
pub struct RegionRow {
    /// English name.
    pub en: String,
    /// Chinese name.
    pub zh: String,
    /// `public`, or why an ordinary account cannot use it (`finance`, `government`, `closed`, ...).
    pub kind: String,
}

#[derive(Debug, Deserialize)]
struct ProductRow {
    public: String,
    vpc: String,
    ram: String,
    #[serde(default)]
    public_exceptions: BTreeMap<String, String>,
    #[serde(default)]
    vpc_exceptions: BTreeMap<String, String>,
    regions: BTreeSet<String>,
}

/// Which of a product's hosts are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndpointType {
    /// Over the internet.
    #[default]
    Public,
    /// From inside a VPC of the same region.
    Vpc,
}

impl EndpointType {
    /// As flags, the configuration and plan files write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Vpc => "vpc",
        }
    }
}

/// Resolves products and regions to hosts.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    /// Public or VPC hosts.
    pub endpoint_type: EndpointType,
    /// Hosts of a private cloud by product, with `{region}` where the region stands.
    pub hosts: BTreeMap<String, String>,
    /// Where to connect instead of the official host. The signed `Host` stays official.
    pub connect_to: Option<ConnectTo>,
}

/// An endpoint setting that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EndpointError {
    /// Not a URL of the form `https://host[:port]`.
    #[error(
        "`{0}` is not an endpoint: write https://HOST[:PORT], or http://127.0.0.1:PORT for a local one"
    )]
    NotAnEndpoint(String),
    /// A login in front of the host. It is not repeated: it may hold a password.
    #[error("an endpoint takes no user name or password: write https://HOST[:PORT]")]
    UserInfo,
    /// More than a host.
    #[error("`{0}` has a path or query; an endpoint is only https://HOST[:PORT]")]
    HasPath(String),
    /// Another protocol.
    #[error("`{0}` is not a scheme of endpoints: use https, or http to loopback")]
    Scheme(String),
    /// Plain HTTP would send signatures readable over the network.
    #[error("`{0}` is plain http to a host that is not loopback; use https")]
    PlainHttp(String),
    /// No host is known.
    #[error("no endpoint of `{0}` is known; name one under [endpoints] in the configuration")]
    UnknownProduct(String),
}

impl Endpoints {
    /// Host of a product in a region.
    pub fn host(&self, product: &str, region: &Region) -> Result<String, EndpointError> {
        let region = region.as_str();
        if let Some(pattern) = self.hosts.get(product) {
            return Ok(pattern.replace("{region}", region));
        }
        let row = TABLES
            .products
            .get(product)
            .ok_or_else(|| EndpointError::UnknownProduct(product.to_owned()))?;
        let (pattern, exceptions) = match self.endpoint_type {
            EndpointType::Public => (&row.public, &row.public_exceptions),
            EndpointType::Vpc => (&row.vpc, &row.vpc_exceptions),
        };
        Ok(exceptions
            .get(region)
            .unwrap_or(pattern)
            .replace("{region}", region))
    }

    /// Whether the official tables list the product in that region. A region that the tables do not know is newer than
    /// they are: then the answer is yes, so that it is asked. With a private cloud's host the answer is always yes.
    pub fn is_offered(&self, product: &str, region: &Region) -> bool {
        self.hosts.contains_key(product)
            || !TABLES.regions.contains_key(region.as_str())
            || TABLES.products.get(product).is_none_or(|row| {
                row.regions.contains(region.as_str()) || !row.public.contains("{region}")
            })
    }
}

/// Reads an endpoint override such as `http://127.0.0.1:8080`.
pub fn parse_connect_to(url: &str) -> Result<ConnectTo, EndpointError> {
    if url.contains('@') {
        return Err(EndpointError::UserInfo);
    }
    let invalid = || EndpointError::NotAnEndpoint(url.to_owned());
    let (scheme, rest) = url.split_once("://").ok_or_else(invalid)?;
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "https" => "https",
        "http" => "http",
        _ => return Err(EndpointError::Scheme(scheme.to_owned())),
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.contains(['/', '?', '#', '\\']) {
        return Err(EndpointError::HasPath(url.to_owned()));
    }
    let host = host_of(authority).ok_or_else(invalid)?;
    if scheme == "http" && !is_loopback(host) {
        return Err(EndpointError::PlainHttp(url.to_owned()));
    }
    Ok(ConnectTo {
        scheme,
        authority: authority.to_owned(),
    })
}

/// The host of `host[:port]`, without brackets; `None` where that is not what it is.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        address.parse::<Ipv6Addr>().ok()?;
        (address, port)
    } else {
        let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
        let is_name = !host.is_empty()
            && host
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
        (is_name.then_some(host)?, port)
    };
    match port.strip_prefix(':') {
        None => port.is_empty().then_some(host),
        Some(digits) => {
            let is_port = digits.chars().all(|c| c.is_ascii_digit())
                && digits.parse::<u16>().is_ok_and(|port| port > 0);
            is_port.then_some(host)
        }
    }
}

/// Whether a host is this machine: `localhost`, 127.0.0.0/8 or `::1`.
pub fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The product's name in RAM policies: `log` for `sls`.
pub fn ram_code(product: &str) -> &str {
    TABLES
        .products
        .get(product)
        .map_or(product, |row| row.ram.as_str())
}

/// What is known of a region without asking.
pub fn region_row(region: &Region) -> Option<&'static RegionRow> {
    TABLES.regions.get(region.as_str())
}

/// The regions that an ordinary account can use, as of the embedded table: the fall-back where `DescribeRegions` cannot be read.
pub fn public_regions() -> impl Iterator<Item = Region> {
    TABLES
        .regions
        .iter()
        .filter(|(_, row)| row.kind == "public")
        .map(|(id, _)| Region::new(id.as_str()))
}

/// The product codes of the table.
pub fn products() -> impl Iterator<Item = &'static str> {
    TABLES.products.keys().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(product: &str, region: &str) -> String {
        Endpoints::default()
            .host(product, &Region::new(region))
            .unwrap()
    }

    #[test]
    fn hosts_follow_the_metadata_aliyun_openapi_meta_2563691c() {
        assert_eq!(host("ecs", "cn-hangzhou"), "ecs.cn-hangzhou.aliyuncs.com");
        assert_eq!(
            host("alb", "ap-southeast-1"),
            "alb.ap-southeast-1.aliyuncs.com"
        );
        assert_eq!(host("slb", "cn-hangzhou"), "slb.aliyuncs.com");
        assert_eq!(host("ess", "cn-hangzhou"), "ess.aliyuncs.com");
        assert_eq!(host("sls", "cn-hangzhou"), "cn-hangzhou.log.aliyuncs.com");
        assert_eq!(host("ros", "cn-hangzhou"), "ros.aliyuncs.com");
        assert_eq!(
            host("cr-personal", "cn-hangzhou"),
            "cr.cn-hangzhou.aliyuncs.com"
        );
        let vpc = Endpoints {
            endpoint_type: EndpointType::Vpc,
            ..Endpoints::default()
        };
        assert_eq!(
            vpc.host("cs", &Region::new("cn-beijing")).unwrap(),
            "cs-anony-vpc.cn-beijing.aliyuncs.com"
        );
    }

    #[test]
    fn a_private_cloud_names_its_own_hosts() {
        let mut endpoints = Endpoints::default();
        endpoints
            .hosts
            .insert("ecs".into(), "ecs.{region}.cloud.example".into());
        assert_eq!(
            endpoints.host("ecs", &Region::new("r1")).unwrap(),
            "ecs.r1.cloud.example"
        );
        assert!(endpoints.is_offered("ecs", &Region::new("cn-hangzhou")));
    }

    #[test]
    fn products_are_offered_where_the_table_says_and_in_regions_it_does_not_know() {
        let endpoints = Endpoints::default();
        assert!(endpoints.is_offered("alb", &Region::new("cn-hangzhou")));
        assert!(!endpoints.is_offered("rds", &Region::new("us-southeast-1")));
        assert!(endpoints.is_offered("alb", &Region::new("xx-new-9")));
        assert!(
            endpoints.is_offered("ros", &Region::new("us-southeast-1")),
            "one host for all regions"
        );
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        assert_eq!(
            parse_connect_to("http://127.0.0.1:8080/").unwrap(),
            ConnectTo {
                scheme: "http",
                authority: "127.0.0.1:8080".into()
            }
        );
        assert!(parse_connect_to("http://[::1]:80").is_ok());
        assert!(parse_connect_to("http://localhost:80").is_ok());
        assert!(parse_connect_to("https://proxy.example:8443").is_ok());
        for url in [
            "http://10.0.0.1:80",
            "http://127.0.0.1.example",
            "http://example",
        ] {
            assert_eq!(
                parse_connect_to(url),
                Err(EndpointError::PlainHttp(url.into())),
                "{url}"
            );
        }
        for url in [
            "",
            "127.0.0.1",
            "https://",
            "https://:443",
            "https://a:b",
            "https://a:1:2",
            "https://a:0",
            "https://a:65536",
            "https://a:+1",
            "http://::1",
            "http://[::1",
            "http://[::1]x",
            "http://[localhost]",
            "https://a b",
            "https://a%2fb",
        ] {
            assert!(
                matches!(parse_connect_to(url), Err(EndpointError::NotAnEndpoint(_))),
                "{url}"
            );
        }
        for (url, error) in [
            ("ftp://x", EndpointError::Scheme("ftp".into())),
            ("https://a/b", EndpointError::HasPath("https://a/b".into())),
            ("https://h?x", EndpointError::HasPath("https://h?x".into())),
            (
                "http://127.0.0.1:1\\.evil.example",
                EndpointError::HasPath("http://127.0.0.1:1\\.evil.example".into()),
            ),
            ("https://u:secret@h", EndpointError::UserInfo),
            ("http://127.0.0.1:80@evil.example", EndpointError::UserInfo),
        ] {
            let refused = parse_connect_to(url).unwrap_err();
            assert!(!refused.to_string().contains("secret"));
            assert_eq!(refused, error, "{url}");
        }
    }

    #[test]
    fn ram_codes_differ_from_product_codes_where_the_errors_page_says() {
        for (product, code) in [
            ("sls", "log"),
            ("cbn", "cen"),
            ("r-kvstore", "kvstore"),
            ("ecs", "ecs"),
        ] {
            assert_eq!(ram_code(product), code);
        }
    }
}
