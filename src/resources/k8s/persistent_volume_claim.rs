//! `k8s.persistent_volume_claim`: a claim on storage.
//!
//! Deleting it deletes, with reclaim policy `Delete`, its volume and the disk behind it, while the
//! CSI driver still runs; the disk of a dynamic volume stays when the cluster goes first.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/>

use serde_json::Value;

use super::object::Kind;
use super::quantity;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Attribute, Link, LinkKind, Resource, TypeId};
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title};

/// `k8s.persistent_volume_claim`
pub struct PersistentVolumeClaim;

pub(super) static API: ApiResourceRef = ApiResourceRef {
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

impl Kind for PersistentVolumeClaim {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;
    const LINKED: &[&str] = &["ack.cluster", "k8s.namespace", "k8s.persistent_volume"];

    fn read(raw: &Value, resource: &mut Resource) {
        let sizes = [
            ("requested_gib", "/spec/resources/requests/storage"),
            ("capacity_gib", "/status/capacity/storage"),
        ];
        for (name, pointer) in sizes {
            if let Some(gib) = quantity::gib_at(raw, pointer) {
                resource.attributes.set(name, Attribute::Decimal(gib));
            }
        }
    }

    fn further_links(resource: &Resource) -> Vec<Link> {
        let mut links = Vec::new();
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
}

static REMOVAL: removal::Removal = removal::Removal {
    loses: Some(Title {
        en: "with reclaim policy Delete, the volume and everything on it",
        zh: "回收策略为 Delete 时，存储卷及其全部数据",
    }),
    ..removal::Removal::new(&PersistentVolumeClaim, &API)
};
