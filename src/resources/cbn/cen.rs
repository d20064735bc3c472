//! `cbn.cen`: a Cloud Enterprise Network (CEN) instance, which joins networks of any region.
//!
//! The instance itself is not billed; its attachments are, and so are bandwidth plans between regions, which are subscriptions.
//! <https://www.alibabacloud.com/help/en/cen/product-overview/billing-rules>
//!
//! <https://api.aliyun.com/document/Cbn/2017-09-12/DescribeCens>
//!
//! Traps: one list for the whole account. It holds networks together that have nothing to do with a cluster: only listed.

use crate::model::{Charge, Resource, Said, TypeId};
use crate::resources::{
    Billing, Field, Fields, ListedPer, Listing, Neighbours, ResourceType, Risk, Spec, Tags, Title,
};

/// `cbn.cen`
pub struct Cen;

const LISTING: Listing = Listing {
    product: "cbn",
    action: "DescribeCens",
    arguments: &[],
    items: "Cens.Cen",
    id: "CenId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("cbn.cen"),
    title: Title {
        en: "CEN instance",
        zh: "云企业网实例",
    },
    listed_per: ListedPer::Account,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/Cbn/2017-09-12/DescribeCens",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "CenId",
        name: "Name",
        status: "Status",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::KEY,
        attributes: &[
            Field::text("description", "Description"),
            Field::text("protection_level", "ProtectionLevel"),
            Field::text_list(
                "bandwidth_plan_ids",
                "CenBandwidthPackageIds.CenBandwidthPackageId",
            ),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[],
};

impl ResourceType for Cen {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let mut charges = vec![Charge::free(
            "cen",
            "instance_fee",
            Said::new(
                "the instance itself is not billed; its attachments are",
                "实例本身不计费，计费的是它的网络实例连接",
            ),
        )];
        match resource.attributes.text_list("bandwidth_plan_ids") {
            Some([]) => {}
            Some(_) => charges.push(Charge::unknown(
                "cen",
                "bandwidth_plan",
                Said::new(
                    "its bandwidth plans are paid ahead and are not listed (DescribeCenBandwidthPackages)",
                    "它的带宽包为包年包月，而清单中没有它们（DescribeCenBandwidthPackages）",
                ),
            )),
            None => charges.push(Charge::unknown(
                "cen",
                "bandwidth_plan",
                Said::new(
                    "whether it has bandwidth plans could not be read",
                    "没有读到它是否有带宽包",
                ),
            )),
        }
        charges
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::ChargeKind;
    use crate::resources::testing::{cell, only_resource};

    #[test]
    fn only_bandwidth_plans_cost_something() {
        for (plans, unknown) in [
            (json!({"CenBandwidthPackageId": []}), 0),
            (json!({"CenBandwidthPackageId": ["cenbwp-1"]}), 1),
            (serde_json::Value::Null, 1),
        ] {
            let raw = json!({
                "CenId": "cen-1", "Name": "backbone", "Status": "Active", "ProtectionLevel": "REDUCED",
                "CreationTime": "2026-01-15T07:44Z", "CenBandwidthPackageIds": plans,
                "Tags": {"Tag": [{"Key": "team", "Value": "blue"}]},
            });
            let cen = Cen.decode(&raw, &cell("global")).unwrap();
            assert_eq!(cen.tag("team"), Some("blue"));
            assert!(cen.created.is_some());
            let charges = Cen.charges(&cen, &only_resource(&cen));
            assert!(matches!(charges[0].kind, ChargeKind::Free(_)));
            let found = charges[1..]
                .iter()
                .filter(|charge| matches!(charge.kind, ChargeKind::Unknown(_)))
                .count();
            assert_eq!(found, unknown, "{plans}");
        }
        let error = Cen.decode(&json!({}), &cell("global")).unwrap_err();
        assert_eq!(error.path, "CenId");
    }
}
