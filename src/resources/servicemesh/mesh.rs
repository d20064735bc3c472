//! `servicemesh.mesh`: a service mesh (ASM), whose control plane looks after clusters.
//!
//! Billed by edition. No source of its prices was found, so what it costs is unknown. Its load balancers, addresses and logs
//! are resources of their own, and billed as such.
//!
//! <https://www.alibabacloud.com/help/en/asm/developer-reference/api-servicemesh-2020-01-11-describeservicemeshes>
//!
//! Traps: one host answers for all regions, and each mesh says in which it is. Lists may come as JSON inside a text
//! (`["[\"c1\",\"c2\"]"]`). Deleting a mesh takes its control plane from the clusters that it looks after.

use serde_json::Value;

use crate::model::{Attribute, Cell, Charge, Link, LinkKind, Region, Resource, Said, TypeId};
use crate::resources::{
    Billing, DecodeError, Field, Fields, ListedPer, Listing, Neighbours, ResourceType, Risk, Spec,
    Tags, Title, decode, field,
};

/// `servicemesh.mesh`
pub struct Mesh;

/// Attributes that name resources of the mesh's own region: type, attribute, the vendor's name.
const NAMES: [(&str, &str, &str); 6] = [
    ("ack.cluster", "cluster_ids", "Clusters"),
    ("vpc.vpc", "vpc_id", "Spec.Network.VpcId"),
    ("vpc.vswitch", "vswitch_ids", "Spec.Network.VSwitches"),
    (
        "ecs.security_group",
        "security_group_id",
        "Spec.Network.SecurityGroupId",
    ),
    (
        "slb.load_balancer",
        "api_server_load_balancer_id",
        "Spec.LoadBalancer.ApiServerLoadbalancerId",
    ),
    (
        "slb.load_balancer",
        "pilot_load_balancer_id",
        "Spec.LoadBalancer.PilotPublicLoadbalancerId",
    ),
];

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("servicemesh.mesh"),
    title: Title {
        en: "Service mesh",
        zh: "服务网格",
    },
    listed_per: ListedPer::Account,
    listing: Some(Listing {
        product: "servicemesh",
        action: "DescribeServiceMeshes",
        arguments: &[],
        items: "ServiceMeshes",
        id: "ServiceMeshInfo.ServiceMeshId",
    }),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/asm/developer-reference/api-servicemesh-2020-01-11-describeservicemeshes",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "ServiceMeshInfo.ServiceMeshId",
        name: "ServiceMeshInfo.Name",
        status: "ServiceMeshInfo.State",
        created: "ServiceMeshInfo.CreationTime",
        tags: Tags::List {
            path: "Tag",
            key: "Key",
            value: "Value",
        },
        attributes: &[
            Field::text("region", "ServiceMeshInfo.RegionId"),
            Field::text("version", "ServiceMeshInfo.Version"),
            Field::text("edition", "ClusterSpec"),
            Field::text("owner_type", "OwnerType"),
            Field::text("owner_service_id", "OwnerId"),
            Field::text_list("cluster_ids", "Clusters"),
            Field::text("vpc_id", "Spec.Network.VpcId"),
            Field::text_list("vswitch_ids", "Spec.Network.VSwitches"),
            Field::text("security_group_id", "Spec.Network.SecurityGroupId"),
            Field::text(
                "api_server_load_balancer_id",
                "Spec.LoadBalancer.ApiServerLoadbalancerId",
            ),
            Field::text(
                "pilot_load_balancer_id",
                "Spec.LoadBalancer.PilotPublicLoadbalancerId",
            ),
            Field::boolean(
                "api_server_is_public",
                "Spec.LoadBalancer.ApiServerPublicEip",
            ),
            Field::boolean("pilot_is_public", "Spec.LoadBalancer.PilotPublicEip"),
            Field::time("updated", "ServiceMeshInfo.UpdateTime"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[
        "that the one host of the service answers with the meshes of all regions",
        "that the clusters of a mesh are in its own region; those of others are not linked",
        "whether the load balancers of a mesh are deleted with it",
    ],
};

impl ResourceType for Mesh {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut mesh = decode::decode(&SPEC, raw, cell)?;
        for name in ["cluster_ids", "vswitch_ids"] {
            if let Some(values) = mesh.attributes.text_list(name) {
                let values = values.iter().flat_map(|value| unpacked(value)).collect();
                mesh.attributes.set(name, Attribute::TextList(values));
            }
        }
        Ok(mesh)
    }

    fn also_links_to(&self) -> &'static [&'static str] {
        &[
            "ack.cluster",
            "ecs.security_group",
            "slb.load_balancer",
            "vpc.vpc",
            "vpc.vswitch",
        ]
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        // Without its region nothing says which VPC of that id it is.
        let Some(region) = resource.text("region") else {
            return Vec::new();
        };
        let mut links = Vec::new();
        for (to, attribute, via) in NAMES {
            let several = resource.attributes.text_list(attribute).unwrap_or_default();
            let one = resource.attributes.text(attribute);
            for id in one.into_iter().chain(several.iter().map(String::as_str)) {
                let link = field::link(resource, LinkKind::Uses, to, id, via);
                links.push(field::in_region(link, Region::new(region)));
            }
        }
        links
    }

    fn charges(&self, _resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let reason = Said::new(
            "no source of the prices of service meshes was found; the bill says what this one costs",
            "没有找到服务网格的价格来源；费用以账单为准",
        );
        vec![Charge::unknown("servicemesh", "mesh", reason)]
    }
}

/// The texts of a list that came as JSON inside a text, or the text itself.
fn unpacked(value: &str) -> Vec<String> {
    serde_json::from_str(value).unwrap_or_else(|_| vec![value.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, ChargeType};
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    fn mesh(clusters: &Value, region: &Value) -> Resource {
        let raw = json!({
            "ServiceMeshInfo": {"ServiceMeshId": "cb89", "Name": "lab", "State": "running", "RegionId": region,
                                "CreationTime": "2026-01-15T09:42:20+08:00", "Version": "v1.22", "ErrorMessage": ""},
            "ClusterSpec": "standard", "Clusters": clusters, "Tag": [{"Key": "team", "Value": "lab"}],
            "Spec": {"Network": {"VpcId": "vpc-1", "VSwitches": ["vsw-1"], "SecurityGroupId": "sg-1"},
                     "LoadBalancer": {"ApiServerLoadbalancerId": "lb-1", "PilotPublicLoadbalancerId": "",
                                      "ApiServerPublicEip": true, "PilotPublicEip": false}},
        });
        Mesh.decode(&raw, &cell(Region::GLOBAL.as_str())).unwrap()
    }

    #[test]
    fn it_uses_its_clusters_and_its_network_in_its_own_region() {
        for clusters in [json!(["c1", "c2"]), json!(["[\"c1\",\"c2\"]"])] {
            let mesh = mesh(&clusters, &json!("cn-beijing"));
            assert_eq!(mesh.charge_type, ChargeType::PayAsYouGo);
            assert_eq!(mesh.tag("team"), Some("lab"));
            let links = Mesh.links(&mesh);
            assert!(
                links
                    .iter()
                    .all(|link| link.to.region.as_str() == "cn-beijing")
            );
            let used: Vec<_> = links.iter().map(|link| link.to.id.as_str()).collect();
            assert_eq!(used, ["c1", "c2", "vpc-1", "vsw-1", "sg-1", "lb-1"]);
            let charges = Mesh.charges(&mesh, &only_resource(&mesh));
            assert!(
                matches!(&charges[..], [charge] if matches!(charge.kind, ChargeKind::Unknown(_)))
            );
        }
    }

    #[test]
    fn without_its_region_it_names_nothing() {
        let mesh = mesh(&json!([]), &Value::Null);
        assert_eq!(mesh.attributes.text_list("cluster_ids"), Some(&[][..]));
        assert!(Mesh.links(&mesh).is_empty());
        let error = Mesh.decode(&json!({"ServiceMeshInfo": {}}), &cell("global"));
        assert_eq!(error.unwrap_err().path, "ServiceMeshInfo.ServiceMeshId");
    }
}
