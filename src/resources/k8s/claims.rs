//! What objects in clusters say about cloud resources: what a controller only reuses, and what a user wants kept.

use crate::model::Resource;
use crate::resources::Neighbours;
use crate::resources::removal::kept;
use crate::resources::teardown::{Kept, Refusal};

/// Why Services keep a CLB or NLB: it is the user's and only reused, or the user wants it preserved.
pub(in crate::resources) fn said_by_services(
    balancer: &Resource,
    near: &Neighbours<'_>,
) -> Option<Refusal> {
    let mut services: Vec<&Resource> = near
        .of_type(balancer, "k8s.service")
        .filter(|service| service.text("load_balancer_id") == Some(&balancer.id.id))
        .collect();
    services.sort_by(|a, b| a.id.cmp(&b.id));
    let with = |flag: &str| {
        services
            .iter()
            .find(|service| service.attributes.boolean(flag) == Some(true))
    };
    if let Some(service) = with("reuses_load_balancer") {
        let because = format!("Service {} names it by annotation", service.id.id);
        return Some(kept(Kept::Always, "reused_by_user", because));
    }
    let service = with("preserves_load_balancer")?;
    let because = format!("preserve-lb-on-delete of Service {}", service.id.id);
    Some(kept(Kept::UnlessNamed, "protected", because))
}

/// Why an `AlbConfig` keeps an ALB: it is the user's and only reused, although it gets the same tags.
pub(in crate::resources) fn said_by_alb_configs(
    balancer: &Resource,
    near: &Neighbours<'_>,
) -> Option<Refusal> {
    let config = near
        .of_type(balancer, "k8s.alb_config")
        .filter(|config| config.text("reused_load_balancer_id") == Some(&balancer.id.id))
        .min_by(|a, b| a.id.cmp(&b.id))?;
    let because = format!("spec.config.id of AlbConfig {}", config.id.id);
    Some(kept(Kept::Always, "reused_by_user", because))
}

/// Why volumes keep a disk: one that nobody provisioned stands for a disk of the user's.
pub(in crate::resources) fn said_by_volumes(
    disk: &Resource,
    near: &Neighbours<'_>,
) -> Option<Refusal> {
    let volume = near
        .of_type(disk, "k8s.persistent_volume")
        .filter(|volume| {
            volume.text("disk_id") == Some(&disk.id.id) && volume.text("provisioned_by").is_none()
        })
        .min_by(|a, b| a.id.cmp(&b.id))?;
    let because = format!(
        "spec.csi.volumeHandle of PersistentVolume {}, which nothing provisioned",
        volume.id.id
    );
    Some(kept(Kept::Always, "static_volume", because))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Attribute;
    use crate::resources::testing::{cell, resource};

    fn code(refusal: Option<Refusal>) -> Option<(Kept, String)> {
        refusal.map(|refusal| (refusal.kept, refusal.code))
    }

    #[test]
    fn a_service_keeps_what_it_reuses_or_preserves() {
        let balancer = resource(&cell("r"), "slb.load_balancer", "lb-1");
        let service = |id: &str, reuses: bool, preserves: bool| {
            let mut service = resource(&cell("r"), "k8s.service", "c1/app/web");
            service.attributes.set_text("load_balancer_id", id);
            for (name, value) in [
                ("reuses_load_balancer", reuses),
                ("preserves_load_balancer", preserves),
            ] {
                service.attributes.set(name, Attribute::Boolean(value));
            }
            service
        };
        for (service, expected) in [
            (service("lb-1", false, false), None),
            (service("lb-2", true, true), None),
            (
                service("lb-1", true, true),
                Some((Kept::Always, "reused_by_user")),
            ),
            (
                service("lb-1", false, true),
                Some((Kept::UnlessNamed, "protected")),
            ),
        ] {
            let said = said_by_services(&balancer, &Neighbours::new([&service]));
            let expected = expected.map(|(kept, code)| (kept, code.to_owned()));
            assert_eq!(code(said), expected);
        }
    }

    #[test]
    fn an_alb_config_keeps_what_it_reuses_and_not_what_it_made() {
        let balancer = resource(&cell("r"), "alb.load_balancer", "alb-1");
        let config = |attribute: &str| {
            let mut config = resource(&cell("r"), "k8s.alb_config", "c1/alb");
            config.attributes.set_text(attribute, "alb-1");
            config
        };
        let made = config("load_balancer_id");
        assert!(said_by_alb_configs(&balancer, &Neighbours::new([&made])).is_none());
        let reused = config("reused_load_balancer_id");
        let said = said_by_alb_configs(&balancer, &Neighbours::new([&reused]));
        assert_eq!(
            code(said),
            Some((Kept::Always, "reused_by_user".to_owned()))
        );
    }

    #[test]
    fn a_volume_that_nothing_provisioned_keeps_its_disk() {
        let disk = resource(&cell("r"), "ecs.disk", "d-1");
        let mut volume = resource(&cell("r"), "k8s.persistent_volume", "c1/pv");
        volume.attributes.set_text("disk_id", "d-1");
        let said = said_by_volumes(&disk, &Neighbours::new([&volume]));
        assert_eq!(code(said), Some((Kept::Always, "static_volume".to_owned())));
        let csi = "diskplugin.csi.alibabacloud.com";
        volume.attributes.set_text("provisioned_by", csi);
        assert!(said_by_volumes(&disk, &Neighbours::new([&volume])).is_none());
    }
}
