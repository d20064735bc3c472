//! `ecs.dedicated_host`: a physical server that only this account's instances run on.
//!
//! Billed as a whole, per hour or paid ahead, whether instances run on it or not; what runs on it is not billed beside it. No
//! source of its prices was found, so what it costs is unknown.
//!
//! <https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describededicatedhosts>
//!
//! Traps: without `Status` only hosts that are `Available` come back, and a broken one is billed on: each status is asked for.
//! The serial number of the machine (`HostDetailInfo`) is not kept.

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use serde_json::Value;

use crate::model::{Cell, Charge, Resource, Said, TypeId};
use crate::resources::{
    Argument, Billing, Field, Fields, ListError, ListedPer, Listing, Neighbours, Reader,
    ResourceType, Risk, Spec, Tags, Title, listing,
};

/// `ecs.dedicated_host`
pub struct DedicatedHost;

/// All values of `Status` (`alibabacloud_ecs20140526` 7.11.8, `DescribeDedicatedHostsRequest`).
const STATUSES: [&str; 5] = [
    "Available",
    "UnderAssessment",
    "PermanentFailure",
    "TempUnavailable",
    "Redeploying",
];

static LISTING: Listing = Listing {
    product: "ecs",
    action: "DescribeDedicatedHosts",
    arguments: &[("RegionId", Argument::Region)],
    items: "DedicatedHosts.DedicatedHost",
    id: "DedicatedHostId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ecs.dedicated_host"),
    title: Title {
        en: "Dedicated host",
        zh: "专有宿主机",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describededicatedhosts",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "DedicatedHostId",
        name: "DedicatedHostName",
        status: "Status",
        zone: "ZoneId",
        created: "CreationTime",
        expires: "ExpiredTime",
        charge_type: "ChargeType",
        resource_group: "ResourceGroupId",
        tags: Tags::TAG_KEY,
        attributes: &[
            Field::text("host_type", "DedicatedHostType"),
            Field::text("host_cluster_id", "DedicatedHostClusterId"),
            Field::text("auto_placement", "AutoPlacement"),
            Field::text("action_on_maintenance", "ActionOnMaintenance"),
            Field::integer("cores", "Cores"),
            Field::integer("sockets", "Sockets"),
            Field::integer("vcpus", "Capacity.TotalVcpus"),
            Field::integer("free_vcpus", "Capacity.AvailableVcpus"),
            Field::decimal("memory_gib", "Capacity.TotalMemory"),
            Field::decimal("free_memory_gib", "Capacity.AvailableMemory"),
            Field::text_list("instance_ids", "Instances.Instance.InstanceId"),
            Field::time("auto_release_at", "AutoReleaseTime"),
            Field::text_list("operation_locks", "OperationLocks.OperationLock.LockReason"),
        ],
    },
    links: &[],
    unverified: &[
        "that the five statuses of the request are all that a dedicated host can have; one in another is not listed",
    ],
};

impl ResourceType for DedicatedHost {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        match listing::request(&SPEC, &LISTING, cell) {
            Ok(request) => stream::iter(STATUSES)
                .flat_map(move |status| {
                    let request = request.clone().argument("Status", status.to_owned());
                    listing::items(api, &LISTING, request)
                })
                .boxed(),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    }

    fn charges(&self, _resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let reason = Said::new(
            "no source of the prices of dedicated hosts was found; the bill says what this one costs",
            "没有找到专有宿主机的价格来源；费用以账单为准",
        );
        vec![Charge::unknown("ecs", "dedicated_host", reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, ChargeType};
    use crate::resources::testing::{cell, context, only_resource, reader};
    use serde_json::json;

    #[test]
    fn a_host_is_billed_by_its_own_charge_type() {
        for (code, expected, expires) in [
            ("PostPaid", ChargeType::PayAsYouGo, false),
            ("PrePaid", ChargeType::Subscription, true),
        ] {
            let raw = json!({
                "DedicatedHostId": "dh-1", "DedicatedHostName": "host", "Status": "Available", "ChargeType": code,
                "DedicatedHostType": "ddh.g5", "ExpiredTime": "2027-01-01T12:00Z", "ZoneId": "cn-hangzhou-g",
                "Capacity": {"TotalVcpus": 56, "TotalMemory": 208.5, "AvailableVcpus": 0},
                "Instances": {"Instance": [{"InstanceId": "i-1"}, {"InstanceId": "i-2"}]},
                "HostDetailInfo": {"SerialNumber": "sn-1"},
            });
            let host = DedicatedHost.decode(&raw, &cell("cn-hangzhou")).unwrap();
            assert_eq!(host.charge_type, expected);
            assert_eq!(host.expires.is_some(), expires);
            assert_eq!(host.attributes.integer("free_vcpus"), Some(0));
            assert_eq!(host.attributes.text_list("instance_ids").unwrap().len(), 2);
            assert!(!serde_json::to_string(&host).unwrap().contains("sn-1"));
            let charges = DedicatedHost.charges(&host, &only_resource(&host));
            assert!(
                matches!(&charges[..], [charge] if matches!(charge.kind, ChargeKind::Unknown(_)))
            );
        }
    }

    #[test]
    fn what_does_not_say_how_it_is_paid_is_of_unknown_charge_type() {
        let host = DedicatedHost
            .decode(&json!({"DedicatedHostId": "dh-1"}), &cell("r"))
            .unwrap();
        assert_eq!(host.charge_type, ChargeType::Unknown);
        assert_eq!(host.unreadable, ["charge_type"]);
        let error = DedicatedHost.decode(&json!({}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "DedicatedHostId");
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_of_every_status_are_asked_for() {
        let context = context(|_, target| {
            let status = STATUSES
                .iter()
                .find(|status| target.contains(&format!("Status={status}")))
                .expect("a status");
            let host = json!({"DedicatedHostId": format!("dh-{status}"), "Status": status});
            (200, json!({"DedicatedHosts": {"DedicatedHost": [host]}}))
        });
        let api = reader(&context);
        let cell = cell("cn-hangzhou");
        let items: Vec<_> = DedicatedHost.list(&api, &cell).collect().await;
        let statuses: Vec<_> = items
            .iter()
            .map(|item| item.as_ref().unwrap()["Status"].as_str().unwrap())
            .collect();
        assert_eq!(statuses, STATUSES);
    }
}
