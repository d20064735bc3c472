use super::*;
use crate::model::{
    AccountId, Cell, CoverageRow, CoverageState, Link, LinkKind, Region, ResourceId, TypeId,
};

const CLUSTER: &str = "c0123456789abcdef0123456789abcdef";
const OTHER: &str = "cfedcba9876543210fedcba9876543210";

fn id(type_id: &str, id: &str) -> ResourceId {
    ResourceId {
        account: AccountId::from_static("0000000000000042"),
        region: Region::new("cn-hangzhou"),
        type_id: TypeId::new(type_id),
        id: id.into(),
    }
}

fn resource(type_id: &str, name: &str, tags: &[(&str, &str)]) -> Resource {
    let mut resource = Resource::new(id(type_id, name));
    resource.tags = tags
        .iter()
        .map(|(k, v)| ((*k).into(), (*v).into()))
        .collect();
    resource
}

fn row(type_id: &str, state: CoverageState) -> CoverageRow {
    CoverageRow {
        type_id: TypeId::new(type_id),
        cell: Cell {
            account: AccountId::from_static("0000000000000042"),
            region: Region::new("cn-hangzhou"),
            parent: None,
        },
        state,
        count: 0,
        reason: None,
        missing_permission: None,
        permission_confirmed: None,
        code: None,
        request_id: None,
    }
}

/// The owner of the first resource.
fn owner_of(resources: &[Resource], links: &[Link], coverage: &[CoverageRow]) -> Owner {
    let wanted = resources[0].id.clone();
    let mut inventory = Inventory {
        scanned_at: "2026-02-01T00:00:00Z".parse().unwrap(),
        accounts: Vec::new(),
        resources: resources.to_vec(),
        links: links.to_vec(),
        coverage: coverage.to_vec(),
        observations: Vec::new(),
    };
    inventory.resources.sort_by(|a, b| a.id.cmp(&b.id));
    attribute(&mut inventory);
    inventory.get(&wanted).unwrap().owner.clone().unwrap()
}

fn link(from: &Resource, kind: LinkKind, to: &Resource) -> Link {
    Link {
        from: from.id.clone(),
        kind,
        to: to.id.clone(),
        via: "field".into(),
    }
}

#[test]
fn nothing_names_an_owner_and_everything_was_read_is_none() {
    let disk = resource("ecs.disk", "d-1", &[]);
    assert_eq!(
        owner_of(&[disk], &[], &[row("ack.cluster", CoverageState::Ok)]).kind,
        OwnerKind::None
    );
}

#[test]
fn nothing_names_an_owner_but_clusters_were_not_read_is_unknown() {
    for coverage in [
        vec![],
        vec![row("ack.cluster", CoverageState::Denied)],
        vec![
            row("ack.cluster", CoverageState::Ok),
            row("k8s.persistent_volume", CoverageState::Unreachable),
        ],
    ] {
        let owner = owner_of(&[resource("ecs.disk", "d-1", &[])], &[], &coverage);
        assert_eq!(owner.kind, OwnerKind::Unknown);
        assert!(!owner.evidence.is_empty());
    }
}

#[test]
fn one_tag_is_strong_and_a_second_independent_signal_makes_it_decisive() {
    let tags = [
        ("ack.aliyun.com", CLUSTER),
        ("ack.alibabacloud.com/nodepool-id", "np1"),
    ];
    let node = resource("ecs.instance", "i-1", &tags);
    let alone = owner_of(std::slice::from_ref(&node), &[], &[]);
    assert_eq!(
        (alone.kind, alone.confidence),
        (OwnerKind::NodePool, Confidence::Strong)
    );
    assert_eq!(alone.cluster.as_deref(), Some(CLUSTER));
    let kubernetes_node = resource("k8s.node", &format!("{CLUSTER}/n1"), &[]);
    let named = link(&kubernetes_node, LinkKind::Uses, &node);
    let both = owner_of(&[node, kubernetes_node], &[named], &[]);
    assert_eq!(
        (both.kind, both.confidence),
        (OwnerKind::NodePool, Confidence::Decisive)
    );
}

#[test]
fn signals_for_different_clusters_name_nobody() {
    let node = resource("ecs.instance", "i-1", &[("ack.aliyun.com", CLUSTER)]);
    let kubernetes_node = resource("k8s.node", &format!("{OTHER}/n1"), &[]);
    let named = link(&kubernetes_node, LinkKind::Uses, &node);
    let owner = owner_of(&[node, kubernetes_node], &[named], &[]);
    assert_eq!((owner.kind, owner.evidence.len()), (OwnerKind::Unknown, 2));
}

#[test]
fn a_reused_alb_belongs_to_its_user_whatever_its_tags_say() {
    let tags = [
        ("ack.aliyun.com", CLUSTER),
        ("ingress.k8s.alibaba/albconfig", "default/alb"),
    ];
    let alb = resource("alb.load_balancer", "alb-1", &tags);
    let mut config = resource("k8s.alb_config", &format!("{CLUSTER}/alb"), &[]);
    let exposes = [link(&config, LinkKind::Exposes, &alb)];
    let coverage = [row("ack.cluster", CoverageState::Ok)];
    let made = owner_of(&[alb.clone(), config.clone()], &exposes, &coverage);
    assert_eq!(
        (made.name.as_str(), made.confidence),
        ("AlbConfig alb", Confidence::Decisive)
    );
    config
        .attributes
        .set_text("reused_load_balancer_id", "alb-1");
    assert_eq!(
        owner_of(&[alb, config], &exposes, &coverage).kind,
        OwnerKind::None
    );
}

#[test]
fn a_clb_that_the_user_gave_is_the_users() {
    let tags = [
        ("ack.aliyun.com", CLUSTER),
        ("kubernetes.reused.by.user", "true"),
    ];
    let clb = resource("slb.load_balancer", "lb-1", &tags);
    assert_eq!(
        owner_of(&[clb], &[], &[row("ack.cluster", CoverageState::Ok)]).kind,
        OwnerKind::None
    );
}

#[test]
fn an_eip_on_a_load_balancer_is_the_load_balancers() {
    let eip = resource("vpc.eip", "eip-1", &[]);
    let alb = resource("alb.load_balancer", "alb-1", &[("ack.aliyun.com", CLUSTER)]);
    let uses = link(&eip, LinkKind::Uses, &alb);
    let owner = owner_of(&[eip, alb], &[uses], &[]);
    assert_eq!(
        (owner.kind, owner.name.as_str()),
        (OwnerKind::Resource, "alb.load_balancer alb-1")
    );
    assert_eq!(owner.cluster.as_deref(), Some(CLUSTER));
}

#[test]
fn a_name_is_a_hint_unless_it_is_acks_own_log_project() {
    let mut group = resource("ecs.security_group", "sg-1", &[]);
    group.name = Some(format!("alicloud-cs-auto-created-security-group-{CLUSTER}"));
    assert_eq!(owner_of(&[group], &[], &[]).confidence, Confidence::Hint);
    let project = resource("sls.project", &format!("k8s-log-{CLUSTER}"), &[]);
    assert_eq!(
        owner_of(&[project], &[], &[]).confidence,
        Confidence::Strong
    );
    let near_miss = resource("sls.project", "k8s-log-production", &[]);
    assert_eq!(owner_of(&[near_miss], &[], &[]).kind, OwnerKind::Unknown);
}

#[test]
fn a_disk_behind_a_static_volume_is_its_users() {
    let disk = resource("ecs.disk", "d-1", &[("k8s.aliyun.com", "true")]);
    let mut volume = resource("k8s.persistent_volume", &format!("{CLUSTER}/pv"), &[]);
    volume.attributes.set_text("claim_namespace", "my-app");
    volume.attributes.set_text("claim_name", "data");
    let uses = [link(&volume, LinkKind::Uses, &disk)];
    let coverage = [row("ack.cluster", CoverageState::Ok)];
    let owner = owner_of(&[disk.clone(), volume.clone()], &uses, &coverage);
    assert_eq!(owner.kind, OwnerKind::None);
    volume
        .attributes
        .set_text("provisioned_by", "diskplugin.csi.alibabacloud.com");
    let owner = owner_of(&[disk, volume], &uses, &coverage);
    assert_eq!(
        (owner.name.as_str(), owner.confidence),
        ("PersistentVolumeClaim my-app/data", Confidence::Decisive)
    );
}

#[test]
fn copied_tags_of_another_cluster_do_not_overrule_ack() {
    let tags = [
        ("ack.aliyun.com", OTHER),
        ("ack.alibabacloud.com/nodepool-id", "np-other"),
    ];
    let instance = resource("ecs.instance", "i-1", &tags);
    let cluster = resource("ack.cluster", CLUSTER, &[]);
    let manages = link(&cluster, LinkKind::Manages, &instance);
    let owner = owner_of(&[instance, cluster], &[manages], &[]);
    assert_eq!(
        (owner.kind, owner.cluster.as_deref()),
        (OwnerKind::Cluster, Some(CLUSTER))
    );
}

#[test]
fn an_object_named_without_its_cluster_is_of_the_cluster_that_is_known() {
    let tags = [
        ("createdby", "alibabacloud-csi-plugin"),
        ("csi.alibabacloud.com/volume-name", "pv-1"),
    ];
    let disk = resource("ecs.disk", "d-1", &tags);
    let cluster = resource("ack.cluster", CLUSTER, &[]);
    let manages = link(&cluster, LinkKind::Manages, &disk);
    let owner = owner_of(&[disk, cluster], &[manages], &[]);
    assert_eq!(
        (owner.name.as_str(), owner.cluster.as_deref()),
        ("PersistentVolume pv-1", Some(CLUSTER))
    );
}

#[test]
fn what_hangs_on_something_unread_or_unclear_has_an_unknown_owner() {
    let disk = resource("ecs.disk", "d-1", &[]);
    let instance = resource("ecs.instance", "i-1", &[("ack.aliyun.com", CLUSTER)]);
    let manages = [link(&instance, LinkKind::Manages, &disk)];
    let coverage = [row("ack.cluster", CoverageState::Ok)];
    let unread = owner_of(std::slice::from_ref(&disk), &manages, &coverage);
    assert_eq!(unread.kind, OwnerKind::Unknown);
    assert!(!unread.evidence.is_empty());
    let read = owner_of(&[disk.clone(), instance.clone()], &manages, &coverage);
    assert_eq!(read.kind, OwnerKind::Cluster);
    let node = resource("k8s.node", &format!("{OTHER}/n1"), &[]);
    let links = [manages[0].clone(), link(&node, LinkKind::Uses, &instance)];
    let unclear = owner_of(&[disk, instance, node], &links, &coverage);
    assert_eq!(unclear.kind, OwnerKind::Unknown);
}

#[test]
fn none_needs_the_objects_of_each_cluster_too() {
    let disk = resource("ecs.disk", "d-1", &[]);
    let cluster = resource("ack.cluster", CLUSTER, &[]);
    let mut coverage = vec![row("ack.cluster", CoverageState::Ok)];
    let resources = [disk, cluster.clone()];
    let owner = owner_of(&resources, &[], &coverage);
    assert_eq!(owner.kind, OwnerKind::Unknown);
    for type_id in [
        "ack.node_pool",
        "k8s.alb_config",
        "k8s.node",
        "k8s.persistent_volume",
        "k8s.service",
    ] {
        let mut read = row(type_id, CoverageState::Ok);
        read.cell.parent = Some(cluster.id.clone());
        coverage.push(read);
    }
    assert_eq!(owner_of(&resources, &[], &coverage).kind, OwnerKind::None);
}

#[test]
fn a_tag_that_is_no_cluster_id_names_no_cluster() {
    let coverage = [row("ack.cluster", CoverageState::Ok)];
    for key in ["ack.aliyun.com", "karpenter.sh/cluster-id"] {
        for value in ["my production", "", "C0123456789ABCDEF0123456789ABCDEF"] {
            let disk = resource("ecs.disk", "d-1", &[(key, value)]);
            let owner = owner_of(&[disk], &[], &coverage);
            assert_eq!(owner.kind, OwnerKind::None, "{key}={value}");
        }
    }
}

#[test]
fn an_eip_is_no_surer_than_the_owner_of_its_load_balancer() {
    let eip = resource("vpc.eip", "eip-1", &[]);
    let alb = resource("alb.load_balancer", "alb-1", &[]);
    let uses = [link(&eip, LinkKind::Uses, &alb)];
    let unread = [row("ack.cluster", CoverageState::Denied)];
    let unsure = owner_of(&[eip.clone(), alb.clone()], &uses, &unread);
    assert_eq!(
        (unsure.kind, unsure.confidence),
        (OwnerKind::Resource, Confidence::Hint)
    );
    let read = [row("ack.cluster", CoverageState::Ok)];
    let sure = owner_of(&[eip, alb], &uses, &read);
    assert_eq!(
        (sure.kind, sure.confidence),
        (OwnerKind::Resource, Confidence::Strong)
    );
}
