//! `k8s.persistent_volume`: a volume, and the disk or file system it stands for.
//!
//! Traps: with reclaim policy `Retain` the disk outlives the claim and the volume; a volume that nobody
//! provisioned (no `pv.kubernetes.io/provisioned-by`) stands for a disk of the user's. A NAS volume is mostly a directory
//! (`volumeAs`), but may be a file system of its own that goes with it (`deleteVolume`).
//!
//! Driver names and handles: kubernetes-sigs/alibaba-cloud-csi-driver; the annotation:
//! kubernetes-csi/external-provisioner.
//! <https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-v1/>

use serde_json::Value;

use super::object::Kind;
use super::quantity;
use super::{object, removal};
use crate::kubernetes::ApiResourceRef;
use crate::model::{Attribute, Resource, TypeId};
use crate::resources::{Billing, Field, Fields, LinkRule, ListedPer, Risk, Spec, Title};

/// `k8s.persistent_volume`
pub struct PersistentVolume;

pub(super) static API: ApiResourceRef = ApiResourceRef {
    group: "",
    version: "v1",
    plural: "persistentvolumes",
    kind: "PersistentVolume",
    namespaced: false,
    optional: false,
};

/// Driver whose handles are disk ids.
const DISK_DRIVER: &str = "diskplugin.csi.alibabacloud.com";

/// The driver before CSI, on clusters that were never migrated: `docs/migrate/flexvolume-to-csi-disk.md` of the driver. Its
/// manifests spell the option `VolumeId` and `volumeId`.
const FLEX_DISK_DRIVER: &str = "alicloud/disk";

/// Names the provisioner of a dynamic volume.
const PROVISIONED_BY: &str = "pv.kubernetes.io/provisioned-by";

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("k8s.persistent_volume"),
    title: Title {
        en: "PersistentVolume",
        zh: "存储卷",
    },
    listed_per: ListedPer::Parent(object::PARENT),
    listing: None,
    also_reads: object::ALSO_READS,
    docs: "https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-v1/",
    billing: Billing::Free,
    risk: Risk::Data,
    fields: Fields {
        status: "status.phase",
        attributes: &[
            Field::text("storage_class", "spec.storageClassName"),
            Field::text("reclaim_policy", "spec.persistentVolumeReclaimPolicy"),
            Field::text_list("access_modes", "spec.accessModes"),
            Field::text("csi_driver", "spec.csi.driver"),
            Field::text("volume_handle", "spec.csi.volumeHandle"),
            Field::text("flex_driver", "spec.flexVolume.driver"),
            Field::text("file_system_id", "spec.csi.volumeAttributes.fileSystemId"),
            Field::text("volume_as", "spec.csi.volumeAttributes.volumeAs"),
            Field::text("delete_volume", "spec.csi.volumeAttributes.deleteVolume"),
            Field::text("claim_namespace", "spec.claimRef.namespace"),
            Field::text("claim_name", "spec.claimRef.name"),
        ],
        ..object::FIELDS
    },
    links: &[
        LinkRule::uses("ecs.disk", "disk_id", "spec.csi.volumeHandle"),
        LinkRule::uses(
            "nas.file_system",
            "file_system_id",
            "spec.csi.volumeAttributes.fileSystemId",
        ),
    ],
    unverified: &[],
};

impl Kind for PersistentVolume {
    const SPEC: &Spec = &SPEC;
    const API: &ApiResourceRef = &API;
    const REMOVAL: &removal::Removal = &REMOVAL;

    fn read(raw: &Value, resource: &mut Resource) {
        if let Some(gib) = quantity::gib_at(raw, "/spec/capacity/storage") {
            resource
                .attributes
                .set("capacity_gib", Attribute::Decimal(gib));
        }
        if let Some(provisioner) = object::annotation(raw, PROVISIONED_BY) {
            resource.attributes.set_text("provisioned_by", provisioner);
        }
        let is_disk = resource.text("csi_driver") == Some(DISK_DRIVER);
        if let Some(handle) = resource.text("volume_handle").filter(|_| is_disk) {
            let handle = handle.to_owned();
            resource.attributes.set_text("disk_id", handle);
        }
        if let Some(disk) = flex_disk(raw) {
            resource.attributes.set_text("disk_id", disk);
        }
    }
}

/// The disk of a `FlexVolume`.
fn flex_disk(raw: &Value) -> Option<&str> {
    let flex = raw.pointer("/spec/flexVolume")?;
    if flex.get("driver")?.as_str() != Some(FLEX_DISK_DRIVER) {
        return None;
    }
    let mut options = flex.get("options")?.as_object()?.iter();
    let (_, disk) = options.find(|(name, _)| name.eq_ignore_ascii_case("volumeId"))?;
    disk.as_str()
}

static REMOVAL: removal::Removal = removal::Removal {
    loses: Some(Title {
        en: "with reclaim policy Delete, what its driver made for it: the disk, or the directory or file system",
        zh: "回收策略为 Delete 时，驱动为该存储卷创建的云盘、目录或文件系统",
    }),
    // A bound volume goes with its claim, or stays for a person to decide; one that nobody provisioned is the user's.
    goes_along: |volume| {
        volume.text("provisioned_by").is_none()
            || !matches!(
                volume.status.as_deref(),
                Some("Available" | "Released" | "Failed")
            )
    },
    ..removal::Removal::new(&PersistentVolume, &API)
};
