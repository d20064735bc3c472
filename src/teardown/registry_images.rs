//! Which repositories of Container Registry a cluster's workloads run images of, and whether anything else may use them.
//!
//! No field of a repository says who uses it; the images of workloads do, in every kind of container. Hosts of the Personal edition
//! are `registry[-vpc|-internal].<region>.aliyuncs.com`, those of an Enterprise instance
//! `<instance name>-registry[-vpc].<region>.cr.aliyuncs.com` (Container Registry documentation, "access domain names"); an
//! instance may have domains of its own besides. So any other host may be one: an image there whose path is a repository's counts as use of
//! it, and never as proof that it is the cluster's. Where there is another cluster, everything that makes Pods in it must have
//! been read, from time to time as a `CronJob` does too: otherwise nobody can say that it does not use a repository.

use std::collections::{BTreeMap, BTreeSet};

use super::scope::Scope;
use super::world::World;
use crate::inventory::sight;
use crate::model::{Resource, ResourceId};

/// Attributes that hold images.
const IMAGES: &[&str] = &["images", "init_images", "ephemeral_images"];

/// Everything that runs images in a cluster. A type that no inventory has was not read.
pub(super) const RUNNERS: &[&str] = &[
    "k8s.cron_job",
    "k8s.daemon_set",
    "k8s.deployment",
    "k8s.job",
    "k8s.pod",
    "k8s.replica_set",
    "k8s.stateful_set",
];

const REPOSITORY: &str = "cr.repository";
const CLUSTER: &str = "ack.cluster";
/// Runs images beside the clusters, or for their virtual nodes.
pub(super) const CONTAINER_GROUP: &str = "eci.container_group";

/// What the members run.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// Repositories that only members run, with an image.
    pub(super) repositories: BTreeMap<ResourceId, String>,
    /// Their namespaces, with the other repositories in each.
    pub(super) namespaces: BTreeMap<ResourceId, Vec<String>>,
    /// Repositories that something else runs, too, with what.
    pub(super) shared: BTreeMap<ResourceId, String>,
    /// Repositories that something else may run, with what could not be read of it.
    pub(super) unclear: BTreeMap<ResourceId, String>,
}

/// How sure an image is one of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Match {
    /// Its host is the registry's.
    Certain,
    /// Its host may be a domain of the registry's.
    Possible,
}

/// Finds the repositories of members' images.
pub(super) fn run_by_members(world: &World<'_>, scope: &Scope) -> Run {
    let mut run = Run::default();
    let repositories: Vec<&Resource> = world
        .inventory
        .resources
        .iter()
        .filter(|found| found.id.type_id.as_str() == REPOSITORY)
        .collect();
    if repositories.is_empty() {
        return run;
    }
    let unseen = unseen_users(world, scope);
    for repository in repositories {
        let mut of_members = None;
        let mut of_others = None;
        for (user, image, how) in users(repository, world) {
            let is_member = scope.members.contains_key(&user.id);
            if !is_member {
                of_others.get_or_insert(user);
            } else if how == Match::Certain {
                of_members.get_or_insert(image);
            }
        }
        let Some(image) = of_members else {
            continue;
        };
        let id = repository.id.clone();
        match (of_others, &unseen) {
            (Some(other), _) => {
                run.shared.insert(id, other.id.to_string());
            }
            (None, Some(unseen)) => {
                run.unclear.insert(id, unseen.clone());
            }
            (None, None) => {
                run.repositories.insert(id, format!("image {image}"));
            }
        }
    }
    let chosen: BTreeSet<&ResourceId> = run.repositories.keys().collect();
    for repository in &chosen {
        let links = world.links_from(repository).iter();
        let Some(namespace) = links
            .map(|link| &link.to)
            .find(|to| to.type_id.as_str() == "cr.namespace" && world.get(to).is_some())
        else {
            continue;
        };
        let others = world
            .links_to(namespace)
            .iter()
            .filter(|link| !chosen.contains(&link.from))
            .map(|link| link.from.id.clone())
            .collect();
        run.namespaces.insert(namespace.clone(), others);
    }
    run
}

/// What may run images and is not read: other clusters, in any region, and those that could not be listed.
fn unseen_users(world: &World<'_>, scope: &Scope) -> Option<String> {
    let account = &scope.members.keys().next()?.account;
    let mut asked = world.inventory.accounts.iter();
    if !asked.any(|asked| asked.id == *account && asked.is_every_region) {
        // An image is pulled across regions.
        return Some(format!("{CLUSTER} ? not_asked"));
    }
    let others = world.inventory.resources.iter().filter(|cluster| {
        cluster.id.type_id.as_str() == CLUSTER && !scope.clusters.contains(&cluster.id)
    });
    let unread = RUNNERS.iter().find_map(|type_id| {
        others
            .clone()
            .find(|other| !sight::is_read_of(world.inventory, type_id, &other.id))
            .map(|other| format!("{type_id} {} not_read", other.id.id))
    });
    if unread.is_some() {
        return unread;
    }
    for type_id in [CLUSTER, CONTAINER_GROUP] {
        if let Some(region) = sight::unread_region(world.inventory, type_id, account) {
            return Some(format!("{type_id} {region} not_read"));
        }
    }
    RUNNERS.iter().find_map(|type_id| {
        scope
            .clusters
            .iter()
            .find(|cluster| !sight::is_read_of(world.inventory, type_id, cluster))
            .map(|cluster| format!("{type_id} {} not_read", cluster.id))
    })
}

/// Everything that runs an image of a repository, or may.
fn users<'a>(
    repository: &'a Resource,
    world: &World<'a>,
) -> impl Iterator<Item = (&'a Resource, &'a str, Match)> {
    let instance = instance_of(repository, world);
    world
        .inventory
        .resources
        .iter()
        .flat_map(|user| {
            let images = IMAGES
                .iter()
                .flat_map(|list| user.attributes.text_list(list).unwrap_or_default());
            images.map(move |image| (user, image.as_str()))
        })
        .filter_map(move |(user, image)| {
            let how = matches(image, repository, instance)?;
            Some((user, image, how))
        })
}

/// What runs images of a repository, or may; nothing runs what is no repository.
pub(super) fn runners<'a>(world: &World<'a>, resource: &'a Resource) -> Vec<&'a ResourceId> {
    if resource.id.type_id.as_str() != REPOSITORY {
        return Vec::new();
    }
    users(resource, world)
        .map(|(user, _, _)| &user.id)
        .collect()
}

/// The Enterprise instance that a repository is in; its id begins with the instance's.
fn instance_of<'a>(repository: &Resource, world: &World<'a>) -> Option<&'a Resource> {
    let (instance, _) = repository.id.id.split_once('/')?;
    world.get(&super::world::sibling(
        &repository.id,
        "cr.instance",
        instance,
    ))
}

/// Whether an image is one of a repository.
fn matches(image: &str, repository: &Resource, instance: Option<&Resource>) -> Option<Match> {
    let (host, path) = image.split_once('/')?;
    let path = path.split('@').next().unwrap_or(path);
    // A colon after the last slash begins the tag.
    let path = match path.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => path,
        _ => path,
    };
    let own_path = match instance {
        Some(_) => repository.id.id.split_once('/')?.1,
        None => repository.id.id.as_str(),
    };
    if path != own_path {
        return None;
    }
    let region = repository.id.region.as_str();
    match (edition(host), instance) {
        (Some((Edition::Personal, of)), None) => (of == region).then_some(Match::Certain),
        (Some((Edition::Enterprise(name), of)), Some(instance)) => {
            (of == region && instance.name.as_deref() == Some(name)).then_some(Match::Certain)
        }
        // A registry of the other edition.
        (Some(_), _) => None,
        (None, _) => Some(Match::Possible),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Edition<'h> {
    Personal,
    Enterprise(&'h str),
}

/// The edition and region that a host of Container Registry tells; `None`: it may be anybody's, or a domain that an
/// instance was given.
fn edition(host: &str) -> Option<(Edition<'_>, &str)> {
    if let Some(rest) = host.strip_suffix(".cr.aliyuncs.com") {
        let (name, region) = rest.rsplit_once('.')?;
        let name = ["-registry-vpc", "-registry-internal", "-registry"]
            .into_iter()
            .find_map(|suffix| name.strip_suffix(suffix))?;
        return Some((Edition::Enterprise(name), region));
    }
    let rest = host.strip_suffix(".aliyuncs.com")?;
    ["registry.", "registry-vpc.", "registry-internal."]
        .into_iter()
        .find_map(|prefix| rest.strip_prefix(prefix))
        .filter(|region| !region.contains('.'))
        .map(|region| (Edition::Personal, region))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, Region, TypeId};

    fn resource(type_id: &'static str, id: &str, name: Option<&str>) -> Resource {
        let mut resource = Resource::new(ResourceId {
            account: AccountId::from_static("0000000000000042"),
            region: Region::from_static("cn-hangzhou"),
            type_id: TypeId::from_static(type_id),
            id: id.to_owned(),
        });
        resource.name = name.map(str::to_owned);
        resource
    }

    #[test]
    fn hosts_tell_the_edition_and_the_region() {
        for (host, expected) in [
            (
                "registry-vpc.cn-hangzhou.aliyuncs.com",
                Some((Edition::Personal, "cn-hangzhou")),
            ),
            (
                "registry-internal.cn-beijing.aliyuncs.com",
                Some((Edition::Personal, "cn-beijing")),
            ),
            (
                "lab-registry.cn-hangzhou.cr.aliyuncs.com",
                Some((Edition::Enterprise("lab"), "cn-hangzhou")),
            ),
            (
                "lab-registry-vpc.cn-hangzhou.cr.aliyuncs.com",
                Some((Edition::Enterprise("lab"), "cn-hangzhou")),
            ),
            ("crpi-abc.cn-hangzhou.personal.cr.aliyuncs.com", None),
            ("registry.example.com", None),
        ] {
            assert_eq!(edition(host), expected, "{host}");
        }
    }

    #[test]
    fn an_image_at_an_unknown_host_may_be_any_repository_of_its_path() {
        let personal = resource(REPOSITORY, "team/app", None);
        let instance = resource("cr.instance", "cri-1", Some("lab"));
        let enterprise = resource(REPOSITORY, "cri-1/team/app", None);
        let of = |image: &str| {
            (
                matches(image, &personal, None),
                matches(image, &enterprise, Some(&instance)),
            )
        };
        let (certain, possible) = (Some(Match::Certain), Some(Match::Possible));
        for (image, expected) in [
            (
                "registry.cn-hangzhou.aliyuncs.com/team/app:v1",
                (certain, None),
            ),
            (
                "registry-vpc.cn-hangzhou.aliyuncs.com/team/app@sha256:0",
                (certain, None),
            ),
            ("registry.cn-beijing.aliyuncs.com/team/app:v1", (None, None)),
            (
                "lab-registry-vpc.cn-hangzhou.cr.aliyuncs.com/team/app",
                (None, certain),
            ),
            (
                "other-registry.cn-hangzhou.cr.aliyuncs.com/team/app",
                (None, None),
            ),
            ("images.example.com/team/app:v1", (possible, possible)),
            ("images.example.com:5000/team/app", (possible, possible)),
            ("images.example.com/team/app2", (None, None)),
            ("nginx", (None, None)),
        ] {
            assert_eq!(of(image), expected, "{image}");
        }
    }
}
