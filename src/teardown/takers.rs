//! What would go all the same: keeping is more than making no call.
//!
//! What the plan keeps may hang on something that goes: a controller deletes the cloud side of its object, a released instance takes
//! its disks along (`DeleteWithInstance`), a scaling group and a node pool are deleted with their nodes (`ForceDelete`,
//! `force`). Then there is no plan. Only `DeleteCluster` can be told by id what it has to leave (`retain_resources`).

use super::cluster_options;
use super::guards::{Decisions, Guard};
use super::nodes::{self, INSTANCE, NODE_POOL, Origin, SCALING_GROUP};
use super::objects;
use super::planner::PlanError;
use super::scope::is_contained;
use crate::graph::volume::{may_delete, may_go_with_its_claim};
use crate::model::{ChargeType, LinkKind, Resource, ResourceId};
use crate::resources::teardown::{Kept, Refusal};
use crate::resources::{Risk, find};

const CLUSTER: &str = "ack.cluster";

impl Guard<'_> {
    /// Refuses the plan where something that stays would go with something that goes.
    pub(super) fn refuse_what_would_go_all_the_same(
        &self,
        decisions: &Decisions,
    ) -> Result<(), PlanError> {
        let stays = |id: &ResourceId| self.stays(id, decisions);
        for (id, (refusal, _)) in &decisions.kept {
            // A volume that was not provisioned is nobody's to delete but the user's.
            let (Some(resource), false) = (self.world.get(id), refusal.code == "static_volume")
            else {
                continue;
            };
            let object = self.world.links_to(id).iter().find(|link| {
                decisions.going.contains_key(&link.from)
                    && self.hands_over(&link.from, link.kind, resource)
            });
            if let Some(link) = object {
                return Err(taken_along(id, &link.from, decisions));
            }
        }
        self.refuse_snapshots_of_objects_that_go(decisions)?;
        self.refuse_claims_that_stay_held(decisions)?;
        self.refuse_what_is_made_again(decisions)?;
        for id in decisions.going.keys() {
            let Some(taker) = self.world.get(id) else {
                continue;
            };
            let taken = self
                .world
                .links_from(id)
                .iter()
                .filter(|link| link.kind == LinkKind::Manages && !id.type_id.is_kubernetes())
                .map(|link| link.to.clone());
            let contained = self
                .world
                .links_to(id)
                .iter()
                .filter(|link| is_contained(link))
                .map(|link| link.from.clone());
            let nodes = nodes::members(taker, self.world);
            let lost = taken
                .chain(contained)
                .chain(nodes)
                .filter(|taken| stays(taken))
                .find(|taken| !self.survives(taken, taker, decisions));
            if let Some(lost) = lost {
                return Err(taken_along(&lost, id, decisions));
            }
        }
        self.refuse_balancers_that_cannot_be_retained(decisions)
    }

    /// With deletion policy `Delete`, which no inventory has, a `VolumeSnapshot` takes the snapshot of the disk along.
    fn refuse_snapshots_of_objects_that_go(&self, decisions: &Decisions) -> Result<(), PlanError> {
        for snapshot in &self.world.inventory.resources {
            if snapshot.id.type_id.as_str() != "ecs.snapshot"
                || !self.stays(&snapshot.id, decisions)
            {
                continue;
            }
            let object = self
                .named_object(snapshot)
                .filter(|object| decisions.going.contains_key(&object.id));
            if let Some(object) = object {
                return Err(taken_along(&snapshot.id, &object.id, decisions));
            }
        }
        Ok(())
    }

    /// A claim is only free once no Pod uses it. A Pod that an operator makes, in a namespace that cannot be deleted, uses it for
    /// as long as the operator's own resource is there, which no plan knows: its volume and disk would wait in vain.
    fn refuse_claims_that_stay_held(&self, decisions: &Decisions) -> Result<(), PlanError> {
        for claim in decisions.going.keys() {
            if claim.type_id.as_str() != "k8s.persistent_volume_claim" {
                continue;
            }
            let holders = self
                .world
                .links_to(claim)
                .iter()
                .filter(|link| link.from.type_id.as_str() == "k8s.pod")
                .filter_map(|link| self.world.get(&link.from))
                .filter(|pod| !has_ended(pod));
            for pod in holders {
                let (claim, pod_id) = (claim.clone(), pod.id.clone());
                if let Some(makers) = self.made_again_by(pod, decisions) {
                    return Err(PlanError::HeldAgain {
                        claim,
                        pod: pod_id,
                        makers,
                    });
                }
                if self.stays_or_ends_late(&pod.id, decisions) {
                    return Err(PlanError::Held { claim, pod: pod_id });
                }
            }
        }
        Ok(())
    }

    /// Deleted by itself, what an operator makes is there again with all that its controller then makes in the cloud. Who names
    /// it by its id wants just that.
    fn refuse_what_is_made_again(&self, decisions: &Decisions) -> Result<(), PlanError> {
        for (id, how) in &decisions.going {
            let has_calls_of_its_own = id.type_id.is_kubernetes() && how.manager.is_none();
            let Some(object) = self
                .world
                .get(id)
                .filter(|_| has_calls_of_its_own && !self.is_named_by_id(id))
            else {
                continue;
            };
            if objects::is_made_by_unknown(object, self.world) {
                return Err(PlanError::MadeAgain {
                    object: id.clone(),
                    makers: objects::owners(object),
                });
            }
        }
        Ok(())
    }

    fn stays_or_ends_late(&self, id: &ResourceId, decisions: &Decisions) -> bool {
        self.stays(id, decisions) || decisions.implied.contains(id)
    }

    /// The resources of operators, which are in no inventory, that make the Pod or its maker again.
    fn made_again_by(&self, pod: &Resource, decisions: &Decisions) -> Option<Vec<String>> {
        let mut at = pod;
        // A Pod, its ReplicaSet or Job, and what makes that.
        for _ in 0..4 {
            if objects::is_made_by_unknown(at, self.world) {
                // With its namespace the operator's resource ends, too.
                let ends = decisions.going.get(&at.id).is_some_and(|how| {
                    how.manager
                        .as_ref()
                        .is_some_and(|manager| manager.type_id.as_str() == "k8s.namespace")
                });
                return (!ends).then(|| objects::owners(at));
            }
            at = objects::maker(at, self.world).and_then(|maker| self.world.get(&maker))?;
        }
        None
    }

    /// No option of `DeleteCluster` speaks of NLBs: those of the cluster that stay must be among what it can keep by id.
    fn refuse_balancers_that_cannot_be_retained(
        &self,
        decisions: &Decisions,
    ) -> Result<(), PlanError> {
        for id in decisions.kept.keys() {
            let Some(balancer) = self
                .world
                .get(id)
                .filter(|balancer| balancer.id.type_id.as_str() == "nlb.load_balancer")
            else {
                continue;
            };
            let owner = balancer
                .owner
                .as_ref()
                .and_then(|owner| owner.cluster.as_deref());
            let cluster = self.scope.clusters.iter().find(|cluster| {
                owner == Some(cluster.id.as_str()) && decisions.going.contains_key(cluster)
            });
            let cluster = cluster.and_then(|cluster| self.world.get(cluster));
            if let Some(cluster) = cluster
                && !cluster_options::lists(cluster, &balancer.id)
            {
                return Err(taken_along(id, &cluster.id, decisions));
            }
        }
        Ok(())
    }

    /// Whether it exists and the plan does not delete it.
    pub(super) fn stays(&self, id: &ResourceId, decisions: &Decisions) -> bool {
        self.world.get(id).is_some()
            && !decisions.going.contains_key(id)
            && !decisions.implied.contains(id)
    }

    /// Whether a scaling group or node pool has nodes that stay: calls of ours would release them.
    pub(super) fn holds_what_stays(&self, holder: &Resource, decisions: &Decisions) -> bool {
        nodes::members(holder, self.world)
            .iter()
            .any(|node| self.stays(node, decisions))
    }

    /// Whether something that stays outlives what manages it and goes.
    fn survives(&self, id: &ResourceId, taker: &Resource, decisions: &Decisions) -> bool {
        let by = taker.id.type_id.as_str();
        let is_only_part = decisions
            .kept
            .get(id)
            .is_some_and(|(refusal, _)| refusal.code == "unsupported")
            && find(id.type_id.as_str()).is_some_and(|of| of.spec().risk != Risk::Data);
        if is_only_part {
            // Nothing is deleted by itself of that type, and nothing is lost with it: the configuration of a scaling group.
            return true;
        }
        if by == CLUSTER {
            // Whatever it manages is on its list, and retained by id.
            return true;
        }
        if ![SCALING_GROUP, NODE_POOL].contains(&by) {
            return false;
        }
        let Some(cluster) = self.deleted_by_cluster(&taker.id, decisions) else {
            return false;
        };
        let Some(resource) = self.world.get(id) else {
            return true;
        };
        if id.type_id.as_str() != INSTANCE {
            return cluster_options::lists(cluster, id);
        }
        let is_marked = decisions
            .kept
            .get(id)
            .is_some_and(|(refusal, _)| refusal.code == "protected");
        if is_marked {
            // A mark of the user's does not rest on an option.
            return false;
        }
        let is_added = matches!(
            nodes::origin(self.world, self.scope, resource),
            Origin::User(_)
        );
        resource.charge_type == ChargeType::Subscription
            || cluster_options::lists(cluster, id)
            || (is_added && nodes::keeps_what_was_added(taker, self.world))
    }

    /// The cluster whose deletion takes a step along, where no call of ours does.
    fn deleted_by_cluster(&self, id: &ResourceId, decisions: &Decisions) -> Option<&Resource> {
        let mut at = id;
        // A chain is a pool, its group, an instance and a disk; managers of each other would be a mistake in the answers.
        for _ in 0..8 {
            match &decisions.going.get(at)?.manager {
                Some(manager) => at = manager,
                None => break,
            }
        }
        self.world
            .get(at)
            .filter(|root| root.id.type_id.as_str() == CLUSTER)
    }

    /// Whether the end of a Kubernetes object ends this resource, too.
    pub(super) fn hands_over(
        &self,
        from: &ResourceId,
        kind: LinkKind,
        resource: &Resource,
    ) -> bool {
        let Some(object) = self
            .world
            .get(from)
            .filter(|_| from.type_id.is_kubernetes())
        else {
            return false;
        };
        match kind {
            LinkKind::Exposes => !preserves(object),
            LinkKind::Uses => match (from.type_id.as_str(), resource.id.type_id.as_str()) {
                ("k8s.persistent_volume", behind) => may_delete(object, behind),
                ("k8s.persistent_volume_claim", "k8s.persistent_volume") => {
                    may_go_with_its_claim(resource)
                }
                _ => false,
            },
            // The garbage collector deletes what an object owns: the claims of a StatefulSet that says so.
            LinkKind::Manages => resource.id.type_id.as_str() == "k8s.persistent_volume_claim",
            LinkKind::MadeFrom => false,
        }
    }
}

/// Whether the containers of a Pod have ended for good: it uses no claim any more.
fn has_ended(pod: &Resource) -> bool {
    matches!(pod.status.as_deref(), Some("Succeeded" | "Failed"))
}

/// Whether an object's controller leaves its load balancer in place when the object goes.
pub(super) fn preserves(object: &Resource) -> bool {
    object.attributes.boolean("preserves_load_balancer") == Some(true)
}

fn taken_along(id: &ResourceId, taker: &ResourceId, decisions: &Decisions) -> PlanError {
    let refusal = decisions.kept.get(id).map_or_else(
        || Refusal {
            kept: Kept::UnlessNamed,
            code: "not_owned".to_owned(),
            because: String::new(),
        },
        |(refusal, _)| refusal.clone(),
    );
    PlanError::TakenAlong {
        id: id.clone(),
        refusal,
        taker: taker.clone(),
    }
}
