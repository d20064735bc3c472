//! What keeps a resource, and how strictly.

use super::{deletable, sample, sample_without, type_of};
use crate::model::{Attribute, ChargeType, Confidence, Owner, OwnerKind, Resource};
use crate::resources::Neighbours;
use crate::resources::teardown::Kept;
use crate::resources::testing::resource;

fn refusal_near(resource: &Resource, others: &[Resource]) -> Option<(Kept, String)> {
    let of = type_of(resource.id.type_id.as_str());
    let near = Neighbours::new(others.iter().chain([resource]));
    let refusal = of.teardown().unwrap().refuse(resource, &near)?;
    assert!(!refusal.because.is_empty(), "{}", resource.id);
    Some((refusal.kept, refusal.code))
}

fn refusal(resource: &Resource) -> Option<(Kept, String)> {
    refusal_near(resource, &[])
}

fn always(code: &str) -> Option<(Kept, String)> {
    Some((Kept::Always, code.to_owned()))
}

fn unless_named(code: &str) -> Option<(Kept, String)> {
    Some((Kept::UnlessNamed, code.to_owned()))
}

/// A sample that nothing keeps.
fn free(type_id: &str) -> Resource {
    let mut free = sample(type_of(type_id));
    let off = Attribute::Boolean(false);
    free.attributes.set("deletion_protection", off);
    free.attributes
        .set_text("modification_protection", "NonProtection");
    free
}

#[test]
fn what_nothing_keeps_is_not_refused() {
    for of in deletable() {
        let type_id = of.spec().type_id.as_str();
        let free = free(type_id);
        assert_eq!(refusal(&free), None, "{type_id}");
    }
}

#[test]
fn some_things_are_kept_whatever_the_user_says() {
    for of in deletable() {
        let type_id = of.spec().type_id.as_str();
        let with_tag = |key: &str, value: &str| {
            let mut tagged = free(type_id);
            tagged.tags.insert(key.to_owned(), value.to_owned());
            tagged
        };
        let reused = with_tag("kubernetes.reused.by.user", "true");
        assert_eq!(refusal(&reused), always("reused_by_user"), "{type_id}");
        let excluded = with_tag("terway.alibabacloud.com/excluded", "true");
        assert_eq!(refusal(&excluded), always("made_by_user"), "{type_id}");
        let protected = with_tag("yunsweep.protect", "");
        assert_eq!(refusal(&protected), always("protected"), "{type_id}");
        let mut managed = free(type_id);
        managed
            .attributes
            .set("service_managed", Attribute::Boolean(true));
        assert_eq!(refusal(&managed), always("service_managed"), "{type_id}");
        let mut paid = free(type_id);
        paid.charge_type = ChargeType::Subscription;
        assert_eq!(refusal(&paid), always("subscription"), "{type_id}");
        paid.charge_type = ChargeType::Unknown;
        assert_eq!(refusal(&paid), always("unreadable"), "{type_id}");
    }
}

#[test]
fn what_decides_and_is_absent_keeps_a_resource() {
    for (type_id, attribute) in [
        ("ack.cluster", "cluster_type"),
        ("ack.cluster", "resources_made"),
        ("ack.node_pool", "cluster_id"),
        ("ecs.disk", "disk_type"),
        ("ecs.image", "owner_alias"),
        ("ecs.network_interface", "interface_type"),
        ("ecs.network_interface", "service_managed"),
        ("ecs.security_group", "service_managed"),
        ("vpc.eip", "service_managed"),
        ("vpc.vpc", "is_default"),
        ("vpc.vswitch", "is_default"),
        ("cr.namespace", "edition"),
        ("cr.repository", "repository_id"),
        ("k8s.service", "uid"),
    ] {
        let mut bare = sample_without(type_of(type_id), attribute);
        bare.attributes
            .set("deletion_protection", Attribute::Boolean(false));
        assert_eq!(
            refusal(&bare),
            always("unreadable"),
            "{type_id} {attribute}"
        );
    }
    let mut silent = free("ecs.disk");
    silent.status = None;
    assert_eq!(refusal(&silent), always("unreadable"));
}

#[test]
fn protection_of_the_users_counts_and_that_of_a_controller_does_not() {
    for type_id in [
        "alb.load_balancer",
        "nlb.load_balancer",
        "slb.load_balancer",
        "ecs.instance",
        "ess.scaling_group",
        "vpc.nat_gateway",
        "ack.cluster",
    ] {
        let mut protected = free(type_id);
        let on = Attribute::Boolean(true);
        protected.attributes.set("deletion_protection", on);
        assert_eq!(refusal(&protected), unless_named("protected"), "{type_id}");
    }
    let mut made = sample(type_of("alb.load_balancer"));
    made.tags.insert(
        "ingress.k8s.alibaba/albconfig".into(),
        "kube-system/alb".into(),
    );
    assert_eq!(refusal(&made), unless_named("protected"));
    made.tags.insert("ack.aliyun.com".into(), "c1".into());
    assert_eq!(refusal(&made), None);
}

#[test]
fn an_owner_that_could_not_be_read_keeps_what_is_not_named() {
    let mut owned = free("ecs.snapshot");
    owned.owner = Some(Owner {
        kind: OwnerKind::Unknown,
        name: String::new(),
        cluster: None,
        confidence: Confidence::Hint,
        evidence: Vec::new(),
    });
    assert_eq!(refusal(&owned), unless_named("unreadable"));
}

#[test]
fn what_the_account_or_another_one_has_is_not_deleted() {
    for (type_id, attribute, value, code) in [
        ("vpc.vpc", "is_default", Attribute::Boolean(true), "default"),
        (
            "vpc.vswitch",
            "is_default",
            Attribute::Boolean(true),
            "default",
        ),
        (
            "vpc.vpc",
            "owner_account_id",
            Attribute::Text("77".into()),
            "shared",
        ),
        (
            "vpc.vswitch",
            "owner_account_id",
            Attribute::Text("77".into()),
            "shared",
        ),
        (
            "vpc.vswitch",
            "share_type",
            Attribute::Text("Shared".into()),
            "shared",
        ),
        (
            "sls.project",
            "owner_account_id",
            Attribute::Text("77".into()),
            "shared",
        ),
        (
            "ecs.image",
            "owner_alias",
            Attribute::Text("others".into()),
            "shared",
        ),
    ] {
        let mut odd = free(type_id);
        odd.attributes.set(attribute, value);
        assert_eq!(refusal(&odd), always(code), "{type_id} {attribute}");
    }
    let mut project = free("sls.project");
    "My.Project".clone_into(&mut project.id.id);
    assert_eq!(refusal(&project), always("unreadable"));
}

#[test]
fn the_group_of_a_default_vpc_stays() {
    let mut group = free("ecs.security_group");
    group.attributes.set_text("vpc_id", "vpc-1");
    let cell = crate::resources::testing::cell("cn-hangzhou");
    let mut vpc = resource(&cell, "vpc.vpc", "vpc-1");
    vpc.attributes.set("is_default", Attribute::Boolean(false));
    assert_eq!(refusal_near(&group, &[vpc.clone()]), None);
    vpc.attributes.set("is_default", Attribute::Boolean(true));
    assert_eq!(refusal_near(&group, &[vpc]), always("default"));
}

#[test]
fn what_others_use_too_is_kept_unless_it_is_named() {
    let mut disk = free("ecs.disk");
    let two = vec!["i-1".to_owned(), "i-2".to_owned()];
    disk.attributes.set("attached_to", Attribute::TextList(two));
    assert_eq!(refusal(&disk), unless_named("shared"));
    let mut address = free("vpc.eip");
    address
        .attributes
        .set_text("bandwidth_package_id", "cbwp-1");
    assert_eq!(refusal(&address), unless_named("shared"));
    for flag in ["is_shared", "is_public"] {
        let mut image = free("ecs.image");
        image.attributes.set(flag, Attribute::Boolean(true));
        assert_eq!(refusal(&image), unless_named("shared"), "{flag}");
    }
    let environment = free("arms.environment");
    let mut other = environment.clone();
    "x-2".clone_into(&mut other.id.id);
    assert_eq!(
        refusal_near(&environment, &[other.clone()]),
        unless_named("shared")
    );
    other
        .attributes
        .set_text("prometheus_instance_id", "another");
    assert_eq!(refusal_near(&environment, &[other]), None);
}

#[test]
fn static_disks_are_known_by_their_volume_or_by_their_tags() {
    let mut disk = free("ecs.disk");
    disk.attributes.set_text("disk_type", "data");
    disk.attributes
        .set("delete_with_instance", Attribute::Boolean(false));
    assert_eq!(refusal(&disk), None);
    let cell = crate::resources::testing::cell("cn-hangzhou");
    let mut volume = resource(&cell, "k8s.persistent_volume", "c1/pv");
    volume.attributes.set_text("disk_id", "x-1");
    assert_eq!(refusal_near(&disk, &[volume]), always("static_volume"));
    disk.tags.insert("k8s.aliyun.com".into(), "true".into());
    assert_eq!(refusal(&disk), always("static_volume"));
    let mut of_csi = disk.clone();
    of_csi
        .tags
        .insert("createdby".into(), "alibabacloud-csi-plugin".into());
    assert_eq!(refusal(&of_csi), None);
    disk.attributes
        .set("delete_with_instance", Attribute::Boolean(true));
    assert_eq!(refusal(&disk), None);
}

#[test]
fn an_alb_config_that_reuses_a_load_balancer_stays() {
    let mut config = free("k8s.alb_config");
    config
        .attributes
        .set_text("reused_load_balancer_id", "alb-1");
    assert_eq!(refusal(&config), always("reused_by_user"));
}

#[test]
fn ack_says_what_the_user_made() {
    let mut vpc = free("vpc.vpc");
    "vpc-1".clone_into(&mut vpc.id.id);
    let mut cluster = free("ack.cluster");
    let name = "ALIYUN::ECS::VPC/vpc-1".to_owned();
    cluster
        .attributes
        .set("resources_used", Attribute::TextList(vec![name]));
    assert_eq!(refusal_near(&vpc, &[cluster]), unless_named("made_by_user"));
}
