//! `eci.container_group`: a group of containers that runs without a node: a pod of a virtual node, or one made by hand.
//!
//! Billed per second by its vCPUs and memory, or as an ECS instance type where it was made of one, until it has ended. What it
//! keeps for a while after that (`Succeeded`, `Failed`, `Expired`) is a record and costs nothing.
//!
//! <https://www.alibabacloud.com/help/en/eci/developer-reference/api-eci-2018-08-08-describecontainergroups>
//!
//! Traps: environment variables, commands and configuration files of the containers may hold passwords: nothing of them is
//! kept but the images. `ExpiredTime` is when it ended for want of payment, not the end of a term. While the pod exists its
//! group is made anew: the pod goes first. The public address of a group is an EIP, and listed as such.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::model::{
    Attribute, Cell, Charge, ChargeType, Link, LinkKind, Per, Quantity, Region, Resource, Said,
    TypeId,
};
use crate::resources::removal::{Operation, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, DecodeError, Field, Fields, LinkRule, ListedPer, Listing, Neighbours,
    ResourceType, Risk, Spec, Tags, Title, decode, field,
};

/// `eci.container_group`
pub struct ContainerGroup;

/// States of a group that has ended (SDK description of `DescribeContainerGroups`).
const ENDED: [&str; 3] = ["Succeeded", "Failed", "Expired"];

/// States of one that has its resources.
const RUNNING: [&str; 5] = [
    "Pending",
    "Running",
    "Restarting",
    "Updating",
    "Terminating",
];

const LISTING: Listing = Listing {
    product: "eci",
    action: "DescribeContainerGroups",
    arguments: &[("RegionId", Argument::Region)],
    items: "ContainerGroups",
    id: "ContainerGroupId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("eci.container_group"),
    title: Title {
        en: "Container group",
        zh: "弹性容器实例",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/eci/developer-reference/api-eci-2018-08-08-describecontainergroups",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "ContainerGroupId",
        name: "ContainerGroupName",
        status: "Status",
        zone: "ZoneId",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::FLAT_KEY,
        attributes: &[
            Field::decimal("vcpus", "Cpu").money(),
            Field::decimal("memory_gib", "Memory").money(),
            Field::text("spot_strategy", "SpotStrategy").money(),
            Field::decimal("spot_price_limit_per_hour", "SpotPriceLimit"),
            Field::text("instance_type", "InstanceType"),
            Field::text("compute_category", "ComputeCategory"),
            Field::text_list("container_gpus", "Containers.Gpu"),
            Field::integer("ephemeral_storage_gib", "EphemeralStorage"),
            Field::text_list("images", "Containers.Image"),
            Field::text("restart_policy", "RestartPolicy"),
            Field::text("private_ip", "IntranetIp"),
            Field::text("public_ip", "InternetIp"),
            Field::text("vpc_id", "VpcId"),
            Field::text("vswitch_id", "VSwitchId"),
            Field::text("security_group_id", "SecurityGroupId"),
            Field::text("network_interface_id", "EniInstanceId"),
            Field::text_list("disk_ids", "Volumes.DiskVolumeDiskId"),
            Field::text_list("nfs_servers", "Volumes.NFSVolumeServer"),
            Field::text("role_name", "RamRoleName"),
            Field::time("succeeded_at", "SucceededTime"),
            Field::time("failed_at", "FailedTime"),
            Field::time("expired_at", "ExpiredTime"),
        ],
        ..Fields::NONE
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_id", "VSwitchId"),
        LinkRule::uses("ecs.security_group", "security_group_id", "SecurityGroupId"),
        LinkRule::manages(
            "ecs.network_interface",
            "network_interface_id",
            "EniInstanceId",
        ),
        LinkRule::uses("ecs.disk", "disk_ids", "Volumes.DiskVolumeDiskId"),
    ],
    unverified: &[
        "whether a group that was not made of an instance type says InstanceType too; the price of one that does stays unknown",
        "that the network interface of a group is released with it",
        "how the domain of an NFS volume begins: it is taken for the id of its file system, a dash, and more",
        "what temporary storage beyond the free part costs, and whether the answer names a size where there is none; it is shown as unknown unless the answer says 0",
    ],
};

impl ResourceType for ContainerGroup {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut group = decode::decode(&SPEC, raw, cell)?;
        group.charge_type = match group.text("spot_strategy") {
            Some("NoSpot") => ChargeType::PayAsYouGo,
            Some("SpotAsPriceGo" | "SpotWithPriceLimit") => ChargeType::Spot,
            _ => ChargeType::Unknown,
        };
        // The same image in several containers is one.
        if let Some(images) = group.attributes.text_list("images") {
            let mut images = images.to_vec();
            images.sort();
            images.dedup();
            group.attributes.set("images", Attribute::TextList(images));
        }
        Ok(group)
    }

    fn also_links_to(&self) -> &'static [&'static str] {
        &["ram.role"]
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let mut links = field::links(SPEC.links, resource);
        let servers = resource.attributes.text_list("nfs_servers");
        for server in servers.unwrap_or_default() {
            if let Some(file_system) = file_system_of(server) {
                let via = "Volumes.NFSVolumeServer";
                let to = "nas.file_system";
                links.push(field::link(resource, LinkKind::Uses, to, file_system, via));
            }
        }
        if let Some(role) = resource.text("role_name") {
            let link = field::link(resource, LinkKind::Uses, "ram.role", role, "RamRoleName");
            links.push(field::in_region(link, Region::GLOBAL));
        }
        links
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let status = resource.status.as_deref().unwrap_or_default();
        if ENDED.contains(&status) {
            let reason = Said::new(
                "it has ended; what is listed is a record",
                "已运行结束；列出的只是记录",
            );
            return vec![Charge::free("eci", "vcpu", reason)];
        }
        let unknown = |reason: Said| vec![Charge::unknown("eci", "vcpu", reason)];
        if !RUNNING.contains(&status) {
            return unknown(Said::new(
                "whether a group in this state is billed is not documented",
                "文档没有说明该状态下是否收费",
            ));
        }
        if resource.text("instance_type").is_some() {
            return unknown(Said::new(
                "it is billed like the ECS instance type that it was made of",
                "按创建时指定的 ECS 实例规格计费",
            ));
        }
        let has_gpu = resource
            .attributes
            .text_list("container_gpus")
            .is_some_and(|gpus| gpus.iter().any(|gpu| gpu != "0"));
        if has_gpu {
            return unknown(Said::new(
                "no source of the prices of container groups with GPUs was found",
                "没有找到带 GPU 的弹性容器实例的价格来源",
            ));
        }
        if let Some(category) = resource.text("compute_category")
            && category != "general"
        {
            return unknown(Said::new(
                "no source of the prices of this `ComputeCategory` was found",
                "没有找到该 `ComputeCategory` 的价格来源",
            ));
        }
        let per_hour = |item: &str, attribute: &str, name: &str, unit: &str| {
            // Nothing runs on nothing: a size of 0 is one that was not read.
            let size = resource
                .attributes
                .decimal(attribute)
                .filter(|size| *size > Decimal::ZERO);
            let size = Quantity::from_attribute(size, name);
            Charge::billed("eci", item, size, unit, Per::Hour)
        };
        let mut charges = vec![
            per_hour("vcpu", "vcpus", "Cpu", "vCPU"),
            per_hour("memory", "memory_gib", "Memory", "GiB"),
        ];
        let storage = resource.attributes.integer("ephemeral_storage_gib");
        if storage != Some(0) {
            let reason = Said::new(
                "no source says what temporary storage costs beyond the free part",
                "没有来源说明免费部分之外的临时存储如何收费",
            );
            charges.push(Charge::unknown("eci", "ephemeral_storage", reason));
        }
        charges
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    pace: pace(5, 600),
    loses: Some(Title {
        en: "what its containers run, and what they keep in temporary storage",
        zh: "容器正在运行的内容，以及临时存储中的数据",
    }),
    ..Removal::new(
        &ContainerGroup,
        Operation::new(
            "eci",
            "DeleteContainerGroup",
            &[
                ("RegionId", Source::Region),
                ("ContainerGroupId", Source::Id),
            ],
        ),
        listed(LISTING, "ContainerGroupIds", Source::IdInJson),
    )
};

/// The file system whose mount target has that domain: `<id>-<suffix>.<region>.nas.aliyuncs.com`.
fn file_system_of(domain: &str) -> Option<&str> {
    let (label, rest) = domain.split_once('.')?;
    let (id, _) = label.rsplit_once('-')?;
    (rest.ends_with("nas.aliyuncs.com") && !id.is_empty()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeKind;
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    fn group(more: &Value) -> Resource {
        let mut raw = json!({
            "ContainerGroupId": "eci-1", "ContainerGroupName": "default-web-0", "Status": "Running", "Cpu": 0.5,
            "Memory": 1.0, "SpotStrategy": "NoSpot", "VpcId": "vpc-1", "VSwitchId": "vsw-1", "SecurityGroupId": "sg-1",
            "EniInstanceId": "eni-1", "CreationTime": "2026-02-14T00:00:00Z", "EphemeralStorage": 0,
        });
        for (key, value) in more.as_object().unwrap() {
            raw[key] = value.clone();
        }
        ContainerGroup.decode(&raw, &cell("cn-hangzhou")).unwrap()
    }

    fn charges(more: &Value) -> Vec<Charge> {
        let group = group(more);
        ContainerGroup.charges(&group, &only_resource(&group))
    }

    #[test]
    fn vcpus_and_memory_are_billed_while_it_runs() {
        let charges = charges(&json!({}));
        let billed: Vec<_> = charges
            .iter()
            .map(|charge| (charge.item.as_str(), charge.unit.as_str(), charge.per))
            .collect();
        let expected = [("vcpu", "vCPU", Per::Hour), ("memory", "GiB", Per::Hour)];
        assert_eq!(billed, expected);
        let half: Decimal = "0.5".parse().unwrap();
        assert_eq!(charges[0].quantity, Quantity::Known(half));
        assert_eq!(charges[1].quantity, Quantity::Known(Decimal::ONE));
    }

    #[test]
    fn what_has_ended_is_free_and_what_is_not_priced_is_unknown() {
        for (more, is_free) in [
            (json!({"Status": "Succeeded"}), true),
            (json!({"Status": "Expired"}), true),
            (json!({"Status": "Scheduling"}), false),
            (json!({"InstanceType": "ecs.c7.large"}), false),
            (json!({"ComputeCategory": "economy"}), false),
            (json!({"Containers": [{"Gpu": 1}]}), false),
        ] {
            let charges = charges(&more);
            let kind = &charges[0].kind;
            let is_known = matches!(kind, ChargeKind::Free(_));
            let is_unknown = matches!(kind, ChargeKind::Unknown(_));
            assert_eq!((is_known, is_unknown), (is_free, !is_free), "{more}");
            assert_eq!(charges.len(), 1, "{more}");
        }
        let general = json!({"ComputeCategory": "general", "Containers": [{"Gpu": 0}], "EphemeralStorage": 40});
        let kinds = charges(&general);
        assert_eq!(kinds.len(), 3);
        assert!(matches!(kinds[2].kind, ChargeKind::Unknown(_)));
        let sizeless = charges(&json!({"Cpu": null, "Memory": 0}));
        assert!(
            sizeless
                .iter()
                .all(|charge| matches!(charge.quantity, Quantity::Unreadable(_)))
        );
    }

    #[test]
    fn how_it_is_paid_follows_from_its_strategy() {
        for (strategy, expected) in [
            (json!("NoSpot"), ChargeType::PayAsYouGo),
            (json!("SpotAsPriceGo"), ChargeType::Spot),
            (json!("SpotWithPriceLimit"), ChargeType::Spot),
            (Value::Null, ChargeType::Unknown),
        ] {
            let group = group(&json!({"SpotStrategy": strategy}));
            assert_eq!(group.charge_type, expected, "{strategy}");
        }
    }

    #[test]
    fn nothing_that_containers_are_given_is_kept_but_their_images() {
        let group = group(&json!({
            "Containers": [
                {"Image": "nginx", "EnvironmentVars": [{"Key": "PASSWORD", "Value": "hunter2"}], "Commands": ["hunter2"],
                 "Args": ["hunter2"]},
                {"Image": "nginx"},
            ],
            "InitContainers": [{"Image": "busybox", "EnvironmentVars": [{"Key": "TOKEN", "Value": "hunter2"}]}],
            "Volumes": [
                {"Type": "ConfigFileVolume", "ConfigFileVolumeConfigFileToPaths": [{"Path": "/a", "Content": "hunter2"}],
                 "FlexVolumeOptions": "hunter2"},
                {"DiskVolumeDiskId": "d-1"},
                {"NFSVolumeServer": "109c042666-w1.cn-hangzhou.nas.aliyuncs.com"},
                {"NFSVolumeServer": "files.example"},
            ],
            "RamRoleName": "KubernetesWorkerRole-1",
        }));
        assert!(!serde_json::to_string(&group).unwrap().contains("hunter2"));
        assert_eq!(
            group.attributes.text_list("images"),
            Some(&["nginx".to_owned()][..])
        );
        let links = ContainerGroup.links(&group);
        let ends: Vec<_> = links
            .iter()
            .map(|link| (link.to.id.as_str(), link.kind))
            .collect();
        let expected = [
            ("vpc-1", LinkKind::Uses),
            ("vsw-1", LinkKind::Uses),
            ("sg-1", LinkKind::Uses),
            ("eni-1", LinkKind::Manages),
            ("d-1", LinkKind::Uses),
            ("109c042666", LinkKind::Uses),
            ("KubernetesWorkerRole-1", LinkKind::Uses),
        ];
        assert_eq!(ends, expected);
    }

    #[test]
    fn domains_of_other_servers_name_no_file_system() {
        for (domain, expected) in [
            (
                "109c042666-w1.cn-hangzhou.nas.aliyuncs.com",
                Some("109c042666"),
            ),
            (
                "extreme-00b501-abc.cn-hangzhou.extreme.nas.aliyuncs.com",
                Some("extreme-00b501"),
            ),
            ("nfs.example", None),
            ("109c042666-w1.cn-hangzhou.example", None),
            ("-w1.cn-hangzhou.nas.aliyuncs.com", None),
            ("109c042666", None),
        ] {
            assert_eq!(file_system_of(domain), expected, "{domain}");
        }
        let error = ContainerGroup.decode(&json!({}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "ContainerGroupId");
    }
}
