//! The scope: what the user selected, expanded by owners and links, and what stands near it.
//!
//! A typed selector authorises. Everything else becomes a member because of an owner or a manager, and `guards` decides
//! whether that is proof enough. What holds data, or was there before the cluster, is near: shown, and taken in by a flag.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;

use super::planner::PlanError;
use super::world::World;
use super::{left_overs, registry_images};
use crate::graph::volume::{may_delete, may_go_with_its_claim};
use crate::inventory::Inventory;
use crate::model::{Link, LinkKind, OwnerKind, Resource, ResourceId};

/// What else goes that is not the cluster's own or holds data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum With {
    /// The VPC of the cluster with its vSwitches and its default security group
    Vpc,
    /// Elastic IP addresses of the user's that the scope uses
    Eip,
    /// Container Registry repositories whose images the cluster runs, and namespaces that are empty then
    Acr,
    /// Log projects of the cluster, with all logs
    Sls,
    /// Prometheus environments of the cluster, with all metrics
    Prometheus,
    /// Left-over snapshots in the cluster's region and resource group, and those of the cluster
    Snapshots,
    /// Left-over custom images there
    Images,
    /// Left-over disks there: unattached, nobody's, older than a week
    Disks,
}

impl With {
    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vpc => "vpc",
            Self::Eip => "eip",
            Self::Acr => "acr",
            Self::Sls => "sls",
            Self::Prometheus => "prometheus",
            Self::Snapshots => "snapshots",
            Self::Images => "images",
            Self::Disks => "disks",
        }
    }

    fn flag(self) -> String {
        format!("--with {}", self.as_str())
    }

    /// The flag for types that hold data and therefore outlive their cluster unless it is given.
    fn for_data_of(type_id: &str) -> Option<Self> {
        Some(match type_id {
            "sls.project" | "sls.logstore" => Self::Sls,
            "arms.environment" => Self::Prometheus,
            // With its policy Delete, the object takes the snapshot along.
            "ecs.snapshot" | "k8s.volume_snapshot" => Self::Snapshots,
            "ecs.image" => Self::Images,
            "cr.repository" | "cr.namespace" => Self::Acr,
            _ => return None,
        })
    }
}

/// What the user typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// `--cluster`
    pub clusters: Vec<String>,
    /// `--with`
    pub with: BTreeSet<With>,
    /// `--id`
    pub ids: Vec<String>,
    /// Plan although something near the scope could not be read.
    pub allow_incomplete: bool,
}

impl Selection {
    /// The selectors as they can be typed again.
    pub fn as_typed(&self) -> Vec<String> {
        let clusters = self.clusters.iter().map(|id| format!("--cluster {id}"));
        let with = self.with.iter().map(|with| with.flag());
        let ids = self.ids.iter().map(|id| format!("--id {id}"));
        clusters.chain(with).chain(ids).collect()
    }
}

/// Why something is a member of the scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// The user said so.
    Selected {
        /// The flag.
        selector: String,
        /// Whether by its own id: that also overrides what else uses it.
        by_id: bool,
    },
    /// It belongs to a member.
    Owned {
        /// That member.
        owner: ResourceId,
        /// Why we think so.
        evidence: Vec<String>,
    },
}

/// Something that stays unless the user says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Near {
    pub(super) code: &'static str,
    pub(super) because: String,
    pub(super) flag: Option<String>,
}

/// Members, and what stands near them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) clusters: Vec<ResourceId>,
    pub(super) members: BTreeMap<ResourceId, Claim>,
    pub(super) near: BTreeMap<ResourceId, Near>,
}

/// Expands a selection over an inventory.
pub(super) fn expand(world: &World<'_>, selection: &Selection) -> Result<Scope, PlanError> {
    let mut scope = Scope::default();
    for text in &selection.clusters {
        let id = resolve(world.inventory, text, Some("ack.cluster"))?;
        scope.select(&id, format!("--cluster {text}"), false);
        scope.clusters.push(id);
    }
    for text in &selection.ids {
        let id = resolve(world.inventory, text, None)?;
        if id.type_id.as_str() == "ack.cluster" {
            scope.clusters.push(id.clone());
        }
        scope.select(&id, format!("--id {text}"), true);
    }
    if scope.members.is_empty() {
        return Err(PlanError::NothingSelected);
    }
    scope.clusters.sort();
    scope.clusters.dedup();
    if !selection.with.is_empty() && scope.clusters.is_empty() {
        return Err(PlanError::WithoutCluster);
    }
    let places: BTreeSet<_> = scope.members.keys().map(|id| &id.account).collect();
    if places.len() > 1 {
        return Err(PlanError::SeveralAccounts);
    }
    let expansion = Expansion { world, selection };
    expansion.owned(&mut scope);
    expansion.managed(&mut scope);
    for cluster in scope.clusters.clone() {
        expansion.network(&cluster, &mut scope);
        expansion.left_overs(&cluster, &mut scope);
    }
    expansion.registry(&mut scope);
    expansion.managed(&mut scope);
    expansion.used(&mut scope);
    Ok(scope)
}

/// The one resource that a text names. An id of the vendor's making is nobody's name and decides; any other text that several
/// resources are called by, as id or as name, is asked back.
fn resolve(
    inventory: &Inventory,
    text: &str,
    type_id: Option<&str>,
) -> Result<ResourceId, PlanError> {
    let of_type = || {
        inventory
            .resources
            .iter()
            .filter(|resource| type_id.is_none_or(|wanted| resource.id.type_id.as_str() == wanted))
    };
    let is_full =
        |resource: &&Resource| format!("{}/{}", resource.id.type_id, resource.id.id) == text;
    let mut found: Vec<&Resource> = of_type().filter(is_full).collect();
    if found.is_empty() {
        found = of_type()
            .filter(|resource| resource.id.id == text && !has_name_for_id(resource))
            .collect();
    }
    if found.is_empty() {
        found = of_type()
            .filter(|resource| is_called(resource, text))
            .collect();
    }
    match found.as_slice() {
        [one] => Ok(one.id.clone()),
        [] => Err(PlanError::NotFound {
            text: text.to_owned(),
        }),
        several => Err(PlanError::Several {
            text: text.to_owned(),
            ids: several
                .iter()
                .map(|resource| format!("{}/{}", resource.id.type_id, resource.id.id))
                .collect(),
        }),
    }
}

/// Products whose ids are names that somebody chose.
const NAMED_PRODUCTS: &[&str] = &["cr", "k8s", "oss", "ram", "sls"];

fn has_name_for_id(resource: &Resource) -> bool {
    let type_id = &resource.id.type_id;
    NAMED_PRODUCTS.contains(&type_id.product()) || type_id.as_str() == "ecs.key_pair"
}

fn is_called(resource: &Resource, text: &str) -> bool {
    let is_last_part = resource
        .id
        .id
        .strip_suffix(text)
        .is_some_and(|head| head.is_empty() || head.ends_with('/'));
    is_last_part || resource.name.as_deref() == Some(text)
}

impl Scope {
    fn select(&mut self, id: &ResourceId, selector: String, by_id: bool) {
        let is_by_id = matches!(
            self.members.get(id),
            Some(Claim::Selected { by_id: true, .. })
        );
        if !is_by_id {
            let claim = Claim::Selected { selector, by_id };
            self.members.insert(id.clone(), claim);
        }
        self.near.remove(id);
    }

    fn is_known(&self, id: &ResourceId) -> bool {
        self.members.contains_key(id) || self.near.contains_key(id)
    }

    fn keep(&mut self, id: &ResourceId, near: Near) {
        if !self.is_known(id) {
            self.near.insert(id.clone(), near);
        }
    }
}

struct Expansion<'a> {
    world: &'a World<'a>,
    selection: &'a Selection,
}

impl Expansion<'_> {
    fn wants(&self, with: With) -> bool {
        self.selection.with.contains(&with)
    }

    /// Takes it in where the flag was given, and shows it as near otherwise.
    fn take_or_keep(
        &self,
        scope: &mut Scope,
        id: &ResourceId,
        with: With,
        code: &'static str,
        because: String,
    ) {
        // A flag names a kind of thing, and so none that is another cluster's.
        if let Some(other) = self.other_owner(scope, id) {
            scope.keep(
                id,
                Near {
                    code: "shared",
                    because: format!("ack.cluster {other}"),
                    flag: Some(by_id(id)),
                },
            );
            return;
        }
        if self.wants(with) {
            if !scope.members.contains_key(id) {
                scope.select(id, with.flag(), false);
            }
        } else {
            let flag = Some(with.flag());
            scope.keep(
                id,
                Near {
                    code,
                    because,
                    flag,
                },
            );
        }
    }

    /// The cluster outside of the scope that owns a resource, if one does.
    fn other_owner(&self, scope: &Scope, id: &ResourceId) -> Option<&str> {
        let owner = self.world.get(id)?.owner.as_ref()?;
        let cluster = owner.cluster.as_deref()?;
        let is_selected = scope.clusters.iter().any(|selected| selected.id == cluster);
        (!is_selected).then_some(cluster)
    }

    /// What belongs to a selected cluster by its owner.
    fn owned(&self, scope: &mut Scope) {
        for resource in &self.world.inventory.resources {
            let Some(owner) = &resource.owner else {
                continue;
            };
            let cluster = scope.clusters.iter().find(|cluster| {
                owner.cluster.as_deref() == Some(cluster.id.as_str())
                    && cluster.account == resource.id.account
            });
            let Some(cluster) = cluster.cloned() else {
                continue;
            };
            if cluster.region != resource.id.region && !resource.id.region.is_global() {
                // A copy: nothing of ACK makes one, and what surrounds it was not looked at for this plan.
                let near = Near {
                    code: "elsewhere",
                    because: resource.id.region.to_string(),
                    flag: Some(by_id(&resource.id)),
                };
                scope.keep(&resource.id, near);
                continue;
            }
            if scope.members.contains_key(&resource.id) || is_users_address(resource) {
                continue;
            }
            let evidence: Vec<String> = owner
                .evidence
                .iter()
                .map(|evidence| format!("{}: {}", evidence.source, evidence.value))
                .collect();
            let type_id = resource.id.type_id.as_str();
            if let Some(with) = With::for_data_of(type_id) {
                let because = evidence.first().cloned().unwrap_or_default();
                self.take_or_keep(scope, &resource.id, with, "holds_data", because);
                continue;
            }
            scope.members.insert(
                resource.id.clone(),
                Claim::Owned {
                    owner: cluster,
                    evidence,
                },
            );
        }
    }

    /// What a member manages, exposes or contains.
    fn managed(&self, scope: &mut Scope) {
        loop {
            let mut found = Vec::new();
            for link in &self.world.links {
                let is_contained = is_contained(link);
                let (owner, owned) = if is_contained {
                    (&link.to, &link.from)
                } else if matches!(link.kind, LinkKind::Manages | LinkKind::Exposes)
                    || self.is_handed_over(link)
                {
                    (&link.from, &link.to)
                } else {
                    continue;
                };
                // What holds data goes only with its flag, whoever manages it; the project of a Logstore had it.
                let holds_data = owned.type_id.as_str() != "sls.logstore"
                    && With::for_data_of(owned.type_id.as_str()).is_some();
                if scope.members.contains_key(owner)
                    && !scope.members.contains_key(owned)
                    && !holds_data
                    && self.world.get(owned).is_some()
                {
                    found.push((
                        owned.clone(),
                        Claim::Owned {
                            owner: owner.clone(),
                            evidence: vec![format!("{}: {}", link.via, owner.id)],
                        },
                    ));
                }
            }
            if found.is_empty() {
                return;
            }
            for (id, claim) in found {
                scope.near.remove(&id);
                scope.members.insert(id, claim);
            }
        }
    }

    /// Whether the far end of a link is deleted when an object is: the volume of a claim, and what stands behind it.
    fn is_handed_over(&self, link: &Link) -> bool {
        let volume_says = |id: &ResourceId, says: &dyn Fn(&Resource) -> bool| {
            link.kind == LinkKind::Uses && self.world.get(id).is_some_and(says)
        };
        match (link.from.type_id.as_str(), link.to.type_id.as_str()) {
            ("k8s.persistent_volume_claim", "k8s.persistent_volume") => {
                volume_says(&link.to, &may_go_with_its_claim)
            }
            ("k8s.persistent_volume", behind) => {
                volume_says(&link.from, &|volume| may_delete(volume, behind))
            }
            _ => false,
        }
    }

    /// The VPC that a cluster uses, its vSwitches and the group that came with it.
    fn network(&self, cluster: &ResourceId, scope: &mut Scope) {
        let Some(resource) = self.world.get(cluster) else {
            return;
        };
        let Some(vpc) = resource.text("vpc_id") else {
            return;
        };
        for candidate in self.world.beside(cluster) {
            let type_id = candidate.id.type_id.as_str();
            let is_vpc = type_id == "vpc.vpc" && candidate.id.id == vpc;
            let is_vswitch = type_id == "vpc.vswitch" && candidate.text("vpc_id") == Some(vpc);
            let is_default_group = type_id == "ecs.security_group"
                && candidate.text("vpc_id") == Some(vpc)
                && candidate.owner.as_ref().is_some_and(|owner| {
                    owner.kind == OwnerKind::Resource && owner.name == format!("vpc.vpc {vpc}")
                });
            if is_vpc || is_vswitch {
                let because = self.world.why_used(&candidate.id, cluster);
                let because = because.unwrap_or_else(|| format!("VpcId={vpc}"));
                self.take_or_keep(scope, &candidate.id, With::Vpc, "made_by_user", because);
            } else if is_default_group {
                let because = format!("VpcId={vpc}");
                self.take_or_keep(scope, &candidate.id, With::Vpc, "default", because);
            }
        }
    }

    /// Repositories whose images the cluster runs, and namespaces that are empty without them.
    fn registry(&self, scope: &mut Scope) {
        let run = registry_images::run_by_members(self.world, scope);
        for (id, image) in &run.repositories {
            self.take_or_keep(scope, id, With::Acr, "not_owned", image.clone());
        }
        for (id, others) in &run.namespaces {
            if others.is_empty() {
                let because = format!("namespace of {} images", run.repositories.len());
                self.take_or_keep(scope, id, With::Acr, "not_owned", because);
            } else {
                scope.keep(
                    id,
                    Near {
                        code: "shared",
                        because: others.join(", "),
                        flag: None,
                    },
                );
            }
        }
        for (id, unread) in &run.unclear {
            scope.keep(
                id,
                Near {
                    code: "unreadable",
                    because: unread.clone(),
                    flag: Some(by_id(id)),
                },
            );
        }
        for (id, user) in &run.shared {
            scope.keep(
                id,
                Near {
                    code: "shared",
                    because: user.clone(),
                    flag: Some(by_id(id)),
                },
            );
        }
    }

    /// Disks, images and snapshots that nobody owns or uses, beside the cluster.
    fn left_overs(&self, cluster: &ResourceId, scope: &mut Scope) {
        let Some(cluster) = self.world.get(cluster) else {
            return;
        };
        for candidate in self.world.beside(&cluster.id) {
            if scope.is_known(&candidate.id) {
                continue;
            }
            let Some((with, because)) = left_overs::left_over(candidate, self.world) else {
                continue;
            };
            let doubt = left_overs::doubt(candidate, with, cluster, self.world, scope);
            match doubt {
                None => {
                    self.take_or_keep(scope, &candidate.id, with, "left_over", because);
                }
                Some(doubt) => scope.keep(
                    &candidate.id,
                    Near {
                        code: "left_over",
                        because: doubt,
                        flag: Some(by_id(&candidate.id)),
                    },
                ),
            }
        }
    }

    /// What members use and nobody claimed: the user's.
    fn used(&self, scope: &mut Scope) {
        for link in &self.world.links {
            if link.kind != LinkKind::Uses
                || !scope.members.contains_key(&link.from)
                || scope.is_known(&link.to)
                || link.to.type_id.is_kubernetes()
                || self.world.get(&link.to).is_none()
            {
                continue;
            }
            if link.to.type_id.as_str() == "vpc.eip" {
                let because = format!("{} of {}", link.via, link.from.id);
                self.take_or_keep(scope, &link.to, With::Eip, "made_by_user", because);
                continue;
            }
            scope.keep(
                &link.to,
                Near {
                    code: "made_by_user",
                    because: format!("{} of {}", link.via, link.from.id),
                    flag: Some(by_id(&link.to)),
                },
            );
        }
    }
}

/// Whether a link says that its near end is inside its far end, and ends with it.
pub(super) fn is_contained(link: &Link) -> bool {
    link.kind == LinkKind::Uses
        && match link.to.type_id.as_str() {
            "sls.project" => link.from.type_id.as_str() == "sls.logstore",
            "k8s.namespace" => link.from.type_id.is_kubernetes(),
            _ => false,
        }
}

/// An address on a load balancer that no service manages was given to it: the balancer's end only unbinds it.
pub(super) fn is_users_address(address: &Resource) -> bool {
    address.id.type_id.as_str() == "vpc.eip"
        && address.attributes.boolean("service_managed") != Some(true)
        && address
            .owner
            .as_ref()
            .is_some_and(|owner| owner.kind == OwnerKind::Resource)
}

/// The flag that names a resource.
pub(super) fn by_id(id: &ResourceId) -> String {
    format!("--id {}/{}", id.type_id, id.id)
}
