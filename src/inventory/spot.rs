//! Spot (preemptible) capacity of an inventory: what makes it, what runs on it, what its nodes left behind.
//!
//! Prices are not known here. What an answer did not say stays unknown: an instance whose strategy is not known is shown,
//! and one whose locks were not said is not called safe.

use super::idle::is_idle_for_long;
use super::{Inventory, sight};
use crate::model::{Attribute, ChargeType, LinkKind, Resource};

/// The types that pools, instances and left-overs are found among.
pub const OF_POOLS: &[&str] = &[
    "ack.cluster",
    "ack.node_pool",
    "ess.scaling_configuration",
    "ess.scaling_group",
];
/// See [`OF_POOLS`].
pub const OF_INSTANCES: &[&str] = &["ecs.instance"];
/// See [`OF_POOLS`].
pub const OF_LEFT_OVERS: &[&str] = &[
    "ack.cluster",
    "ack.node_pool",
    VOLUME,
    "ecs.disk",
    "ess.scaling_configuration",
    "ess.scaling_group",
    "vpc.eip",
];

const VOLUME: &str = "k8s.persistent_volume";

/// Those of some types that were not read whole, or not at all.
pub fn unread(inventory: &Inventory, types: &[&'static str]) -> Vec<&'static str> {
    let is_unread = |type_id: &str| {
        let mut rows = inventory
            .coverage
            .iter()
            .filter(|row| row.type_id.as_str() == type_id)
            .peekable();
        // What is listed per cluster has no cell where there is none.
        let is_of_clusters = type_id == VOLUME || type_id == "ack.node_pool";
        (rows.peek().is_none() && !is_of_clusters) || rows.any(|row| !row.state.is_read())
    };
    let types = types.iter().copied();
    types.filter(|type_id| is_unread(type_id)).collect()
}

/// Spot capacity.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot<'a> {
    /// Node pools, and scaling groups of no pool, that make spot instances or may.
    pub pools: Vec<Pool<'a>>,
    /// Instances that are spot or may be.
    pub instances: Vec<&'a Resource>,
    /// What nodes of spot pools left behind.
    pub left: Vec<LeftBehind<'a>>,
}

/// What makes spot instances.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool<'a> {
    /// The node pool or the scaling group.
    pub resource: &'a Resource,
    /// Its strategy; absent where the answer does not say.
    pub strategy: Option<&'a str>,
    /// Its price limits per hour, as `instance type: limit` or `limit`.
    pub limits: Vec<String>,
    /// Whether it makes spot instances and no others; absent where that is not known.
    pub is_spot_only: Option<bool>,
}

/// A resource that has been attached to nothing for a while, is billed by the hour, and bears the tag of a spot pool.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftBehind<'a> {
    /// The disk or address.
    pub resource: &'a Resource,
    /// What made the node.
    pub pool: Pool<'a>,
    /// The tag that says so.
    pub via: &'static str,
}

const NODE_POOL: &str = "ack.alibabacloud.com/nodepool-id";
const SCALING_GROUP: &str = "acs:autoscaling:scalingGroupId";
/// Set by the CSI driver on disks of claims, which outlive nodes on purpose.
const CREATED_BY: &str = "createdby";
/// Locked because it is being taken back
/// (<https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeinstances>, `LockReason`).
const RECYCLING: &str = "Recycling";
/// A disk or an address that is attached to nothing.
const AVAILABLE: &str = "Available";

/// Whether an instance is being taken back; absent where the answer does not say.
pub fn is_reclaimed(instance: &Resource) -> Option<bool> {
    let locks = instance.attributes.text_list("operation_locks")?;
    Some(
        locks
            .iter()
            .any(|lock| lock.eq_ignore_ascii_case(RECYCLING)),
    )
}

/// The spot capacity of an inventory.
pub fn spot(inventory: &Inventory) -> Spot<'_> {
    let all = makers(inventory);
    let instances = inventory
        .resources
        .iter()
        .filter(|resource| resource.id.type_id.as_str() == "ecs.instance")
        .filter(|instance| match instance.charge_type {
            ChargeType::Spot => true,
            ChargeType::Unknown => instance.text("spot_strategy") != Some("NoSpot"),
            _ => false,
        })
        .collect();
    let left = inventory
        .resources
        .iter()
        .filter_map(|resource| left_behind(inventory, &all, resource))
        .collect();
    Spot {
        instances,
        left,
        pools: all
            .into_iter()
            .filter(|pool| pool.strategy != Some("NoSpot"))
            .collect(),
    }
}

/// Every node pool, and every scaling group that no pool has.
fn makers(inventory: &Inventory) -> Vec<Pool<'_>> {
    let of_type = |type_id: &'static str| {
        inventory
            .resources
            .iter()
            .filter(move |resource| resource.id.type_id.as_str() == type_id)
    };
    let mut makers: Vec<Pool<'_>> = of_type("ack.node_pool")
        .map(|pool| Pool {
            resource: pool,
            strategy: pool.text("spot_strategy"),
            limits: limits(pool),
            is_spot_only: is_spot_only(pool),
        })
        .collect();
    let groups: Vec<Pool<'_>> = of_type("ess.scaling_group")
        .filter(|group| {
            !makers.iter().any(|pool| {
                pool.resource.id.account == group.id.account
                    && pool.resource.text("scaling_group_id") == Some(&group.id.id)
            })
        })
        .map(|group| {
            // Of its configurations only the active one makes instances.
            let configuration = group.text("scaling_configuration_id").and_then(|active| {
                of_type("ess.scaling_configuration").find(|configuration| {
                    configuration.id.id == active && configuration.id.account == group.id.account
                })
            });
            Pool {
                resource: group,
                strategy: configuration.and_then(|found| found.text("spot_strategy")),
                limits: configuration.map(limits).unwrap_or_default(),
                is_spot_only: is_spot_only(group),
            }
        })
        .collect();
    makers.extend(groups);
    makers
}

fn limits(resource: &Resource) -> Vec<String> {
    let by_type = resource.attributes.text_map("spot_price_limits_per_hour");
    let plain = resource.attributes.text_list("spot_price_limits");
    by_type
        .into_iter()
        .flatten()
        .map(|(instance_type, limit)| format!("{instance_type}: {limit}"))
        .chain(plain.into_iter().flatten().cloned())
        .collect()
}

/// A share on demand, a base on demand, or on-demand instances where there is no spot stock make others, too.
fn is_spot_only(resource: &Resource) -> Option<bool> {
    let others = [
        resource.attributes.boolean("compensate_with_on_demand"),
        resource
            .attributes
            .integer("on_demand_base_nodes")
            .map(|count| count > 0),
        resource
            .attributes
            .integer("on_demand_percent_above_base")
            .map(|percent| percent > 0),
    ];
    if others.contains(&Some(true)) {
        Some(false)
    } else if others.contains(&None) {
        None
    } else {
        Some(true)
    }
}

fn left_behind<'a>(
    inventory: &'a Inventory,
    makers: &[Pool<'a>],
    resource: &'a Resource,
) -> Option<LeftBehind<'a>> {
    let type_id = resource.id.type_id.as_str();
    if !matches!(type_id, "ecs.disk" | "vpc.eip") || resource.status.as_deref() != Some(AVAILABLE) {
        return None;
    }
    // A disk may be that of a volume that nobody could read.
    let may_be_of_a_volume =
        type_id == "ecs.disk" && !sight::is_read(inventory, VOLUME, &resource.id);
    if may_be_of_a_volume
        || resource.charge_type == ChargeType::Subscription
        || !is_idle_for_long(resource, inventory.scanned_at)
        || resource.tag(CREATED_BY).is_some()
        || resource.attributes.boolean("service_managed") == Some(true)
        || is_of_a_volume(inventory, resource)
    {
        return None;
    }
    let maker = |found: &&Pool<'a>| {
        let id = &found.resource.id;
        id.account == resource.id.account && id.region == resource.id.region
    };
    let by_pool = resource.tag(NODE_POOL).and_then(|tag| {
        makers
            .iter()
            .filter(maker)
            .find(|found| found.resource.id.id == tag)
            .map(|found| (found, NODE_POOL))
    });
    let by_group = || {
        let tag = resource.tag(SCALING_GROUP)?;
        makers
            .iter()
            .filter(maker)
            .find(|found| {
                found.resource.id.id == tag || found.resource.text("scaling_group_id") == Some(tag)
            })
            .map(|found| (found, SCALING_GROUP))
    };
    let (pool, via) = by_pool.or_else(by_group)?;
    // Without a strategy that says so, nothing was left by a spot node.
    matches!(pool.strategy, Some("SpotAsPriceGo" | "SpotWithPriceLimit")).then(|| LeftBehind {
        resource,
        pool: pool.clone(),
        via,
    })
}

fn is_of_a_volume(inventory: &Inventory, resource: &Resource) -> bool {
    inventory.links.iter().any(|link| {
        link.to == resource.id
            && link.from.type_id.as_str() == VOLUME
            && link.kind != LinkKind::MadeFrom
    })
}

/// An attribute as it is shown; absent where the answer does not say.
pub fn shown(resource: &Resource, name: &str) -> Option<String> {
    resource.attributes.get(name).map(Attribute::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, Region, ResourceId, TypeId};

    fn resource(type_id: &'static str, id: &str) -> Resource {
        Resource::new(ResourceId {
            account: AccountId::from_static("0000000000000042"),
            region: Region::new("cn-hangzhou"),
            type_id: TypeId::from_static(type_id),
            id: id.to_owned(),
        })
    }

    fn inventory(mut resources: Vec<Resource>) -> Inventory {
        resources.sort_by(|a, b| a.id.cmp(&b.id));
        Inventory {
            scanned_at: "2026-02-01T00:00:00Z".parse().unwrap(),
            accounts: Vec::new(),
            resources,
            links: Vec::new(),
            coverage: Vec::new(),
            observations: Vec::new(),
        }
    }

    /// That there is no cluster, and so no volume.
    fn clusters_read() -> crate::model::CoverageRow {
        crate::model::CoverageRow {
            type_id: TypeId::from_static("ack.cluster"),
            cell: crate::model::Cell {
                account: AccountId::from_static("0000000000000042"),
                region: Region::new("cn-hangzhou"),
                parent: None,
            },
            state: crate::model::CoverageState::Ok,
            count: 0,
            reason: None,
            missing_permission: None,
            permission_confirmed: None,
            code: None,
            request_id: None,
        }
    }

    #[test]
    fn what_was_not_asked_is_not_read() {
        let mut inventory = inventory(Vec::new());
        assert_eq!(unread(&inventory, OF_INSTANCES), ["ecs.instance"]);
        inventory.coverage = vec![clusters_read()];
        assert_eq!(
            unread(&inventory, OF_POOLS),
            ["ess.scaling_configuration", "ess.scaling_group"]
        );
        inventory.coverage[0].state = crate::model::CoverageState::Denied;
        assert!(unread(&inventory, OF_POOLS).contains(&"ack.cluster"));
    }

    fn pool(id: &str, strategy: Option<&str>) -> Resource {
        let mut pool = resource("ack.node_pool", id);
        pool.attributes
            .set_text("scaling_group_id", format!("asg-{id}"));
        if let Some(strategy) = strategy {
            pool.attributes.set_text("spot_strategy", strategy);
        }
        pool
    }

    #[test]
    fn an_instance_is_reclaimed_by_its_lock_and_unknown_without_the_list() {
        let mut instance = resource("ecs.instance", "i-1");
        assert_eq!(is_reclaimed(&instance), None);
        for (locks, expected) in [
            (vec![], Some(false)),
            (vec!["financial"], Some(false)),
            (vec!["financial", "Recycling"], Some(true)),
        ] {
            let locks = locks.into_iter().map(str::to_owned).collect();
            instance
                .attributes
                .set("operation_locks", Attribute::TextList(locks));
            assert_eq!(is_reclaimed(&instance), expected);
        }
    }

    #[test]
    fn what_may_be_spot_is_shown_and_what_is_not_is_not() {
        let instance = |id: &str, charge_type, strategy: Option<&str>| {
            let mut instance = resource("ecs.instance", id);
            instance.charge_type = charge_type;
            if let Some(strategy) = strategy {
                instance.attributes.set_text("spot_strategy", strategy);
            }
            instance
        };
        let inventory = inventory(vec![
            instance("i-spot", ChargeType::Spot, Some("SpotAsPriceGo")),
            instance("i-unsaid", ChargeType::Unknown, None),
            instance("i-plain", ChargeType::PayAsYouGo, Some("NoSpot")),
            instance("i-paid", ChargeType::Subscription, None),
            pool("np-spot", Some("SpotWithPriceLimit")),
            pool("np-plain", Some("NoSpot")),
            pool("np-unsaid", None),
        ]);
        let found = spot(&inventory);
        let ids: Vec<&str> = found
            .instances
            .iter()
            .map(|one| one.id.id.as_str())
            .collect();
        assert_eq!(ids, ["i-spot", "i-unsaid"]);
        let ids: Vec<&str> = found
            .pools
            .iter()
            .map(|pool| pool.resource.id.id.as_str())
            .collect();
        assert_eq!(ids, ["np-spot", "np-unsaid"]);
    }

    #[test]
    fn a_group_of_no_pool_is_spot_by_its_active_configuration() {
        let mut group = resource("ess.scaling_group", "asg-own");
        group
            .attributes
            .set_text("scaling_configuration_id", "asc-1");
        let configuration = |id: &str, strategy: &str| {
            let mut configuration = resource("ess.scaling_configuration", id);
            configuration.attributes.set_text("spot_strategy", strategy);
            let limits = vec!["0.5".to_owned()];
            configuration
                .attributes
                .set("spot_price_limits", Attribute::TextList(limits));
            configuration
        };
        let inventory = inventory(vec![
            group,
            resource("ess.scaling_group", "asg-np-1"),
            pool("np-1", Some("NoSpot")),
            configuration("asc-1", "SpotWithPriceLimit"),
            configuration("asc-2", "NoSpot"),
        ]);
        let found = spot(&inventory);
        assert_eq!(found.pools.len(), 1);
        assert_eq!(found.pools[0].resource.id.id, "asg-own");
        assert_eq!(found.pools[0].limits, ["0.5"]);
        assert_eq!(found.pools[0].is_spot_only, None);
    }

    #[test]
    fn only_evidence_of_a_spot_pool_makes_a_left_over_of_it() {
        let disk = |id: &str, status: &str, tags: &[(&str, &str)]| {
            let mut disk = resource("ecs.disk", id);
            disk.status = Some(status.to_owned());
            disk.created = Some("2026-01-01T00:00:00Z".parse().unwrap());
            for (key, value) in tags {
                disk.tags.insert((*key).to_owned(), (*value).to_owned());
            }
            disk
        };
        let mut inventory = inventory(vec![
            pool("np-spot", Some("SpotAsPriceGo")),
            pool("np-plain", Some("NoSpot")),
            pool("np-unsaid", None),
            disk("d-pool", "Available", &[(NODE_POOL, "np-spot")]),
            disk("d-group", "Available", &[(SCALING_GROUP, "asg-np-spot")]),
            disk("d-used", "In_use", &[(NODE_POOL, "np-spot")]),
            disk("d-plain", "Available", &[(NODE_POOL, "np-plain")]),
            disk("d-unsaid", "Available", &[(NODE_POOL, "np-unsaid")]),
            disk("d-gone", "Available", &[(NODE_POOL, "np-gone")]),
            disk("d-free", "Available", &[]),
            disk(
                "d-claim",
                "Available",
                &[
                    (NODE_POOL, "np-spot"),
                    (CREATED_BY, "alibabacloud-csi-plugin"),
                ],
            ),
            disk("d-volume", "Available", &[(NODE_POOL, "np-spot")]),
        ]);
        inventory.links.push(crate::model::Link {
            from: resource("k8s.persistent_volume", "c1/pv").id,
            kind: LinkKind::Uses,
            to: resource("ecs.disk", "d-volume").id,
            via: "spec.csi.volumeHandle".to_owned(),
        });
        let of_pool = |id: &str, change: &dyn Fn(&mut Resource)| {
            let mut disk = disk(id, "Available", &[(NODE_POOL, "np-spot")]);
            change(&mut disk);
            disk
        };
        inventory.resources.extend([
            of_pool("d-paid", &|disk| {
                disk.charge_type = ChargeType::Subscription;
            }),
            of_pool("d-fresh", &|disk| {
                disk.created = Some("2026-01-31T00:00:00Z".parse().unwrap());
            }),
            of_pool("d-let-go", &|disk| {
                let detached = "2026-01-31T00:00:00Z".parse().unwrap();
                disk.attributes
                    .set("detached_at", Attribute::Time(detached));
            }),
            of_pool("d-ageless", &|disk| disk.created = None),
        ]);
        inventory.resources.sort_by(|a, b| a.id.cmp(&b.id));
        assert!(spot(&inventory).left.is_empty(), "no volumes were read");
        inventory.coverage = vec![clusters_read()];
        let found = spot(&inventory);
        let left: Vec<(&str, &str)> = found
            .left
            .iter()
            .map(|left| (left.resource.id.id.as_str(), left.via))
            .collect();
        assert_eq!(left, [("d-group", SCALING_GROUP), ("d-pool", NODE_POOL)]);
    }

    #[test]
    fn a_pool_is_spot_only_where_everything_says_so() {
        let with = |compensate: Option<bool>, base: Option<i64>, percent: Option<i64>| {
            let mut pool = pool("np", Some("SpotAsPriceGo"));
            if let Some(value) = compensate {
                let value = Attribute::Boolean(value);
                pool.attributes.set("compensate_with_on_demand", value);
            }
            for (name, value) in [
                ("on_demand_base_nodes", base),
                ("on_demand_percent_above_base", percent),
            ] {
                if let Some(value) = value {
                    pool.attributes.set(name, Attribute::Integer(value));
                }
            }
            is_spot_only(&pool)
        };
        assert_eq!(with(Some(false), Some(0), Some(0)), Some(true));
        assert_eq!(with(Some(true), None, None), Some(false));
        assert_eq!(with(Some(false), Some(1), Some(0)), Some(false));
        assert_eq!(with(Some(false), Some(0), Some(50)), Some(false));
        assert_eq!(with(Some(false), None, Some(0)), None);
    }
}
