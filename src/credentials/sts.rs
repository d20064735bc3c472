//! Which STS host is asked. The central one, unless somebody names a region or a host (rules of the official SDKs).

use super::Reach;
use super::failure::broken;
use crate::config::environment as names;
use crate::model::Region;
use crate::openapi::{CredentialError, EndpointType, Endpoints};

/// Product code of STS.
pub(super) const PRODUCT: &str = "sts";
/// The central host.
const CENTRAL_HOST: &str = "sts.aliyuncs.com";
/// Stands for the region where no one is named; the central host is the same for all.
const HOME_REGION: Region = Region::from_static("cn-hangzhou");

/// What a profile says about STS.
#[derive(Clone, Debug, Default)]
pub(super) struct StsSettings {
    /// `sts_endpoint`
    pub(super) endpoint: Option<String>,
    /// `sts_region`
    pub(super) region: Option<String>,
    /// `enable_vpc`
    pub(super) is_vpc: bool,
    /// The profile's own region.
    pub(super) profile_region: Option<String>,
}

/// The endpoints with the STS host put in, and the region to name in the request.
pub(super) fn endpoints(
    reach: &Reach,
    source_name: &str,
    settings: &StsSettings,
) -> Result<(Endpoints, Region), CredentialError> {
    let variable = |name: &str| reach.context.variable(name).map(str::to_owned);
    let sts_region = settings
        .region
        .clone()
        .or_else(|| variable(names::STS_REGION.name));
    let region = match sts_region.as_ref().or(settings.profile_region.as_ref()) {
        Some(region) => super::chain::region(source_name, region)?,
        None => HOME_REGION,
    };
    let mut endpoints = reach.endpoints.clone();
    // A private cloud's own host stands.
    if endpoints.hosts.contains_key(PRODUCT) {
        return Ok((endpoints, region));
    }
    let named_host = settings
        .endpoint
        .clone()
        .or_else(|| variable(names::STS_ENDPOINT.name));
    let is_vpc = settings.is_vpc
        || reach.endpoints.endpoint_type == EndpointType::Vpc
        || names::is_on(variable(names::VPC_ENDPOINT_ENABLED.name).as_deref());
    let has_region = sts_region.is_some() || (is_vpc && settings.profile_region.is_some());
    let host = if let Some(host) = named_host {
        if !is_host(&host) {
            return Err(broken(
                source_name,
                "the STS endpoint is not a host name",
                "write only the host, such as sts.cn-hangzhou.aliyuncs.com",
            ));
        }
        host
    } else if has_region {
        let regional = Endpoints {
            endpoint_type: if is_vpc {
                EndpointType::Vpc
            } else {
                EndpointType::Public
            },
            ..Endpoints::default()
        };
        regional.host(PRODUCT, &region).map_err(|cause| {
            super::failure::caused(
                source_name,
                "no STS host is known",
                "set ALIBABA_CLOUD_STS_ENDPOINT",
                cause,
            )
        })?
    } else {
        CENTRAL_HOST.to_owned()
    };
    endpoints.hosts.insert(PRODUCT.to_owned(), host);
    Ok((endpoints, region))
}

fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fake;
    use super::*;

    fn host(variables: &[(&str, &str)], settings: &StsSettings) -> String {
        let reach = Fake::new().variables(variables).reach();
        let (endpoints, region) = endpoints(&reach, "x", settings).unwrap();
        endpoints.host(PRODUCT, &region).unwrap()
    }

    #[test]
    fn the_central_host_unless_a_region_or_host_is_named() {
        let nothing = StsSettings::default();
        assert_eq!(host(&[], &nothing), "sts.aliyuncs.com");
        let with_region = [("ALIBABA_CLOUD_STS_REGION", "cn-beijing")];
        assert_eq!(host(&with_region, &nothing), "sts.cn-beijing.aliyuncs.com");
        let with_vpc = [
            ("ALIBABA_CLOUD_STS_REGION", "cn-beijing"),
            ("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", "true"),
        ];
        assert_eq!(host(&with_vpc, &nothing), "sts-vpc.cn-beijing.aliyuncs.com");
        let profile = StsSettings {
            region: Some("cn-shanghai".into()),
            ..StsSettings::default()
        };
        assert_eq!(host(&with_region, &profile), "sts.cn-shanghai.aliyuncs.com");
        let own_region = StsSettings {
            profile_region: Some("cn-shanghai".into()),
            ..StsSettings::default()
        };
        assert_eq!(host(&[], &own_region), "sts.aliyuncs.com");
        let named = [("ALIBABA_CLOUD_STS_ENDPOINT", "sts.own.example")];
        assert_eq!(host(&named, &profile), "sts.own.example");
    }

    #[test]
    fn hosts_and_regions_that_are_none_are_refused() {
        for (name, value) in [
            ("ALIBABA_CLOUD_STS_REGION", "evil.example/"),
            ("ALIBABA_CLOUD_STS_ENDPOINT", "https://sts.aliyuncs.com"),
            ("ALIBABA_CLOUD_STS_ENDPOINT", "me@evil.example"),
        ] {
            let reach = Fake::new().variables(&[(name, value)]).reach();
            assert!(
                endpoints(&reach, "x", &StsSettings::default()).is_err(),
                "{value}"
            );
        }
    }

    #[test]
    fn a_private_cloud_keeps_its_own_host() {
        let mut reach = Fake::new().reach();
        reach
            .endpoints
            .hosts
            .insert("sts".into(), "sts.{region}.cloud.example".into());
        let settings = StsSettings {
            profile_region: Some("cn-own-1".into()),
            ..StsSettings::default()
        };
        let (endpoints, region) = endpoints(&reach, "x", &settings).unwrap();
        assert_eq!(
            endpoints.host("sts", &region).unwrap(),
            "sts.cn-own-1.cloud.example"
        );
    }
}
