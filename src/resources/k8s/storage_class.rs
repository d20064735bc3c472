//! `k8s.storage_class`: a `StorageClass`: what kind of disk or file system a claim gets, and whether it outlives the claim.
//!
//! Traps: parameters may name Secrets, so only those that say what is bought are kept. Without a reclaim policy it is `Delete`.
//! Names of the parameters: kubernetes-sigs/alibaba-cloud-csi-driver.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/storage-class-v1/>

use serde_json::Value;

use super::object::Kind;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Attribute, Resource, TypeId};
use crate::resources::{Billing, Field, Fields, ListedPer, Risk, Spec, Title};

/// Marks the class that claims without one get.
const DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";

/// `k8s.storage_class`
pub struct StorageClass;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "storage.k8s.io",
    version: "v1",
    plural: "storageclasses",
    kind: "StorageClass",
    namespaced: false,
    optional: false,
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.storage_class"),
    title: Title {
        en: "StorageClass",
        zh: "存储类",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/storage-class-v1/",
    billing: Billing::Free,
    risk: Risk::None,
    fields: Fields {
        attributes: &[
            Field::text("provisioner", "provisioner"),
            Field::text("reclaim_policy", "reclaimPolicy"),
            Field::text("volume_binding_mode", "volumeBindingMode"),
            Field::boolean("allow_volume_expansion", "allowVolumeExpansion"),
            Field::text("volume_type", "parameters.type"),
            Field::text("performance_level", "parameters.performanceLevel"),
            Field::text("volume_as", "parameters.volumeAs"),
            Field::text("deletes_file_system", "parameters.deleteVolume"),
            Field::text(
                "snapshot_days_before_delete",
                "parameters.volumeDeleteSnapshotRetentionDays",
            ),
        ],
        ..object::FIELDS
    },
    links: &[],
    unverified: &[],
};

impl Kind for StorageClass {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;

    fn read(raw: &Value, resource: &mut Resource) {
        let is_default = object::annotation(raw, DEFAULT) == Some("true");
        let is_default = Attribute::Boolean(is_default);
        resource.attributes.set("is_default_class", is_default);
    }
}

static REMOVAL: removal::Removal = removal::Removal::new(&StorageClass, &API);
