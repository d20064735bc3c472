//! What Kubernetes hands over: claim to volume to disk, object to snapshot, maker to Pod. Nothing of it goes unsaid.

use super::tests::{cluster, id, kept_code, link, of_cluster, owned, planned, resource, world};
use super::*;
use crate::model::{Attribute, Confidence, Link, LinkKind};

fn named(ids: &[&str]) -> Selection {
    Selection {
        ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        allow_incomplete: true,
        ..Selection::default()
    }
}

fn decisive(resource: Resource) -> Resource {
    owned(resource, "c1", Confidence::Decisive)
}

fn object(type_id: &str, name: &str) -> Resource {
    decisive(resource(type_id, name))
}

fn made_by(mut object: Resource, owners: &[&str]) -> Resource {
    let owners = owners.iter().map(|owner| (*owner).to_owned()).collect();
    object
        .attributes
        .set("owner_references", Attribute::TextList(owners));
    object
}

/// A claim of a namespace with its volume and disk.
struct Storage {
    resources: Vec<Resource>,
    links: Vec<Link>,
}

const CLAIM: &str = "c1/app/data";
const CLAIM_ID: &str = "k8s.persistent_volume_claim/c1/app/data";

impl Storage {
    fn new() -> Self {
        Self::of("app")
    }

    fn of(namespace: &str) -> Self {
        let claim = object(
            "k8s.persistent_volume_claim",
            &format!("c1/{namespace}/data"),
        );
        let mut volume = object("k8s.persistent_volume", "c1/pv-1");
        volume
            .attributes
            .set_text("provisioned_by", "diskplugin.csi.alibabacloud.com");
        volume.attributes.set_text("reclaim_policy", "Delete");
        let disk = decisive(resource("ecs.disk", "d-1"));
        let cluster = cluster();
        let room = object("k8s.namespace", &format!("c1/{namespace}"));
        let links = vec![
            link(&claim.id, LinkKind::Uses, &volume.id),
            link(&volume.id, LinkKind::Uses, &disk.id),
            link(&claim.id, LinkKind::Uses, &cluster.id),
            link(&claim.id, LinkKind::Uses, &room.id),
        ];
        let mut room = room;
        room.name = Some(namespace.to_owned());
        Self {
            resources: vec![cluster, claim, volume, disk, room],
            links,
        }
    }

    fn change(mut self, name: &str, change: impl FnOnce(&mut Resource)) -> Self {
        let found = self
            .resources
            .iter_mut()
            .find(|resource| resource.id.id == name);
        change(found.unwrap());
        self
    }

    fn with(mut self, resource: Resource, links: &[(&ResourceId, LinkKind, &ResourceId)]) -> Self {
        self.resources.push(resource);
        let links = links.iter().map(|(from, kind, to)| link(from, *kind, to));
        self.links.extend(links);
        self
    }

    /// A Pod that uses the claim.
    fn held_by(self, pod: Resource) -> Self {
        let claim = self.claim();
        let pod_id = pod.id.clone();
        self.with(pod, &[(&pod_id, LinkKind::Uses, &claim)])
    }

    fn claim(&self) -> ResourceId {
        self.resources[1].id.clone()
    }

    fn plan(&self, selection: &Selection) -> Result<Plan, PlanError> {
        let inventory = world(self.resources.clone(), self.links.clone());
        planned(&inventory, selection)
    }
}

/// Who takes a step's resource along.
fn manager(plan: &Plan, name: &str) -> Option<String> {
    let step = plan
        .steps
        .iter()
        .find(|step| step.fingerprint.id.id == name)
        .unwrap_or_else(|| panic!("{name} has no step"));
    match &step.action {
        Action::Manager { manager, .. } => Some(manager.to_string()),
        Action::Calls { .. } => None,
    }
}

fn steps(plan: &Plan) -> Vec<&str> {
    let steps = plan.steps.iter();
    steps.map(|step| step.fingerprint.id.id.as_str()).collect()
}

fn assert_taken(plan: Result<Plan, PlanError>, kept: &str, by: &str) {
    match plan {
        Err(PlanError::TakenAlong { id, taker, .. }) => {
            assert_eq!((id.id.as_str(), taker.id.as_str()), (kept, by));
        }
        other => panic!("{kept} would go with {by}: {other:?}"),
    }
}

#[test]
fn a_claim_that_was_named_takes_volume_and_disk_along_and_the_plan_says_so() {
    let plan = Storage::new().plan(&named(&[CLAIM_ID])).unwrap();
    assert_eq!(steps(&plan), [CLAIM, "c1/pv-1", "d-1"]);
    assert_eq!(manager(&plan, CLAIM), None);
    assert!(manager(&plan, "c1/pv-1").unwrap().ends_with(CLAIM));
    assert!(manager(&plan, "d-1").unwrap().ends_with("c1/pv-1"));
}

#[test]
fn a_retained_volume_and_a_static_one_keep_their_disk_and_an_unread_policy_is_no_plan() {
    let retained = Storage::new().change("c1/pv-1", |volume| {
        volume.attributes.set_text("reclaim_policy", "Retain");
    });
    let plan = retained.plan(&named(&[CLAIM_ID])).unwrap();
    assert_eq!(steps(&plan), [CLAIM]);
    let mut fixed = Storage::new();
    fixed.resources[2] = object("k8s.persistent_volume", "c1/pv-1");
    fixed.resources[2]
        .attributes
        .set_text("reclaim_policy", "Delete");
    assert_eq!(
        steps(&fixed.plan(&named(&[CLAIM_ID])).unwrap()),
        [CLAIM],
        "nobody deletes the disk of a static volume"
    );
    let mut unread = Storage::new();
    unread.resources[2] = object("k8s.persistent_volume", "c1/pv-1");
    unread.resources[2]
        .attributes
        .set_text("provisioned_by", "diskplugin.csi.alibabacloud.com");
    assert_taken(unread.plan(&named(&[CLAIM_ID])), "d-1", "c1/pv-1");
}

/// A claim whose volume is a NAS file system.
fn on_nas(fields: &[(&'static str, &str)]) -> Storage {
    let mut storage = Storage::new().change("c1/pv-1", |volume| {
        for (name, value) in fields {
            volume.attributes.set_text(name, *value);
        }
    });
    let file_system = resource("nas.file_system", "0a1b2c");
    storage.links[1] = link(
        &id("k8s.persistent_volume", "c1/pv-1"),
        LinkKind::Uses,
        &file_system.id,
    );
    storage.resources[3] = file_system;
    storage
}

#[test]
fn a_file_system_that_its_driver_made_for_a_claim_is_not_lost_unsaid() {
    // alibaba-cloud-csi-driver, pkg/nas/filesystem_controller.go: DeleteVolume.
    let own = [("volume_as", "filesystem"), ("delete_volume", "true")];
    for selection in [named(&[CLAIM_ID]), of_cluster()] {
        assert_taken(on_nas(&own).plan(&selection), "0a1b2c", "c1/pv-1");
    }
    let parts = [("volume_as", "subpath"), ("delete_volume", "true")];
    let left = [("volume_as", "filesystem"), ("delete_volume", "false")];
    for fields in [&parts, &left] {
        let plan = on_nas(fields).plan(&named(&[CLAIM_ID])).unwrap();
        assert_eq!(steps(&plan), [CLAIM, "c1/pv-1"]);
        assert_eq!(kept_code(&plan, "0a1b2c"), Some("made_by_user"));
    }
}

#[test]
fn a_volume_of_a_driver_that_runs_in_the_cluster_ends_with_it() {
    let local = Storage::new().change("c1/pv-1", |volume| {
        volume
            .attributes
            .set_text("provisioned_by", "rancher.io/local-path");
    });
    let mut local = local;
    local.links.retain(|link| link.to.id != "d-1");
    local.resources.retain(|resource| resource.id.id != "d-1");
    let plan = local.plan(&of_cluster()).unwrap();
    assert!(steps(&plan).contains(&CLAIM));
    assert!(
        plan.implied
            .contains(&id("k8s.persistent_volume", "c1/pv-1")),
        "its driver may be gone before it"
    );
    // Where the cluster stays, so does the driver.
    let plan = local.plan(&named(&[CLAIM_ID])).unwrap();
    assert_eq!(steps(&plan), [CLAIM, "c1/pv-1"]);
}

#[test]
fn a_protected_disk_or_volume_does_not_go_with_its_claim() {
    for (name, taker) in [("d-1", "c1/pv-1"), ("c1/pv-1", CLAIM)] {
        let protected = Storage::new().change(name, |resource| {
            resource.attributes.set_text("refused", "protected");
            resource.attributes.set("always", Attribute::Boolean(true));
        });
        assert_taken(protected.plan(&named(&[CLAIM_ID])), name, taker);
    }
}

#[test]
fn a_stateful_set_that_owns_its_claims_takes_them_and_their_disks_along() {
    let storage = Storage::new();
    let set = object("k8s.stateful_set", "c1/app/db");
    let (set_id, claim) = (set.id.clone(), storage.claim());
    let storage = storage.with(set, &[(&set_id, LinkKind::Manages, &claim)]);
    let by_name = named(&["k8s.stateful_set/c1/app/db"]);
    let plan = storage.plan(&by_name).unwrap();
    assert_eq!(steps(&plan), ["c1/app/db", CLAIM, "c1/pv-1", "d-1"]);
    assert!(manager(&plan, CLAIM).unwrap().ends_with("c1/app/db"));
    let protected = storage.change(CLAIM, |claim| {
        claim.attributes.set_text("refused", "protected");
        claim.attributes.set("always", Attribute::Boolean(true));
    });
    assert_taken(protected.plan(&by_name), CLAIM, "c1/app/db");
}

#[test]
fn a_volume_snapshot_may_take_its_snapshot_along_which_has_to_be_named_too() {
    let mut snapshot = decisive(resource("ecs.snapshot", "s-1"));
    let owner = snapshot.owner.as_mut().unwrap();
    owner.kind = OwnerKind::KubernetesObject;
    owner.name = "VolumeSnapshot app/nightly".into();
    let object = object("k8s.volume_snapshot", "c1/app/nightly");
    let (object_id, room) = (object.id.clone(), id("k8s.namespace", "c1/app"));
    let storage = Storage::new()
        .with(object, &[(&object_id, LinkKind::Uses, &room)])
        .with(snapshot, &[]);
    let alone = named(&["k8s.volume_snapshot/c1/app/nightly"]);
    assert_taken(storage.plan(&alone), "s-1", "c1/app/nightly");
    let both = named(&["k8s.volume_snapshot/c1/app/nightly", "s-1"]);
    let plan = storage.plan(&both).unwrap();
    assert_eq!(plan.steps.len(), 2);
    assert_eq!(
        manager(&plan, "s-1"),
        None,
        "whether it goes along is not known"
    );
    // Without its flag the object stays until the cluster ends, and its snapshot outlives it.
    let plan = storage.plan(&of_cluster()).unwrap();
    let kept = plan.kept.iter().find(|kept| kept.id == object_id).unwrap();
    assert_eq!(kept.refusal.code, "holds_data");
    assert!(
        kept.refusal
            .because
            .ends_with("ends with ack.cluster c1 (cn-hangzhou)"),
        "{kept:?}"
    );
    assert_eq!(kept_code(&plan, "s-1"), Some("holds_data"));
    assert!(
        !steps(&plan).contains(&"c1/app"),
        "its namespace would take it"
    );
}

#[test]
fn a_namespace_that_was_named_takes_along_what_is_in_it_and_behind_that() {
    let room = id("k8s.namespace", "c1/app");
    let in_it = |type_id: &str, name: &str| {
        let object = object(type_id, name);
        let id = object.id.clone();
        (object, id)
    };
    let (mut service, service_id) = in_it("k8s.service", "c1/app/web");
    service.attributes.set_text("service_type", "LoadBalancer");
    let balancer = decisive(resource("slb.load_balancer", "lb-1"));
    let balancer_id = balancer.id.clone();
    let (pod, pod_id) = in_it("k8s.pod", "c1/app/web-0");
    let group = decisive(resource("eci.container_group", "eci-1"));
    let group_id = group.id.clone();
    let (slice, slice_id) = in_it("k8s.endpoint_slice", "c1/app/web-x");
    let uses = LinkKind::Uses;
    let storage = Storage::new()
        .with(
            service,
            &[
                (&service_id, uses, &room),
                (&service_id, LinkKind::Exposes, &balancer_id),
            ],
        )
        .with(balancer, &[])
        .with(
            pod,
            &[
                (&pod_id, uses, &room),
                (&pod_id, LinkKind::Manages, &group_id),
            ],
        )
        .with(group, &[])
        .with(slice, &[(&slice_id, uses, &room)])
        .with(object("k8s.service", "c1/other/web"), &[]);
    let by_name = named(&["k8s.namespace/c1/app"]);
    let plan = storage.plan(&by_name).unwrap();
    for (name, by) in [
        ("c1/app/web", "c1/app"),
        ("lb-1", "c1/app/web"),
        ("c1/app/web-0", "c1/app"),
        ("eci-1", "c1/app/web-0"),
        (CLAIM, "c1/app"),
        ("c1/pv-1", CLAIM),
        ("d-1", "c1/pv-1"),
    ] {
        let taker = manager(&plan, name).unwrap();
        assert!(taker.ends_with(&format!("/{by}")), "{name}: {taker}");
    }
    assert_eq!(plan.steps[0].fingerprint.id, room);
    assert!(plan.implied.contains(&slice_id));
    assert_eq!(plan.steps.len(), 8, "{:?}", steps(&plan));
    // What is kept in it would be lost with it.
    let (snapshot, snapshot_id) = in_it("k8s.volume_snapshot", "c1/app/nightly");
    let storage = storage.with(snapshot, &[(&snapshot_id, uses, &room)]);
    assert_taken(storage.plan(&by_name), "c1/app/nightly", "c1/app");
    let both = named(&["k8s.namespace/c1/app", "k8s.volume_snapshot/c1/app/nightly"]);
    assert!(storage.plan(&both).is_ok());
}

#[test]
fn a_pod_that_nothing_makes_is_deleted_before_the_claim_that_it_holds() {
    for namespace in ["default", "kube-system"] {
        let pod = format!("c1/{namespace}/shell");
        let held = Storage::of(namespace).held_by(object("k8s.pod", &pod));
        let plan = held.plan(&of_cluster()).unwrap();
        let order = steps(&plan);
        let at = |name: &str| order.iter().position(|step| *step == name).unwrap();
        assert!(at(&pod) < at(&format!("c1/{namespace}/data")), "{order:?}");
        assert_eq!(manager(&plan, &pod), None);
    }
    let held = Storage::new().held_by(object("k8s.pod", "c1/app/shell"));
    let plan = held.plan(&of_cluster()).unwrap();
    assert!(manager(&plan, "c1/app/shell").unwrap().ends_with("c1/app"));
    // Named alone, the claim would wait for the Pod in vain.
    assert!(matches!(
        held.plan(&named(&[CLAIM_ID])),
        Err(PlanError::Held { .. })
    ));
}

#[test]
fn a_claim_that_an_operators_pod_holds_where_no_namespace_ends_is_no_plan() {
    let pod = made_by(object("k8s.pod", "c1/default/db-0"), &["Cluster.db.io/db"]);
    match Storage::of("default").held_by(pod).plan(&of_cluster()) {
        Err(PlanError::HeldAgain { claim, makers, .. }) => {
            assert_eq!(claim.id, "c1/default/data");
            assert_eq!(makers, ["Cluster.db.io/db"]);
        }
        other => panic!("{other:?}"),
    }
    let mut ended = made_by(object("k8s.pod", "c1/default/db-0"), &["Cluster.db.io/db"]);
    ended.status = Some("Succeeded".to_owned());
    let plan = Storage::of("default").held_by(ended).plan(&of_cluster());
    assert!(steps(&plan.unwrap()).contains(&"c1/default/data"));
    let pod = made_by(object("k8s.pod", "c1/app/db-0"), &["Cluster.db.io/db"]);
    let plan = Storage::new().held_by(pod).plan(&of_cluster()).unwrap();
    assert!(manager(&plan, CLAIM).unwrap().ends_with("c1/app"));
    // One step further up: what the operator makes makes the Pod.
    for (namespace, is_planned) in [("default", false), ("app", true)] {
        let name = |rest: &str| format!("c1/{namespace}/{rest}");
        let set = made_by(
            object("k8s.stateful_set", &name("db")),
            &["Cluster.db.io/db"],
        );
        let pod = made_by(object("k8s.pod", &name("db-0")), &["StatefulSet.apps/db"]);
        let (set_id, pod_id) = (set.id.clone(), pod.id.clone());
        let storage = Storage::of(namespace)
            .held_by(pod)
            .with(set, &[(&set_id, LinkKind::Manages, &pod_id)]);
        match storage.plan(&of_cluster()) {
            Ok(_) => assert!(is_planned, "{namespace}"),
            // Not what makes the Pod, which is in the inventory.
            Err(PlanError::HeldAgain { makers, .. }) => {
                assert!(!is_planned, "{namespace}");
                assert_eq!(makers, ["Cluster.db.io/db"]);
            }
            Err(error) => panic!("{namespace}: {error:?}"),
        }
    }
}

#[test]
fn what_an_operator_makes_goes_with_its_namespace() {
    let set = made_by(
        object("k8s.stateful_set", "c1/app/db"),
        &["Cluster.db.io/db"],
    );
    let mut service = made_by(object("k8s.service", "c1/app/db"), &["Cluster.db.io/db"]);
    service.attributes.set_text("service_type", "LoadBalancer");
    let mut own = object("k8s.deployment", "c1/app/web");
    own.name = Some("web".to_owned());
    let storage = Storage::new()
        .with(set, &[])
        .with(service, &[])
        .with(own, &[]);
    let plan = storage.plan(&of_cluster()).unwrap();
    for type_id in ["k8s.stateful_set", "k8s.service"] {
        let step = plan.step(&StepId::of(&id(type_id, "c1/app/db"))).unwrap();
        let Action::Manager { manager, .. } = &step.action else {
            panic!("{type_id} is deleted, and made again");
        };
        assert!(manager.to_string().ends_with("c1/app"), "{manager}");
    }
    assert_eq!(manager(&plan, "c1/app/web"), None);
    // Where its namespace stays, it ends with the cluster: deleted, it would only be made again.
    let set = made_by(
        object("k8s.stateful_set", "c1/default/db"),
        &["Cluster.db.io/db"],
    );
    let pod = made_by(
        object("k8s.pod", "c1/default/db-0"),
        &["StatefulSet.apps/db"],
    );
    let mut pod = pod;
    pod.attributes.set("no_call", Attribute::Boolean(true));
    let (set_id, pod_id) = (set.id.clone(), pod.id.clone());
    let storage = Storage::new()
        .with(set, &[])
        .with(pod, &[(&set_id, LinkKind::Manages, &pod_id)]);
    let plan = storage.plan(&of_cluster()).unwrap();
    assert!(plan.implied.contains(&set_id) && plan.implied.contains(&pod_id));
}

#[test]
fn what_an_operator_makes_again_is_not_deleted_by_itself() {
    let made_again = |storage: &Storage, name: &str| match storage.plan(&of_cluster()) {
        Err(PlanError::MadeAgain { object, makers }) => {
            assert_eq!(object.id, name);
            assert_eq!(makers, ["Cluster.db.io/db"]);
        }
        other => panic!("{name}: {other:?}"),
    };
    let service = |namespace: &str, kind: &str| {
        let name = format!("c1/{namespace}/db");
        let mut service = made_by(object("k8s.service", &name), &["Cluster.db.io/db"]);
        service.attributes.set_text("service_type", kind);
        service
    };
    // In a namespace that cannot be deleted.
    let balanced = Storage::new().with(service("default", "LoadBalancer"), &[]);
    made_again(&balanced, "c1/default/db");
    let inner = service("default", "ClusterIP");
    let inner_id = inner.id.clone();
    let plan = Storage::new().with(inner, &[]).plan(&of_cluster()).unwrap();
    assert!(plan.implied.contains(&inner_id));
    let claim = Storage::of("default").change("c1/default/data", |claim| {
        let owners = vec!["Cluster.db.io/db".to_owned()];
        claim
            .attributes
            .set("owner_references", Attribute::TextList(owners));
    });
    made_again(&claim, "c1/default/data");
    // In one that stays because of what it holds.
    let room = id("k8s.namespace", "c1/app");
    let snapshot = object("k8s.volume_snapshot", "c1/app/nightly");
    let snapshot_id = snapshot.id.clone();
    let service = service("app", "LoadBalancer");
    let service_id = service.id.clone();
    let held = Storage::new()
        .with(snapshot, &[(&snapshot_id, LinkKind::Uses, &room)])
        .with(service, &[(&service_id, LinkKind::Uses, &room)]);
    made_again(&held, "c1/app/db");
    let with_snapshots = Selection {
        with: std::collections::BTreeSet::from([crate::teardown::scope::With::Snapshots]),
        ..of_cluster()
    };
    let plan = held.plan(&with_snapshots).unwrap();
    assert!(manager(&plan, "c1/app/db").unwrap().ends_with("c1/app"));
}

#[test]
fn what_makes_a_pod_with_a_claim_in_a_system_namespace_goes_before_the_claim() {
    let set = object("k8s.stateful_set", "c1/arms-prom/db");
    let pod = made_by(
        object("k8s.pod", "c1/arms-prom/db-0"),
        &["StatefulSet.apps/db"],
    );
    let (set_id, pod_id) = (set.id.clone(), pod.id.clone());
    let storage = Storage::of("arms-prom")
        .held_by(pod)
        .with(set, &[(&set_id, LinkKind::Manages, &pod_id)])
        .with(object("k8s.deployment", "c1/kube-system/coredns"), &[]);
    let plan = storage.plan(&of_cluster()).unwrap();
    assert_eq!(manager(&plan, "c1/arms-prom/db"), None);
    assert!(!steps(&plan).contains(&"c1/kube-system/coredns"));
}
