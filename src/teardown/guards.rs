//! What a plan may delete: the decision for each member of a scope.
//!
//! Fails closed: what cannot be read, proven or observed is kept and shown. A member is taken along by its manager where it
//! has one in the plan, and deleted by calls of ours only where the user or decisive ownership authorises that. A member that
//! something outside uses stays, and so does everything that it uses in turn.

use std::collections::{BTreeMap, BTreeSet};

use super::nodes::{self, INSTANCE, Origin};
use super::objects::{self, Fate};
use super::planner::{PlanError, Types};
use super::scope::{Claim, Near, Scope, by_id, is_users_address};
use super::takers::preserves;
use super::world::World;
use super::{cluster_options, egress};
use crate::graph::volume;
use crate::inventory::sight;
use crate::model::{Confidence, LinkKind, OwnerKind, Resource, ResourceId};
use crate::resources::Neighbours;
use crate::resources::teardown::{Kept, Refusal, Teardown, Wishes};

/// Refusals that no manager overrides: it would not delete it, or must not.
const NOT_EVEN_ALONG: &[&str] = &[
    "made_by_user",
    "retained",
    "reused_by_user",
    "shared",
    "static_volume",
    "subscription",
    "unreadable",
];

/// Refusals that only the resource's own id overrides.
const ONLY_BY_ID: &[&str] = &["protected", "shared", "unreadable"];

/// Types whose deletion protection is the user's: no controller sets it, and ACK does not any more (since July 2026
/// `instance_deletion_protection` of `ModifyCluster` has no effect, says `alibabacloud_cs20151215` 7.2.3).
const PROTECTED_BY_USERS: &[&str] = &[INSTANCE, "vpc.eip", "vpc.nat_gateway"];

/// Whether a refusal stands although the user named the resource, by a flag or by its id. The same at plan and apply.
pub(super) fn stands(refused: &Refusal, is_named: bool, by_id: bool) -> bool {
    // A flag for a kind of thing (`--with`) names none of them: what others use, what is protected and what could not be
    // read goes only by its id.
    let is_overridden = if ONLY_BY_ID.contains(&refused.code.as_str()) {
        by_id
    } else {
        is_named
    };
    refused.kept == Kept::Always || !is_overridden
}

/// How a member goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Going {
    /// The member that takes it along.
    pub(super) manager: Option<ResourceId>,
    /// Whether calls of ours may delete it.
    pub(super) is_authorised: bool,
}

/// What became of a scope.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    pub(super) going: BTreeMap<ResourceId, Going>,
    pub(super) kept: BTreeMap<ResourceId, (Refusal, Option<String>)>,
    pub(super) implied: BTreeSet<ResourceId>,
}

/// Decides for every member of a scope, and carries over what stands near it.
pub(super) fn decide(
    world: &World<'_>,
    scope: &Scope,
    types: &dyn Types,
) -> Result<Decisions, PlanError> {
    let near = Neighbours::new(&world.inventory.resources);
    let guard = Guard {
        world,
        scope,
        types,
        near,
    };
    let mut decisions = Decisions::default();
    for (id, near) in &scope.near {
        let refusal = refusal(Kept::UnlessNamed, near);
        decisions
            .kept
            .insert(id.clone(), (refusal, near.flag.clone()));
    }
    let objects = objects::fates(world, scope);
    for id in scope.members.keys() {
        let Some(resource) = world.get(id) else {
            continue;
        };
        if objects.get(id) == Some(&Fate::Implied) {
            decisions.implied.insert(id.clone());
            continue;
        }
        let Some(teardown) = types.teardown(&id.type_id) else {
            if guard.ends_with_cluster(id) {
                decisions.implied.insert(id.clone());
            } else {
                let because = format!("{} cannot be deleted by yunsweep yet", id.type_id);
                guard.keep(id, Kept::Always, "unsupported", because, &mut decisions)?;
            }
            continue;
        };
        decisions.going.insert(
            id.clone(),
            Going {
                manager: None,
                is_authorised: guard.is_authorised(resource),
            },
        );
        // The volume decides about its disk before anything else does, the Service about its load balancer, and whoever made it
        // about an instance.
        let said = guard
            .volume_refusal(resource)
            .or_else(|| guard.service_refusal(resource))
            .or_else(|| guard.origin_refusal(resource, teardown));
        if let Some((kept, code, because)) = said {
            guard.keep(id, kept, code, because, &mut decisions)?;
            continue;
        }
        let refused = guard.refusal(resource, teardown);
        if let Some(refused) = refused
            .filter(|refused| stays_for_good(resource, refused) || scope.clusters.contains(id))
        {
            guard.keep_refused(id, refused, &mut decisions)?;
        }
    }
    while guard.round(&mut decisions, &objects)? {}
    guard.refuse_what_would_go_all_the_same(&decisions)?;
    Ok(decisions)
}

/// Whether the resource itself names the cluster, in a tag or its name. What hangs on a member of the cluster has an owner by
/// that alone; the same attachment is no second signal (a user's own disk or address on a node).
fn is_marked_itself(resource: &Resource, cluster: Option<&str>) -> bool {
    cluster.is_some_and(|cluster| {
        resource.tags.values().any(|value| value == cluster)
            || resource
                .name
                .as_deref()
                .is_some_and(|name| name.contains(cluster))
    })
}

/// Whether a refusal holds against a manager, too. A protection that a controller switched on is the controller's to
/// switch off; one that nobody may switch off is the user's mark, and so is one on a type that no controller protects.
fn stays_for_good(resource: &Resource, refused: &Refusal) -> bool {
    let code = refused.code.as_str();
    let is_users =
        refused.kept == Kept::Always || PROTECTED_BY_USERS.contains(&resource.id.type_id.as_str());
    NOT_EVEN_ALONG.contains(&code) || (code == "protected" && is_users)
}

/// Why a resource may not go along with its manager although the plan says so: its user protected it since. (Tags of that kind are
/// part of the fingerprint.)
pub(super) fn protected_since(resource: &Resource, by_id: bool) -> Option<Refusal> {
    let is_on = resource.attributes.boolean("deletion_protection") == Some(true);
    let is_users = PROTECTED_BY_USERS.contains(&resource.id.type_id.as_str());
    (is_on && is_users && !by_id).then(|| Refusal {
        kept: Kept::UnlessNamed,
        code: "protected".to_owned(),
        because: "DeletionProtection is on".to_owned(),
    })
}

fn refusal(kept: Kept, near: &Near) -> Refusal {
    Refusal {
        kept,
        code: near.code.to_owned(),
        because: near.because.clone(),
    }
}

pub(super) struct Guard<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) scope: &'a Scope,
    types: &'a dyn Types,
    near: Neighbours<'a>,
}

impl Guard<'_> {
    /// One pass over what still goes. True where something changed, as that may change what it uses.
    fn round(
        &self,
        decisions: &mut Decisions,
        objects: &BTreeMap<ResourceId, Fate>,
    ) -> Result<bool, PlanError> {
        let before: Vec<ResourceId> = decisions.going.keys().cloned().collect();
        for id in &before {
            let (Some(resource), Some(teardown)) =
                (self.world.get(id), self.types.teardown(&id.type_id))
            else {
                continue;
            };
            if let Some(user) = self.user_outside(id, decisions) {
                self.keep(id, Kept::UnlessNamed, "shared", user, decisions)?;
                continue;
            }
            let refused = self.refusal(resource, teardown);
            let cannot_go_alone = refused.is_some() || !self.has_calls(resource, teardown);
            let manager = self.manager(resource, cannot_go_alone, decisions, objects);
            if manager.is_none() {
                if let Some(refused) = refused {
                    self.keep_refused(id, refused, decisions)?;
                    continue;
                }
                if !self.is_authorised(resource) {
                    let because = self.evidence(id);
                    self.keep(id, Kept::UnlessNamed, "unproven_owner", because, decisions)?;
                    continue;
                }
                if !self.has_calls(resource, teardown) {
                    let because = format!("nothing deletes a {} by itself", id.type_id);
                    self.keep(id, Kept::Always, "unsupported", because, decisions)?;
                    continue;
                }
            }
            let is_authorised = refused.is_none()
                && self.is_authorised(resource)
                && !self.holds_what_stays(resource, decisions);
            if let Some(going) = decisions.going.get_mut(id) {
                *going = Going {
                    manager,
                    is_authorised,
                };
            }
        }
        Ok(decisions.going.len() != before.len())
    }

    fn evidence(&self, id: &ResourceId) -> String {
        match self.scope.members.get(id) {
            Some(Claim::Owned { evidence, .. }) => evidence.first().cloned().unwrap_or_default(),
            _ => String::new(),
        }
    }

    fn is_named(&self, id: &ResourceId) -> bool {
        matches!(self.scope.members.get(id), Some(Claim::Selected { .. }))
    }

    pub(super) fn is_named_by_id(&self, id: &ResourceId) -> bool {
        matches!(
            self.scope.members.get(id),
            Some(Claim::Selected { by_id: true, .. })
        )
    }

    /// Whether the object's API server goes with a cluster of the scope.
    fn ends_with_cluster(&self, id: &ResourceId) -> bool {
        crate::graph::edges::cluster_of(id)
            .is_some_and(|cluster| self.scope.clusters.contains(&cluster))
    }

    /// What the type itself refuses, unless the user named it.
    fn refusal(&self, resource: &Resource, teardown: &dyn Teardown) -> Option<Refusal> {
        let (is_named, by_id) = (
            self.is_named(&resource.id),
            self.is_named_by_id(&resource.id),
        );
        teardown
            .refuse(resource, &self.near)
            .filter(|refused| stands(refused, is_named, by_id))
    }

    /// What the volume of a cluster says about its disk.
    fn volume_refusal(&self, disk: &Resource) -> Option<(Kept, &'static str, String)> {
        if disk.id.type_id.as_str() != "ecs.disk" {
            return None;
        }
        let Some(volume) = self.world.volume_of(&disk.id) else {
            let may_be_volume = disk.text("disk_type") != Some("system")
                && disk.attributes.boolean("delete_with_instance") != Some(true);
            return self
                .unread("k8s.persistent_volume", disk)
                .filter(|_| may_be_volume);
        };
        if volume.text("provisioned_by").is_none() {
            let because = format!("PersistentVolume {} was not provisioned", volume.id.id);
            return Some((Kept::Always, "static_volume", because));
        }
        if volume::deletes(volume, "ecs.disk") || self.is_named_by_id(&disk.id) {
            return None;
        }
        let policy = volume.text("reclaim_policy").unwrap_or("?");
        Some((
            Kept::UnlessNamed,
            "retained",
            format!("persistentVolumeReclaimPolicy={policy}"),
        ))
    }

    /// What a Service says about its load balancer. Its controller leaves it, and takes its tags off: nothing else may then take
    /// it for the cluster's.
    fn service_refusal(&self, balancer: &Resource) -> Option<(Kept, &'static str, String)> {
        let names_it = match balancer.id.type_id.as_str() {
            "alb.load_balancer" => "k8s.alb_config",
            "nlb.load_balancer" | "slb.load_balancer" => "k8s.service",
            _ => return None,
        };
        if self.is_named_by_id(&balancer.id) {
            return None;
        }
        let has_calls = self
            .types
            .teardown(&balancer.id.type_id)
            .is_some_and(|teardown| self.has_calls(balancer, teardown));
        if let Some(unread) = self.unread(names_it, balancer).filter(|_| has_calls) {
            return Some(unread);
        }
        let links = self.world.links_to(&balancer.id).iter();
        let service = links
            .filter(|link| link.kind == LinkKind::Exposes)
            .filter_map(|link| self.world.get(&link.from))
            .chain(self.named_object(balancer))
            .find(|service| preserves(service))?;
        let because = format!("preserve-lb-on-delete: {}", service.id);
        Some((Kept::UnlessNamed, "protected", because))
    }

    /// Why nobody can say what the objects of a cluster say about a resource of it: they were not all read.
    fn unread(
        &self,
        type_id: &'static str,
        resource: &Resource,
    ) -> Option<(Kept, &'static str, String)> {
        if self.is_named_by_id(&resource.id) {
            return None;
        }
        let cluster = resource.owner.as_ref()?.cluster.as_deref()?;
        let cluster = self.scope.clusters.iter().find(|of| of.id == cluster)?;
        if sight::is_read_of(self.world.inventory, type_id, cluster) {
            return None;
        }
        let because = format!("{type_id} {} not_read", cluster.id);
        Some((Kept::UnlessNamed, "unreadable", because))
    }

    /// Who made an instance. One that somebody added to the cluster is his, however sure it is that it is a node; one that only
    /// `DeleteCluster` takes down is decided by that.
    fn origin_refusal(
        &self,
        instance: &Resource,
        teardown: &dyn Teardown,
    ) -> Option<(Kept, &'static str, String)> {
        if instance.id.type_id.as_str() != INSTANCE
            || self.is_named(&instance.id)
            || !self.has_calls(instance, teardown)
        {
            return None;
        }
        let (code, because) = match nodes::origin(self.world, self.scope, instance) {
            Origin::Ack => return None,
            Origin::User(fact) => ("made_by_user", fact),
            Origin::Unclear => ("unproven_owner", self.evidence(&instance.id)),
        };
        Some((Kept::UnlessNamed, code, because))
    }

    /// Whether calls of ours may delete it: the user said so, the manager itself says whose it is, or two signals agree.
    fn is_authorised(&self, resource: &Resource) -> bool {
        match self.scope.members.get(&resource.id) {
            None => false,
            Some(Claim::Selected { .. }) => true,
            Some(Claim::Owned { .. }) => {
                let Some(owner) = &resource.owner else {
                    return false;
                };
                let is_of_scope = owner.cluster.as_deref().is_some_and(|cluster| {
                    self.scope
                        .clusters
                        .iter()
                        .any(|selected| selected.id == cluster)
                });
                is_of_scope
                    && (owner.confidence == Confidence::Decisive
                        || (owner.confidence == Confidence::Strong
                            && owner.kind != OwnerKind::Resource
                            && is_marked_itself(resource, owner.cluster.as_deref())
                            && self.is_used_by_decisive_member(resource)))
            }
        }
    }

    /// The second signal: a member that is decisively the cluster's uses it, beside the tag or name that says the same.
    fn is_used_by_decisive_member(&self, resource: &Resource) -> bool {
        self.world
            .links_to(&resource.id)
            .iter()
            .filter(|link| link.kind == LinkKind::Uses && !link.from.type_id.is_kubernetes())
            .filter(|link| link.from.type_id.as_str() != "ack.cluster")
            .filter_map(|link| self.world.get(&link.from))
            .any(|user| {
                self.scope.members.contains_key(&user.id)
                    && user
                        .owner
                        .as_ref()
                        .is_some_and(|owner| owner.confidence == Confidence::Decisive)
            })
    }

    /// Something that stays and needs it.
    fn user_outside(&self, id: &ResourceId, decisions: &Decisions) -> Option<String> {
        if self.is_named_by_id(id) || self.scope.clusters.contains(id) {
            return None;
        }
        self.world
            .users(id)
            .find(|(user, _)| {
                !decisions.going.contains_key(user) && !decisions.implied.contains(*user)
            })
            .map(|(user, via)| format!("{user} {via}"))
            .or_else(|| {
                let resource = self.world.get(id)?;
                egress::user_outside(resource, self.world, self.scope, decisions)
            })
            .or_else(|| self.network_of_others(id, decisions))
    }

    /// A vSwitch that only the flag takes in, and that the cluster does not use, is others' where its VPC stays.
    fn network_of_others(&self, id: &ResourceId, decisions: &Decisions) -> Option<String> {
        if id.type_id.as_str() != "vpc.vswitch"
            || egress::is_used_by_scope(id, self.world, self.scope)
        {
            return None;
        }
        self.world
            .links_from(id)
            .iter()
            .find(|link| link.to.type_id.as_str() == "vpc.vpc" && self.stays(&link.to, decisions))
            .map(|link| format!("{} {}", link.to, link.via))
    }

    /// The member that takes it along.
    fn manager(
        &self,
        resource: &Resource,
        cannot_go_alone: bool,
        decisions: &Decisions,
        objects: &BTreeMap<ResourceId, Fate>,
    ) -> Option<ResourceId> {
        let goes = |id: &ResourceId| decisions.going.contains_key(id);
        if let Some(Fate::With(manager)) = objects.get(&resource.id) {
            return Some(manager.clone()).filter(goes);
        }
        if resource.id.type_id.is_kubernetes() {
            return None;
        }
        let links = self.world.links_to(&resource.id);
        let handed = links
            .iter()
            .find(|link| self.hands_over(&link.from, link.kind, resource))
            .map(|link| link.from.clone())
            .filter(goes);
        handed
            .or_else(|| self.owning_object(resource).filter(goes))
            .or_else(|| self.nearest_manager(resource, &goes))
            .or_else(|| {
                cannot_go_alone
                    .then(|| carrier(resource))
                    .flatten()
                    .filter(goes)
            })
    }

    /// The object that the owner statement names, where its end ends the resource.
    fn owning_object(&self, resource: &Resource) -> Option<ResourceId> {
        self.named_object(resource)
            // Whether it takes its snapshot along is not known, so that nobody may wait for that.
            .filter(|object| object.id.type_id.as_str() != "k8s.volume_snapshot")
            .filter(|object| !preserves(object))
            .map(|object| object.id.clone())
    }

    /// The object that the owner statement names.
    pub(super) fn named_object(&self, resource: &Resource) -> Option<&Resource> {
        let owner = resource.owner.as_ref()?;
        if owner.kind != OwnerKind::KubernetesObject {
            return None;
        }
        let (kind, name) = owner.name.split_once(' ')?;
        let type_id = match kind {
            "AlbConfig" => "k8s.alb_config",
            "Service" => "k8s.service",
            "VolumeSnapshot" => "k8s.volume_snapshot",
            // A claim deletes its disk through its volume, whose link was looked at already.
            _ => return None,
        };
        let cluster = owner.cluster.as_deref()?;
        let id = super::world::sibling(&resource.id, type_id, &format!("{cluster}/{name}"));
        self.world.get(&id)
    }

    /// Who manages it by its link: what stands closest, the cluster last.
    fn nearest_manager(
        &self,
        resource: &Resource,
        goes: &impl Fn(&ResourceId) -> bool,
    ) -> Option<ResourceId> {
        let distance = |id: &ResourceId| match id.type_id.as_str() {
            "ecs.instance" => 0,
            "ess.scaling_group" => 1,
            "ack.node_pool" => 2,
            "ack.cluster" => 4,
            _ => 3,
        };
        let links = self.world.links_to(&resource.id).iter();
        let contained = self
            .world
            .links_from(&resource.id)
            .iter()
            .filter(|link| {
                link.from.type_id.as_str() == "sls.logstore"
                    && link.to.type_id.as_str() == "sls.project"
            })
            .map(|link| &link.to);
        links
            .filter(|link| link.kind == LinkKind::Manages)
            .map(|link| &link.from)
            .chain(contained)
            .filter(|manager| goes(manager))
            .filter(|manager| match self.world.get(manager) {
                Some(cluster) if cluster.id.type_id.as_str() == "ack.cluster" => {
                    cluster_options::takes_along(cluster, &resource.id)
                }
                found => found.is_some(),
            })
            .min_by_key(|manager| (distance(manager), (*manager).clone()))
            .cloned()
    }

    /// Whether calls of ours could delete it.
    fn has_calls(&self, resource: &Resource, teardown: &dyn Teardown) -> bool {
        let wishes = Wishes {
            is_named: true,
            ..Wishes::default()
        };
        !teardown.calls(resource, &self.near, &wishes).is_empty()
    }

    fn keep_refused(
        &self,
        id: &ResourceId,
        refused: Refusal,
        decisions: &mut Decisions,
    ) -> Result<(), PlanError> {
        let is_typed = self.is_named_by_id(id) || self.scope.clusters.contains(id);
        if is_typed {
            return Err(PlanError::Refused {
                id: id.clone(),
                refusal: refused,
            });
        }
        decisions.going.remove(id);
        if self.ends_with_cluster(id) {
            decisions.implied.insert(id.clone());
            return Ok(());
        }
        let flag = (refused.kept == Kept::UnlessNamed).then(|| by_id(id));
        decisions.kept.insert(id.clone(), (refused, flag));
        Ok(())
    }

    fn keep(
        &self,
        id: &ResourceId,
        kept: Kept,
        code: &str,
        because: String,
        decisions: &mut Decisions,
    ) -> Result<(), PlanError> {
        let refused = Refusal {
            kept,
            code: code.to_owned(),
            because,
        };
        self.keep_refused(id, refused, decisions)
    }
}

/// What a resource hangs on and cannot outlive: the load balancer of an address that it holds, the VPC of the group that
/// came with it.
fn carrier(resource: &Resource) -> Option<ResourceId> {
    let owner = resource.owner.as_ref()?;
    if owner.kind != OwnerKind::Resource || is_users_address(resource) {
        return None;
    }
    let (type_id, id) = owner.name.split_once(' ')?;
    let type_id = ["alb.load_balancer", "nlb.load_balancer", "vpc.vpc"]
        .into_iter()
        .find(|known| *known == type_id)?;
    Some(super::world::sibling(&resource.id, type_id, id))
}
