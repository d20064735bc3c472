//! The CSI disk driver: disks are made for claims, attached for Pods, and deleted with released volumes.
//!
//! Names and tags: kubernetes-sigs/alibaba-cloud-csi-driver `pkg/disk/{cloud,constants}.go`. The finalizers are those of
//! kubernetes-csi/external-provisioner and external-attacher.

use serde_json::{Value, json};

use super::super::store::{Object, Part, Propagation, View, timestamp};
use super::protection::is_used;
use super::{Controller, Infrastructure, Place, Scene, Wait};
use crate::emulator::world::Removal;

const DRIVER: &str = "diskplugin.csi.alibabacloud.com";
const DISKS: &str = "ecs/disk";
const PROVISIONER_FINALIZER: &str = "external-provisioner.volume.kubernetes.io/finalizer";
const ATTACHER_FINALIZER: &str = "external-attacher/diskplugin-csi-alibabacloud-com";

fn handle(volume: &Object) -> Option<&str> {
    let is_ours =
        volume.kind.kind == "PersistentVolume" && volume.text("/spec/csi/driver") == DRIVER;
    is_ours.then(|| volume.text("/spec/csi/volumeHandle"))
}

/// Whether the volume's disk has this status; a disk that is not there has none.
fn has_status(infrastructure: &Infrastructure, disk: &str, status: &str) -> bool {
    infrastructure
        .cloud
        .item(DISKS, disk)
        .is_some_and(|disk| disk.get("Status").and_then(Value::as_str) == Some(status))
}

/// The instance of the node whose Pod uses the volume's claim.
fn wanted_at<'v>(volume: &Object, view: &'v View) -> Option<&'v str> {
    let (namespace, claim) = (
        volume.text("/spec/claimRef/namespace"),
        volume.text("/spec/claimRef/name"),
    );
    let pod = view.of_kind("Pod").find(|pod| {
        pod.namespace() == namespace
            && !pod.text("/spec/nodeName").is_empty()
            && pod
                .value
                .pointer("/spec/volumes")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .any(|volume| {
                    volume
                        .pointer("/persistentVolumeClaim/claimName")
                        .and_then(Value::as_str)
                        == Some(claim)
                })
    })?;
    let node = view.find("Node", "", pod.text("/spec/nodeName"))?;
    node.text("/spec/providerID").rsplit('.').next()
}

/// Attaches disks to where Pods use them, and takes them off when none does.
pub(super) struct Attacher;

impl Controller for Attacher {
    fn place(&self) -> Place {
        Place::Nodes
    }

    fn wants(&self, object: &Object, view: &View, scene: &Scene<'_>) -> Option<Wait> {
        let disk = handle(object)?;
        let infrastructure = scene.infrastructure?;
        infrastructure.cloud.item(DISKS, disk)?;
        let used = is_used(
            view,
            object.text("/spec/claimRef/namespace"),
            object.text("/spec/claimRef/name"),
        );
        // `AttachDisk` takes an available disk and `DetachDisk` an attached one (parameter documentation): what is in between waits.
        let differs = if used {
            has_status(infrastructure, disk, "Available")
                && !object.is_deleting()
                && wanted_at(object, view).is_some()
        } else {
            has_status(infrastructure, disk, "In_use")
        };
        differs.then(|| Wait::seconds(5))
    }

    fn act(&self, object: &Object, view: &View, scene: &Scene<'_>) {
        let (Some(disk), Some(infrastructure)) = (handle(object), scene.infrastructure) else {
            return;
        };
        if has_status(infrastructure, disk, "In_use") {
            infrastructure.cloud.detach(DISKS, disk);
            return;
        }
        if let Some(instance) = wanted_at(object, view) {
            let attachment = json!({"InstanceId": instance, "Device": "/dev/xvdb", "AttachedTime": timestamp(scene.now)});
            for (path, value) in [
                ("Status", json!("In_use")),
                ("InstanceId", json!(instance)),
                ("Device", json!("/dev/xvdb")),
                ("AttachedTime", json!(timestamp(scene.now))),
                ("Attachments", json!({"Attachment": [attachment]})),
            ] {
                infrastructure.cloud.set(DISKS, disk, path, value);
            }
        }
    }
}

/// Deletes the disks of released volumes that are to be deleted. The volume goes when the deletion is accepted, not when the disk
/// is gone.
pub(super) struct Provisioner;

impl Controller for Provisioner {
    fn place(&self) -> Place {
        Place::Nodes
    }

    fn wants(&self, object: &Object, _: &View, _: &Scene<'_>) -> Option<Wait> {
        handle(object)?;
        let to_delete = object.text("/status/phase") == "Released"
            && object.text("/spec/persistentVolumeReclaimPolicy") == "Delete"
            && object.annotation("pv.kubernetes.io/provisioned-by") == DRIVER;
        let is_done = object.is_deleting()
            && !object.has_finalizer(PROVISIONER_FINALIZER)
            && !object.has_finalizer(ATTACHER_FINALIZER);
        if to_delete && !is_done {
            Some(Wait::seconds(5))
        } else {
            None
        }
    }

    fn act(&self, object: &Object, _: &View, scene: &Scene<'_>) {
        let (Some(disk), Some(infrastructure)) = (handle(object), scene.infrastructure) else {
            return;
        };
        match infrastructure.cloud.remove(DISKS, disk) {
            Removal::Blocked(code) => {
                tracing::debug!(code, disk, "the disk of a volume cannot be deleted yet");
            }
            Removal::Absent | Removal::Going => {
                scene.delete(object, Propagation::Background);
                scene.remove_finalizer(object, PROVISIONER_FINALIZER);
                scene.remove_finalizer(object, ATTACHER_FINALIZER);
            }
        }
    }
}

/// Makes a disk and a volume for a claim that has none.
pub(super) struct Creator;

impl Creator {
    /// The disk's id, the same in every run.
    fn disk_id(claim: &Object) -> String {
        let digits: String = claim
            .uid()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(17)
            .collect();
        format!("d-bp1{digits}")
    }

    /// The size in GiB; disks are whole GiB.
    fn size(claim: &Object) -> Option<u64> {
        claim
            .text("/spec/resources/requests/storage")
            .strip_suffix("Gi")?
            .parse()
            .ok()
    }
}

impl Controller for Creator {
    fn place(&self) -> Place {
        Place::Nodes
    }

    fn wants(&self, object: &Object, _: &View, _: &Scene<'_>) -> Option<Wait> {
        let unbound = object.kind.kind == "PersistentVolumeClaim"
            && !object.is_deleting()
            && object.text("/spec/volumeName").is_empty()
            && object
                .text("/spec/storageClassName")
                .starts_with("alicloud-disk-")
            && Self::size(object).is_some();
        unbound.then(|| Wait::seconds(5))
    }

    fn act(&self, object: &Object, view: &View, scene: &Scene<'_>) {
        let (Some(infrastructure), Some(size)) = (scene.infrastructure, Self::size(object)) else {
            return;
        };
        let disk = Self::disk_id(object);
        let zone = view
            .of_kind("Node")
            .map(|node| node.text("/metadata/labels/topology.kubernetes.io~1zone"))
            .next()
            .unwrap_or_default();
        let tag = |key: &str, value: &str| json!({"TagKey": key, "TagValue": value});
        let item = json!({
            "DiskId": disk, "DiskName": disk, "RegionId": infrastructure.region, "ZoneId": zone, "Type": "data",
            "Status": "Available", "Category": "cloud_essd", "PerformanceLevel": "PL0", "Size": size,
            "DiskChargeType": "PostPaid", "CreationTime": timestamp(scene.now), "InstanceId": "", "Portable": true,
            "DeleteWithInstance": false,
            "Tags": {"Tag": [
                tag("k8s.aliyun.com", "true"),
                tag("createdby", "alibabacloud-csi-plugin"),
                tag("ack.aliyun.com", &infrastructure.cluster),
                tag("csi.alibabacloud.com/volume-name", &disk),
            ]},
        });
        infrastructure
            .cloud
            .put(DISKS, &infrastructure.region, item);
        let class = object.text("/spec/storageClassName");
        scene.create("", "v1", "persistentvolumes", "", json!({
            "metadata": {
                "name": disk,
                "finalizers": [PROVISIONER_FINALIZER],
                "annotations": {"pv.kubernetes.io/provisioned-by": DRIVER},
            },
            "spec": {
                "capacity": {"storage": format!("{size}Gi")},
                "accessModes": ["ReadWriteOnce"],
                "persistentVolumeReclaimPolicy": "Delete",
                "storageClassName": class,
                "claimRef": {
                    "apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": object.namespace(), "name": object.name(),
                    "uid": object.uid(),
                },
                "csi": {"driver": DRIVER, "volumeHandle": disk},
            },
        }));
        let bound = |value: &mut Value| {
            if let Some(object) = value.as_object_mut() {
                let status = object.entry("status").or_insert_with(|| json!({}));
                if let Some(status) = status.as_object_mut() {
                    status.insert("phase".to_owned(), json!("Bound"));
                }
            }
        };
        if let Some(volume) = scene.store.view().find("PersistentVolume", "", &disk) {
            scene.update(volume, Part::Status, bound);
        }
        scene.update(object, Part::Main, |value| {
            if let Some(spec) = value.get_mut("spec").and_then(Value::as_object_mut) {
                spec.insert("volumeName".to_owned(), json!(disk));
            }
        });
        scene.update(object, Part::Status, bound);
    }
}
