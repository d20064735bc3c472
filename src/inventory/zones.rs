//! The zones of node pools: ACK names their vSwitches, and those say their zones.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Attribute, Resource, ResourceId, TypeId};

/// Gives each node pool the zones of its vSwitches. A pool with one that was not read keeps none: it may have more zones.
pub(super) fn fill(resources: &mut [Resource]) {
    let zones: BTreeMap<ResourceId, String> = resources
        .iter()
        .filter(|resource| resource.id.type_id.as_str() == "vpc.vswitch")
        .filter_map(|vswitch| Some((vswitch.id.clone(), vswitch.zone.clone()?)))
        .collect();
    for pool in resources
        .iter_mut()
        .filter(|resource| resource.id.type_id.as_str() == "ack.node_pool")
    {
        let Some(vswitches) = pool.attributes.text_list("vswitch_ids") else {
            continue;
        };
        let found: Option<BTreeSet<&String>> = vswitches
            .iter()
            .map(|vswitch| {
                zones.get(&ResourceId {
                    type_id: TypeId::from_static("vpc.vswitch"),
                    id: vswitch.clone(),
                    ..pool.id.clone()
                })
            })
            .collect();
        if let Some(found) = found {
            let found = found.into_iter().cloned().collect();
            pool.attributes.set("zones", Attribute::TextList(found));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::testing::{cell, resource};

    fn zones_of(vswitches: Option<&[&str]>, region: &str) -> Option<Vec<String>> {
        let here = cell("cn-hangzhou");
        let vswitch = |id: &str, zone: Option<&str>| {
            let mut vswitch = resource(&cell(region), "vpc.vswitch", id);
            vswitch.zone = zone.map(str::to_owned);
            vswitch
        };
        let mut pool = resource(&here, "ack.node_pool", "np1");
        if let Some(ids) = vswitches {
            let ids = ids.iter().map(|id| (*id).to_owned()).collect();
            pool.attributes.set("vswitch_ids", Attribute::TextList(ids));
        }
        let mut resources = [
            pool,
            vswitch("vsw-1", Some("zone-b")),
            vswitch("vsw-2", Some("zone-a")),
            vswitch("vsw-3", Some("zone-a")),
            vswitch("vsw-4", None),
        ];
        fill(&mut resources);
        let found = resources[0].attributes.text_list("zones");
        found.map(<[String]>::to_vec)
    }

    #[test]
    fn a_pool_has_the_zones_of_its_vswitches_each_once() {
        let found = zones_of(Some(&["vsw-1", "vsw-2", "vsw-3"]), "cn-hangzhou");
        assert_eq!(found.unwrap(), ["zone-a", "zone-b"]);
        assert_eq!(zones_of(Some(&[]), "cn-hangzhou"), Some(Vec::new()));
    }

    #[test]
    fn a_vswitch_that_is_not_there_or_says_nothing_leaves_the_zones_unknown() {
        for (vswitches, region) in [
            (Some(&["vsw-1", "vsw-9"][..]), "cn-hangzhou"),
            (Some(&["vsw-4"][..]), "cn-hangzhou"),
            (Some(&["vsw-1"][..]), "cn-beijing"),
            (None, "cn-hangzhou"),
        ] {
            assert_eq!(zones_of(vswitches, region), None, "{vswitches:?}");
        }
    }
}
