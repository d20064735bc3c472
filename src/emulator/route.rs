//! Which operation a request addresses, in which region, with which parameters.
//!
//! Product, version and region are read from `Host`; else from the request; else the region is the scenario's.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::errors::{Family, Refusal};
use super::hosts::{self, HostReading};
use super::received::{Received, first};
use crate::contracts::{self, Body, Operation, Style};
use crate::openapi::sign::{oss4, sls4};

/// One call of one operation.
#[derive(Debug)]
pub(super) struct Call {
    /// What is called.
    pub(super) operation: &'static Operation,
    /// How the product words its answers.
    pub(super) family: Family,
    /// Where.
    pub(super) region: String,
    /// Values of the path's segments and of the label in front of the host.
    pub(super) named: BTreeMap<String, String>,
    /// Query parameters, without the fields that belong to the signature.
    pub(super) query: Vec<(String, String)>,
    /// Form fields.
    pub(super) form: Vec<(String, String)>,
    /// JSON body.
    pub(super) json: Option<Value>,
}

/// Parameters of the RPC protocol, never of an operation.
const PROTOCOL: &[&str] = &[
    "AccessKeyId",
    "Action",
    "Format",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureType",
    "SignatureVersion",
    "Timestamp",
    "Version",
];

/// A refusal before the operation is known, with the family it is worded for.
pub(super) type Unrouted = (Family, Refusal);

impl Call {
    /// A parameter, wherever it was sent.
    pub(super) fn argument(&self, name: &str) -> Option<&str> {
        self.named
            .get(name)
            .map(String::as_str)
            .or_else(|| first(&self.query, name))
            .or_else(|| first(&self.form, name))
    }

    /// Query and form, flattened names and values.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query
            .iter()
            .chain(&self.form)
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Holds the parameters against the contract.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let query = self
            .query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let body = match (&self.json, self.form.as_slice()) {
            (Some(document), _) => Body::Json(document),
            (None, []) => Body::None,
            (None, fields) => Body::Form(fields),
        };
        self.operation
            .check_parameters(query, body)
            .map_err(|violation| Refusal::violation(self.family, &violation))
    }
}

/// Finds the operation of a request.
pub(super) fn route(received: &Received, default_region: &str) -> Result<Call, Unrouted> {
    let host = hosts::read(&received.host);
    let action = received
        .header("x-acs-action")
        .or_else(|| received.parameter("Action"));
    let version = received
        .header("x-acs-version")
        .or_else(|| received.parameter("Version"));
    let (operation, mut named) = operation(received, &host, action, version)?;
    let family = Family::of(operation.product, operation.style);
    if let Some(prefix) = &host.prefix {
        for name in &operation.host {
            named.insert(name.clone(), prefix.clone());
        }
    }
    let region =
        region(&host, received, operation, default_region).map_err(|refusal| (family, refusal))?;
    let json =
        (operation.style != Style::Rpc && received.form.is_empty() && !received.body.is_empty())
            .then(|| serde_json::from_slice(&received.body))
            .transpose()
            .map_err(|_| {
                let message = "The request body is not a JSON document.";
                (family, Refusal::invalid_parameter(family, message))
            })?;
    let own = |pairs: &[(String, String)]| {
        pairs
            .iter()
            .filter(|(name, _)| match operation.style {
                Style::Rpc => !PROTOCOL.contains(&name.as_str()),
                // aliyun-python-sdk-core 2.16 names the region in every ROA query.
                Style::Roa => name != "RegionId" || operation.place(name).is_some(),
                Style::Sls | Style::Oss => true,
            })
            .cloned()
            .collect()
    };
    Ok(Call {
        operation,
        family,
        region,
        named,
        query: own(&received.query_pairs()),
        form: own(&received.form),
        json,
    })
}

type Found = (&'static Operation, BTreeMap<String, String>);

fn operation(
    received: &Received,
    host: &HostReading,
    action: Option<&str>,
    version: Option<&str>,
) -> Result<Found, Unrouted> {
    let candidates = candidates(host, received, version);
    let family = candidates.first().map_or(Family::Rpc, |product| {
        contracts::operations(product)
            .next()
            .map_or(Family::Rpc, |known| Family::of(product, known.style))
    });
    let refuse = |refusal| Err((family, refusal));
    if candidates.is_empty() {
        return match (host.products.is_empty(), version) {
            (false, Some(version)) => refuse(Refusal::new(
                400,
                "InvalidVersion",
                format!("Specified parameter Version is not valid: {version}."),
            )),
            _ => refuse(Refusal::new(
                404,
                "InvalidProduct.NotFound",
                format!(
                    "Cannot find product according to your domain: {}.",
                    received.host
                ),
            )),
        };
    }
    let names: Vec<&str> = received
        .query
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    for product in candidates.iter().copied() {
        let style = contracts::operations(product)
            .next()
            .map(|known| known.style);
        if style == Some(Style::Rpc) {
            if let Some(found) = action.and_then(|action| contracts::operation(product, action)) {
                return Ok((found, BTreeMap::new()));
            }
            continue;
        }
        let found = contracts::match_path(
            product,
            &received.method,
            &received.path,
            host.prefix.is_some(),
            &names,
        );
        let Some(found) = found else { continue };
        // Two operations can share a path (`GetRegion`, `GetRegionList` of cr-personal): a signed action decides.
        let named = action
            .and_then(|action| contracts::operation(product, action))
            .filter(|named| {
                named.path == found.operation.path && named.method == found.operation.method
            });
        if let (Some(action), None) = (action, named) {
            return refuse(Refusal::unknown_operation(
                family,
                &format!("{action} is not {} {}", received.method, received.path),
            ));
        }
        return Ok((named.unwrap_or(found.operation), found.parameters));
    }
    let what = action.map_or_else(
        || format!("{} {}", received.method, received.path),
        str::to_owned,
    );
    refuse(Refusal::unknown_operation(family, &what))
}

/// The products that can be meant, most likely first.
fn candidates(host: &HostReading, received: &Received, version: Option<&str>) -> Vec<&'static str> {
    let of_version = |product: &&'static str| {
        version.is_none_or(|version| contracts::version(product) == Some(version))
    };
    if !host.products.is_empty() {
        return host.products.iter().copied().filter(of_version).collect();
    }
    let authorization = received.header("authorization").unwrap_or_default();
    if authorization.starts_with("LOG ") || authorization.starts_with("SLS4-") {
        return vec!["sls"];
    }
    if authorization.starts_with("OSS") {
        return vec!["oss"];
    }
    if version.is_none() {
        return Vec::new();
    }
    contracts::products()
        .iter()
        .copied()
        .filter(of_version)
        .collect()
}

fn region(
    host: &HostReading,
    received: &Received,
    operation: &Operation,
    default_region: &str,
) -> Result<String, Refusal> {
    let asked = received
        .parameter("RegionId")
        .filter(|region| !region.is_empty());
    let region = match (asked, host.regions.len()) {
        (Some(asked), 0) => asked.to_owned(),
        (Some(asked), _) if host.regions.contains(asked) => asked.to_owned(),
        // Unverified: an endpoint refuses a `RegionId` that it does not serve.
        (Some(asked), _) => {
            return Err(Refusal::new(
                404,
                "InvalidRegionId.NotFound",
                format!(
                    "The specified RegionId does not exist: {} does not answer for {asked}.",
                    received.host
                ),
            ));
        }
        (None, 0) => scope_region(received).unwrap_or(default_region).to_owned(),
        (None, _) => named_in(&received.host, &host.regions).unwrap_or_else(|| {
            if host.regions.contains(default_region) {
                default_region.to_owned()
            } else {
                host.regions.first().cloned().unwrap_or_default()
            }
        }),
    };
    if !hosts::is_known_region(&region) {
        return Err(Refusal::unknown_region(&region));
    }
    if !hosts::offers(operation.product, &region) {
        return Err(Refusal::unknown_operation(
            Family::of(operation.product, operation.style),
            &format!("{} is not offered in {region}", operation.product),
        ));
    }
    Ok(region)
}

/// The region that SLS and OSS signatures of version 4 name.
fn scope_region(received: &Received) -> Option<&str> {
    let authorization = received.header("authorization")?;
    [sls4::ALGORITHM, oss4::ALGORITHM]
        .iter()
        .find_map(|algorithm| sls4::parse_authorization(algorithm, authorization))
        .map(|parts| parts.region)
}

/// Of several regions that a host serves, the one whose name it bears.
fn named_in(host: &str, regions: &BTreeSet<String>) -> Option<String> {
    regions
        .iter()
        .find(|region| host.split('.').any(|label| label == region.as_str()))
        .or_else(|| (regions.len() == 1).then(|| regions.first()).flatten())
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::HttpRequest;

    fn call(
        method: &str,
        host: &str,
        target: &str,
        headers: &[(&str, &str)],
    ) -> Result<Call, Unrouted> {
        let mut request = HttpRequest::new(method, "https", host, target);
        request.headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        route(&Received::read(request), "cn-hangzhou")
    }

    fn acs(action: &'static str, version: &'static str) -> [(&'static str, &'static str); 2] {
        [("x-acs-action", action), ("x-acs-version", version)]
    }

    /// Host, target, headers: product, action, region.
    #[test]
    fn routing_table() {
        let ecs = acs("DescribeDisks", "2014-05-26");
        let kvstore = acs("DescribeInstances", "2015-01-01");
        let clusters = acs("DescribeClustersV1", "2015-12-15");
        let personal = acs("GetNamespaceList", "2016-06-07");
        let enterprise = acs("ListInstance", "2018-12-01");
        let balancers = acs("ListLoadBalancers", "2020-06-16");
        let scaling = acs("DescribeScalingGroups", "2022-02-22");
        for (method, host, target, headers, product, action, region) in [
            (
                "POST",
                "ecs.cn-beijing.aliyuncs.com",
                "/?RegionId=cn-beijing",
                &ecs[..],
                "ecs",
                "DescribeDisks",
                "cn-beijing",
            ),
            (
                "POST",
                "127.0.0.1:9",
                "/?RegionId=cn-shanghai",
                &ecs,
                "ecs",
                "DescribeDisks",
                "cn-shanghai",
            ),
            (
                "POST",
                "127.0.0.1:9",
                "/",
                &ecs,
                "ecs",
                "DescribeDisks",
                "cn-hangzhou",
            ),
            (
                "POST",
                "127.0.0.1:9",
                "/",
                &kvstore,
                "r-kvstore",
                "DescribeInstances",
                "cn-hangzhou",
            ),
            (
                "GET",
                "ecs.cn-shenzhen.emulator.test:9",
                "/?Action=DescribeRegions&Version=2014-05-26",
                &[],
                "ecs",
                "DescribeRegions",
                "cn-shenzhen",
            ),
            (
                "GET",
                "localhost:9",
                "/?Action=DescribeVpcs&Version=2016-04-28&RegionId=cn-shenzhen",
                &[],
                "vpc",
                "DescribeVpcs",
                "cn-shenzhen",
            ),
            (
                "GET",
                "cs.cn-beijing.aliyuncs.com",
                "/api/v1/clusters",
                &clusters,
                "cs",
                "DescribeClustersV1",
                "cn-beijing",
            ),
            (
                "GET",
                "localhost:9",
                "/api/v1/clusters",
                &clusters,
                "cs",
                "DescribeClustersV1",
                "cn-hangzhou",
            ),
            (
                "GET",
                "cr.cn-hangzhou.aliyuncs.com",
                "/namespace",
                &personal,
                "cr-personal",
                "GetNamespaceList",
                "cn-hangzhou",
            ),
            (
                "POST",
                "cr.cn-hangzhou.aliyuncs.com",
                "/",
                &enterprise,
                "cr",
                "ListInstance",
                "cn-hangzhou",
            ),
            (
                "POST",
                "alb.cn-hangzhou.aliyuncs.com",
                "/",
                &balancers,
                "alb",
                "ListLoadBalancers",
                "cn-hangzhou",
            ),
            (
                "POST",
                "ess.aliyuncs.com",
                "/?RegionId=cn-qingdao",
                &scaling,
                "ess",
                "DescribeScalingGroups",
                "cn-qingdao",
            ),
            (
                "GET",
                "cn-beijing.log.aliyuncs.com",
                "/?offset=0",
                &[],
                "sls",
                "ListProject",
                "cn-beijing",
            ),
            (
                "GET",
                "p.cn-beijing.log.aliyuncs.com",
                "/logstores",
                &[],
                "sls",
                "ListLogStores",
                "cn-beijing",
            ),
        ] {
            let found = call(method, host, target, headers)
                .unwrap_or_else(|error| panic!("{host}{target}: {error:?}"));
            assert_eq!(
                (
                    found.operation.product,
                    found.operation.action.as_str(),
                    found.region.as_str()
                ),
                (product, action, region),
                "{host}{target}"
            );
        }
    }

    #[test]
    fn refusal_table() {
        let unknown = acs("DescribeNothing", "2014-05-26");
        let other_version = acs("DescribeDisks", "1999-01-01");
        let mismatch = acs("DescribeClusterDetail", "2015-12-15");
        let ecs = acs("DescribeDisks", "2014-05-26");
        for (host, target, headers, status, code) in [
            (
                "ecs.cn-hangzhou.aliyuncs.com",
                "/",
                &unknown[..],
                404,
                "InvalidApi.NotFound",
            ),
            (
                "ecs.cn-hangzhou.aliyuncs.com",
                "/",
                &other_version,
                400,
                "InvalidVersion",
            ),
            ("127.0.0.1:9", "/", &[], 404, "InvalidProduct.NotFound"),
            (
                "nosuch.aliyuncs.com",
                "/",
                &[],
                404,
                "InvalidProduct.NotFound",
            ),
            (
                "cs.cn-hangzhou.aliyuncs.com",
                "/api/v1/clusters",
                &mismatch,
                404,
                "InvalidApi.NotFound",
            ),
            (
                "cs.cn-hangzhou.aliyuncs.com",
                "/no/such/path",
                &[],
                404,
                "InvalidApi.NotFound",
            ),
            (
                "ecs.cn-nowhere.aliyuncs.com",
                "/",
                &ecs,
                404,
                "InvalidRegionId.NotFound",
            ),
            (
                "ecs.cn-hangzhou.aliyuncs.com",
                "/?RegionId=cn-beijing",
                &ecs,
                404,
                "InvalidRegionId.NotFound",
            ),
        ] {
            let (_, refusal) = call("GET", host, target, headers).unwrap_err();
            assert_eq!(
                (refusal.status, refusal.code.as_str()),
                (status, code),
                "{host}{target}"
            );
        }
    }

    #[test]
    fn the_project_in_the_host_and_the_id_in_the_path_are_arguments() {
        let found = call(
            "GET",
            "p.cn-beijing.log.aliyuncs.com",
            "/logstores/l%2D1",
            &[],
        )
        .unwrap();
        assert_eq!(found.argument("project"), Some("p"));
        assert_eq!(found.argument("logstore"), Some("l-1"));
    }

    #[test]
    fn parameters_that_the_contract_does_not_know_are_refused() {
        let headers = acs("DescribeDisks", "2014-05-26");
        for (query, code) in [
            ("RegionId=cn-hangzhou&DiskIdz=1", "InvalidParameter"),
            ("RegionId=cn-hangzhou&PageSize=many", "InvalidParameter"),
            ("DiskIds=[]", "MissingParameter"),
        ] {
            let target = format!("/?{query}");
            let found = call("POST", "ecs.cn-hangzhou.aliyuncs.com", &target, &headers).unwrap();
            assert_eq!(found.check().unwrap_err().code, code, "{query}");
        }
    }
}
