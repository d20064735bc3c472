//! Changes of attributes that no row can express.

use serde_json::{Value, json};

use super::super::errors::Refusal;
use super::super::route::Call;
use super::{Scene, is_true, missing};

/// `DeletionProtection` of VPC: one operation for several kinds of resources, told apart by `Type`.
pub(super) fn protect(scene: &mut Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let argument = |name: &str| call.argument(name).filter(|text| !text.is_empty());
    let id = argument("InstanceId").ok_or_else(|| missing(call, "InstanceId"))?;
    let collection = match argument("Type") {
        Some("CBWP") => "vpc/common_bandwidth_package",
        Some("EIP") => "vpc/eip",
        Some("NATGW") => "vpc/nat_gateway",
        Some(_) => {
            return Err(Refusal::new(
                400,
                "DeletionProtection.TypeNotSupport",
                "The resource is not supported.",
            ));
        }
        None => return Err(missing(call, "Type")),
    };
    if argument("ProtectionEnable").is_none() {
        return Err(missing(call, "ProtectionEnable"));
    }
    let found = scene
        .world
        .item(collection, id)
        .is_some_and(|item| item.region == call.region);
    if !found {
        return Err(Refusal::new(
            400,
            "DeletionProtection.ResourceNotExist",
            "The resource does not exist.",
        ));
    }
    let on = json!(is_true(call, "ProtectionEnable"));
    scene.world.set(collection, id, "DeletionProtection", on);
    Ok(json!({}))
}

/// `AttachDisk`, which takes `DetachDisk` back; at once.
pub(super) fn attach(scene: &mut Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let argument = |name: &str| call.argument(name).ok_or_else(|| missing(call, name));
    let (id, instance) = (argument("DiskId")?, argument("InstanceId")?);
    for name in call.pairs().map(|(name, _)| name) {
        if !["DiskId", "InstanceId", "DeleteWithInstance"].contains(&name) {
            return Err(Refusal::not_emulated(format!(
                "the emulator does not know what parameter {name} of AttachDisk does"
            )));
        }
    }
    let refuse = |status, code, message: &str| Err(Refusal::new(status, code, message));
    let here = |collection: &str, id: &str| {
        let item = scene.world.item(collection, id);
        item.filter(|item| item.region == call.region)
    };
    let Some(disk) = here("ecs/disk", id) else {
        return refuse(
            404,
            "InvalidDiskId.NotFound",
            "The specified disk does not exist.",
        );
    };
    if here("ecs/instance", instance).is_none() {
        return refuse(
            404,
            "InvalidInstanceId.NotFound",
            "The specified InstanceId does not exist.",
        );
    }
    if disk.value.get("Status") != Some(&json!("Available")) {
        return refuse(
            403,
            "IncorrectDiskStatus",
            "The current disk status does not support this operation.",
        );
    }
    let mut changed = vec![
        ("Status", json!("In_use")),
        ("InstanceId", json!(instance)),
        ("Attachments.Attachment", json!([{"InstanceId": instance}])),
    ];
    if call.argument("DeleteWithInstance").is_some() {
        let goes_along = json!(is_true(call, "DeleteWithInstance"));
        changed.push(("DeleteWithInstance", goes_along));
    }
    for (path, value) in changed {
        scene.world.set("ecs/disk", id, path, value);
    }
    Ok(json!({}))
}

/// `RevokeSecurityGroup`: of a group's rules the emulator keeps only the other groups that they name (`_source_groups`), since
/// those are what blocks the deletion of the others.
pub(super) fn revoke(scene: &mut Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let id = call
        .argument("SecurityGroupId")
        .ok_or_else(|| missing(call, "SecurityGroupId"))?;
    let group = scene
        .world
        .item("ecs/security_group", id)
        .filter(|item| item.region == call.region)
        .ok_or_else(|| {
            Refusal::new(
                404,
                "InvalidSecurityGroupId.NotFound",
                "The specified SecurityGroupId does not exist.",
            )
        })?;
    let named: Vec<&str> = call
        .pairs()
        .filter(|(name, _)| *name == "SourceGroupId" || name.ends_with(".SourceGroupId"))
        .map(|(_, value)| value)
        .collect();
    let left: Vec<Value> = group
        .value
        .get("_source_groups")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|known| !known.as_str().is_some_and(|id| named.contains(&id)))
        .cloned()
        .collect();
    // A rule that is not there is revoked without an error.
    scene.world.set(
        "ecs/security_group",
        id,
        "_source_groups",
        Value::from(left),
    );
    Ok(json!({}))
}
