//! `cr.instance`: an instance of Container Registry Enterprise Edition.
//!
//! A subscription by edition, per month; images lie in a bucket of the account and are billed by OSS. It is never deleted.
//!
//! <https://api.aliyun.com/document/cr/2018-12-01/ListInstance>
//!
//! Traps: the list has no end of the term; BSS `QueryAvailableInstances` with `ProductCode` `acr` has. Times are Unix
//! milliseconds written as text. The Personal edition has no instance and is not listed here.

use serde_json::Value;

use crate::model::{Cell, Charge, ChargeType, Resource, Said, TypeId};
use crate::resources::{
    Billing, DecodeError, Field, Fields, ListedPer, Listing, Neighbours, ResourceType, Risk, Spec,
    Tags, Title, decode,
};

/// `cr.instance`
pub struct Instance;

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("cr.instance"),
    title: Title {
        en: "Container Registry instance",
        zh: "容器镜像服务实例",
    },
    listed_per: ListedPer::Region,
    listing: Some(Listing {
        product: "cr",
        action: "ListInstance",
        arguments: &[],
        items: "Instances",
        id: "InstanceId",
    }),
    also_reads: &[],
    docs: "https://api.aliyun.com/document/cr/2018-12-01/ListInstance",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "InstanceId",
        name: "InstanceName",
        status: "InstanceStatus",
        created: "CreateTime",
        resource_group: "ResourceGroupId",
        tags: Tags::List {
            path: "Tags",
            key: "TagKey",
            value: "TagValue",
        },
        attributes: &[
            Field::text("instance_specification", "InstanceSpecification").money(),
            Field::text("instance_issue", "InstanceIssue"),
            Field::time("modified_at", "ModifiedTime"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &["that every instance is a subscription"],
};

impl ResourceType for Instance {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut resource = decode::decode(&SPEC, raw, cell)?;
        // The answer does not say it; Enterprise editions are sold for terms only.
        resource.charge_type = ChargeType::Subscription;
        Ok(resource)
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let reason = Said::new(
            "a subscription by edition; no source of its price was found, the bill has it",
            "按版本包年包月；没有找到价格来源，请查看账单",
        );
        let charge = Charge::unknown("cr", "instance_fee", reason);
        vec![match resource.text("instance_specification") {
            edition @ Some(_) => charge.with("instance_specification", edition),
            None => charge,
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, time};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn an_instance_is_a_subscription_of_unknown_price() {
        let raw = json!({
            "InstanceId": "cri-1", "InstanceName": "images", "InstanceStatus": "RUNNING",
            "InstanceSpecification": "Enterprise_Basic", "CreateTime": "1768464000000",
            "ModifiedTime": "1768464000000", "RegionId": "cn-hangzhou", "ResourceGroupId": "rg-1",
            "Tags": [{"TagKey": "team", "TagValue": "blue"}, {"TagKey": "", "TagValue": ""}],
        });
        let instance = Instance.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(instance.charge_type, ChargeType::Subscription);
        assert_eq!(
            instance.created.map(time::format).as_deref(),
            Some("2026-01-15T08:00:00Z")
        );
        assert_eq!(
            (instance.tag("team"), instance.tags.len()),
            (Some("blue"), 1)
        );
        let charges = Instance.charges(&instance, &only_resource(&instance));
        assert!(matches!(charges[0].kind, ChargeKind::Unknown(_)));
        assert_eq!(
            charges[0].specification["instance_specification"],
            "Enterprise_Basic"
        );
    }

    #[test]
    fn without_id_it_is_an_error_and_without_edition_unreadable() {
        let bare = Instance
            .decode(&json!({"InstanceId": "cri-1"}), &cell("r"))
            .unwrap();
        assert_eq!(bare.unreadable, ["instance_specification"]);
        assert!(matches!(
            Instance.charges(&bare, &only_resource(&bare))[0].kind,
            ChargeKind::Unknown(_)
        ));
        let error = Instance.decode(&json!({}), &cell("r")).unwrap_err();
        assert_eq!(error.path, "InstanceId");
    }
}
