//! `cr.namespace`: a namespace of Container Registry, of either edition. Ids: see the module.
//!
//! Free. In an Enterprise instance the instance is billed; the Personal edition is free (3 namespaces, 300 repositories).
//!
//! Personal: listed per region, <https://api.aliyun.com/document/cr/2016-06-07/GetNamespaceList>.
//! Enterprise: listed per instance, <https://api.aliyun.com/document/cr/2018-12-01/ListNamespace>.
//!
//! Traps: an account that never opened the Personal edition gets `USER_NOT_EXIST`, which means "not used". The Personal API has
//! no official model of its answers; field names are those that the Terraform provider reads. `TotalCount` of `ListNamespace` is
//! a text.

use futures::stream::{self, BoxStream, StreamExt};
use serde_json::Value;

use super::{ENTERPRISE, PERSONAL, removal};
use crate::model::{Cell, Resource, TypeId};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, DecodeError, Field, Fields, LinkRule, ListError, ListedPer, Listing, Reader,
    ResourceType, Risk, Spec, Title, decode, listing,
};

/// `cr.namespace`
pub struct Namespace;

static OF_INSTANCE: Listing = Listing {
    product: "cr",
    action: "ListNamespace",
    arguments: &[("InstanceId", Argument::Parent)],
    items: "Namespaces",
    id: "NamespaceId",
};

/// An Enterprise namespace as its list writes it.
static ENTERPRISE_FIELDS: Fields = Fields {
    id: "NamespaceName",
    name: "NamespaceName",
    status: "NamespaceStatus",
    resource_group: "ResourceGroupId",
    attributes: &[
        Field::text("namespace_id", "NamespaceId"),
        Field::boolean("auto_create_repository", "AutoCreateRepo"),
        Field::text("default_repository_type", "DefaultRepoType"),
    ],
    ..Fields::NONE
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("cr.namespace"),
    title: Title {
        en: "Container Registry namespace",
        zh: "镜像命名空间",
    },
    listed_per: ListedPer::RegionAndParent("cr.instance"),
    listing: Some(Listing {
        product: "cr-personal",
        action: "GetNamespaceList",
        arguments: &[],
        items: "data.namespaces",
        id: "namespace",
    }),
    also_reads: &["cr:ListNamespace"],
    docs: "https://api.aliyun.com/document/cr/2018-12-01/ListNamespace",
    billing: Billing::Free,
    risk: Risk::Data,
    fields: Fields {
        id: "namespace",
        name: "namespace",
        status: "namespaceStatus",
        attributes: &[Field::text("authorize_type", "authorizeType")],
        ..Fields::NONE
    },
    links: &[LinkRule::uses("cr.instance", "instance_id", "InstanceId")],
    unverified: &[
        "the shape of the Personal edition's answers",
        "no-birth-mark: no answer of the Personal edition is known to say when it was made or an id of its own, so that one that was deleted and made again under its name looks the same; all that is known of it is compared",
    ],
};

impl ResourceType for Namespace {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        if cell.parent.is_none() {
            return listing::list(&SPEC, api, cell);
        }
        match listing::request(&SPEC, &OF_INSTANCE, cell) {
            Ok(request) => listing::items(api, &OF_INSTANCE, request),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let Some(instance) = &cell.parent else {
            let mut resource = decode::decode(&SPEC, raw, cell)?;
            resource.attributes.set_text("edition", PERSONAL);
            return Ok(resource);
        };
        let mut resource = decode::decode_fields(&SPEC, &ENTERPRISE_FIELDS, raw, cell)?;
        resource.id.id = format!("{}/{}", instance.id, resource.id.id);
        resource
            .attributes
            .set_text("instance_id", instance.id.as_str());
        resource.attributes.set_text("edition", ENTERPRISE);
        Ok(resource)
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&removal::NAMESPACE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeType, ResourceId};
    use crate::resources::testing::{cell, cell_of, only_resource};
    use serde_json::json;

    fn instance() -> Cell {
        let cell = cell("cn-hangzhou");
        let instance = ResourceId {
            account: cell.account.clone(),
            region: cell.region.clone(),
            type_id: TypeId::from_static("cr.instance"),
            id: "cri-1".to_owned(),
        };
        cell_of("cn-hangzhou", instance)
    }

    #[test]
    fn a_personal_namespace_is_named_as_in_an_images_address() {
        let raw = json!({"namespace": "my-namespace", "authorizeType": "ADMIN", "namespaceStatus": "NORMAL"});
        let namespace = Namespace.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(namespace.id.id, "my-namespace");
        assert_eq!(namespace.status.as_deref(), Some("NORMAL"));
        assert_eq!(namespace.text("edition"), Some("Personal"));
        assert_eq!(namespace.charge_type, ChargeType::Free);
        assert!(
            Namespace
                .charges(&namespace, &only_resource(&namespace))
                .is_empty()
        );
        assert!(Namespace.links(&namespace).is_empty());
    }

    #[test]
    fn an_enterprise_namespace_stands_behind_its_instance() {
        let raw = json!({
            "NamespaceId": "crn-1", "NamespaceName": "my-namespace", "NamespaceStatus": "NORMAL",
            "AutoCreateRepo": true, "DefaultRepoType": "PRIVATE", "InstanceId": "cri-1",
        });
        let namespace = Namespace.decode(&raw, &instance()).unwrap();
        assert_eq!(namespace.id.id, "cri-1/my-namespace");
        assert_eq!(namespace.text("namespace_id"), Some("crn-1"));
        assert_eq!(namespace.text("edition"), Some("Enterprise"));
        let links = Namespace.links(&namespace);
        assert_eq!(
            (links[0].to.type_id.as_str(), links[0].to.id.as_str()),
            ("cr.instance", "cri-1")
        );
    }

    #[test]
    fn without_name_it_is_an_error() {
        for (cell, path) in [(cell("r"), "namespace"), (instance(), "NamespaceName")] {
            assert_eq!(Namespace.decode(&json!({}), &cell).unwrap_err().path, path);
        }
    }
}
