//! `ecs.reserved_instance`: a discount bought for a term, that pay-as-you-go instances of a family use up.
//!
//! Paid ahead, wholly, in part or by the month (`OfferingType`), whether instances use it or not. It is no instance and runs
//! nothing. What it costs was settled when it was bought, and only the bill says it.
//!
//! <https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describereservedinstances>
//!
//! Traps: it has no charge type of its own. Expired ones may still be listed. Only those of this account are
//! (`AllocationType=Normal`), not those that other accounts share with it.

use serde_json::Value;

use crate::model::{Cell, Charge, ChargeType, Resource, Said, TypeId};
use crate::resources::{
    Argument, Billing, DecodeError, Field, Fields, ListedPer, Listing, Neighbours, ResourceType,
    Risk, Spec, Tags, Title, decode,
};

/// `ecs.reserved_instance`
pub struct ReservedInstance;

/// Where the end of the term stands.
const END: &str = "ExpiredTime";

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ecs.reserved_instance"),
    title: Title {
        en: "Reserved instance",
        zh: "预留实例券",
    },
    listed_per: ListedPer::Region,
    listing: Some(Listing {
        product: "ecs",
        action: "DescribeReservedInstances",
        arguments: &[("RegionId", Argument::Region)],
        items: "ReservedInstances.ReservedInstance",
        id: "ReservedInstanceId",
    }),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describereservedinstances",
    billing: Billing::Charged,
    risk: Risk::None,
    fields: Fields {
        id: "ReservedInstanceId",
        name: "ReservedInstanceName",
        status: "Status",
        zone: "ZoneId",
        created: "CreationTime",
        expires: END,
        resource_group: "ResourceGroupId",
        tags: Tags::TAG_KEY,
        attributes: &[
            Field::text("instance_type", "InstanceType"),
            Field::integer("instance_amount", "InstanceAmount"),
            Field::text("offering_type", "OfferingType"),
            Field::text("platform", "Platform"),
            Field::text("scope", "Scope"),
            Field::text("allocation_status", "AllocationStatus"),
            Field::time("started", "StartTime"),
            Field::text_list("operation_locks", "OperationLocks.OperationLock.LockReason"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[
        "whether reserved instances whose term is over are listed, and with which status; what one costs stays unknown either way",
    ],
};

impl ResourceType for ReservedInstance {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut reserved = decode::decode(&SPEC, raw, cell)?;
        reserved.charge_type = ChargeType::Subscription;
        reserved.expires = decode::time_at(raw, END);
        Ok(reserved)
    }

    fn charges(&self, _resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let reason = Said::new(
            "it was bought for a term; only the bill says for how much, and which part is paid by the month",
            "按期购买；价格以及按月支付的部分只能从账单得知",
        );
        vec![Charge::unknown("ecs", "reserved_instance", reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeKind;
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn it_is_paid_ahead_until_its_term_ends() {
        let raw = json!({
            "ReservedInstanceId": "ri-1", "ReservedInstanceName": "lab", "Status": "Active", "InstanceType": "ecs.g5.large",
            "InstanceAmount": 10, "OfferingType": "All Upfront", "StartTime": "2026-01-10T12:00Z",
            "ExpiredTime": "2027-01-10T12:07Z", "Scope": "Region", "Platform": "Linux", "AllocationStatus": "allocated",
        });
        let reserved = ReservedInstance.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(reserved.charge_type, ChargeType::Subscription);
        assert_eq!(
            reserved.expires.unwrap().to_rfc3339(),
            "2027-01-10T12:07:00+00:00"
        );
        assert!(reserved.unreadable.is_empty());
        let charges = ReservedInstance.charges(&reserved, &only_resource(&reserved));
        assert!(matches!(charges[0].kind, ChargeKind::Unknown(_)));
    }

    #[test]
    fn without_a_term_it_is_paid_ahead_all_the_same() {
        let reserved = ReservedInstance
            .decode(&json!({"ReservedInstanceId": "ri-1"}), &cell("r"))
            .unwrap();
        assert_eq!(reserved.charge_type, ChargeType::Subscription);
        assert_eq!(reserved.expires, None);
        let error = ReservedInstance.decode(&json!({}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "ReservedInstanceId");
    }
}
