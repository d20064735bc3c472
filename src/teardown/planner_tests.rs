//! Plans of small worlds, and properties of plans of random ones. Types are doubles that do what their resource says.

use std::time::Duration;

use futures::future::BoxFuture;
use proptest::prelude::*;

use super::*;
use crate::graph::{Order, meaning};
use crate::inventory::{ScannedAccount, Site};
use crate::model::{
    AccountId, Attribute, Cell, Confidence, CoverageRow, CoverageState, Evidence, Link, LinkKind,
    Owner, OwnerKind, Region,
};
use crate::resources::teardown::{Call, CloudCall, Kept, Observation, Pace, PlannedCall, Purpose};
use crate::resources::{ListedPer, RESOURCE_TYPES, Reader, Title};
use crate::teardown::scope::With;

/// A type whose resources say themselves what refuses them and whether a call deletes them.
struct Double;

impl Teardown for Double {
    fn refuse(&self, resource: &Resource, _near: &Neighbours<'_>) -> Option<Refusal> {
        let code = resource.text("refused")?;
        let kept = if resource.attributes.boolean("always") == Some(true) {
            Kept::Always
        } else {
            Kept::UnlessNamed
        };
        Some(Refusal {
            kept,
            code: code.to_owned(),
            because: "the test says so".to_owned(),
        })
    }

    fn calls(
        &self,
        resource: &Resource,
        _near: &Neighbours<'_>,
        wishes: &Wishes,
    ) -> Vec<PlannedCall> {
        if resource.attributes.boolean("no_call") == Some(true) {
            return Vec::new();
        }
        let mut arguments = wishes.cluster_options.clone();
        if !wishes.retained.is_empty() {
            arguments.insert("retained".to_owned(), wishes.retained.join(","));
        }
        vec![PlannedCall {
            purpose: Purpose::Delete,
            call: Call::Cloud(CloudCall {
                product: "test".to_owned(),
                action: "Delete".to_owned(),
                region: resource.id.region.clone(),
                arguments,
                body: None,
                takes_client_token: false,
            }),
            undo: None,
        }]
    }

    fn sends(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }

    fn observe<'a>(&'a self, _api: &'a Reader, _id: &'a ResourceId) -> BoxFuture<'a, Observation> {
        Box::pin(std::future::ready(Observation::Gone))
    }

    fn pace(&self) -> Pace {
        Pace {
            poll: Duration::from_secs(5),
            deadline: Duration::from_mins(1),
        }
    }

    fn loses(&self, _resource: &Resource) -> Option<Title> {
        None
    }
}

struct Doubles;

impl Types for Doubles {
    fn teardown(&self, type_id: &TypeId) -> Option<&dyn Teardown> {
        // A file system is only ever listed, in the registry, too.
        (!["test.unsupported", "nas.file_system"].contains(&type_id.as_str())).then_some(&Double)
    }
}

pub(super) fn id(type_id: &str, id: &str) -> ResourceId {
    ResourceId {
        account: AccountId::from_static("0000000000000042"),
        region: Region::new("cn-hangzhou"),
        type_id: TypeId::new(type_id),
        id: id.to_owned(),
    }
}

pub(super) fn resource(type_id: &str, name: &str) -> Resource {
    let mut resource = Resource::new(id(type_id, name));
    if let Some((cluster, rest)) = name.split_once('/').filter(|_| type_id.starts_with("k8s.")) {
        resource.attributes.set_text("cluster_id", cluster);
        if let Some((namespace, _)) = rest.split_once('/') {
            resource.attributes.set_text("namespace", namespace);
        }
    }
    resource
}

pub(super) fn owned(mut resource: Resource, cluster: &str, confidence: Confidence) -> Resource {
    resource.owner = Some(Owner {
        kind: OwnerKind::Cluster,
        name: "lab".into(),
        cluster: Some(cluster.to_owned()),
        confidence,
        evidence: vec![Evidence {
            source: "test".into(),
            value: cluster.to_owned(),
        }],
    });
    resource
}

/// Everything that could name an owner was read, and does not.
pub(super) fn nobodys(mut resource: Resource) -> Resource {
    resource.owner = Some(Owner {
        kind: OwnerKind::None,
        name: String::new(),
        cluster: None,
        confidence: Confidence::Strong,
        evidence: Vec::new(),
    });
    resource
}

pub(super) fn link(from: &ResourceId, kind: LinkKind, to: &ResourceId) -> Link {
    Link {
        from: from.clone(),
        kind,
        to: to.clone(),
        via: "field".into(),
    }
}

pub(super) fn world(mut resources: Vec<Resource>, links: Vec<Link>) -> Inventory {
    resources.sort_by(|a, b| a.id.cmp(&b.id));
    resources.dedup_by(|a, b| a.id == b.id);
    Inventory {
        scanned_at: "2026-02-14T02:00:00Z".parse().unwrap(),
        accounts: vec![ScannedAccount {
            id: AccountId::from_static("0000000000000042"),
            identity: String::new(),
            site: Site::China,
            is_site_assumed: false,
            regions: vec![Region::new("cn-hangzhou")],
            is_every_region: true,
        }],
        coverage: read_whole(&resources),
        resources,
        links,
        observations: Vec::new(),
    }
}

/// Every type was read whole in the region, and in every parent of it.
fn read_whole(resources: &[Resource]) -> Vec<CoverageRow> {
    let row = |type_id: &TypeId, region: Region, parent: Option<ResourceId>| CoverageRow {
        type_id: type_id.clone(),
        cell: Cell {
            account: AccountId::from_static("0000000000000042"),
            region,
            parent,
        },
        state: CoverageState::Ok,
        count: 0,
        reason: None,
        missing_permission: None,
        permission_confirmed: None,
        code: None,
        request_id: None,
    };
    let region = || Region::new("cn-hangzhou");
    let mut rows = Vec::new();
    for resource_type in RESOURCE_TYPES {
        let spec = resource_type.spec();
        match spec.listed_per {
            ListedPer::Account | ListedPer::Region => {
                rows.push(row(&spec.type_id, region(), None));
            }
            ListedPer::Parent(parent) | ListedPer::RegionAndParent(parent) => {
                let parents = resources
                    .iter()
                    .filter(|found| found.id.type_id.as_str() == parent);
                rows.extend(
                    parents.map(|found| row(&spec.type_id, region(), Some(found.id.clone()))),
                );
            }
        }
    }
    rows
}

pub(super) fn planned(inventory: &Inventory, selection: &Selection) -> Result<Plan, PlanError> {
    plan(&Input {
        inventory,
        lines: &[],
        selection,
        endpoint: &crate::teardown::Place::official(),
        types: &Doubles,
    })
}

pub(super) fn of_cluster() -> Selection {
    Selection {
        clusters: vec!["c1".to_owned()],
        allow_incomplete: true,
        ..Selection::default()
    }
}

pub(super) fn cluster() -> Resource {
    owned(resource("ack.cluster", "c1"), "c1", Confidence::Decisive)
}

pub(super) fn kept_code<'a>(plan: &'a Plan, id: &str) -> Option<&'a str> {
    plan.kept
        .iter()
        .find(|kept| kept.id.id == id)
        .map(|kept| kept.refusal.code.as_str())
}

#[test]
fn one_signal_is_not_enough_and_two_are() {
    let untagged = owned(resource("vpc.eip", "eip-1"), "c1", Confidence::Strong);
    let mut tagged = untagged.clone();
    tagged.tags.insert("ack.aliyun.com".into(), "c1".into());
    let cluster = cluster();
    let alone = world(vec![cluster.clone(), tagged.clone()], Vec::new());
    let plan = planned(&alone, &of_cluster()).unwrap();
    assert_eq!(kept_code(&plan, "eip-1"), Some("unproven_owner"));
    let mut nat = owned(
        resource("vpc.nat_gateway", "ngw-1"),
        "c1",
        Confidence::Decisive,
    );
    nat.attributes.set_text("vpc_id", "vpc-1");
    let uses = link(&nat.id, LinkKind::Uses, &tagged.id);
    // An owner that rests on what uses it is no second signal beside that use.
    let hanging = world(
        vec![cluster.clone(), untagged, nat.clone()],
        vec![uses.clone()],
    );
    let plan = planned(&hanging, &of_cluster()).unwrap();
    assert_eq!(kept_code(&plan, "eip-1"), Some("unproven_owner"));
    let agreeing = world(vec![cluster, tagged, nat], vec![uses]);
    let plan = planned(&agreeing, &of_cluster()).unwrap();
    assert_eq!(kept_code(&plan, "eip-1"), None);
    assert_eq!(plan.steps.len(), 3);
}

#[test]
fn a_flag_takes_in_nothing_that_another_cluster_owns() {
    let mut nat = owned(
        resource("vpc.nat_gateway", "ngw-1"),
        "c1",
        Confidence::Decisive,
    );
    nat.attributes.set_text("vpc_id", "vpc-1");
    let used = |address: Resource| {
        let uses = link(&nat.id, LinkKind::Uses, &address.id);
        world(vec![cluster(), nat.clone(), address], vec![uses])
    };
    let mut selection = of_cluster();
    selection.with = [With::Eip].into();
    let free = used(nobodys(resource("vpc.eip", "eip-1")));
    let plan = planned(&free, &selection).unwrap();
    assert!(
        plan.steps
            .iter()
            .any(|step| step.fingerprint.id.id == "eip-1")
    );
    let others = used(owned(
        resource("vpc.eip", "eip-1"),
        "c2",
        Confidence::Strong,
    ));
    let plan = planned(&others, &selection).unwrap();
    assert!(
        !plan
            .steps
            .iter()
            .any(|step| step.fingerprint.id.id == "eip-1")
    );
    assert_eq!(kept_code(&plan, "eip-1"), Some("shared"));
}

#[test]
fn what_is_refused_goes_along_only_where_the_refusal_lets_it() {
    for (code, always, goes) in [
        ("service_managed", true, true),
        ("protected", false, true),
        ("protected", true, false),
        ("subscription", true, false),
        ("reused_by_user", true, false),
        ("static_volume", true, false),
        ("unreadable", true, false),
    ] {
        let mut member = owned(
            resource("slb.load_balancer", "lb-1"),
            "c1",
            Confidence::Decisive,
        );
        member.attributes.set_text("refused", code);
        member.attributes.set("always", Attribute::Boolean(always));
        let cluster = cluster();
        let manages = link(&cluster.id, LinkKind::Manages, &member.id);
        let plan = planned(&world(vec![cluster, member], vec![manages]), &of_cluster()).unwrap();
        let step = plan
            .steps
            .iter()
            .find(|step| step.fingerprint.id.id == "lb-1");
        assert_eq!(step.is_some(), goes, "{code} {always}");
        if let Some(step) = step {
            assert_eq!(step.calls(), [], "{code}: no calls of ours");
        }
    }
}

#[test]
fn what_the_user_named_and_must_not_go_is_an_error_and_not_a_shorter_plan() {
    let mut disk = resource("ecs.disk", "d-1");
    disk.attributes.set_text("refused", "subscription");
    disk.attributes.set("always", Attribute::Boolean(true));
    let selection = Selection {
        ids: vec!["d-1".to_owned()],
        allow_incomplete: true,
        ..Selection::default()
    };
    let refused = planned(&world(vec![disk.clone()], Vec::new()), &selection);
    assert!(matches!(refused, Err(PlanError::Refused { .. })));
    disk.attributes.set("always", Attribute::Boolean(false));
    let plan = planned(&world(vec![disk], Vec::new()), &selection).unwrap();
    assert_eq!(plan.steps.len(), 1);
}

#[test]
fn a_volume_that_is_retained_or_static_keeps_its_disk() {
    let disk = owned(resource("ecs.disk", "d-1"), "c1", Confidence::Decisive);
    let cluster = cluster();
    let mut volume = owned(
        resource("k8s.persistent_volume", "c1/pv"),
        "c1",
        Confidence::Decisive,
    );
    volume
        .attributes
        .set_text("provisioned_by", "diskplugin.csi.alibabacloud.com");
    volume.attributes.set_text("reclaim_policy", "Retain");
    let links = vec![
        link(&volume.id, LinkKind::Uses, &disk.id),
        link(&volume.id, LinkKind::Uses, &cluster.id),
    ];
    let all = vec![cluster.clone(), disk.clone(), volume.clone()];
    let plan = planned(&world(all, links.clone()), &of_cluster()).unwrap();
    assert_eq!(kept_code(&plan, "d-1"), Some("retained"));
    let mut found = resource("k8s.persistent_volume", "c1/pv");
    found.owner = volume.owner;
    let plan = planned(&world(vec![cluster, disk, found], links), &of_cluster()).unwrap();
    assert_eq!(kept_code(&plan, "d-1"), Some("static_volume"));
}

#[test]
fn a_claim_whose_pods_only_end_with_their_namespace_waits_for_that() {
    let cluster = cluster();
    let decisive = |resource| owned(resource, "c1", Confidence::Decisive);
    let mut namespace = decisive(resource("k8s.namespace", "c1/app"));
    namespace.name = Some("app".into());
    let mut pod = decisive(resource("k8s.pod", "c1/app/db-0"));
    pod.attributes.set(
        "owner_references",
        Attribute::TextList(vec!["StatefulSet.apps/db".into()]),
    );
    let claim = decisive(resource("k8s.persistent_volume_claim", "c1/app/data"));
    let links = vec![
        link(&pod.id, LinkKind::Uses, &claim.id),
        link(&pod.id, LinkKind::Uses, &namespace.id),
        link(&claim.id, LinkKind::Uses, &namespace.id),
        link(&namespace.id, LinkKind::Uses, &cluster.id),
        link(&claim.id, LinkKind::Uses, &cluster.id),
        link(&pod.id, LinkKind::Uses, &cluster.id),
    ];
    let plan = planned(
        &world(vec![cluster, namespace, pod, claim], links),
        &of_cluster(),
    )
    .unwrap();
    let order: Vec<&str> = plan
        .steps
        .iter()
        .map(|step| step.fingerprint.id.id.as_str())
        .collect();
    assert_eq!(order, ["c1/app", "c1/app/db-0", "c1/app/data", "c1"]);
}

#[test]
fn selectors_that_fit_nothing_or_several_are_told() {
    let inventory = world(
        vec![resource("ecs.disk", "x"), resource("ecs.image", "x")],
        Vec::new(),
    );
    let of = |clusters: &[&str], ids: &[&str], with: &[With]| {
        let text = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        planned(
            &inventory,
            &Selection {
                clusters: text(clusters),
                ids: text(ids),
                with: with.iter().copied().collect(),
                allow_incomplete: true,
            },
        )
        .unwrap_err()
    };
    assert_eq!(of(&[], &[], &[]), PlanError::NothingSelected);
    assert!(matches!(of(&["x"], &[], &[]), PlanError::NotFound { .. }));
    assert!(matches!(of(&[], &["x"], &[]), PlanError::Several { .. }));
    assert_eq!(
        of(&[], &["ecs.disk/x"], &[With::Vpc]),
        PlanError::WithoutCluster
    );
}

/// Types of random worlds, with a prefix of ids.
const TYPES: &[&str] = &[
    "ack.cluster",
    "ack.node_pool",
    "alb.load_balancer",
    "ecs.disk",
    "ecs.image",
    "ecs.instance",
    "ecs.security_group",
    "ecs.snapshot",
    "k8s.alb_config",
    "k8s.persistent_volume",
    "k8s.persistent_volume_claim",
    "k8s.service",
    "slb.load_balancer",
    "sls.project",
    "test.unsupported",
    "vpc.eip",
    "vpc.vpc",
    "vpc.vswitch",
];

const CODES: &[&str] = &[
    "",
    "",
    "",
    "",
    "service_managed",
    "subscription",
    "protected",
    "made_by_user",
    "unreadable",
];

fn any_resource() -> impl Strategy<Value = Resource> {
    (
        0..TYPES.len(),
        0..4usize,
        0..CODES.len(),
        any::<bool>(),
        0..6usize,
        any::<bool>(),
    )
        .prop_map(|(kind, number, code, always, ownership, flag)| {
            let type_id = TYPES[kind];
            let cluster = if number % 2 == 0 { "c1" } else { "c2" };
            let name = match type_id {
                "ack.cluster" => cluster.to_owned(),
                "k8s.alb_config" | "k8s.persistent_volume" => format!("{cluster}/o{number}"),
                _ if type_id.starts_with("k8s.") => format!("{cluster}/app/o{number}"),
                _ => format!("{}-{number}", type_id.replace('.', "-")),
            };
            let mut made = resource(type_id, &name);
            if !CODES[code].is_empty() {
                made.attributes.set_text("refused", CODES[code]);
                made.attributes.set("always", Attribute::Boolean(always));
            }
            made.attributes
                .set("no_call", Attribute::Boolean(flag && number == 3));
            if flag {
                made.attributes
                    .set_text("provisioned_by", "diskplugin.csi.alibabacloud.com");
                made.attributes.set_text("reclaim_policy", "Delete");
                made.status = Some("Available".into());
                made.attributes.set_text("vpc_id", "vpc-vpc-0");
                made.resource_group = Some("rg-1".into());
                made.created = Some("2026-01-01T00:00:00Z".parse().unwrap());
            }
            match (type_id.starts_with("k8s."), ownership) {
                (true, _) | (_, 0) => owned(made, cluster, Confidence::Decisive),
                (_, 1) => owned(made, cluster, Confidence::Strong),
                (_, 2) => owned(made, cluster, Confidence::Hint),
                (_, 3) => nobodys(made),
                _ => made,
            }
        })
}

fn any_world() -> impl Strategy<Value = (Inventory, Selection)> {
    (
        prop::collection::vec(any_resource(), 1..14),
        prop::collection::vec((0..14usize, 0..14usize, 0..4usize), 0..24),
        prop::collection::btree_set(0..8usize, 0..5),
        prop::collection::vec(0..14usize, 0..3),
    )
        .prop_map(|(mut resources, pairs, with, ids)| {
            let mut own = cluster();
            own.resource_group = Some("rg-1".into());
            resources.push(own);
            let mut inventory = world(resources, Vec::new());
            let all: Vec<ResourceId> = inventory
                .resources
                .iter()
                .map(|resource| resource.id.clone())
                .collect();
            let pick = |number: usize| all[number % all.len()].clone();
            let kinds = [
                LinkKind::Uses,
                LinkKind::Manages,
                LinkKind::Exposes,
                LinkKind::MadeFrom,
            ];
            for (from, to, kind) in pairs {
                let (from, to) = (pick(from), pick(to));
                if from != to {
                    inventory.links.push(link(&from, kinds[kind], &to));
                }
            }
            for object in &all {
                if let Some(cluster) = cluster_of(object) {
                    inventory.links.push(link(object, LinkKind::Uses, &cluster));
                }
            }
            inventory.links.sort();
            inventory.links.dedup();
            let flags = [
                With::Vpc,
                With::Eip,
                With::Acr,
                With::Sls,
                With::Prometheus,
                With::Snapshots,
                With::Images,
                With::Disks,
            ];
            let selection = Selection {
                clusters: vec!["c1".to_owned()],
                with: with.into_iter().map(|number| flags[number]).collect(),
                ids: ids
                    .into_iter()
                    .map(|number| {
                        let id = pick(number);
                        format!("{}/{}", id.type_id, id.id)
                    })
                    .collect(),
                allow_incomplete: true,
            };
            (inventory, selection)
        })
}

/// Whatever a selection may reach: what it names, what its clusters own or use, what members manage, and, with a flag,
/// what stands beside the cluster.
fn within_reach(inventory: &Inventory, selection: &Selection, id: &ResourceId) -> bool {
    let named: Vec<ResourceId> = selection
        .ids
        .iter()
        .chain(&selection.clusters)
        .flat_map(|text| inventory.named(text))
        .map(|resource| resource.id.clone())
        .collect();
    let clusters: Vec<&ResourceId> = named
        .iter()
        .filter(|id| id.type_id.as_str() == "ack.cluster")
        .collect();
    let mut reached: BTreeSet<ResourceId> = named.iter().cloned().collect();
    for resource in &inventory.resources {
        let is_owned = resource.owner.as_ref().is_some_and(|owner| {
            clusters
                .iter()
                .any(|cluster| owner.cluster.as_deref() == Some(cluster.id.as_str()))
        });
        let is_flagged = !selection.with.is_empty()
            && resource
                .owner
                .as_ref()
                .is_none_or(|owner| owner.kind == OwnerKind::None)
            && [
                "vpc.",
                "cr.",
                "ecs.disk",
                "ecs.image",
                "ecs.snapshot",
                "ecs.security_group",
            ]
            .iter()
            .any(|kind| resource.id.type_id.as_str().starts_with(kind));
        if is_owned || is_flagged {
            reached.insert(resource.id.clone());
        }
    }
    loop {
        let before = reached.len();
        for link in &inventory.links {
            if matches!(link.kind, LinkKind::Manages | LinkKind::Exposes)
                && reached.contains(&link.from)
            {
                reached.insert(link.to.clone());
            }
        }
        if reached.len() == before {
            return reached.contains(id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn plans_of_random_worlds_are_legal((inventory, selection) in any_world()) {
        let Ok(plan) = planned(&inventory, &selection) else {
            return Ok(());
        };
        let world = World::new(&inventory);
        let mut done: BTreeSet<&StepId> = BTreeSet::new();
        let going: BTreeSet<&ResourceId> = plan.steps.iter().map(|step| &step.fingerprint.id).collect();
        prop_assert_eq!(going.len(), plan.steps.len(), "one step a resource");
        for step in &plan.steps {
            let id = &step.fingerprint.id;
            for before in step.after.keys() {
                prop_assert!(done.contains(before), "{} waits for {before}, which comes later", step.id);
            }
            if let Action::Manager { manager, .. } = &step.action {
                prop_assert!(done.contains(manager), "the manager comes first");
            }
            done.insert(&step.id);
            prop_assert!(within_reach(&inventory, &selection, id), "{id} is outside the scope");
            let resource = inventory.get(id).unwrap();
            let by_id = selection.ids.iter().any(|text| *text == format!("{}/{}", id.type_id, id.id));
            let refused = Double.refuse(resource, &Neighbours::default());
            if let Some(refused) = &refused {
                let stays = ["subscription", "unreadable", "made_by_user"].contains(&refused.code.as_str());
                prop_assert!(!(stays && refused.kept == Kept::Always), "{id}: {}", refused.code);
                prop_assert!(refused.kept == Kept::UnlessNamed || step.calls().is_empty(), "{id} is never called for");
            }
            let is_selected = matches!(step.reason, Reason::Selected { .. });
            let owner = resource.owner.as_ref();
            if !step.calls().is_empty() && !is_selected {
                let confidence = owner.map(|owner| owner.confidence);
                prop_assert!(confidence >= Some(Confidence::Strong), "{id} is called for on {confidence:?}");
                prop_assert!(refused.is_none(), "{id} is refused and called for");
            }
            // Nothing that stays needs it.
            for found in inventory.links.iter().filter(|link| link.to == *id && !by_id) {
                let order = meaning(found.kind, found.from.type_id.as_str(), id.type_id.as_str()).unwrap().order;
                let orders = matches!(order, Order::FromFirst | Order::HandedToController);
                let is_detached = found.from.type_id.as_str() == "ecs.instance" && world.volume_of(id).is_some();
                let is_cluster = id.type_id.as_str() == "ack.cluster";
                if orders && !is_detached && !is_cluster {
                    prop_assert!(
                        going.contains(&found.from) || plan.implied.contains(&found.from),
                        "{} stays and {} {id}", found.from, found.kind.as_str()
                    );
                }
            }
        }
        for kept in &plan.kept {
            prop_assert!(!going.contains(&kept.id), "{} is kept and in a step", kept.id);
            prop_assert!(!plan.implied.contains(&kept.id));
        }
        for implied in &plan.implied {
            prop_assert!(!going.contains(implied) && implied.type_id.is_kubernetes());
        }
        let again = planned(&inventory, &selection).unwrap();
        prop_assert_eq!(&plan, &again);
        let mut shuffled = inventory.clone();
        shuffled.links.reverse();
        prop_assert_eq!(plan, planned(&shuffled, &selection).unwrap(), "the order of links decides nothing");
    }
}
