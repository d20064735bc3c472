//! What counts as the plan's own in a namespace.

use super::*;
use crate::kubernetes::{Life, ObjectRef};
use crate::teardown::plan::Step;
use crate::teardown::testing::{id, plan, read_at, resource};
use crate::teardown::{Fingerprint, StepId};

/// A plan with a namespace, a Deployment and a claim.
fn planned() -> Plan {
    let mut plan = plan();
    let template = plan.steps[0].clone();
    for text in [
        "k8s.namespace/c1/shop",
        "k8s.deployment/c1/shop/web",
        "k8s.persistent_volume_claim/c1/shop/data",
    ] {
        plan.steps.push(Step {
            id: StepId::of(&id(text)),
            fingerprint: Fingerprint::of(&resource(text)),
            ..template.clone()
        });
    }
    plan
}

/// An object made an hour before the plan, of nobody.
fn object(kind: &str, name: &str) -> Content {
    let (plural, group) = kind.split_once('.').unwrap_or((kind, ""));
    let created = read_at() - chrono::TimeDelta::hours(1);
    Content {
        object: ObjectRef {
            group: group.to_owned(),
            version: "v1".to_owned(),
            plural: plural.to_owned(),
            namespace: Some("shop".to_owned()),
            name: name.to_owned(),
        },
        kind: "Kind".to_owned(),
        life: Life {
            uid: format!("uid-of-{kind}/{name}"),
            is_deleting: false,
            finalizers: Vec::new(),
        },
        created: Some(time::format(created)),
        owners: Vec::new(),
    }
}

fn later(mut object: Content) -> Content {
    object.created = Some(time::format(read_at() + chrono::TimeDelta::seconds(1)));
    object
}

fn owned_by(uid: &str, mut object: Content) -> Content {
    object.owners = vec![uid.to_owned()];
    object
}

fn with_uid(uid: &str, mut object: Content) -> Content {
    object.life.uid = uid.to_owned();
    object
}

const DEPLOYMENT: &str = "uid-of-k8s.deployment/c1/shop/web";
const CLAIM: &str = "uid-of-k8s.persistent_volume_claim/c1/shop/data";

#[test]
fn what_the_plan_knows_and_what_controllers_make_of_it_goes() {
    let objects = [
        with_uid(DEPLOYMENT, object("deployments.apps", "web")),
        with_uid(CLAIM, object("persistentvolumeclaims", "data")),
        owned_by(DEPLOYMENT, later(object("replicasets.apps", "web-1"))),
        owned_by(
            "uid-of-replicasets.apps/web-1",
            later(object("pods", "web-1-a")),
        ),
        owned_by(
            "uid-of-pods/web-1-a",
            later(object("podenis.network.alibabacloud.com", "web-1-a")),
        ),
        later(object("serviceaccounts", "default")),
        later(object("configmaps", "kube-root-ca.crt")),
        later(object("events", "web.1")),
        later(object("events.events.k8s.io", "web.1")),
        later(object("endpointslices.discovery.k8s.io", "web-x")),
        object("configmaps", "settings"),
        object("secrets", "token"),
        object("statefulsets.apps", "queue"),
        owned_by(
            "uid-of-statefulsets.apps/queue",
            later(object("pods", "queue-0")),
        ),
    ];
    assert_eq!(not_in(&planned(), &objects), Vec::<String>::new());
}

#[test]
fn what_was_made_later_or_is_of_a_kind_that_no_scan_reads_is_named() {
    let uid = "uid-of-statefulsets.apps/queue";
    for (object, name) in [
        (
            object("volumesnapshots.snapshot.storage.k8s.io", "nightly"),
            "volumesnapshots.snapshot.storage.k8s.io/nightly",
        ),
        (
            object("kafkas.kafka.example.com", "events"),
            "kafkas.kafka.example.com/events",
        ),
        (
            later(object("configmaps", "settings")),
            "configmaps/settings",
        ),
        (
            later(object("deployments.apps", "new")),
            "deployments.apps/new",
        ),
        // A namesake of a planned one is another one.
        (object("deployments.apps", "web"), "deployments.apps/web"),
        (object("services", "new"), "services/new"),
        (object("pods", "of-nobody"), "pods/of-nobody"),
        // What has data or a load balancer is nobody's mere child.
        (
            owned_by(DEPLOYMENT, object("persistentvolumeclaims", "more")),
            "persistentvolumeclaims/more",
        ),
        (
            owned_by(
                CLAIM,
                object("volumesnapshots.snapshot.storage.k8s.io", "of-data"),
            ),
            "volumesnapshots.snapshot.storage.k8s.io/of-data",
        ),
        // Its owner is not there, or not known.
        (
            owned_by(uid, later(object("pods", "queue-0"))),
            "pods/queue-0",
        ),
        (
            with_created(None, object("configmaps", "undated")),
            "configmaps/undated",
        ),
    ] {
        assert_eq!(not_in(&planned(), &[object]), [name]);
    }
}

fn with_created(created: Option<&str>, mut object: Content) -> Content {
    object.created = created.map(str::to_owned);
    object
}

#[test]
fn what_operators_run_inside_of_the_cluster_goes_unless_they_act_on_its_end() {
    // The custom resource definitions of these projects; argo-cd `application_defaults.go` for the finalizer.
    for kind in [
        "certificates.cert-manager.io",
        "orders.acme.cert-manager.io",
        "clonesets.apps.kruise.io",
        "rollouts.argoproj.io",
        "applications.argoproj.io",
        "virtualservices.networking.istio.io",
        "servicemonitors.monitoring.coreos.com",
    ] {
        let found = object(kind, "web");
        assert!(not_in(&planned(), &[found]).is_empty(), "{kind}");
        // What came since is not what the plan says by words.
        assert!(
            !not_in(&planned(), &[later(object(kind, "web"))]).is_empty(),
            "{kind}"
        );
    }
    let mut application = object("applications.argoproj.io", "web");
    application.life.finalizers = vec!["resources-finalizer.argocd.argoproj.io".to_owned()];
    assert_eq!(
        not_in(&planned(), &[application.clone()]),
        ["applications.argoproj.io/web"]
    );
    let application = owned_by(DEPLOYMENT, application);
    assert_eq!(
        not_in(&planned(), &[application]),
        ["applications.argoproj.io/web"]
    );
}

#[test]
fn a_child_that_may_stand_for_something_in_the_cloud_is_named() {
    // cert-manager `acmechallenges/sync.go`: by DNS01 a Challenge has a DNS record, taken away by its finalizer.
    for kind in [
        "challenges.acme.cert-manager.io",
        "gateways.gateway.networking.k8s.io",
        "dnsendpoints.externaldns.k8s.io",
        "aliyunlogconfigs.log.alibabacloud.com",
        "ingresses.networking.k8s.io",
    ] {
        let child = owned_by(DEPLOYMENT, object(kind, "web"));
        assert_eq!(not_in(&planned(), &[child]), [format!("{kind}/web")]);
    }
}

#[test]
fn the_interface_of_a_pod_goes_with_it_although_nothing_says_so() {
    // terway, pkg/controller/pod/pod_controller.go: PodENI has the Pod's name and no owner reference.
    let interface = object("podenis.network.alibabacloud.com", "web-0");
    let told = not_in(&planned(), std::slice::from_ref(&interface));
    assert_eq!(told, ["podenis.network.alibabacloud.com/web-0"]);
    let mut plan = planned();
    let mut pod = plan.steps[0].clone();
    pod.id = StepId::of(&id("k8s.pod/c1/shop/web-0"));
    pod.fingerprint = Fingerprint::of(&resource("k8s.pod/c1/shop/web-0"));
    plan.steps.push(pod);
    assert!(not_in(&plan, std::slice::from_ref(&interface)).is_empty());
    // A Pod that came since is judged by itself.
    let stranger = later(object("pods", "web-0"));
    let told = not_in(&planned(), &[interface, stranger]);
    assert_eq!(told, ["pods/web-0"]);
}

#[test]
fn what_somebody_deleted_already_is_not_ours_to_judge() {
    let mut snapshot = object("volumesnapshots.snapshot.storage.k8s.io", "nightly");
    snapshot.life.is_deleting = true;
    assert!(not_in(&planned(), &[snapshot]).is_empty());
}
