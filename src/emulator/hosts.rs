//! What a host name says: product, region, and the project or bucket in front.
//!
//! Read from the official endpoint table, the other way round than the client reads it. Beside `*.aliyuncs.com` the same labels
//! are known under `*.emulator.test` and `*.localhost` (which resolves to this machine), so that official SDKs that build host
//! names from an endpoint can be led here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;

/// The official endpoint table.
const ENDPOINTS: &str = include_str!("../openapi/endpoints.json");

/// Official hosts.
const OFFICIAL: &str = ".aliyuncs.com";

/// Hosts under these names are ours.
const SUFFIXES: &[&str] = &[OFFICIAL, ".emulator.test", ".localhost"];

/// Official hosts that are no product endpoint of the table.
const OTHER_HOSTS: &[(&str, &str)] = &[("location", "location"), ("location-readonly", "location")];

/// What a host name says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HostReading {
    /// The products that this host may serve; empty where it says nothing.
    pub(super) products: BTreeSet<&'static str>,
    /// The regions that this host serves; empty where it serves all or says nothing.
    pub(super) regions: BTreeSet<String>,
    /// The SLS project or OSS bucket.
    pub(super) prefix: Option<String>,
}

#[derive(Deserialize)]
struct Table {
    regions: BTreeMap<String, RegionEntry>,
    products: BTreeMap<String, ProductEntry>,
}

#[derive(Deserialize)]
struct RegionEntry {
    en: String,
    zh: String,
}

#[derive(Deserialize)]
struct ProductEntry {
    public: String,
    vpc: String,
    #[serde(default)]
    public_exceptions: BTreeMap<String, String>,
    #[serde(default)]
    vpc_exceptions: BTreeMap<String, String>,
    #[serde(default)]
    regions: Vec<String>,
}

/// A pattern with `{region}` taken apart.
struct Pattern {
    product: &'static str,
    before: String,
    after: String,
    /// Whether projects or buckets stand in front.
    prefixed: bool,
}

struct Index {
    regions: BTreeMap<String, (String, String)>,
    offered: BTreeMap<&'static str, BTreeSet<String>>,
    patterns: Vec<Pattern>,
    /// Host without suffix: products and the regions they serve from there.
    fixed: BTreeMap<String, (BTreeSet<&'static str>, BTreeSet<String>)>,
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        // The table is compiled in and read by a test; without it every host is unknown, which refuses every request.
        let Ok(table) = serde_json::from_str::<Table>(ENDPOINTS) else {
            return Index {
                regions: BTreeMap::new(),
                offered: BTreeMap::new(),
                patterns: Vec::new(),
                fixed: BTreeMap::new(),
            };
        };
        build(table)
    })
}

fn build(table: Table) -> Index {
    let mut index = Index {
        regions: table
            .regions
            .into_iter()
            .map(|(id, entry)| (id, (entry.en, entry.zh)))
            .collect(),
        offered: BTreeMap::new(),
        patterns: Vec::new(),
        fixed: BTreeMap::new(),
    };
    let known = |code: &str| {
        crate::contracts::products()
            .iter()
            .copied()
            .find(|product| *product == code)
    };
    for (code, entry) in &table.products {
        let Some(product) = known(code) else {
            continue;
        };
        index
            .offered
            .insert(product, entry.regions.iter().cloned().collect());
        for host in [&entry.public, &entry.vpc] {
            let host = bare(host);
            if let Some((before, after)) = host.split_once("{region}") {
                index.patterns.push(Pattern {
                    product,
                    before: before.to_owned(),
                    after: after.to_owned(),
                    prefixed: matches!(product, "sls" | "oss"),
                });
                // The product's central name, which older SDK releases use: `vpc.aliyuncs.com`.
                if let Some(name) = before.strip_suffix('.') {
                    index.serve(name, product, None);
                }
            } else {
                index.serve(host, product, None);
            }
        }
        for (region, host) in entry.public_exceptions.iter().chain(&entry.vpc_exceptions) {
            index.serve(bare(host), product, Some(region));
        }
    }
    for (host, code) in OTHER_HOSTS {
        if let Some(product) = known(code) {
            index.serve(host, product, None);
        }
    }
    index
}

impl Index {
    /// `region`: `None` where the host serves all.
    fn serve(&mut self, host: &str, product: &'static str, region: Option<&str>) {
        let (products, regions) = self.fixed.entry(host.to_owned()).or_default();
        let first = products.is_empty();
        products.insert(product);
        match region {
            // A central name serves any region, whatever a table of exceptions says (`slb.aliyuncs.com`).
            Some(region) if first || !regions.is_empty() => {
                regions.insert(region.to_owned());
            }
            Some(_) => {}
            None => regions.clear(),
        }
    }
}

fn bare(host: &str) -> &str {
    SUFFIXES
        .iter()
        .find_map(|suffix| host.strip_suffix(suffix))
        .unwrap_or(host)
}

/// Reads a `Host` header.
pub(super) fn read(host: &str) -> HostReading {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    let name = name.to_ascii_lowercase();
    let Some(labels) = SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix)) else {
        return HostReading::default();
    };
    let index = index();
    if let Some((products, regions)) = index.fixed.get(labels) {
        let mut reading = HostReading {
            products: products.clone(),
            regions: regions.clone(),
            prefix: None,
        };
        // `alb.cn-hangzhou` is also the host of cn-hangzhou itself, not only of the exception.
        for (pattern, region) in matching(labels) {
            if pattern.before.len() < labels.len() && reading.products.contains(pattern.product) {
                reading.regions.insert(region.to_owned());
            }
        }
        return reading;
    }
    let mut reading = HostReading::default();
    for (pattern, region) in matching(labels) {
        reading.products.insert(pattern.product);
        reading.regions.insert(region.to_owned());
    }
    if reading.products.is_empty() {
        read_prefixed(labels, !name.ends_with(OFFICIAL), &mut reading);
    }
    reading
}

/// The patterns that a host fits, with the region it names.
fn matching(labels: &str) -> impl Iterator<Item = (&'static Pattern, &str)> {
    index().patterns.iter().filter_map(move |pattern| {
        let region = labels
            .strip_prefix(pattern.before.as_str())?
            .strip_suffix(pattern.after.as_str())?;
        is_region(region).then_some((pattern, region))
    })
}

/// A project or bucket in front; or, in names that are not official ones, what SDKs make of an endpoint.
fn read_prefixed(labels: &str, made_up: bool, reading: &mut HostReading) {
    if let Some((prefix, rest)) = labels.split_once('.') {
        for (pattern, region) in matching(rest) {
            if pattern.prefixed {
                reading.products.insert(pattern.product);
                reading.regions.insert(region.to_owned());
                reading.prefix = Some(prefix.to_owned());
            }
        }
        // The SLS SDKs put the project in front of whatever endpoint they are given.
        if made_up && reading.products.is_empty() && index().regions.contains_key(rest) {
            reading.products.insert("sls");
            reading.regions.insert(rest.to_owned());
            reading.prefix = Some(prefix.to_owned());
        }
        return;
    }
    // `ecs-cn-hangzhou`, as the Python SDK of ECS has it.
    if let Some((code, region)) = labels.split_once('-')
        && index().regions.contains_key(region)
        && let Some(product) = index().offered.keys().find(|product| **product == code)
    {
        reading.products.insert(product);
        reading.regions.insert(region.to_owned());
    } else if made_up && index().regions.contains_key(labels) {
        reading.products.insert("sls");
        reading.regions.insert(labels.to_owned());
    }
}

fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() >= 2
        && text != "vpc-proxy"
        && !text.ends_with("-intranet")
        && !text.ends_with("-internal")
        && parts.iter().all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// Whether the official table offers the product in the region. Products without regions (central ones) are offered everywhere.
pub(super) fn offers(product: &str, region: &str) -> bool {
    index()
        .offered
        .get(product)
        .is_none_or(|regions| regions.is_empty() || regions.contains(region) || is_central(product))
}

/// Whether the product answers for all regions from one host.
fn is_central(product: &str) -> bool {
    !index()
        .patterns
        .iter()
        .any(|pattern| pattern.product == product)
        || matches!(product, "bssopenapi" | "quotas" | "das")
}

/// The English and Chinese names of a region.
pub(super) fn region_names(region: &str) -> Option<(&'static str, &'static str)> {
    index()
        .regions
        .get(region)
        .map(|(en, zh)| (en.as_str(), zh.as_str()))
}

/// Whether the official table knows the region.
pub(super) fn is_known_region(region: &str) -> bool {
    index().regions.contains_key(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Products, regions and prefix of each host name.
    #[test]
    fn host_resolution_table() {
        for (host, products, regions, prefix) in [
            ("ecs.cn-hangzhou.aliyuncs.com", "ecs", "cn-hangzhou", ""),
            ("ECS.CN-HANGZHOU.ALIYUNCS.COM:443", "ecs", "cn-hangzhou", ""),
            ("ecs-vpc.cn-beijing.aliyuncs.com", "ecs", "cn-beijing", ""),
            ("ecs-cn-hangzhou.aliyuncs.com", "ecs", "cn-hangzhou", ""),
            ("vpc.cn-shanghai.aliyuncs.com", "vpc", "cn-shanghai", ""),
            ("vpc-vpc.cn-shanghai.aliyuncs.com", "vpc", "cn-shanghai", ""),
            ("vpc.aliyuncs.com", "vpc", "", ""),
            ("slb.aliyuncs.com", "slb", "", ""),
            ("sts.aliyuncs.com", "sts", "", ""),
            ("business.aliyuncs.com", "bssopenapi", "", ""),
            ("metrics.cn-hangzhou.aliyuncs.com", "cms", "cn-hangzhou", ""),
            (
                "alb.cn-hangzhou.aliyuncs.com",
                "alb",
                "cn-hangzhou cn-hangzhou-finance",
                "",
            ),
            (
                "cr.cn-hangzhou.aliyuncs.com",
                "cr cr-personal",
                "cn-hangzhou",
                "",
            ),
            (
                "cs-anony-vpc.cn-hangzhou.aliyuncs.com",
                "cs",
                "cn-hangzhou",
                "",
            ),
            ("cn-hangzhou.log.aliyuncs.com", "sls", "cn-hangzhou", ""),
            (
                "k8s-log-x.cn-hangzhou.log.aliyuncs.com",
                "sls",
                "cn-hangzhou",
                "k8s-log-x",
            ),
            (
                "k8s-log-x.cn-hangzhou-intranet.log.aliyuncs.com",
                "sls",
                "cn-hangzhou",
                "k8s-log-x",
            ),
            ("oss-cn-hangzhou.aliyuncs.com", "oss", "cn-hangzhou", ""),
            (
                "bucket.oss-cn-hangzhou.aliyuncs.com",
                "oss",
                "cn-hangzhou",
                "bucket",
            ),
            (
                "bucket.oss-cn-hangzhou-internal.aliyuncs.com",
                "oss",
                "cn-hangzhou",
                "bucket",
            ),
            (
                "ecs.cn-hangzhou.emulator.test:8080",
                "ecs",
                "cn-hangzhou",
                "",
            ),
            (
                "k8s-log-x.cn-hangzhou.emulator.test",
                "sls",
                "cn-hangzhou",
                "k8s-log-x",
            ),
            (
                "k8s-log-x.cn-hangzhou.log.emulator.test",
                "sls",
                "cn-hangzhou",
                "k8s-log-x",
            ),
            ("cn-hangzhou.emulator.test", "sls", "cn-hangzhou", ""),
            (
                "k8s-log-x.cn-hangzhou.localhost:80",
                "sls",
                "cn-hangzhou",
                "k8s-log-x",
            ),
            ("ecs.cn-nowhere.aliyuncs.com", "ecs", "cn-nowhere", ""),
            ("location-readonly.aliyuncs.com", "location", "", ""),
            ("127.0.0.1:8080", "", "", ""),
            ("localhost", "", "", ""),
            ("ecs.cn-hangzhou.example.com", "", "", ""),
            ("nosuch.cn-hangzhou.aliyuncs.com", "", "", ""),
            ("", "", "", ""),
        ] {
            let reading = read(host);
            let join = |parts: Vec<&str>| parts.join(" ");
            assert_eq!(
                join(reading.products.iter().copied().collect()),
                products,
                "{host}"
            );
            assert_eq!(
                join(reading.regions.iter().map(String::as_str).collect()),
                regions,
                "{host}"
            );
            assert_eq!(reading.prefix.as_deref().unwrap_or(""), prefix, "{host}");
        }
    }

    #[test]
    fn every_public_host_of_the_table_leads_back_to_its_product_and_region() {
        let table: Table = serde_json::from_str(ENDPOINTS).unwrap();
        assert!(table.products.len() > 25);
        for (code, entry) in &table.products {
            for region in &entry.regions {
                for (pattern, exceptions) in [
                    (&entry.public, &entry.public_exceptions),
                    (&entry.vpc, &entry.vpc_exceptions),
                ] {
                    let host = exceptions.get(region).unwrap_or(pattern);
                    let host = host.replace("{region}", region);
                    let reading = read(&host);
                    assert!(reading.products.contains(code.as_str()), "{code} {host}");
                    assert!(
                        reading.regions.is_empty() || reading.regions.contains(region),
                        "{code} {host} {region}: {:?}",
                        reading.regions
                    );
                }
            }
        }
    }
}
