//! `ack.cluster`: a Kubernetes cluster of ACK, with what ACK says it owns.
//!
//! Billed by type, specification and profile: a Pro cluster (`ack.pro.*`) has a management fee per hour, a basic managed
//! (`ack.standard`), a dedicated and a registered one have none; Edge clusters add their nodes' vCPUs per day. The fee is
//! documented for clusters that run, upgrade, drain, remove nodes or update, without the first and the last clock hour:
//! <https://www.alibabacloud.com/help/en/ack/ack-managed-and-ack-dedicated/product-overview/cluster-management-fee>
//! Nodes, load balancers and the rest are resources of their own.
//!
//! Listed by `DescribeClustersForRegion` on the region's endpoint, as the list over all regions can be stale; each item
//! is then completed by `DescribeClusterDetail` and `DescribeClusterResources`, and by what ACK says about its version. When one
//! of these fails the cluster stays, without that part, and the cell's coverage is incomplete.
//!
//! Traps: `master_url` and `meta_data` are JSON inside a text and may hold settings that are nobody's business: of the first only
//! the two endpoints of the API server are kept, of the second nothing.
//! Old answers have `vswitch_id`, ids joined by commas, in place of `vswitch_ids`.

use std::future::ready;
use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt as _};
use serde_json::Value;

use super::cluster_kind::{self, ClusterKind};
use super::cluster_resources;
use super::removal::ClusterRemoval;
use super::versions::{self, Versions};
use crate::model::{
    Attribute, Cell, Charge, Link, LinkKind, Per, Quantity, Region, Resource, Said, TypeId,
};
use crate::openapi::Request;
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, DecodeError, Field, Fields, LinkRule, ListError, ListedPer, Listing,
    Neighbours, Reader, ResourceType, Risk, Spec, Tags, Title, decode, field, listing,
};

/// `ack.cluster`
pub struct Cluster;

/// Clusters of a cell that are completed at the same time.
const AT_ONCE: usize = 4;

/// The states for which the vendor documents the management fee (cluster management fee page, 2021).
const BILLED_STATES: [&str; 5] = ["running", "upgrading", "draining", "removing", "updating"];

const LISTING: Listing = Listing {
    product: "cs",
    action: "DescribeClustersForRegion",
    arguments: &[("region_id", Argument::Region)],
    items: "clusters",
    id: "cluster_id",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ack.cluster"),
    title: Title {
        en: "ACK cluster",
        zh: "ACK 集群",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[
        "cs:DescribeClusterDetail",
        "cs:DescribeClusterResources",
        "cs:DescribeKubernetesVersionMetadata",
    ],
    docs: "https://www.alibabacloud.com/help/en/ack/ack-managed-and-ack-dedicated/developer-reference/api-cs-2015-12-15-describeclustersforregion",
    billing: Billing::Charged,
    risk: Risk::Service,
    fields: Fields {
        id: "cluster_id",
        name: "name",
        status: "state",
        zone: "zone_id",
        created: "created",
        resource_group: "resource_group_id",
        tags: Tags::List {
            path: "tags",
            key: "key",
            value: "value",
        },
        attributes: &[
            Field::text("cluster_type", "cluster_type").money(),
            Field::text("cluster_spec", "cluster_spec"),
            Field::text("profile", "profile"),
            Field::text("kubernetes_version", "current_version"),
            Field::text("init_version", "init_version"),
            Field::text("next_version", "next_version"),
            Field::boolean(
                "auto_upgrade_enabled",
                "operation_policy.cluster_auto_upgrade.enabled",
            ),
            Field::text(
                "auto_upgrade_channel",
                "operation_policy.cluster_auto_upgrade.channel",
            ),
            Field::integer("node_count", "size"),
            Field::text("vpc_id", "vpc_id"),
            Field::text_list("vswitch_ids", "vswitch_ids"),
            Field::text("security_group_id", "security_group_id"),
            Field::text("external_load_balancer_id", "external_loadbalancer_id"),
            Field::text_list(
                "control_plane_load_balancer_ids",
                "control_plane_endpoints_config.load_balancers_config.load_balancer_id",
            ),
            Field::text("cluster_domain", "cluster_domain"),
            Field::boolean(
                "internal_dns_enabled",
                "control_plane_endpoints_config.internal_dns_config.enabled",
            ),
            Field::text_list(
                "internal_dns_vpc_ids",
                "control_plane_endpoints_config.internal_dns_config.bind_vpcs",
            ),
            Field::boolean("private_zone_enabled", "private_zone"),
            Field::integer("master_count", "control_plane_config.size"),
            Field::text("master_charge_type", "control_plane_config.charge_type"),
            Field::text_list(
                "master_instance_types",
                "control_plane_config.instance_types",
            ),
            Field::text("worker_ram_role_name", "worker_ram_role_name"),
            Field::text("rrsa_oidc_arn", "rrsa_config.oidc_arn"),
            Field::boolean("rrsa_enabled", "rrsa_config.enabled"),
            Field::boolean("deletion_protection", "deletion_protection"),
            Field::boolean("auto_mode_enabled", "auto_mode.enable"),
            Field::text("ip_stack", "ip_stack"),
            Field::text("container_cidr", "container_cidr"),
            Field::text("service_cidr", "service_cidr"),
            Field::time("updated", "updated"),
        ],
        ..Fields::NONE
    },
    links: &[
        LinkRule::uses("vpc.vpc", "vpc_id", "vpc_id"),
        LinkRule::uses("vpc.vswitch", "vswitch_ids", "vswitch_ids"),
        LinkRule::uses(
            "ecs.security_group",
            "security_group_id",
            "security_group_id",
        ),
    ],
    unverified: &[
        "the spellings of resource_type in DescribeClusterResources for disks, network interfaces, scaling groups, ALB, NLB, SLS projects and EIPs",
        "whether the API server's load balancer may be of other kinds than CLB, NLB and ALB",
        "whether retain_resources of DeleteCluster keeps everything that DescribeClusterResources lists, nodes too, as the console does",
        "nat-address: whether DeleteCluster releases the public address of the NAT gateway that it made; where it stays it is released afterwards",
        "terway-interfaces: how long the network interfaces of pods outlive their cluster; they are waited for, and deleted where they stay",
        "what DescribeKubernetesVersionMetadata answers for a version that ACK has given up; where it refuses the version or leaves it out, its end and its upgrades are not known",
        "whether a Pro cluster that is initial, scaling, failed or delete_failed pays the management fee; it is counted",
    ],
};

impl ResourceType for Cluster {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        let versions = Arc::new(Versions::default());
        listing::list(&SPEC, api, cell)
            .filter(|item| ready(item.as_ref().map_or(true, |item| is_of(item, cell))))
            .map(move |item| complete(api, cell, item, Arc::clone(&versions)))
            .buffered(AT_ONCE)
            .flat_map(stream::iter)
            .boxed()
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut cluster = decode::decode(&SPEC, raw, cell)?;
        if cluster.attributes.text_list("vswitch_ids").is_none()
            && let Some(joined) = decode::text_at(raw, "vswitch_id")
        {
            let ids = joined.split(',').map(str::trim).filter(|id| !id.is_empty());
            let ids = Attribute::TextList(ids.map(str::to_owned).collect());
            cluster.attributes.set("vswitch_ids", ids);
        }
        if let Some(kind) = ClusterKind::of(&cluster) {
            cluster.attributes.set_text("cluster_kind", kind.as_str());
        }
        if let Some(edition) = cluster_kind::edition(&cluster) {
            cluster.attributes.set_text("edition", edition);
        }
        for (name, endpoint) in endpoints(raw) {
            cluster.attributes.set_text(name, endpoint);
        }
        versions::keep(raw, &mut cluster);
        cluster_resources::keep(raw, &mut cluster);
        Ok(cluster)
    }

    fn also_links_to(&self) -> &'static [&'static str] {
        cluster_resources::LINKED
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let said = cluster_resources::links(resource);
        let mut links = field::links(SPEC.links, resource);
        links.extend(load_balancers(resource));
        if let Some(role) = resource.text("worker_ram_role_name") {
            let via = "worker_ram_role_name";
            let link = field::link(resource, LinkKind::Uses, "ram.role", role, via);
            links.push(field::in_region(link, Region::GLOBAL));
        }
        // What ACK itself says about a resource wins over the fields that name it.
        links.retain(|link| !said.iter().any(|said| said.to == link.to));
        links.extend(said);
        links
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let cluster_type = resource.text("cluster_type");
        let cluster_spec = resource.text("cluster_spec");
        let profile = resource.text("profile");
        let mut charges = Vec::new();
        let is_edge = profile == Some("Edge");
        if !(is_edge && cluster_spec == Some("ack.standard")) {
            charges.push(management_fee(resource));
        }
        if is_edge {
            let vcpus = Said::new(
                "the number of vCPUs of all its nodes, of any kind and state",
                "其全部节点的 vCPU 总数，无论节点类型和状态",
            );
            let nodes = Quantity::Unreadable(vcpus);
            charges.push(
                Charge::billed("ack", "node_management", nodes, "vCPU", Per::Day)
                    .with("cluster_type", cluster_type)
                    .with("cluster_spec", cluster_spec)
                    .with("profile", profile),
            );
        }
        charges
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&ClusterRemoval)
    }
}

fn management_fee(cluster: &Resource) -> Charge {
    let cluster_type = cluster.text("cluster_type");
    let mut fee =
        Charge::hourly("ack", "cluster_management", "cluster").with("cluster_type", cluster_type);
    // Only managed clusters come in specifications and profiles that differ in price; others may not carry them.
    let needs_all = !matches!(cluster_type, Some("Kubernetes" | "ExternalKubernetes"));
    for (key, value) in [
        ("cluster_spec", cluster.text("cluster_spec")),
        ("profile", cluster.text("profile")),
    ] {
        if value.is_some() || needs_all {
            fee = fee.with(key, value);
        }
    }
    let is_documented = cluster
        .status
        .as_deref()
        .is_some_and(|state| BILLED_STATES.contains(&state));
    if is_documented {
        return fee;
    }
    fee.assuming(Said::new(
        "the fee is documented for clusters that are running, upgrading, draining, removing or updating; it is counted in this state too",
        "文档只说明集群在运行、升级、排空、移除节点或更新时收费；当前状态也按收费计算",
    ))
}

/// The load balancers in front of the API server. Their ids tell the product: CLB in most clusters, NLB in newer ones.
fn load_balancers(cluster: &Resource) -> Vec<Link> {
    let listed = cluster
        .attributes
        .text_list("control_plane_load_balancer_ids");
    let listed = listed.unwrap_or_default().iter().map(|id| {
        let via = "control_plane_endpoints_config.load_balancers_config.load_balancer_id";
        (id.as_str(), via)
    });
    let external = cluster.text("external_load_balancer_id");
    let external = external.map(|id| (id, "external_loadbalancer_id"));
    let to = |id: &str| match id.split_once('-') {
        Some(("lb", _)) => Some("slb.load_balancer"),
        Some(("nlb", _)) => Some("nlb.load_balancer"),
        Some(("alb", _)) => Some("alb.load_balancer"),
        _ => None,
    };
    external
        .into_iter()
        .chain(listed)
        .filter_map(|(id, via)| Some(field::link(cluster, LinkKind::Uses, to(id)?, id, via)))
        .collect()
}

/// The addresses of the API server in `master_url`, without those that are empty. Nothing else of that text is kept.
fn endpoints(raw: &Value) -> Vec<(&'static str, String)> {
    let said = decode::text_at(raw, "master_url").unwrap_or_default();
    let Ok(said) = serde_json::from_str::<Value>(&said) else {
        return Vec::new();
    };
    ["api_server_endpoint", "intranet_api_server_endpoint"]
        .into_iter()
        .filter_map(|name| Some((name, decode::text_at(&said, name)?)))
        .filter(|(_, endpoint)| !endpoint.is_empty())
        .collect()
}

/// Whether an item is of the cell's region; one that does not say so is.
fn is_of(item: &Value, cell: &Cell) -> bool {
    decode::text_at(item, "region_id").is_none_or(|region| region == cell.region.as_str())
}

/// Completes a listed cluster; what could not be asked follows it as an error.
async fn complete(
    api: &Reader,
    cell: &Cell,
    item: Result<Value, ListError>,
    versions: Arc<Versions>,
) -> Vec<Result<Value, ListError>> {
    let mut cluster = match item {
        Ok(cluster) => cluster,
        Err(error) => return vec![Err(error)],
    };
    // Without an id it cannot be read: decoding says so.
    let Some(id) = decode::text_at(&cluster, "cluster_id") else {
        return vec![Ok(cluster)];
    };
    let (detail, resources) = futures::join!(
        ask(api, cell, "DescribeClusterDetail", &id, &[]),
        ask(
            api,
            cell,
            "DescribeClusterResources",
            &id,
            &[("with_addon_resources", "true")],
        ),
    );
    let mut holes = Vec::new();
    match detail {
        Ok(detail) => overlay(&mut cluster, detail),
        Err(hole) => holes.push(Err(hole)),
    }
    match (resources, cluster.as_object_mut()) {
        (Ok(resources), Some(cluster)) => {
            cluster.insert(cluster_resources::KEY.to_owned(), resources);
        }
        (Ok(_), None) => {}
        (Err(hole), _) => holes.push(Err(hole)),
    }
    if let Err(hole) = versions.add(api, cell, &mut cluster).await {
        holes.push(Err(hole));
    }
    let mut found = vec![Ok(cluster)];
    found.extend(holes);
    found
}

async fn ask(
    api: &Reader,
    cell: &Cell,
    operation: &'static str,
    id: &str,
    arguments: &[(&str, &str)],
) -> Result<Value, ListError> {
    let mut request = Request::new("cs", operation, &cell.region).argument("cluster_id", id);
    for (name, value) in arguments {
        request = request.argument(name, *value);
    }
    let part = |error: ListError| ListError::Part {
        operation,
        id: id.to_owned(),
        error: Box::new(error),
    };
    let answer = api.openapi().read(request).await;
    let answer = answer.map_err(|error| part(error.into()))?;
    let is_expected = match (operation, &answer) {
        ("DescribeClusterResources", answer) => answer.is_array(),
        // An answer about another cluster would give this one a name and a price that are not its own.
        (_, Value::Object(detail)) => detail
            .get("cluster_id")
            .is_none_or(|answered| answered.as_str() == Some(id)),
        _ => false,
    };
    if is_expected {
        return Ok(answer);
    }
    let shape = ListError::Unusable(format!("{operation} answered something else"));
    Err(part(shape))
}

/// One cluster, asked by its id and completed as when it is listed. What ACK says about its resources may be missing: a cluster that
/// is being deleted is there all the same.
pub(super) async fn described(api: &Reader, cell: &Cell, id: &str) -> Result<Value, ListError> {
    let request = Request::new(LISTING.product, "DescribeClusterDetail", &cell.region)
        .argument("cluster_id", id);
    let mut cluster = api.openapi().read(request).await?;
    if !is_of(&cluster, cell) {
        let what = format!("{id} is not in {}", cell.region);
        return Err(ListError::Unusable(what));
    }
    let with_addons = [("with_addon_resources", "true")];
    let resources = ask(api, cell, "DescribeClusterResources", id, &with_addons).await;
    if let (Ok(resources), Some(cluster)) = (resources, cluster.as_object_mut()) {
        cluster.insert(cluster_resources::KEY.to_owned(), resources);
    }
    Ok(cluster)
}

/// The ids of the clusters of a region.
pub(super) async fn ids(api: &Reader, cell: &Cell) -> Result<Vec<String>, ListError> {
    let items: Vec<_> = listing::list(&SPEC, api, cell).collect().await;
    let mut ids = Vec::new();
    for item in items {
        let item = item?;
        let id = decode::text_at(&item, LISTING.id)
            .ok_or_else(|| ListError::Unusable("a cluster without id".to_owned()))?;
        if is_of(&item, cell) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// Lays the detail over the listed item. It is the later of the two; what it leaves out stays as listed.
fn overlay(cluster: &mut Value, detail: Value) {
    let (Some(cluster), Value::Object(detail)) = (cluster.as_object_mut(), detail) else {
        return;
    };
    for (key, value) in detail {
        let says_nothing = value.is_null() || value.as_str() == Some("");
        if !says_nothing && key != cluster_resources::KEY {
            cluster.insert(key, value);
        }
    }
}

#[cfg(test)]
#[path = "cluster_tests.rs"]
mod tests;
