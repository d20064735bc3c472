//! `k8s.persistent_volume_claim`: a claim on storage.
//!
//! Deleting it deletes, with reclaim policy `Delete`, its volume and the disk behind it, while the
//! CSI driver still runs; the disk of a dynamic volume stays when the cluster goes first.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/>

use futures::stream::BoxStream;
use serde_json::Value;

use super::quantity;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Attribute, Cell, Link, LinkKind, Resource, TypeId};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Billing, DecodeError, Field, Fields, ListError, ListedPer, Reader, ResourceType, Risk, Spec,
    Title,
};

/// `k8s.persistent_volume_claim`
pub struct PersistentVolumeClaim;

static API: ApiResourceRef = ApiResourceRef {
    group: "",
    version: "v1",
    plural: "persistentvolumeclaims",
    kind: "PersistentVolumeClaim",
    namespaced: true,
    optional: false,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.persistent_volume_claim"),
    title: Title {
        en: "PersistentVolumeClaim",
        zh: "存储声明",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/",
    billing: Billing::Free,
    risk: Risk::Data,
    fields: Fields {
        status: "status.phase",
        attributes: &[
            Field::text("volume_name", "spec.volumeName"),
            Field::text("storage_class", "spec.storageClassName"),
            Field::text_list("access_modes", "spec.accessModes"),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl ResourceType for PersistentVolumeClaim {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        object::list(&API, api, cell)
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut resource = object::decode(&SPEC, &API, raw, cell)?;
        let sizes = [
            ("requested_gib", "/spec/resources/requests/storage"),
            ("capacity_gib", "/status/capacity/storage"),
        ];
        for (name, pointer) in sizes {
            if let Some(gib) = quantity::gib_at(raw, pointer) {
                resource.attributes.set(name, Attribute::Decimal(gib));
            }
        }
        Ok(resource)
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let mut links = object::links(&SPEC, resource);
        if let Some(volume) = resource.text("volume_name") {
            let (kind, to) = (LinkKind::Uses, "k8s.persistent_volume");
            links.extend(object::within(
                resource,
                kind,
                to,
                None,
                volume,
                "spec.volumeName",
            ));
        }
        links
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: removal::Removal = removal::Removal {
    loses: Some(Title {
        en: "with reclaim policy Delete, the volume and everything on it",
        zh: "回收策略为 Delete 时，存储卷及其全部数据",
    }),
    ..removal::Removal::new(&PersistentVolumeClaim, &API)
};
