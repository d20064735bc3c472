//! What a flag or a name may take in: left-overs, repositories, vSwitches, addresses, and texts that name several things.

use super::tests::{
    cluster, id, kept_code, link, nobodys, of_cluster, owned, planned, resource, world,
};
use super::*;
use crate::inventory::Inventory;
use crate::model::{Attribute, Confidence, CoverageState, LinkKind, Owner, OwnerKind};
use crate::teardown::scope::With;

fn texts(values: &[&str]) -> Attribute {
    Attribute::TextList(values.iter().map(|value| (*value).to_owned()).collect())
}

fn with(flag: With) -> Selection {
    let mut selection = of_cluster();
    selection.with.insert(flag);
    selection
}

fn is_planned(plan: &Plan, id: &str) -> bool {
    plan.steps.iter().any(|step| step.fingerprint.id.id == id)
}

fn lab() -> Resource {
    let mut lab = cluster();
    lab.resource_group = Some("rg-1".into());
    lab.created = Some("2026-01-15T00:00:00Z".parse().unwrap());
    lab
}

/// What makes a left-over doubtful.
type Change = fn(&mut Resource);

/// A disk that is left over whichever way one looks at it.
fn idle_disk() -> Resource {
    let mut disk = nobodys(resource("ecs.disk", "d-idle"));
    disk.status = Some("Available".into());
    disk.resource_group = Some("rg-1".into());
    disk.created = Some("2026-01-20T00:00:00Z".parse().unwrap());
    disk
}

#[test]
fn a_left_over_is_taken_by_its_flag_only_without_any_doubt() {
    let plan_of = |disk: Resource, more: Vec<Resource>| {
        let mut all = vec![lab(), disk];
        all.extend(more);
        planned(&world(all, Vec::new()), &with(With::Disks)).unwrap()
    };
    assert!(is_planned(&plan_of(idle_disk(), Vec::new()), "d-idle"));
    let changes: &[(&str, Change)] = &[
        ("group", |disk| disk.resource_group = None),
        ("other group", |disk| {
            disk.resource_group = Some("rg-2".into());
        }),
        ("cluster tag", |disk| {
            disk.tags
                .insert("ack.aliyun.com".into(), "my production".into());
        }),
        ("driver tag", |disk| {
            disk.tags
                .insert("createdby".into(), "alibabacloud-csi-plugin".into());
        }),
        ("volume tag", |disk| {
            disk.tags
                .insert("csi.alibabacloud.com/volume-name".into(), "pv".into());
        }),
        ("in use by some cluster", |disk| {
            disk.tags.insert("k8s.aliyun.com".into(), "true".into());
        }),
        ("owner", |disk| disk.owner = None),
        ("just detached", |disk| {
            let detached = "2026-02-13T00:00:00Z".parse().unwrap();
            disk.attributes
                .set("detached_at", Attribute::Time(detached));
        }),
        ("age", |disk| disk.created = None),
    ];
    for (what, change) in changes {
        let mut disk = idle_disk();
        change(&mut disk);
        let plan = plan_of(disk, Vec::new());
        assert_eq!(kept_code(&plan, "d-idle"), Some("left_over"), "{what}");
    }
    // A flag for its kind does not name what others use: an image that is shared.
    let mut disk = idle_disk();
    disk.attributes.set_text("refused", "shared");
    let plan = plan_of(disk, Vec::new());
    assert_eq!(kept_code(&plan, "d-idle"), Some("shared"));
    // Neither the cluster's group nor its own is known: unknown is not the same.
    let mut disk = idle_disk();
    disk.resource_group = None;
    let inventory = world(vec![cluster(), disk], Vec::new());
    let plan = planned(&inventory, &with(With::Disks)).unwrap();
    assert_eq!(kept_code(&plan, "d-idle"), Some("left_over"));
}

#[test]
fn what_is_older_than_the_cluster_is_anothers_where_another_lives() {
    let mut disk = idle_disk();
    disk.created = Some("2025-12-01T00:00:00Z".parse().unwrap());
    let plan_with = |more: &[Resource]| {
        let mut all = vec![lab(), disk.clone()];
        all.extend_from_slice(more);
        planned(&world(all, Vec::new()), &with(With::Disks)).unwrap()
    };
    // Nothing else is there: the left-over of an earlier round.
    assert!(is_planned(&plan_with(&[]), "d-idle"));
    for other in [
        resource("ecs.instance", "i-other"),
        owned(resource("ack.cluster", "c2"), "c2", Confidence::Decisive),
    ] {
        let plan = plan_with(&[other]);
        assert_eq!(kept_code(&plan, "d-idle"), Some("left_over"));
    }
}

/// The inventory with a type unread.
fn unread(mut inventory: Inventory, type_id: &str) -> Inventory {
    for row in &mut inventory.coverage {
        if row.type_id.as_str() == type_id {
            row.state = CoverageState::Denied;
        }
    }
    inventory
}

#[test]
fn what_was_not_read_keeps_left_overs_volumes_and_load_balancers() {
    let mut snapshot = nobodys(resource("ecs.snapshot", "s-1"));
    snapshot.resource_group = Some("rg-1".into());
    snapshot.created = Some("2026-01-20T00:00:00Z".parse().unwrap());
    for (name, value) in [
        ("snapshot_type", "user"),
        ("source_disk_id", "d-gone"),
        ("usage", "none"),
    ] {
        snapshot.attributes.set_text(name, value);
    }
    let inventory = world(vec![lab(), idle_disk(), snapshot], Vec::new());
    let mut selection = with(With::Disks);
    selection.with.insert(With::Snapshots);
    let plan = planned(&inventory, &selection).unwrap();
    assert!(is_planned(&plan, "d-idle") && is_planned(&plan, "s-1"));
    for (type_id, kept) in [
        ("k8s.persistent_volume", "d-idle"),
        ("ecs.instance", "d-idle"),
        // Whose disk is gone only who sees all disks can say.
        ("ecs.disk", "s-1"),
        ("ecs.image", "s-1"),
        ("ack.cluster", "s-1"),
    ] {
        let plan = planned(&unread(inventory.clone(), type_id), &selection).unwrap();
        assert_eq!(kept_code(&plan, kept), Some("left_over"), "{type_id}");
    }
    for (type_id, of_cluster_resource) in [
        ("k8s.persistent_volume", "ecs.disk"),
        ("k8s.service", "slb.load_balancer"),
        ("k8s.service", "nlb.load_balancer"),
        ("k8s.alb_config", "alb.load_balancer"),
    ] {
        let member = owned(
            resource(of_cluster_resource, "x-1"),
            "c1",
            Confidence::Decisive,
        );
        let mut lab = lab();
        lab.attributes
            .set("resources_made", texts(&["ALIYUN::X/x-1"]));
        let inventory = world(vec![lab, member], Vec::new());
        assert!(is_planned(
            &planned(&inventory, &of_cluster()).unwrap(),
            "x-1"
        ));
        let plan = planned(&unread(inventory, type_id), &of_cluster()).unwrap();
        assert_eq!(kept_code(&plan, "x-1"), Some("unreadable"), "{type_id}");
    }
}

/// A repository that a Pod of the cluster runs an image of.
fn registry(more: Vec<Resource>) -> Inventory {
    let mut pod = owned(
        resource("k8s.pod", "c1/app/web"),
        "c1",
        Confidence::Decisive,
    );
    let image = "registry-vpc.cn-hangzhou.aliyuncs.com/team/app:v1";
    pod.attributes.set("images", texts(&[image]));
    let mut all = vec![lab(), pod, resource("cr.repository", "team/app")];
    all.extend(more);
    world(all, Vec::new())
}

#[test]
fn a_repository_is_taken_by_its_flag_only_where_nobody_else_may_use_it() {
    let plan = planned(&registry(Vec::new()), &with(With::Acr)).unwrap();
    assert!(is_planned(&plan, "team/app"));
    // A cluster in a region that nobody asked pulls it as well as any other.
    let mut restricted = registry(Vec::new());
    restricted.accounts[0].is_every_region = false;
    let plan = planned(&restricted, &with(With::Acr)).unwrap();
    assert_eq!(kept_code(&plan, "team/app"), Some("unreadable"));
    // Another cluster, of which not everything that runs images was read.
    let other = || owned(resource("ack.cluster", "c2"), "c2", Confidence::Decisive);
    let mut inventory = registry(vec![other()]);
    for row in &mut inventory.coverage {
        let is_of_other = row.cell.parent.as_ref().is_some_and(|of| of.id == "c2");
        if is_of_other && row.type_id.as_str() == "k8s.deployment" {
            row.state = CoverageState::Denied;
        }
    }
    let plan = planned(&inventory, &with(With::Acr)).unwrap();
    assert_eq!(kept_code(&plan, "team/app"), Some("unreadable"));
    for (list, image) in [
        (
            "images",
            "registry-internal.cn-hangzhou.aliyuncs.com/team/app:v0",
        ),
        (
            "init_images",
            "registry.cn-hangzhou.aliyuncs.com/team/app:v0",
        ),
        (
            "ephemeral_images",
            "registry.cn-hangzhou.aliyuncs.com/team/app:v0",
        ),
        ("images", "images.example.com/team/app:v0"),
    ] {
        let mut pod = owned(
            resource("k8s.pod", "c2/app/job"),
            "c2",
            Confidence::Decisive,
        );
        pod.attributes.set(list, texts(&[image]));
        let plan = planned(&registry(vec![other(), pod]), &with(With::Acr)).unwrap();
        assert_eq!(
            kept_code(&plan, "team/app"),
            Some("shared"),
            "{list} {image}"
        );
    }
    for type_id in ["ack.cluster", "k8s.pod", "k8s.deployment"] {
        let inventory = unread(registry(Vec::new()), type_id);
        let plan = planned(&inventory, &with(With::Acr)).unwrap();
        assert_eq!(
            kept_code(&plan, "team/app"),
            Some("unreadable"),
            "{type_id}"
        );
    }
}

#[test]
fn an_image_at_a_domain_that_may_be_anybodys_takes_no_repository_in() {
    let mut pod = owned(
        resource("k8s.pod", "c1/app/web"),
        "c1",
        Confidence::Decisive,
    );
    pod.attributes
        .set("images", texts(&["images.example.com/team/app:v1"]));
    let all = vec![lab(), pod, resource("cr.repository", "team/app")];
    let plan = planned(&world(all, Vec::new()), &with(With::Acr)).unwrap();
    assert!(!is_planned(&plan, "team/app"));
}

#[test]
fn vswitches_of_others_stay_where_their_vpc_does() {
    let mut lab = lab();
    lab.attributes.set_text("vpc_id", "vpc-1");
    let vpc = resource("vpc.vpc", "vpc-1");
    let vswitch = |name: &str| {
        let mut vswitch = resource("vpc.vswitch", name);
        vswitch.attributes.set_text("vpc_id", "vpc-1");
        vswitch
    };
    let (own, others) = (vswitch("vsw-own"), vswitch("vsw-others"));
    let user = resource("test.thing", "x-1");
    let links = vec![
        link(&lab.id, LinkKind::Uses, &vpc.id),
        link(&lab.id, LinkKind::Uses, &own.id),
        link(&own.id, LinkKind::Uses, &vpc.id),
        link(&others.id, LinkKind::Uses, &vpc.id),
        link(&user.id, LinkKind::Uses, &vpc.id),
    ];
    let all = vec![lab, vpc, own, others, user];
    let plan = planned(&world(all.clone(), links.clone()), &with(With::Vpc)).unwrap();
    assert_eq!(kept_code(&plan, "vpc-1"), Some("shared"));
    assert_eq!(kept_code(&plan, "vsw-others"), Some("shared"));
    assert!(is_planned(&plan, "vsw-own"));
    let mut named = with(With::Vpc);
    named.ids = vec!["vsw-others".to_owned()];
    let plan = planned(&world(all.clone(), links.clone()), &named).unwrap();
    assert!(is_planned(&plan, "vsw-others"));
    // All of it goes: so does the empty vSwitch.
    let alone = world(all[..4].to_vec(), links[..4].to_vec());
    let plan = planned(&alone, &with(With::Vpc)).unwrap();
    assert!(is_planned(&plan, "vsw-others") && is_planned(&plan, "vpc-1"));
}

#[test]
fn an_address_that_a_user_gave_a_load_balancer_is_not_the_balancers() {
    let balancer = owned(
        resource("alb.load_balancer", "alb-1"),
        "c1",
        Confidence::Decisive,
    );
    let address = |managed: bool| {
        let mut address = resource("vpc.eip", "eip-1");
        address
            .attributes
            .set("service_managed", Attribute::Boolean(managed));
        address
            .attributes
            .set("no_call", Attribute::Boolean(managed));
        address.owner = Some(Owner {
            kind: OwnerKind::Resource,
            name: "alb.load_balancer alb-1".into(),
            cluster: Some("c1".into()),
            confidence: Confidence::Strong,
            evidence: Vec::new(),
        });
        address
    };
    let uses = link(&balancer.id, LinkKind::Uses, &id("vpc.eip", "eip-1"));
    let of = |managed: bool, selection: &Selection| {
        let all = vec![lab(), balancer.clone(), address(managed)];
        planned(&world(all, vec![uses.clone()]), selection).unwrap()
    };
    let plan = of(true, &of_cluster());
    let step = plan.step(&StepId::of(&id("vpc.eip", "eip-1"))).unwrap();
    assert!(
        matches!(&step.action, Action::Manager { manager, .. } if manager.as_str() == "alb.load_balancer/alb-1")
    );
    let plan = of(false, &of_cluster());
    assert_eq!(kept_code(&plan, "eip-1"), Some("made_by_user"));
    let plan = of(false, &with(With::Eip));
    let step = plan.step(&StepId::of(&id("vpc.eip", "eip-1"))).unwrap();
    assert!(matches!(step.action, Action::Calls { .. }));
    assert!(step.after.contains_key(&StepId::of(&balancer.id)));
}

#[test]
fn a_text_that_names_several_things_names_none() {
    let mut cluster = resource("ack.cluster", "c0");
    cluster.name = Some("prod".into());
    let mut disk = resource("ecs.disk", "d-1");
    disk.name = Some("prod".into());
    let mut volume = resource("k8s.persistent_volume", "c0/d-1");
    volume.name = Some("d-1".into());
    let project = resource("sls.project", "prod");
    let inventory = world(vec![cluster, disk, volume, project], Vec::new());
    let of = |clusters: &[&str], ids: &[&str]| {
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let selection = Selection {
            clusters: list(clusters),
            ids: list(ids),
            allow_incomplete: true,
            ..Selection::default()
        };
        planned(&inventory, &selection)
    };
    // The project's id is a name that somebody chose, and others are called the same.
    match of(&[], &["prod"]) {
        Err(PlanError::Several { ids, .. }) => {
            assert_eq!(ids, ["ack.cluster/c0", "ecs.disk/d-1", "sls.project/prod"]);
        }
        other => panic!("{other:?}"),
    }
    assert!(is_planned(&of(&[], &["sls.project/prod"]).unwrap(), "prod"));
    // An id of the vendor's making is that one thing, whatever is called like it.
    let plan = of(&[], &["d-1"]).unwrap();
    assert_eq!(plan.steps.len(), 1);
    assert!(is_planned(&plan, "d-1"));
    // Of clusters only one has that name.
    assert!(is_planned(&of(&["prod"], &[]).unwrap(), "c0"));
    assert!(matches!(of(&["d-1"], &[]), Err(PlanError::NotFound { .. })));
}

#[test]
fn what_the_cluster_owns_in_another_region_stays_and_is_said() {
    let mut copy = owned(
        resource("ecs.snapshot", "s-copy"),
        "c1",
        Confidence::Decisive,
    );
    copy.id.region = crate::model::Region::new("cn-shanghai");
    let inventory = world(vec![lab(), copy], Vec::new());
    let plan = planned(&inventory, &with(With::Snapshots)).unwrap();
    assert_eq!(kept_code(&plan, "s-copy"), Some("elsewhere"));
    // The proof looks there, too.
    assert!(
        plan.ledger
            .owned
            .iter()
            .any(|owned| owned.id.id == "s-copy")
    );
}
