//! Which repositories of Container Registry a cluster's workloads run images of.
//!
//! No field of a repository says who uses it; the images of Pods and Deployments do. Hosts of the Personal edition are
//! `registry[-vpc|-internal].<region>.aliyuncs.com`, those of an Enterprise instance
//! `<instance name>-registry[-vpc].<region>.cr.aliyuncs.com` (Container Registry documentation, "access domain names").

use std::collections::{BTreeMap, BTreeSet};

use super::scope::Scope;
use super::world::World;
use crate::model::{Resource, ResourceId};

/// What the members run.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// Repositories that only members run, with an image.
    pub(super) repositories: BTreeMap<ResourceId, String>,
    /// Their namespaces, with the other repositories in each.
    pub(super) namespaces: BTreeMap<ResourceId, Vec<String>>,
    /// Repositories that something else runs, too, with what.
    pub(super) shared: BTreeMap<ResourceId, String>,
}

/// Finds the repositories of members' images.
pub(super) fn run_by_members(world: &World<'_>, scope: &Scope) -> Run {
    let mut run = Run::default();
    let mut users: BTreeMap<ResourceId, Vec<(&Resource, &str)>> = BTreeMap::new();
    for resource in &world.inventory.resources {
        if !resource.id.type_id.is_kubernetes() {
            continue;
        }
        for image in resource.attributes.text_list("images").unwrap_or_default() {
            if let Some(repository) = repository_of(image, resource, world) {
                users.entry(repository).or_default().push((resource, image));
            }
        }
    }
    for (repository, users) in users {
        let is_member = |user: &&(&Resource, &str)| scope.members.contains_key(&user.0.id);
        let Some((_, image)) = users.iter().find(is_member) else {
            continue;
        };
        match users.iter().find(|user| !is_member(user)) {
            Some((other, _)) => {
                run.shared.insert(repository, other.id.to_string());
            }
            None => {
                run.repositories
                    .insert(repository, format!("image {image}"));
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

fn repository_of(image: &str, user: &Resource, world: &World<'_>) -> Option<ResourceId> {
    let (host, path) = image.split_once('/')?;
    let path = path.split('@').next().unwrap_or(path);
    // A colon after the last slash begins the tag.
    let path = match path.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => path,
        _ => path,
    };
    let edition = edition(host, user.id.region.as_str())?;
    world
        .beside(&user.id)
        .filter(|candidate| candidate.id.type_id.as_str() == "cr.repository")
        .find(|candidate| match &edition {
            Edition::Personal => candidate.id.id == path,
            Edition::Enterprise(name) => {
                let instance = candidate.id.id.strip_suffix(path);
                let instance = instance.and_then(|rest| rest.strip_suffix('/'));
                instance.is_some_and(|instance| {
                    world
                        .get(&super::world::sibling(&user.id, "cr.instance", instance))
                        .is_some_and(|found| found.name.as_deref() == Some(name))
                })
            }
        })
        .map(|found| found.id.clone())
}

#[derive(Debug, PartialEq, Eq)]
enum Edition {
    Personal,
    Enterprise(String),
}

fn edition(host: &str, region: &str) -> Option<Edition> {
    for prefix in ["registry", "registry-vpc", "registry-internal"] {
        if host == format!("{prefix}.{region}.aliyuncs.com") {
            return Some(Edition::Personal);
        }
    }
    let name = host.strip_suffix(&format!(".{region}.cr.aliyuncs.com"))?;
    let name = name
        .strip_suffix("-registry-vpc")
        .or_else(|| name.strip_suffix("-registry"))?;
    Some(Edition::Enterprise(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_tell_the_edition_and_the_region() {
        let of = |host| edition(host, "cn-hangzhou");
        assert_eq!(
            of("registry-vpc.cn-hangzhou.aliyuncs.com"),
            Some(Edition::Personal)
        );
        assert_eq!(
            of("lab-registry.cn-hangzhou.cr.aliyuncs.com"),
            Some(Edition::Enterprise("lab".into()))
        );
        assert_eq!(of("registry.cn-beijing.aliyuncs.com"), None);
        assert_eq!(of("registry.example.com"), None);
    }
}
