//! `kms.instance`: a Key Management Service instance, which keeps keys and secrets for the VPCs that it is bound to.
//!
//! Billed per day or paid ahead, by edition, performance and what it may hold, whether a key is used or not. The one price that
//! was found is of a software instance, and no answer says whether one is that; so what it costs is unknown.
//!
//! <https://www.alibabacloud.com/help/en/kms/developer-reference/api-kms-2016-01-20-listkmsinstances>
//!
//! Traps: the list has ids only: each instance is completed by `GetKmsInstance`. Releasing one destroys its keys, and with them
//! whatever they encrypt, disks and buckets too. Its certificates are not kept.

use futures::stream::BoxStream;
use serde_json::Value;

use crate::model::{Cell, Charge, Link, LinkKind, Region, Resource, Said, TypeId};
use crate::resources::{
    Billing, DecodeError, Field, Fields, LinkRule, ListError, ListedPer, Listing, Neighbours,
    Reader, ResourceType, Risk, Spec, Title, decode, detail, field, listing,
};

/// `kms.instance`
pub struct Instance;

/// The key of `GetKmsInstance` that says which instance it is about.
const ABOUT: &str = "KmsInstance.InstanceId";

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("kms.instance"),
    title: Title {
        en: "KMS instance",
        zh: "KMS 实例",
    },
    listed_per: ListedPer::Region,
    listing: Some(Listing {
        product: "kms",
        action: "ListKmsInstances",
        arguments: &[],
        items: "KmsInstances.KmsInstance",
        id: "KmsInstanceId",
    }),
    also_reads: &["kms:GetKmsInstance"],
    docs: "https://www.alibabacloud.com/help/en/kms/developer-reference/api-kms-2016-01-20-listkmsinstances",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "KmsInstanceId",
        name: "KmsInstance.InstanceName",
        status: "KmsInstance.Status",
        created: "KmsInstance.CreateTime",
        expires: "KmsInstance.EndDate",
        charge_type: "KmsInstance.ChargeType",
        attributes: &[
            Field::text("product_type", "KmsInstance.ProductType"),
            Field::text("product_version", "KmsInstance.ProductVersion"),
            Field::integer("performance", "KmsInstance.Spec"),
            Field::integer("key_limit", "KmsInstance.KeyNum"),
            Field::integer("secret_limit", "KmsInstance.SecretNum"),
            Field::text("sale_status", "KmsInstance.SaleStatus"),
            Field::boolean("deletion_protection", "KmsInstance.DeletionProtection"),
            Field::text("vpc_id", "KmsInstance.VpcId"),
            Field::text_list("vswitch_ids", "KmsInstance.VswitchIds"),
            Field::text_list("zone_ids", "KmsInstance.ZoneIds"),
        ],
        ..Fields::NONE
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_ids", "VswitchIds"),
    ],
    unverified: &[
        "that an instance that is paid ahead and over is still listed until it is released",
        "that a VPC can be deleted although a KMS instance of another VPC is bound to it; the link keeps it",
    ],
};

/// What else is kept: the VPCs that may use it, `region/id`.
const BOUND: &str = "bound_vpcs";

impl ResourceType for Instance {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        let items = listing::list(&SPEC, api, cell);
        detail::complete(items, api, cell, SPEC.fields.id, |id, _| {
            vec![detail::Call {
                product: "kms",
                action: "GetKmsInstance",
                arguments: vec![("KmsInstanceId", id.to_owned())],
            }]
        })
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let id = decode::text_at(raw, SPEC.fields.id);
        let about = decode::text_at(raw, ABOUT);
        // An answer about another instance would give this one a price and a network that are not its own.
        if about.is_some() && about != id {
            let mut bare = raw.clone();
            if let Some(object) = bare.as_object_mut() {
                object.remove("KmsInstance");
            }
            return decode::decode(&SPEC, &bare, cell);
        }
        let mut instance = decode::decode(&SPEC, raw, cell)?;
        let bound = field::pairs(raw, "KmsInstance.BindVpcs.BindVpc", "RegionId", "VpcId");
        if let Some(bound) = bound {
            instance.attributes.set(BOUND, bound);
        }
        Ok(instance)
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let mut links = field::links(SPEC.links, resource);
        let bound = resource.attributes.text_list(BOUND).unwrap_or_default();
        for (region, vpc) in bound.iter().filter_map(|pair| pair.split_once('/')) {
            let via = "BindVpcs.BindVpc.VpcId";
            let link = field::link(resource, LinkKind::Uses, "vpc.vpc", vpc, via);
            links.push(field::in_region(link, Region::new(region)));
        }
        links
    }

    fn charges(&self, _resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let reason = Said::new(
            "what a KMS instance costs depends on its edition, which no answer says; the bill says what this one costs",
            "KMS 实例的费用取决于版本，而返回结果中没有；费用以账单为准",
        );
        vec![Charge::unknown("kms", "instance", reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, ChargeType};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    fn instance(about: &str, code: &str) -> Resource {
        let raw = json!({
            "KmsInstanceId": "kst-1", "KmsInstanceArn": "acs:kms:cn-hangzhou:42:keystore/kst-1",
            "KmsInstance": {
                "InstanceId": about, "InstanceName": "keys", "Status": "Connected", "ChargeType": code, "Spec": 1000,
                "CreateTime": "2026-01-15T02:07:00Z", "EndDate": "2027-01-15T02:07:00Z", "VpcId": "vpc-1",
                "VswitchIds": ["vsw-1"], "ZoneIds": ["cn-hangzhou-h", "cn-hangzhou-i"],
                "CaCertificateChainPem": "-----BEGIN CERTIFICATE-----",
                "BindVpcs": {"BindVpc": [
                    {"RegionId": "cn-hangzhou", "VpcId": "vpc-2", "VSwitchId": "vsw-2", "VpcOwnerId": "42"},
                    {"RegionId": "cn-shanghai", "VpcId": "vpc-3"},
                ]},
            },
        });
        Instance.decode(&raw, &cell("cn-hangzhou")).unwrap()
    }

    #[test]
    fn it_needs_its_network_and_the_vpcs_that_it_is_bound_to() {
        let paid_ahead = instance("kst-1", "PREPAY");
        assert_eq!(paid_ahead.charge_type, ChargeType::Subscription);
        assert!(paid_ahead.expires.is_some());
        let instance = instance("kst-1", "POSTPAY");
        assert_eq!(instance.charge_type, ChargeType::PayAsYouGo);
        assert_eq!(instance.expires, None);
        assert!(
            !serde_json::to_string(&instance)
                .unwrap()
                .contains("CERTIFICATE")
        );
        let links = Instance.links(&instance);
        let used: Vec<_> = links
            .iter()
            .map(|link| (link.to.region.as_str(), link.to.id.as_str()))
            .collect();
        let expected = [
            ("cn-hangzhou", "vpc-1"),
            ("cn-hangzhou", "vsw-1"),
            ("cn-hangzhou", "vpc-2"),
            ("cn-shanghai", "vpc-3"),
        ];
        assert_eq!(used, expected);
        let charges = Instance.charges(&instance, &only_resource(&instance));
        assert!(matches!(&charges[..], [charge] if matches!(charge.kind, ChargeKind::Unknown(_))));
    }

    #[test]
    fn an_answer_about_another_instance_says_nothing_about_this_one() {
        let instance = instance("kst-2", "POSTPAY");
        assert_eq!(instance.charge_type, ChargeType::Unknown);
        assert_eq!((&instance.name, &instance.status), (&None, &None));
        assert!(Instance.links(&instance).is_empty());
        let error = Instance.decode(&json!({}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "KmsInstanceId");
    }
}
