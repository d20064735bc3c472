//! What a `PersistentVolume` takes along once its claim is gone.
//!
//! A volume goes with its claim if something provisioned it and its reclaim policy is `Delete`. What stands behind it goes only
//! where its driver deletes that: a disk always, a NAS file system where the driver made one for this volume alone.
//!
//! Sources: kubernetes-csi/external-provisioner (it deletes only volumes whose annotation names it);
//! kubernetes-sigs/alibaba-cloud-csi-driver, `pkg/disk/controllerserver.go` and `pkg/nas/filesystem_controller.go`.

use crate::model::Resource;

/// Drivers of Alibaba Cloud, CSI and `FlexVolume`: their volumes are storage of the account.
const DRIVERS_OF_ALIBABA_CLOUD: (&str, &str) = (".csi.alibabacloud.com", "alicloud/");

/// Ways to use a file system (`volumeAs`) that leave it in place.
const PARTS_OF_A_FILE_SYSTEM: &[&str] = &["subpath", "sharepath", "accesspoint"];

/// Whether resources of a type stand behind volumes.
pub fn is_behind_volumes(type_id: &str) -> bool {
    matches!(type_id, "ecs.disk" | "nas.file_system")
}

/// Whether the volume goes once its claim is gone. What cannot be read counts as no.
pub fn goes_with_its_claim(volume: &Resource) -> bool {
    is_provisioned(volume) && volume.text("reclaim_policy") == Some("Delete")
}

/// Whether the volume may go once its claim is gone: what cannot be read counts as yes.
pub fn may_go_with_its_claim(volume: &Resource) -> bool {
    is_provisioned(volume) && volume.text("reclaim_policy") != Some("Retain")
}

/// Whether the driver deletes what stands behind the volume, too. What cannot be read counts as no.
pub fn deletes(volume: &Resource, behind: &str) -> bool {
    goes_with_its_claim(volume)
        && match behind {
            "ecs.disk" => true,
            "nas.file_system" => {
                volume.text("volume_as") == Some("filesystem") && says_delete(volume)
            }
            _ => false,
        }
}

/// Whether the driver may delete what stands behind the volume, too. What cannot be read counts as yes: for whoever wants to
/// keep it.
pub fn may_delete(volume: &Resource, behind: &str) -> bool {
    may_go_with_its_claim(volume)
        && match behind {
            "ecs.disk" => true,
            "nas.file_system" => {
                let volume_as = volume.text("volume_as");
                volume_as.is_none_or(|part| !PARTS_OF_A_FILE_SYSTEM.contains(&part))
                    && says_delete(volume)
            }
            _ => false,
        }
}

/// Whether the driver that made the volume is one of Alibaba Cloud's. Any other runs in the cluster by the user's doing, and may
/// be gone before its volumes are.
pub fn is_made_by_alibaba_cloud(volume: &Resource) -> bool {
    let (suffix, prefix) = DRIVERS_OF_ALIBABA_CLOUD;
    volume
        .text("provisioned_by")
        .is_some_and(|driver| driver.ends_with(suffix) || driver.starts_with(prefix))
}

fn is_provisioned(volume: &Resource) -> bool {
    volume.text("provisioned_by").is_some()
}

/// `deleteVolume` of the storage class, which the driver writes into each volume of its own file system.
fn says_delete(volume: &Resource) -> bool {
    volume
        .text("delete_volume")
        .is_some_and(|said| said.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, Region, ResourceId, TypeId};

    fn volume(fields: &[(&'static str, &str)]) -> Resource {
        let mut volume = Resource::new(ResourceId {
            account: AccountId::from_static("0000000000000042"),
            region: Region::new("cn-hangzhou"),
            type_id: TypeId::from_static("k8s.persistent_volume"),
            id: "c1/pv".to_owned(),
        });
        for (name, value) in fields {
            volume.attributes.set_text(name, *value);
        }
        volume
    }

    #[test]
    fn a_file_system_goes_where_the_driver_made_it_and_was_told_to_delete_it() {
        // pkg/nas/filesystem_controller.go: DeleteVolume; pkg/nas/controllerserver.go: the default of volumeAs.
        let nas = [
            ("provisioned_by", "nasplugin.csi.alibabacloud.com"),
            ("reclaim_policy", "Delete"),
        ];
        for (more, does, may) in [
            (
                vec![("volume_as", "filesystem"), ("delete_volume", "true")],
                true,
                true,
            ),
            (
                vec![("volume_as", "filesystem"), ("delete_volume", "false")],
                false,
                false,
            ),
            (vec![("volume_as", "filesystem")], false, false),
            (
                vec![("volume_as", "subpath"), ("delete_volume", "true")],
                false,
                false,
            ),
            (vec![("delete_volume", "true")], false, true),
            (
                vec![("volume_as", "of-tomorrow"), ("delete_volume", "true")],
                false,
                true,
            ),
            (vec![], false, false),
        ] {
            let fields: Vec<_> = nas.iter().copied().chain(more).collect();
            let volume = volume(&fields);
            assert_eq!(deletes(&volume, "nas.file_system"), does, "{fields:?}");
            assert_eq!(may_delete(&volume, "nas.file_system"), may, "{fields:?}");
        }
    }

    #[test]
    fn what_nobody_provisioned_or_is_retained_takes_nothing_along() {
        let made = ("provisioned_by", "diskplugin.csi.alibabacloud.com");
        for (fields, does, may) in [
            (vec![made, ("reclaim_policy", "Delete")], true, true),
            (vec![made], false, true),
            (vec![made, ("reclaim_policy", "Retain")], false, false),
            (vec![("reclaim_policy", "Delete")], false, false),
        ] {
            let volume = volume(&fields);
            assert_eq!(deletes(&volume, "ecs.disk"), does, "{fields:?}");
            assert_eq!(may_delete(&volume, "ecs.disk"), may, "{fields:?}");
            assert_eq!(goes_with_its_claim(&volume), does, "{fields:?}");
        }
    }

    #[test]
    fn drivers_of_alibaba_cloud_are_told_by_their_names() {
        for (driver, is_its) in [
            ("diskplugin.csi.alibabacloud.com", true),
            ("alicloud/disk", true),
            ("rancher.io/local-path", false),
            ("local.csi.aliyun.com", false),
        ] {
            let volume = volume(&[("provisioned_by", driver)]);
            assert_eq!(is_made_by_alibaba_cloud(&volume), is_its, "{driver}");
        }
    }
}
