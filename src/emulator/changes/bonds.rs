//! What a route table and a network ACL are bound to: the vSwitches of their lists. At once.

use serde_json::{Value, json};

use super::super::errors::Refusal;
use super::super::route::Call;
use super::{Scene, missing};

/// Which vSwitches a table or list of rules is on.
struct Bound {
    collection: &'static str,
    id: &'static str,
    /// Path of the list in the item.
    list: &'static str,
    /// The field with the vSwitch's id, where the list has objects.
    field: Option<&'static str>,
    /// The argument that names the vSwitch.
    argument: &'static str,
    absent: &'static str,
}

const TABLE: Bound = Bound {
    collection: "vpc/route_table",
    id: "RouteTableId",
    list: "VSwitchIds.VSwitchId",
    field: None,
    argument: "VSwitchId",
    absent: "InvalidRouteTable.NotFound",
};

const ACL: Bound = Bound {
    collection: "vpc/network_acl",
    id: "NetworkAclId",
    list: "Resources.Resource",
    field: Some("ResourceId"),
    argument: "Resource.1.ResourceId",
    absent: "InvalidNetworkAcl.NotFound",
};

pub(super) fn associate_table(scene: &mut Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    TABLE.change(scene, call, true)
}

pub(super) fn unassociate_table(scene: &mut Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    TABLE.change(scene, call, false)
}

pub(super) fn associate_acl(scene: &mut Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    ACL.change(scene, call, true)
}

pub(super) fn unassociate_acl(scene: &mut Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    ACL.change(scene, call, false)
}

impl Bound {
    fn change(&self, scene: &mut Scene<'_>, call: &Call, on: bool) -> Result<Value, Refusal> {
        let argument = |name: &str| call.argument(name).ok_or_else(|| missing(call, name));
        let (id, vswitch) = (argument(self.id)?, argument(self.argument)?);
        let known = [
            "RegionId",
            "ClientToken",
            self.id,
            self.argument,
            "Resource.1.ResourceType",
        ];
        if let Some((name, _)) = call.pairs().find(|(name, _)| !known.contains(name)) {
            let action = &call.operation.action;
            return Err(Refusal::not_emulated(format!(
                "the emulator does not know what parameter {name} of {action} does"
            )));
        }
        let here = |collection: &str, id: &str| {
            let item = scene.world.item(collection, id);
            item.filter(|item| item.region == call.region)
        };
        let holder = here(self.collection, id).ok_or_else(|| {
            Refusal::new(404, self.absent, "The specified resource does not exist.")
        })?;
        if here("vpc/vswitch", vswitch).is_none() {
            let message = "The specified vSwitch does not exist.";
            return Err(Refusal::new(404, "InvalidVSwitchId.NotFound", message));
        }
        let pointer = format!("/{}", self.list.replace('.', "/"));
        let mut bound: Vec<Value> = holder
            .value
            .pointer(&pointer)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter(|one| self.vswitch_of(one) != Some(vswitch))
            .cloned()
            .collect();
        if on {
            bound.push(match self.field {
                Some(field) => {
                    json!({field: vswitch, "ResourceType": "VSwitch", "Status": "BINDED"})
                }
                None => json!(vswitch),
            });
        }
        let bound = Value::from(bound);
        scene.world.set(self.collection, id, self.list, bound);
        Ok(json!({}))
    }

    fn vswitch_of<'v>(&self, one: &'v Value) -> Option<&'v str> {
        match self.field {
            Some(field) => one.get(field)?.as_str(),
            None => one.as_str(),
        }
    }
}
