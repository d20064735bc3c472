//! How objects in clusters are taken down: by name and UID, while their cluster lives.
//!
//! Many need no call: what the system made in its own namespaces, pods, nodes and bound volumes go with their managers. A call is
//! made where a controller has to clean up in the cloud before the cluster goes, and for what a user put there.
//!
//! An object is gone when the API server says `NotFound` in a `Status` and lists its kind without it, or when its cluster is
//! proven gone. A 404 without a `Status` comes from proxies too and says nothing.

use futures::StreamExt as _;
use futures::future::BoxFuture;

use crate::kubernetes::{ApiResourceRef, ErrorClass, KubernetesError, ListQuery};
use crate::model::{Cell, Resource, ResourceId, TypeId};
use crate::resources::cluster::ClusterError;
use crate::resources::removal::{
    cell_of, never, pace, parent_is_gone, present, strictest, unless_named, unreadable,
};
use crate::resources::teardown::{
    Call, ObjectDeletion, Observation, Pace, PlannedCall, Purpose, Refusal, Teardown, Wishes,
};
use crate::resources::{ListError, Neighbours, Reader, ResourceType, Title};

use super::object;

/// Namespaces of the system; what is in them goes with the cluster, unless it stands for something in the cloud.
const SYSTEM_NAMESPACES: [&str; 4] = ["kube-system", "kube-public", "kube-node-lease", "arms-prom"];

/// The namespace that every cluster has and that cannot be deleted; what is in it is the user's.
const DEFAULT_NAMESPACE: &str = "default";

/// How a kind is deleted.
pub(super) struct Removal {
    /// The type.
    pub(super) of: &'static dyn ResourceType,
    /// How the API server addresses it.
    pub(super) api: &'static ApiResourceRef,
    /// Data that is lost.
    pub(super) loses: Option<Title>,
    /// Behaviour that no source confirms.
    pub(super) assumptions: &'static [&'static str],
    /// Why this kind keeps an object.
    pub(super) refuse: fn(&Resource) -> Option<Refusal>,
    /// Whether it goes with its manager.
    pub(super) goes_along: fn(&Resource) -> bool,
}

impl Removal {
    pub(super) const fn new(of: &'static dyn ResourceType, api: &'static ApiResourceRef) -> Self {
        Self {
            of,
            api,
            loses: None,
            assumptions: &[],
            refuse: |_| None,
            goes_along: |_| false,
        }
    }

    fn delete(&self, resource: &Resource) -> Result<PlannedCall, &'static str> {
        let text = |attribute: &'static str| {
            let text = resource.text(attribute).filter(|text| !text.is_empty());
            text.map(str::to_owned).ok_or(attribute)
        };
        let (_, name) = resource.id.id.rsplit_once('/').ok_or("metadata.name")?;
        let namespace = if self.api.namespaced {
            Some(text("namespace")?)
        } else {
            None
        };
        Ok(PlannedCall {
            purpose: Purpose::Delete,
            call: Call::Cluster(ObjectDeletion {
                cluster: ResourceId {
                    type_id: TypeId::from_static(object::PARENT),
                    id: text("cluster_id")?,
                    ..resource.id.clone()
                },
                group: self.api.group.to_owned(),
                version: self.api.version.to_owned(),
                plural: self.api.plural.to_owned(),
                namespace,
                name: name.to_owned(),
                uid: text("uid")?,
            }),
            undo: None,
        })
    }

    async fn look(&self, api: &Reader, id: &ResourceId) -> Observation {
        let cell = match cell_of(self.of, id) {
            Ok(cell) => cell,
            Err(error) => return Observation::Unknown(error),
        };
        let error = match self.look_in(api, &cell, id).await {
            Ok(found) => return found,
            Err(error) => error,
        };
        // Whatever the API server or the way to it says: with its cluster an object is gone.
        if parent_is_gone(api, &cell).await {
            return Observation::Gone;
        }
        Observation::Unknown(error)
    }

    async fn look_in(
        &self,
        api: &Reader,
        cell: &Cell,
        id: &ResourceId,
    ) -> Result<Observation, ListError> {
        let unusable = || ListError::Unusable(format!("{id} names no object of a cluster"));
        let cluster = cell.parent.as_ref().ok_or_else(unusable)?;
        let (_, rest) = id.id.split_once('/').ok_or_else(unusable)?;
        let (namespace, name) = match rest.split_once('/') {
            Some((namespace, name)) => (namespace, name),
            None => ("", rest),
        };
        let client = api.cluster(cluster).await?;
        match client.get(self.api, namespace, name).await {
            Ok(raw) => return Ok(present(self.of, &raw, cell, id)),
            Err(error) if is_not_found(&error) => {}
            Err(error) => return Err(ClusterError::from(error).into()),
        }
        let query = ListQuery {
            namespace: self.api.namespaced.then(|| namespace.to_owned()),
            ..ListQuery::default()
        };
        let mut items = client.list(self.api, query);
        let mut found = Observation::Gone;
        while let Some(item) = items.next().await {
            let item = item.map_err(ClusterError::from)?;
            match self.of.decode(&item, cell) {
                Ok(resource) if resource.id == *id => {
                    found = Observation::Present(Box::new(resource));
                }
                Ok(_) => {}
                Err(error) => return Err(ListError::Unusable(error.to_string())),
            }
        }
        Ok(found)
    }
}

/// Whether an API server said that an object is not there.
fn is_not_found(error: &KubernetesError) -> bool {
    error.class == ErrorClass::NotFound && error.reason.as_deref() == Some("NotFound")
}

/// Whether an object lives in a namespace of the system.
pub(super) fn is_of_the_system(resource: &Resource) -> bool {
    resource
        .text("namespace")
        .is_some_and(|name| SYSTEM_NAMESPACES.contains(&name))
}

/// Whether a namespace is one that every cluster has.
pub(super) fn comes_with_the_cluster(namespace: &Resource) -> bool {
    namespace
        .name
        .as_deref()
        .is_some_and(|name| name == DEFAULT_NAMESPACE || SYSTEM_NAMESPACES.contains(&name))
}

/// Whether a Service is the API server's own, which is made again whenever it is deleted.
pub(super) fn is_of_the_api_server(service: &Resource) -> bool {
    service.text("namespace") == Some(DEFAULT_NAMESPACE)
        && service.name.as_deref() == Some("kubernetes")
}

impl Teardown for Removal {
    fn refuse(&self, resource: &Resource, near: &Neighbours<'_>) -> Option<Refusal> {
        let unmade = if (self.goes_along)(resource) {
            None
        } else {
            self.delete(resource).err().map(unreadable)
        };
        strictest([
            never(self.of.spec(), resource, &["uid", "cluster_id"]),
            unmade,
            (self.refuse)(resource),
            unless_named(resource, near, &[]),
        ])
    }

    // No cluster claims an object of an API server in `DescribeClusterResources`.
    fn rests_on(&self) -> &'static [&'static str] {
        &[]
    }

    fn calls(
        &self,
        resource: &Resource,
        _near: &Neighbours<'_>,
        _wishes: &Wishes,
    ) -> Vec<PlannedCall> {
        if (self.goes_along)(resource) {
            return Vec::new();
        }
        self.delete(resource).into_iter().collect()
    }

    fn sends(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }

    fn observe<'a>(&'a self, api: &'a Reader, id: &'a ResourceId) -> BoxFuture<'a, Observation> {
        Box::pin(self.look(api, id))
    }

    fn pace(&self) -> Pace {
        // Finalizers of load balancers and disks take minutes.
        pace(5, 900)
    }

    fn loses(&self, _resource: &Resource) -> Option<Title> {
        self.loses
    }

    fn assumptions(&self) -> &'static [&'static str] {
        self.assumptions
    }
}

#[cfg(test)]
#[path = "removal_tests.rs"]
mod tests;
