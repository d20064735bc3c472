//! `cr.repository`: an image repository of Container Registry, of either edition. Ids: see the module.
//!
//! Free. Images of an Enterprise instance lie in a bucket of the account, which OSS bills.
//!
//! Personal: <https://api.aliyun.com/document/cr/2016-06-07/GetRepoListByNamespace>.
//! Enterprise: <https://api.aliyun.com/document/cr/2018-12-01/ListRepository>.
//!
//! Traps: the Personal edition's names repeat across namespaces, so repositories are listed per namespace. Times are Unix
//! milliseconds. `TotalCount` of `ListRepository` is a text. `repoDomainList` is the registry's, the same for all.

use futures::stream::BoxStream;
use serde_json::Value;

use super::{ENTERPRISE, PERSONAL, removal};
use crate::model::{Cell, Resource, TypeId};
use crate::openapi::Request;
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, DecodeError, Field, Fields, LinkRule, ListError, ListedPer, Listing, Reader,
    ResourceType, Risk, Spec, Title, decode, listing,
};

/// `cr.repository`
pub struct Repository;

static OF_INSTANCE: Listing = Listing {
    product: "cr",
    action: "ListRepository",
    arguments: &[],
    items: "Repositories",
    id: "RepoId",
};

/// An Enterprise repository as its list writes it.
static ENTERPRISE_FIELDS: Fields = Fields {
    id: "RepoName",
    name: "RepoName",
    status: "RepoStatus",
    created: "CreateTime",
    resource_group: "ResourceGroupId",
    attributes: &[
        Field::text("repository_id", "RepoId"),
        Field::text("repository_type", "RepoType"),
        Field::text("summary", "Summary"),
        Field::boolean("tag_immutability", "TagImmutability"),
        Field::time("modified_at", "ModifiedTime"),
    ],
    ..Fields::NONE
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("cr.repository"),
    title: Title {
        en: "Container Registry repository",
        zh: "镜像仓库",
    },
    listed_per: ListedPer::Parent("cr.namespace"),
    listing: Some(Listing {
        product: "cr-personal",
        action: "GetRepoListByNamespace",
        arguments: &[("repo_namespace", Argument::Parent)],
        items: "data.repos",
        id: "repoName",
    }),
    also_reads: &["cr:ListRepository"],
    docs: "https://api.aliyun.com/document/cr/2018-12-01/ListRepository",
    billing: Billing::Free,
    risk: Risk::Data,
    fields: Fields {
        id: "repoName",
        name: "repoName",
        attributes: &[
            Field::text("repository_type", "repoType"),
            Field::text("summary", "summary"),
        ],
        ..Fields::NONE
    },
    links: &[LinkRule::uses(
        "cr.namespace",
        "namespace",
        "RepoNamespaceName",
    )],
    unverified: &[
        "the shape of the Personal edition's answers",
        "no-birth-mark: no answer of the Personal edition is known to say when it was made or an id of its own, so that one that was deleted and made again under its name looks the same; all that is known of it is compared",
    ],
};

impl ResourceType for Repository {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        match instance_and_namespace(cell) {
            None => listing::list(&SPEC, api, cell),
            Some((instance, namespace)) => {
                let request = Request::new(OF_INSTANCE.product, OF_INSTANCE.action, &cell.region)
                    .argument("InstanceId", instance)
                    .argument("RepoNamespaceName", namespace);
                listing::items(api, &OF_INSTANCE, request)
            }
        }
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let (edition, fields) = match instance_and_namespace(cell) {
            None => (PERSONAL, &SPEC.fields),
            Some(_) => (ENTERPRISE, &ENTERPRISE_FIELDS),
        };
        let mut resource = decode::decode_fields(&SPEC, fields, raw, cell)?;
        let Some(namespace) = &cell.parent else {
            return Err(DecodeError {
                type_id: SPEC.type_id.to_string(),
                path: "repoNamespace".to_owned(),
            });
        };
        resource.id.id = format!("{}/{}", namespace.id, resource.id.id);
        resource
            .attributes
            .set_text("namespace", namespace.id.as_str());
        resource.attributes.set_text("edition", edition);
        Ok(resource)
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&removal::REPOSITORY)
    }
}

/// The instance and the namespace of a cell, where it is one of the Enterprise edition.
fn instance_and_namespace(cell: &Cell) -> Option<(&str, &str)> {
    cell.parent.as_ref()?.id.split_once('/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeType, ResourceId, time};
    use crate::resources::testing::{cell, cell_of, only_resource};
    use serde_json::json;

    fn namespace(id: &str) -> Cell {
        let cell = cell("cn-hangzhou");
        let namespace = ResourceId {
            account: cell.account.clone(),
            region: cell.region.clone(),
            type_id: TypeId::from_static("cr.namespace"),
            id: id.to_owned(),
        };
        cell_of("cn-hangzhou", namespace)
    }

    #[test]
    fn a_personal_repository_is_named_as_in_an_images_address() {
        let raw = json!({
            "repoNamespace": "my-namespace", "repoName": "my-app", "repoType": "PRIVATE", "summary": "web",
            "repoDomainList": {"public": "registry.cn-hangzhou.aliyuncs.com"},
        });
        let repository = Repository.decode(&raw, &namespace("my-namespace")).unwrap();
        assert_eq!(repository.id.id, "my-namespace/my-app");
        assert_eq!(repository.text("edition"), Some("Personal"));
        assert_eq!(repository.charge_type, ChargeType::Free);
        assert!(
            Repository
                .charges(&repository, &only_resource(&repository))
                .is_empty()
        );
        let links = Repository.links(&repository);
        assert_eq!(links[0].to, namespace("my-namespace").parent.unwrap());
    }

    #[test]
    fn an_enterprise_repository_stands_behind_instance_and_namespace() {
        let raw = json!({
            "RepoId": "crr-1", "RepoName": "my-app", "RepoNamespaceName": "my-namespace",
            "RepoType": "PRIVATE", "RepoStatus": "NORMAL", "CreateTime": 1_768_464_000_000_i64,
            "TagImmutability": true, "InstanceId": "cri-1",
        });
        let cell = namespace("cri-1/my-namespace");
        let repository = Repository.decode(&raw, &cell).unwrap();
        assert_eq!(repository.id.id, "cri-1/my-namespace/my-app");
        assert_eq!(repository.text("repository_id"), Some("crr-1"));
        assert_eq!(repository.text("edition"), Some("Enterprise"));
        assert_eq!(
            repository.created.map(time::format).as_deref(),
            Some("2026-01-15T08:00:00Z")
        );
        assert_eq!(Repository.links(&repository)[0].to, cell.parent.unwrap());
    }

    #[test]
    fn without_name_or_namespace_it_is_an_error() {
        for (parent, path) in [("n", "repoName"), ("cri-1/n", "RepoName")] {
            let error = Repository
                .decode(&json!({}), &namespace(parent))
                .unwrap_err();
            assert_eq!(error.path, path);
        }
        let orphan = Repository.decode(&json!({"repoName": "my-app"}), &cell("r"));
        assert_eq!(orphan.unwrap_err().path, "repoNamespace");
    }
}
