//! What a plan must not take: what somebody added to a cluster, what is kept and hangs on something that goes, what others use.

use super::tests::{cluster, id, kept_code, link, of_cluster, owned, planned, resource, world};
use super::*;
use crate::inventory::Inventory;
use crate::model::{Attribute, ChargeType, Confidence, Link, LinkKind};
use crate::resources::teardown::Call;

fn texts(values: &[&str]) -> Attribute {
    Attribute::TextList(values.iter().map(|value| (*value).to_owned()).collect())
}

/// A cluster with a pool, its scaling group and two nodes: one that Auto Scaling created, and `i-mine`.
struct Pool {
    resources: Vec<Resource>,
    links: Vec<Link>,
}

impl Pool {
    fn new() -> Self {
        let decisive = |resource| owned(resource, "c1", Confidence::Decisive);
        let cluster = cluster();
        let mut pool = decisive(resource("ack.node_pool", "np-1"));
        pool.attributes.set_text("cluster_id", "c1");
        pool.attributes.set("desired_nodes", Attribute::Integer(2));
        let mut group = decisive(resource("ess.scaling_group", "asg-1"));
        group.attributes.set("instances_created", texts(&["i-1"]));
        group
            .attributes
            .set("instances_attached", texts(&["i-mine"]));
        let made = decisive(resource("ecs.instance", "i-1"));
        let mine = decisive(resource("ecs.instance", "i-mine"));
        let mut disk = decisive(resource("ecs.disk", "d-1"));
        disk.attributes
            .set("delete_with_instance", Attribute::Boolean(true));
        let links = vec![
            link(&cluster.id, LinkKind::Manages, &pool.id),
            link(&pool.id, LinkKind::Manages, &group.id),
            link(&group.id, LinkKind::Manages, &made.id),
            link(&group.id, LinkKind::Manages, &mine.id),
            link(&made.id, LinkKind::Manages, &disk.id),
        ];
        Self {
            resources: vec![cluster, pool, group, made, mine, disk],
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

    /// ACK's list of what the cluster has.
    fn listing(self, list: &str, names: &[&str]) -> Self {
        self.change("c1", |cluster| cluster.attributes.set(list, texts(names)))
    }

    fn without(mut self, name: &str) -> Self {
        self.resources.retain(|resource| resource.id.id != name);
        self.links
            .retain(|link| link.from.id != name && link.to.id != name);
        self
    }

    fn inventory(&self) -> Inventory {
        world(self.resources.clone(), self.links.clone())
    }

    fn plan(&self) -> Result<Plan, PlanError> {
        planned(&self.inventory(), &of_cluster())
    }
}

fn named(ids: &[&str]) -> Selection {
    Selection {
        clusters: Vec::new(),
        ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        allow_incomplete: true,
        ..Selection::default()
    }
}

/// The ids that `DeleteCluster` is told to keep.
fn retained(plan: &Plan) -> Vec<String> {
    let step = plan.step(&StepId::of(&id("ack.cluster", "c1"))).unwrap();
    let Call::Cloud(call) = &step.calls()[0].call else {
        panic!("of the cloud")
    };
    call.arguments
        .get("retained")
        .map(|ids| ids.split(',').map(str::to_owned).collect())
        .unwrap_or_default()
}

fn option(plan: &Plan, name: &str) -> String {
    let step = plan.step(&StepId::of(&id("ack.cluster", "c1"))).unwrap();
    let Call::Cloud(call) = &step.calls()[0].call else {
        panic!("of the cloud")
    };
    call.arguments[name].clone()
}

fn step<'a>(plan: &'a Plan, id: &str) -> &'a Step {
    plan.steps
        .iter()
        .find(|step| step.fingerprint.id.id == id)
        .unwrap_or_else(|| panic!("{id} has no step"))
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
fn an_instance_that_somebody_added_is_kept_and_acks_deletion_is_told_so() {
    let pool = Pool::new().listing("resources_used", &["ALIYUN::ECS::Instance/i-mine"]);
    let plan = pool.plan().unwrap();
    assert_eq!(kept_code(&plan, "i-mine"), Some("made_by_user"));
    assert_eq!(retained(&plan), ["i-mine"]);
    // What ACK made goes with its group; calls of ours for the group or the pool would release both.
    assert!(!step(&plan, "i-1").calls().is_empty());
    for holder in ["asg-1", "np-1"] {
        assert!(step(&plan, holder).calls().is_empty(), "{holder}");
    }
}

#[test]
fn what_acks_deletion_cannot_be_told_to_keep_means_that_there_is_no_plan() {
    // A pool with a desired size releases all its pay-as-you-go nodes, and ACK does not list this one.
    assert_taken(Pool::new().plan(), "i-mine", "np-1");
    // Without a desired size it keeps what was added.
    let unsized_pool = Pool::new().change("np-1", |pool| {
        let id = pool.id.clone();
        let cluster = pool.text("cluster_id").unwrap().to_owned();
        let owner = pool.owner.clone();
        *pool = Resource::new(id);
        pool.attributes.set_text("cluster_id", &cluster);
        pool.owner = owner;
    });
    let plan = unsized_pool.plan().unwrap();
    assert_eq!(kept_code(&plan, "i-mine"), Some("made_by_user"));
    // Paid ahead it is never released.
    let paid = Pool::new().change("i-mine", |node| {
        node.charge_type = ChargeType::Subscription;
    });
    assert!(paid.plan().is_ok());
}

#[test]
fn a_tag_and_a_node_do_not_prove_that_ack_made_an_instance() {
    let pool = Pool::new().without("i-mine").change("asg-1", |group| {
        group.attributes.set("instances_created", texts(&[]));
        group.attributes.set("instances_attached", texts(&[]));
    });
    assert_taken(pool.plan(), "i-1", "np-1");
    let listed = Pool::new()
        .without("i-mine")
        .change("asg-1", |group| {
            group.attributes.set("instances_created", texts(&[]));
        })
        .listing("resources_unclear", &["ALIYUN::ECS::Instance/i-1"]);
    let plan = listed.plan().unwrap();
    assert_eq!(kept_code(&plan, "i-1"), Some("unproven_owner"));
    assert_eq!(retained(&plan), ["i-1"]);
    // Its disk goes with it, so it stays with it.
    assert_eq!(kept_code(&plan, "d-1"), Some("shared"));
}

#[test]
fn two_answers_prove_it_and_the_name_of_the_user_overrides_them() {
    let by_cluster = Pool::new().without("i-mine").change("asg-1", |group| {
        group.attributes.set("instances_created", texts(&[]));
    });
    let made = link(
        &id("ack.cluster", "c1"),
        LinkKind::Manages,
        &id("ecs.instance", "i-1"),
    );
    let mut inventory = by_cluster.inventory();
    inventory.links.push(made);
    let plan = planned(&inventory, &of_cluster()).unwrap();
    assert!(!step(&plan, "i-1").calls().is_empty());
    let mut selection = of_cluster();
    selection.ids = vec!["i-mine".to_owned()];
    let plan = planned(&Pool::new().inventory(), &selection).unwrap();
    assert!(!step(&plan, "i-mine").calls().is_empty());
}

#[test]
fn the_users_mark_on_a_node_does_not_yield_to_what_manages_it() {
    for always in [true, false] {
        let protected = |pool: Pool| {
            pool.change("i-1", |node| {
                node.attributes.set_text("refused", "protected");
                node.attributes.set("always", Attribute::Boolean(always));
            })
        };
        let alone = protected(Pool::new().without("i-mine"));
        assert_taken(alone.plan(), "i-1", "np-1");
        // A mark does not rest on an option of ACK's either.
        let listed = protected(Pool::new().without("i-mine"))
            .listing("resources_made", &["ALIYUN::ECS::Instance/i-1"]);
        assert_taken(listed.plan(), "i-1", "np-1");
    }
}

#[test]
fn a_pool_or_group_that_was_named_takes_the_nodes_that_it_made() {
    let inventory = Pool::new().without("i-mine").inventory();
    for (name, steps) in [("np-1", 4), ("asg-1", 3)] {
        let plan = planned(&inventory, &named(&[name])).unwrap();
        assert_eq!(plan.steps.len(), steps, "{name}");
        assert!(plan.kept.is_empty(), "{name}: {:?}", plan.kept);
    }
}

#[test]
fn a_group_or_pool_that_is_deleted_by_a_call_takes_all_its_nodes() {
    for name in ["asg-1", "np-1"] {
        let inventory = Pool::new()
            .change("i-mine", |node| {
                node.charge_type = ChargeType::Subscription;
            })
            .inventory();
        let taken = planned(&inventory, &named(&[name]));
        assert!(
            matches!(&taken, Err(PlanError::TakenAlong { id, .. }) if id.id.starts_with("i-")),
            "{name}: {taken:?}"
        );
    }
}

#[test]
fn a_disk_that_is_kept_does_not_go_with_its_instance() {
    for code in ["protected", "subscription", "static_volume"] {
        let pool = Pool::new().without("i-mine").change("d-1", |disk| {
            disk.attributes.set_text("refused", code);
            disk.attributes.set("always", Attribute::Boolean(true));
        });
        assert_taken(pool.plan(), "d-1", "i-1");
    }
    // Somebody else's disk, too.
    let pool = Pool::new().without("i-mine");
    let mut inventory = pool.inventory();
    let mut other = resource("ecs.disk", "d-1");
    other.attributes.set_text("refused", "shared");
    for found in &mut inventory.resources {
        if found.id.id == "d-1" {
            *found = other.clone();
        }
    }
    assert_taken(planned(&inventory, &of_cluster()), "d-1", "i-1");
}

#[test]
fn everything_on_acks_list_that_the_plan_does_not_delete_is_retained() {
    let pool = Pool::new()
        .without("i-mine")
        .listing(
            "resources_made",
            &[
                "ALIYUN::ECS::Instance/i-1",
                "ALIYUN::NLB::LoadBalancer/nlb-1",
                "ALIYUN::VPC::SnatEntry/snat-1",
            ],
        )
        .listing("resources_unclear", &["ALIYUN::VPC::NatGateway/ngw-unread"])
        .listing("resources_used", &["ALIYUN::ECS::VPC/vpc-1"])
        .listing(
            "resources_kept_by_default",
            &["ALIYUN::NLB::LoadBalancer/nlb-1"],
        );
    let mut inventory = pool.inventory();
    let mut balancer = owned(
        resource("nlb.load_balancer", "nlb-1"),
        "c1",
        Confidence::Decisive,
    );
    balancer.attributes.set_text("refused", "subscription");
    balancer.attributes.set("always", Attribute::Boolean(true));
    inventory.resources.push(balancer);
    inventory.resources.push(resource("vpc.vpc", "vpc-1"));
    inventory.resources.sort_by(|a, b| a.id.cmp(&b.id));
    let plan = planned(&inventory, &of_cluster()).unwrap();
    // The entry of a NAT gateway that ACK made is no resource of its own: it goes with the gateway.
    assert_eq!(retained(&plan), ["ngw-unread", "nlb-1", "vpc-1"]);
    assert_eq!(option(&plan, "SLB"), "delete");
}

#[test]
fn a_kept_load_balancer_that_acks_list_lacks_is_kept_by_option_or_there_is_no_plan() {
    for (type_id, refused) in [("slb.load_balancer", false), ("nlb.load_balancer", true)] {
        let pool = Pool::new().without("i-mine");
        let mut inventory = pool.inventory();
        let mut balancer = owned(resource(type_id, "lb-1"), "c1", Confidence::Decisive);
        balancer.attributes.set_text("refused", "protected");
        balancer.attributes.set("always", Attribute::Boolean(true));
        inventory.resources.push(balancer);
        inventory.resources.sort_by(|a, b| a.id.cmp(&b.id));
        let plan = planned(&inventory, &of_cluster());
        if refused {
            assert_taken(plan, "lb-1", "c1");
        } else {
            assert_eq!(option(&plan.unwrap(), "SLB"), "retain");
        }
    }
    // One that nobody knows the owner of, but that bears the cluster's id.
    let mut inventory = Pool::new().without("i-mine").inventory();
    let mut balancer = resource("slb.load_balancer", "lb-1");
    balancer.tags.insert("ack.aliyun.com".into(), "c1".into());
    inventory.resources.push(balancer);
    inventory.resources.sort_by(|a, b| a.id.cmp(&b.id));
    let plan = planned(&inventory, &of_cluster()).unwrap();
    assert_eq!(option(&plan, "SLB"), "retain");
}

#[test]
fn a_nat_gateway_that_others_of_its_vpc_go_out_through_is_kept_unless_named() {
    let mut nat = owned(
        resource("vpc.nat_gateway", "ngw-1"),
        "c1",
        Confidence::Decisive,
    );
    nat.attributes.set_text("vpc_id", "vpc-1");
    let in_vpc = |type_id: &str, name: &str| {
        let mut other = resource(type_id, name);
        other.attributes.set_text("vpc_id", "vpc-1");
        other
    };
    let cluster = cluster();
    let own = in_vpc("vpc.vswitch", "vsw-own");
    let links = vec![
        link(&cluster.id, LinkKind::Manages, &nat.id),
        link(&cluster.id, LinkKind::Uses, &own.id),
    ];
    for (other, shared) in [
        (in_vpc("vpc.vswitch", "vsw-other"), true),
        (in_vpc("ecs.instance", "i-other"), true),
        (in_vpc("test.unsupported", "future-other"), true),
        (in_vpc("ecs.security_group", "sg-other"), false),
        (in_vpc("slb.load_balancer", "lb-other"), false),
        (resource("ecs.instance", "i-elsewhere"), false),
    ] {
        let what = other.id.clone();
        let all = vec![cluster.clone(), nat.clone(), own.clone(), other];
        let inventory = world(all, links.clone());
        let plan = planned(&inventory, &of_cluster()).unwrap();
        let expected = shared.then_some("shared");
        assert_eq!(kept_code(&plan, "ngw-1"), expected, "{what}");
        let mut selection = of_cluster();
        selection.ids = vec!["ngw-1".to_owned()];
        let plan = planned(&inventory, &selection).unwrap();
        assert_eq!(kept_code(&plan, "ngw-1"), None, "{what}");
    }
}

#[test]
fn a_load_balancer_that_its_service_preserves_does_not_go_with_the_service() {
    let cluster = cluster();
    let mut service = owned(
        resource("k8s.service", "c1/app/web"),
        "c1",
        Confidence::Decisive,
    );
    service
        .attributes
        .set("preserves_load_balancer", Attribute::Boolean(true));
    service.attributes.set_text("service_type", "LoadBalancer");
    let mut balancer = owned(
        resource("slb.load_balancer", "lb-1"),
        "c1",
        Confidence::Decisive,
    );
    let owner = balancer.owner.as_mut().unwrap();
    owner.kind = crate::model::OwnerKind::KubernetesObject;
    owner.name = "Service app/web".into();
    let links = vec![
        link(&service.id, LinkKind::Exposes, &balancer.id),
        link(&service.id, LinkKind::Uses, &cluster.id),
        link(&cluster.id, LinkKind::Manages, &balancer.id),
    ];
    for links in [links.clone(), links[1..].to_vec()] {
        let all = vec![cluster.clone(), service.clone(), balancer.clone()];
        let plan = planned(&world(all, links), &of_cluster()).unwrap();
        assert_eq!(kept_code(&plan, "lb-1"), Some("protected"));
        assert_eq!(option(&plan, "SLB"), "retain");
    }
}
