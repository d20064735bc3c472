//! How namespaces and repositories of Container Registry are taken down, in both editions.
//!
//! The two editions have an API of their own each; a resource says by its attribute `edition` which one is meant, an id by its number of
//! parts. Failures come in the body of a successful answer (`IsSuccess` false with a `Code`); the client turns them into errors.

use futures::future::BoxFuture;

use super::{ENTERPRISE, Namespace, PERSONAL, Repository};
use crate::model::{Resource, ResourceId};
use crate::resources::removal::{
    Operation, Source, cell_of, in_two_lists, is_code_of, never, pace, parent_is_gone, present,
    strictest, unless_named, unreadable,
};
use crate::resources::teardown::{
    Call, Observation, Pace, PlannedCall, Purpose, Refusal, Teardown, Wishes,
};
use crate::resources::{Neighbours, Reader, ResourceType, Title};

/// Codes of a namespace or an instance that does not exist (Terraform provider `service_alicloud_cr_ee.go`).
const NAMESPACE_GONE: &[&str] = &["NAMESPACE_NOT_EXIST", "INSTANCE_NOT_EXIST"];

/// How one of the two types is deleted.
pub(super) struct Removal {
    of: &'static dyn ResourceType,
    enterprise: Operation,
    personal: Operation,
    loses: Title,
}

pub(super) static NAMESPACE: Removal = Removal {
    of: &Namespace,
    enterprise: Operation::new(
        "cr",
        "DeleteNamespace",
        &[
            ("InstanceId", Source::Attribute("instance_id")),
            ("NamespaceName", Source::Name),
        ],
    ),
    personal: Operation::new(
        "cr-personal",
        "DeleteNamespace",
        &[("namespace", Source::Name)],
    ),
    loses: Title {
        en: "all repositories of the namespace and their images",
        zh: "该命名空间下的全部镜像仓库和镜像",
    },
};

pub(super) static REPOSITORY: Removal = Removal {
    of: &Repository,
    enterprise: Operation::new(
        "cr",
        "DeleteRepository",
        &[
            ("InstanceId", Source::First),
            ("RepoId", Source::Attribute("repository_id")),
        ],
    ),
    personal: Operation::new(
        "cr-personal",
        "DeleteRepo",
        &[
            ("repo_namespace", Source::Parent),
            ("repo_name", Source::Name),
        ],
    ),
    loses: Title {
        en: "all images of the repository, with every tag",
        zh: "该仓库的全部镜像及其所有标签",
    },
};

impl Removal {
    fn delete(&self, resource: &Resource) -> Result<PlannedCall, &'static str> {
        let operation = match resource.text("edition") {
            Some(ENTERPRISE) => &self.enterprise,
            Some(PERSONAL) => &self.personal,
            _ => return Err("edition"),
        };
        Ok(PlannedCall {
            purpose: Purpose::Delete,
            call: Call::Cloud(operation.call(resource)?),
            undo: None,
        })
    }

    /// The list of its namespace or instance decides, asked twice; no operation is narrower in both editions.
    async fn look(&self, api: &Reader, id: &ResourceId) -> Observation {
        let cell = match cell_of(self.of, id) {
            Ok(cell) => cell,
            Err(error) => return Observation::Unknown(error),
        };
        match in_two_lists(self.of, api, &cell, id).await {
            Ok(None) => Observation::Gone,
            Ok(Some(raw)) => present(self.of, &raw, &cell, id),
            Err(error)
                if is_code_of(&error, NAMESPACE_GONE) && parent_is_gone(api, &cell).await =>
            {
                Observation::Gone
            }
            Err(error) => Observation::Unknown(error),
        }
    }
}

impl Teardown for Removal {
    fn refuse(&self, resource: &Resource, near: &Neighbours<'_>) -> Option<Refusal> {
        strictest([
            never(self.of.spec(), resource, &["edition"]),
            self.delete(resource).err().map(unreadable),
            unless_named(resource, near, &[]),
        ])
    }

    // No cluster claims a part of a registry in `DescribeClusterResources`.
    fn rests_on(&self) -> &'static [&'static str] {
        &[]
    }

    fn calls(
        &self,
        resource: &Resource,
        _near: &Neighbours<'_>,
        _wishes: &Wishes,
    ) -> Vec<PlannedCall> {
        self.delete(resource).into_iter().collect()
    }

    fn sends(&self) -> Vec<(&'static str, &'static str)> {
        [&self.enterprise, &self.personal]
            .map(|operation| (operation.product, operation.action))
            .to_vec()
    }

    fn observe<'a>(&'a self, api: &'a Reader, id: &'a ResourceId) -> BoxFuture<'a, Observation> {
        Box::pin(self.look(api, id))
    }

    fn pace(&self) -> Pace {
        pace(5, 600)
    }

    fn loses(&self, _resource: &Resource) -> Option<Title> {
        Some(self.loses)
    }
}
