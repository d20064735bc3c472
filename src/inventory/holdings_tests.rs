use super::*;
use crate::inventory::{ScannedAccount, Site};
use crate::model::{Cell, Confidence, CoverageRow, CoverageState, Link, Owner, Region};

const ACCOUNT: AccountId = AccountId::from_static("0000000000000042");

fn id(type_id: &'static str, id: &str) -> ResourceId {
    ResourceId {
        account: ACCOUNT,
        region: Region::new("cn-hangzhou"),
        type_id: TypeId::from_static(type_id),
        id: id.to_owned(),
    }
}

fn owned(
    type_id: &'static str,
    name: &str,
    kind: OwnerKind,
    owner: &str,
    cluster: Option<&str>,
) -> Resource {
    let mut resource = Resource::new(id(type_id, name));
    resource.owner = Some(Owner {
        kind,
        name: owner.to_owned(),
        cluster: cluster.map(str::to_owned),
        confidence: Confidence::Strong,
        evidence: Vec::new(),
    });
    resource
}

fn row(type_id: &'static str, parent: Option<ResourceId>, state: CoverageState) -> CoverageRow {
    CoverageRow {
        type_id: TypeId::from_static(type_id),
        cell: Cell {
            account: ACCOUNT,
            region: Region::new("cn-hangzhou"),
            parent,
        },
        state,
        count: 0,
        reason: None,
        missing_permission: None,
        permission_confirmed: None,
        code: None,
        request_id: None,
    }
}

/// A cluster `c1` with a Service whose balancer is not there, and what is left of `c0`.
fn inventory(clusters: CoverageState, services: CoverageState) -> Inventory {
    let mut resources = vec![
        owned("ack.cluster", "c1", OwnerKind::Itself, "lab", Some("c1")),
        owned(
            "ecs.instance",
            "i-1",
            OwnerKind::NodePool,
            "workers",
            Some("c1"),
        ),
        owned(
            "vpc.nat_gateway",
            "ngw-1",
            OwnerKind::Cluster,
            "lab",
            Some("c1"),
        ),
        owned(
            "slb.load_balancer",
            "lb-old",
            OwnerKind::KubernetesObject,
            "Service app/old",
            Some("c1"),
        ),
        owned(
            "slb.load_balancer",
            "lb-0",
            OwnerKind::Cluster,
            "",
            Some("c0"),
        ),
        owned("vpc.eip", "eip-1", OwnerKind::None, "", None),
        owned("ecs.disk", "d-1", OwnerKind::Unknown, "", None),
        Resource::new(id("k8s.service", "c1/app/web")),
    ];
    resources.sort_by(|a, b| a.id.cmp(&b.id));
    let cluster = id("ack.cluster", "c1");
    Inventory {
        scanned_at: "2026-02-01T00:00:00Z".parse().unwrap(),
        accounts: vec![ScannedAccount {
            id: ACCOUNT,
            identity: "acs:ram::42:user/lab".into(),
            site: Site::China,
            is_site_assumed: false,
            regions: vec![Region::new("cn-hangzhou")],
            is_every_region: true,
        }],
        resources,
        links: vec![Link {
            from: id("k8s.service", "c1/app/web"),
            kind: LinkKind::Exposes,
            to: id("slb.load_balancer", "lb-lost"),
            via: "status.loadBalancer".into(),
        }],
        coverage: vec![
            row("ack.cluster", None, clusters),
            row("slb.load_balancer", None, CoverageState::Ok),
            row("k8s.service", Some(cluster), services),
        ],
        observations: Vec::new(),
    }
}

#[test]
fn each_resource_stands_once_under_who_holds_it() {
    let inventory = inventory(CoverageState::Ok, CoverageState::Ok);
    let found = holdings(&inventory);
    let holders: Vec<(State, Option<&str>, Vec<&str>)> = found
        .holders
        .iter()
        .map(|holder| {
            let held = holder.held.iter().map(|held| held.id.id.as_str());
            (holder.state, holder.cluster, held.collect())
        })
        .collect();
    assert_eq!(
        holders,
        [
            (
                State::There,
                Some("c1"),
                vec!["c1", "ngw-1", "i-1", "lb-old"]
            ),
            (State::NotListed, Some("c0"), vec!["lb-0"]),
            (State::Nobody, None, vec!["eip-1"]),
            (State::Unknown, None, vec!["d-1"]),
        ]
    );
    let orphans: Vec<&str> = found
        .holders
        .iter()
        .flat_map(|holder| &holder.held)
        .filter(|held| held.is_orphan)
        .map(|held| held.id.id.as_str())
        .collect();
    assert_eq!(orphans, ["lb-old"]);
    assert_eq!(found.without_resource.len(), 1);
    assert_eq!(found.without_resource[0].expects.id, "lb-lost");
}

#[test]
fn what_was_not_read_is_neither_gone_nor_missing() {
    let unread = inventory(CoverageState::Denied, CoverageState::Denied);
    let found = holdings(&unread);
    let of_c0 = found
        .holders
        .iter()
        .find(|holder| holder.cluster == Some("c0"));
    assert_eq!(of_c0.unwrap().state, State::Unclear);
    assert!(
        found
            .holders
            .iter()
            .flat_map(|holder| &holder.held)
            .all(|held| !held.is_orphan)
    );
    let mut unread = inventory(CoverageState::Ok, CoverageState::Ok);
    unread
        .coverage
        .retain(|row| row.type_id.as_str() != "slb.load_balancer");
    assert!(holdings(&unread).without_resource.is_empty());
}

#[test]
fn a_cluster_is_only_called_not_listed_where_every_region_was_asked() {
    let mut some = inventory(CoverageState::Ok, CoverageState::Ok);
    some.accounts[0].is_every_region = false;
    let found = holdings(&some);
    let of_c0 = found
        .holders
        .iter()
        .find(|holder| holder.cluster == Some("c0"));
    assert_eq!(of_c0.unwrap().state, State::Unclear);
}

#[test]
fn a_disk_whose_volume_is_there_has_an_object() {
    let mut inventory = inventory(CoverageState::Ok, CoverageState::Ok);
    let disk = owned(
        "ecs.disk",
        "d-kept",
        OwnerKind::KubernetesObject,
        "PersistentVolumeClaim app/data",
        Some("c1"),
    );
    let volume = Resource::new(id("k8s.persistent_volume", "c1/pv-1"));
    let cluster = id("ack.cluster", "c1");
    inventory.coverage.push(row(
        "k8s.persistent_volume_claim",
        Some(cluster),
        CoverageState::Ok,
    ));
    inventory.links.push(Link {
        from: volume.id.clone(),
        kind: LinkKind::Uses,
        to: disk.id.clone(),
        via: "spec.csi.volumeHandle".into(),
    });
    inventory.resources.push(disk);
    let orphans = |inventory: &Inventory| {
        let found = holdings(inventory);
        let held = found.holders.iter().flat_map(|holder| &holder.held);
        held.filter(|held| held.is_orphan && held.id.id == "d-kept")
            .count()
    };
    inventory.resources.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(orphans(&inventory), 1, "neither claim nor volume");
    inventory.resources.push(volume);
    inventory.resources.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(orphans(&inventory), 0);
}

#[test]
fn what_hangs_on_something_of_which_nobody_knows_whose_it_is_is_not_known_either() {
    let mut inventory = inventory(CoverageState::Ok, CoverageState::Ok);
    let address = |name: &str, on: &str| {
        let owner = format!("alb.load_balancer {on}");
        owned("vpc.eip", name, OwnerKind::Resource, &owner, None)
    };
    inventory.resources.extend([
        owned("alb.load_balancer", "alb-1", OwnerKind::Unknown, "", None),
        owned("alb.load_balancer", "alb-2", OwnerKind::None, "", None),
        address("eip-on-1", "alb-1"),
        address("eip-on-2", "alb-2"),
    ]);
    inventory.resources.sort_by(|a, b| a.id.cmp(&b.id));
    let found = holdings(&inventory);
    for (name, expected) in [("eip-on-1", State::Unknown), ("eip-on-2", State::Resource)] {
        let holder = found
            .holders
            .iter()
            .find(|holder| holder.held.iter().any(|held| held.id.id == name));
        assert_eq!(holder.unwrap().state, expected, "{name}");
    }
}
