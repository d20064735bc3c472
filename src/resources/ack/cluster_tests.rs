use super::*;
use crate::model::{ChargeKind, CoverageState, ResourceId};
use crate::resources::ack::NodePool;
use crate::resources::teardown::Kept;
use crate::resources::testing::{cell, context, only_resource, reader, resource};
use serde_json::json;

fn raw(changes: &Value) -> Value {
    let mut raw = json!({
        "cluster_id": "c1", "name": "my-cluster", "state": "running", "cluster_type": "ManagedKubernetes",
        "cluster_spec": "ack.standard", "profile": "Default", "region_id": "cn-hangzhou", "size": 2,
        "current_version": "1.34.1-aliyun.1", "created": "2026-01-15T10:00:00+08:00", "vpc_id": "vpc-1",
        "vswitch_ids": ["vsw-1", "vsw-2"], "security_group_id": "sg-1", "external_loadbalancer_id": "lb-1",
        "control_plane_endpoints_config": {"load_balancers_config": [{"endpoint_type": "intranet", "load_balancer_id": "lb-1"}]},
        "deletion_protection": true, "tags": [{"key": "env", "value": "lab"}],
        "master_url": "{\"api_server_endpoint\":\"\",\"intranet_api_server_endpoint\":\"https://192.168.0.10:6443\",\"mirana_endpoint\":\"https://never-keep\"}",
        "meta_data": "{\"Token\":\"never-keep\"}", "parameters": {"LoginPassword": "never-keep"},
    });
    for (key, value) in changes.as_object().unwrap() {
        raw[key] = value.clone();
    }
    raw
}

fn cluster(changes: &Value) -> Resource {
    Cluster.decode(&raw(changes), &cell("cn-hangzhou")).unwrap()
}

fn entry(resource_type: &str, id: &str, auto_create: &Value) -> Value {
    json!({"cluster_id": "c1", "resource_type": resource_type, "instance_id": id, "auto_create": auto_create})
}

fn edges(resource: &Resource) -> Vec<String> {
    let show = |id: &ResourceId| format!("{}/{}", id.type_id, id.id);
    Cluster
        .links(resource)
        .iter()
        .map(|link| format!("{} {}", link.kind.as_str(), show(&link.to)))
        .collect()
}

#[test]
fn a_cluster_keeps_what_it_is_and_uses_and_no_secrets() {
    let cluster = cluster(&json!({}));
    assert_eq!(cluster.name.as_deref(), Some("my-cluster"));
    assert_eq!(cluster.tag("env"), Some("lab"));
    assert_eq!(cluster.text("kubernetes_version"), Some("1.34.1-aliyun.1"));
    assert_eq!(
        cluster.attributes.boolean("deletion_protection"),
        Some(true)
    );
    let load_balancers = cluster
        .attributes
        .text_list("control_plane_load_balancer_ids");
    assert_eq!(load_balancers.unwrap(), ["lb-1"]);
    let kept = serde_json::to_string(&cluster).unwrap();
    assert!(!kept.contains("never-keep"), "{kept}");
    let error = Cluster.decode(&json!({"name": "x"}), &cell("cn-hangzhou"));
    assert_eq!(error.unwrap_err().path, "cluster_id");
}

#[test]
fn type_edition_endpoints_names_and_upgrades_are_kept() {
    let config = json!({"internal_dns_config": {"enabled": true, "bind_vpcs": ["vpc-1", "vpc-2"]}});
    let full = cluster(&json!({
        "cluster_domain": "cluster.local", "control_plane_endpoints_config": config, "cluster_spec": "ack.pro.small",
        "operation_policy": {"cluster_auto_upgrade": {"enabled": true, "channel": "stable"}},
        "+version": {"expiration_date": "2026-09-30T00:00:00Z", "upgradable_versions": []},
    }));
    for (name, expected) in [
        ("cluster_kind", "managed"),
        ("edition", "pro"),
        ("intranet_api_server_endpoint", "https://192.168.0.10:6443"),
        ("cluster_domain", "cluster.local"),
        ("auto_upgrade_channel", "stable"),
    ] {
        assert_eq!(full.text(name), Some(expected), "{name}");
    }
    // No public endpoint: an empty text is none.
    assert_eq!(full.attributes.get("api_server_endpoint"), None);
    let vpcs = full.attributes.text_list("internal_dns_vpc_ids").unwrap();
    assert_eq!(vpcs, ["vpc-1", "vpc-2"]);
    assert!(full.attributes.time("version_ends").is_some());
    assert_eq!(full.attributes.text_list("upgrades"), Some(&[][..]));
    let public =
        cluster(&json!({"master_url": "{\"api_server_endpoint\":\"https://203.0.113.7:6443\"}"}));
    let endpoint = public.text("api_server_endpoint");
    assert_eq!(endpoint, Some("https://203.0.113.7:6443"));
    let broken = cluster(&json!({"master_url": "{\\\"intranet_api_server_endpoint"}));
    assert_eq!(broken.attributes.get("intranet_api_server_endpoint"), None);
    assert_eq!(broken.attributes.get("version_ends"), None);
    assert_eq!(broken.attributes.get("upgrades"), None);
}

#[test]
fn a_dedicated_cluster_says_what_its_masters_are() {
    let masters = json!({"size": 3, "charge_type": "PostPaid", "instance_types": ["ecs.c7.xlarge"], "key_pair": "never-keep"});
    let dedicated =
        cluster(&json!({"cluster_type": "Kubernetes", "control_plane_config": masters}));
    assert_eq!(dedicated.text("cluster_kind"), Some("dedicated"));
    assert_eq!(dedicated.attributes.integer("master_count"), Some(3));
    assert_eq!(dedicated.text("master_charge_type"), Some("PostPaid"));
    let kept = serde_json::to_string(&dedicated).unwrap();
    assert!(!kept.contains("never-keep"), "{kept}");
}

#[test]
fn sorts_of_clusters_whose_deletion_is_not_understood_are_refused() {
    for (cluster_type, profile, expected) in [
        ("ManagedKubernetes", "Default", None),
        ("ManagedKubernetes", "Serverless", None),
        ("Kubernetes", "Default", None),
        ("ManagedKubernetes", "Edge", Some("cluster_kind=edge")),
        ("ManagedKubernetes", "Lingjun", Some("cluster_kind=lingjun")),
        ("ManagedKubernetes", "Acs", Some("profile=Acs")),
        (
            "ExternalKubernetes",
            "Default",
            Some("cluster_kind=registered"),
        ),
    ] {
        let found = cluster(&json!({
            "cluster_type": cluster_type, "profile": profile, "deletion_protection": false, "resources": [],
        }));
        let teardown = Cluster.teardown().unwrap();
        let refused = teardown.refuse(&found, &only_resource(&found));
        // A pool stands where its cluster does.
        let mut pool = resource(&cell("cn-hangzhou"), "ack.node_pool", "np1");
        pool.attributes.set_text("cluster_id", "c1");
        pool.status = Some("active".to_owned());
        let near = Neighbours::new([&found, &pool]);
        let of_pool = NodePool.teardown().unwrap().refuse(&pool, &near);
        assert_eq!(of_pool, refused, "{cluster_type} {profile}");
        let Some(expected) = expected else {
            assert_eq!(refused, None, "{cluster_type} {profile}");
            continue;
        };
        let refused = refused.unwrap();
        assert_eq!(
            (refused.kept, refused.code.as_str()),
            (Kept::Always, "unsupported")
        );
        assert!(refused.because.contains(expected), "{refused:?}");
    }
}

#[test]
fn old_answers_join_their_vswitches() {
    let old = cluster(&json!({"vswitch_ids": null, "vswitch_id": "vsw-1, vsw-2,"}));
    assert_eq!(
        old.attributes.text_list("vswitch_ids").unwrap(),
        ["vsw-1", "vsw-2"]
    );
}

#[test]
fn what_ack_made_is_managed_and_what_it_found_is_used() {
    let resources = json!([
        entry("ALIYUN::ECS::VPC", "vpc-1", &json!(0)),
        entry("ALIYUN::ECS::SecurityGroup", "sg-1", &json!(1)),
        entry("ALIYUN::SLB::LoadBalancer", "lb-1", &json!("1")),
        entry("ALIYUN::VPC::NatGateway", "ngw-1", &json!(null)),
        entry("ALIYUN::VPC::SnatEntry", "snat-1", &json!(1)),
    ]);
    let expected = [
        "uses vpc.vswitch/vsw-1",
        "uses vpc.vswitch/vsw-2",
        "manages ecs.security_group/sg-1",
        "manages slb.load_balancer/lb-1",
        "uses vpc.vpc/vpc-1",
        "uses vpc.nat_gateway/ngw-1",
    ];
    let cluster = cluster(&json!({ "resources": resources }));
    assert_eq!(edges(&cluster), expected);
    let made = cluster.attributes.text_list("resources_made").unwrap();
    assert!(
        made.contains(&"ALIYUN::VPC::SnatEntry/snat-1".to_owned()),
        "{made:?}"
    );
}

#[test]
fn a_load_balancers_id_tells_its_product() {
    let config = json!({"load_balancers_config": [
        {"load_balancer_id": "nlb-1"}, {"load_balancer_id": ""}, {"endpoint": "https://192.168.0.10:6443"}, {"load_balancer_id": "what"},
    ]});
    let cluster = cluster(&json!({
        "control_plane_endpoints_config": config, "vpc_id": null, "vswitch_ids": [], "security_group_id": "",
    }));
    let expected = [
        "uses slb.load_balancer/lb-1",
        "uses nlb.load_balancer/nlb-1",
    ];
    assert_eq!(edges(&cluster), expected);
}

#[test]
fn objects_and_delete_defaults_are_kept() {
    let mut project = entry("ALIYUN::SLS::Project", "k8s-log-c1", &json!(1));
    project["delete_behavior"] = json!({"delete_by_default": false, "changeable": true});
    let mut balancer = entry("ALIYUN::SLB::LoadBalancer", "lb-2", &json!(1));
    balancer["delete_behavior"] = json!({"delete_by_default": true, "changeable": true});
    balancer["associated_object"] =
        json!({"kind": "Service", "namespace": "my-app", "name": "web"});
    let mut alb = entry("ALIYUN::ALB::LoadBalancer", "alb-1", &json!(1));
    alb["associated_object"] = json!({"kind": "AlbConfig", "namespace": "", "name": "alb"});
    let cluster = cluster(&json!({"resources": [project, balancer, alb]}));
    let kept = cluster.attributes.text_list("resources_kept_by_default");
    assert_eq!(kept.unwrap(), ["ALIYUN::SLS::Project/k8s-log-c1"]);
    let objects = cluster.attributes.text_map("resource_objects").unwrap();
    assert_eq!(
        objects["ALIYUN::SLB::LoadBalancer/lb-2"],
        "Service my-app/web"
    );
    assert_eq!(objects["ALIYUN::ALB::LoadBalancer/alb-1"], "AlbConfig alb");
}

#[test]
fn resources_not_read_are_unknown_and_not_none() {
    assert_eq!(cluster(&json!({})).attributes.get("resources_made"), None);
    let none = cluster(&json!({"resources": []}));
    assert_eq!(none.attributes.text_list("resources_made"), Some(&[][..]));
    let broken = cluster(
        &json!({"resources": [{"instance_id": "i-1"}, {"resource_type": "ALIYUN::ECS::Disk"}]}),
    );
    assert_eq!(broken.unreadable, ["resources"]);
}

#[test]
fn the_fee_depends_on_type_specification_and_profile() {
    // Charge kind, specification, assumptions.
    let fee = |changes: &Value| {
        let cluster = cluster(changes);
        let charges = Cluster.charges(&cluster, &only_resource(&cluster));
        let [fee] = &charges[..] else {
            panic!("one charge: {charges:?}")
        };
        assert_eq!(
            (fee.product.as_str(), fee.item.as_str()),
            ("ack", "cluster_management")
        );
        let specification: Vec<String> = fee
            .specification
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let is_known = fee.kind == ChargeKind::Billed;
        (is_known, specification.join(";"), fee.assumptions.len())
    };
    for (changes, expected) in [
        (
            json!({}),
            (
                true,
                "cluster_spec=ack.standard;cluster_type=ManagedKubernetes;profile=Default",
                0,
            ),
        ),
        (
            json!({"cluster_spec": "ack.pro.small", "state": "updating"}),
            (
                true,
                "cluster_spec=ack.pro.small;cluster_type=ManagedKubernetes;profile=Default",
                0,
            ),
        ),
        (
            json!({"cluster_spec": "ack.pro.small", "state": "delete_failed"}),
            (
                true,
                "cluster_spec=ack.pro.small;cluster_type=ManagedKubernetes;profile=Default",
                1,
            ),
        ),
        (
            json!({"cluster_spec": "", "cluster_type": "Kubernetes", "profile": null}),
            (true, "cluster_type=Kubernetes", 0),
        ),
        (
            json!({"cluster_spec": null}),
            (false, "cluster_type=ManagedKubernetes;profile=Default", 0),
        ),
        (
            json!({"cluster_type": null}),
            (false, "cluster_spec=ack.standard;profile=Default", 0),
        ),
    ] {
        let (is_known, specification, assumptions) = expected;
        assert_eq!(
            fee(&changes),
            (is_known, specification.to_owned(), assumptions),
            "{changes}"
        );
    }
}

#[test]
fn edge_clusters_pay_for_their_nodes() {
    for (specification, expected) in [
        ("ack.standard", vec!["node_management"]),
        (
            "ack.pro.small",
            vec!["cluster_management", "node_management"],
        ),
    ] {
        let edge = cluster(&json!({"profile": "Edge", "cluster_spec": specification}));
        let charges = Cluster.charges(&edge, &only_resource(&edge));
        let items: Vec<_> = charges.iter().map(|charge| charge.item.as_str()).collect();
        assert_eq!(items, expected);
        let nodes = charges.last().unwrap();
        assert!(matches!(nodes.quantity, Quantity::Unreadable(_)));
    }
}

#[test]
fn the_detail_completes_and_never_empties_the_listed_item() {
    let mut listed =
        json!({"cluster_id": "c1", "name": "a", "state": "running", "vpc_id": "vpc-1"});
    overlay(
        &mut listed,
        json!({"state": "updating", "vpc_id": "", "name": null, "external_loadbalancer_id": "lb-1", "resources": []}),
    );
    let expected = json!({
        "cluster_id": "c1", "name": "a", "state": "updating", "vpc_id": "vpc-1", "external_loadbalancer_id": "lb-1",
    });
    assert_eq!(listed, expected);
}

#[test]
fn a_cluster_of_another_region_belongs_to_another_cell() {
    let here = cell("cn-hangzhou");
    assert!(is_of(
        &json!({"cluster_id": "c1", "region_id": "cn-hangzhou"}),
        &here
    ));
    assert!(is_of(&json!({"cluster_id": "c1"}), &here));
    assert!(!is_of(
        &json!({"cluster_id": "c1", "region_id": "cn-beijing"}),
        &here
    ));
}

const DENIED: (u16, &str) = (403, "StatusForbidden");

/// Answers as ACK does; an operation in `failing` gets its status and code.
fn ack(
    failing: &'static [(&'static str, (u16, &'static str))],
) -> impl Fn(&str, &str) -> (u16, Value) + Send + Sync + 'static {
    move |_, target| {
        let path = target.split('?').next().unwrap_or_default();
        let operation = match path.split('/').skip(1).collect::<Vec<_>>()[..] {
            ["regions", _, "clusters"] => "list",
            ["clusters", _, "resources"] => "resources",
            ["clusters", _, "nodepools"] => "pools",
            ["clusters", _] => "detail",
            _ => panic!("unexpected {target}"),
        };
        if let Some((_, (status, code))) = failing.iter().find(|(name, _)| *name == operation) {
            let body = match status {
                // An answer about another cluster.
                200 => json!({"cluster_id": code, "cluster_spec": "ack.pro.small"}),
                _ => json!({"code": code, "message": "no", "requestId": "R", "status": status}),
            };
            return (*status, body);
        }
        let body = match operation {
            "list" => json!({
                "clusters": [
                    {"cluster_id": "c1", "name": "one", "state": "running", "region_id": "cn-hangzhou"},
                    {"cluster_id": "c2", "name": "two", "state": "running", "region_id": "cn-hangzhou"},
                ],
                "page_info": {"page_number": 1, "page_size": 50, "total_count": 2},
            }),
            "resources" => {
                assert!(
                    target.ends_with("resources?with_addon_resources=true"),
                    "{target}"
                );
                json!([entry("ALIYUN::ECS::Instance", "i-1", &json!(1))])
            }
            "pools" => json!({"nodepools": [{"nodepool_info": {"nodepool_id": "np1"}}]}),
            _ => json!({"cluster_spec": "ack.pro.small", "external_loadbalancer_id": "lb-1"}),
        };
        (200, body)
    }
}

async fn listed(
    failing: &'static [(&'static str, (u16, &'static str))],
) -> (Vec<Resource>, Vec<ListError>) {
    let context = context(ack(failing));
    let (reader, cell) = (reader(&context), cell("cn-hangzhou"));
    let (mut clusters, mut errors) = (Vec::new(), Vec::new());
    let mut items = Cluster.list(&reader, &cell);
    while let Some(item) = items.next().await {
        match item {
            Ok(item) => clusters.push(Cluster.decode(&item, &cell).unwrap()),
            Err(error) => errors.push(error),
        }
    }
    (clusters, errors)
}

#[tokio::test(start_paused = true)]
async fn each_listed_cluster_is_completed() {
    let (clusters, errors) = listed(&[]).await;
    assert!(errors.is_empty(), "{errors:?}");
    let names: Vec<_> = clusters
        .iter()
        .filter_map(|one| one.name.as_deref())
        .collect();
    assert_eq!(names, ["one", "two"]);
    for cluster in &clusters {
        assert_eq!(cluster.text("cluster_spec"), Some("ack.pro.small"));
        let made = cluster.attributes.text_list("resources_made").unwrap();
        assert_eq!(made, ["ALIYUN::ECS::Instance/i-1"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_denied_part_is_a_hole_and_the_cluster_stays() {
    let (clusters, errors) = listed(&[("resources", DENIED)]).await;
    assert_eq!((clusters.len(), errors.len()), (2, 2));
    for cluster in &clusters {
        assert_eq!(cluster.text("external_load_balancer_id"), Some("lb-1"));
        assert_eq!(cluster.attributes.get("resources_made"), None);
    }
    for error in &errors {
        assert!(!error.hides_items());
        assert_eq!(error.coverage_state(), CoverageState::Incomplete);
        let detail = error.detail().unwrap();
        assert_eq!(detail.code.as_deref(), Some("StatusForbidden"));
        assert!(detail.missing_permission.is_some());
    }
    let (clusters, errors) = listed(&[("detail", DENIED)]).await;
    assert_eq!((clusters.len(), errors.len()), (2, 2));
    assert_eq!(clusters[0].text("cluster_spec"), None);
    assert!(clusters[0].attributes.get("resources_made").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_detail_of_another_cluster_is_a_hole_and_renames_nothing() {
    let (clusters, errors) = listed(&[("detail", (200, "c9"))]).await;
    let ids: Vec<_> = clusters.iter().map(|one| one.id.id.as_str()).collect();
    assert_eq!(ids, ["c1", "c2"]);
    assert_eq!(clusters[0].text("cluster_spec"), None);
    assert_eq!(errors.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_denied_list_gives_no_cluster_and_one_error() {
    let (clusters, errors) = listed(&[("list", DENIED)]).await;
    assert_eq!((clusters.len(), errors.len()), (0, 1));
    assert!(errors[0].hides_items());
    assert_eq!(errors[0].coverage_state(), CoverageState::Denied);
}
