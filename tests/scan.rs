//! A scan of the emulated laboratory: signed requests, contracts enforced, every cell of the coverage.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::SecretString;
use yunsweep::context::Context;
use yunsweep::emulator::{Emulator, Options, Running, Scenario, Throttling};
use yunsweep::inventory::{Account, Inventory, ScanOptions, scan};
use yunsweep::model::{AccountId, CoverageRow, Region, Site};
use yunsweep::openapi::{self, Client, Credential, Endpoints, Limiter, StaticCredential};
use yunsweep::resources::{RESOURCE_TYPES, Reader};

const CLUSTER: &str = "c7e1a0c5b2d94f6e8a3b1c0d9e8f70042";
const REGIONS: [&str; 3] = ["cn-beijing", "cn-hangzhou", "cn-shanghai"];
/// Products whose types are scanned here.
const PRODUCTS: [&str; 3] = ["ack", "ecs", "ess"];

async fn start(faults: &[&str]) -> Running {
    yunsweep::tls::install();
    let options = Options {
        faults: faults.iter().map(|fault| fault.parse().unwrap()).collect(),
        throttling: Throttling::Off,
        ..Options::default()
    };
    let scenario = Scenario::load("ack-sop").unwrap();
    Emulator::start(scenario, options).await.unwrap()
}

async fn scanned(faults: &[&str]) -> Inventory {
    let running = start(faults).await;
    let keys = running.keys();
    let credential = Credential {
        access_key_id: keys.access_key_id.clone(),
        secret: SecretString::from(keys.access_key_secret.clone()),
        security_token: None,
        expires_at: None,
    };
    let context = Context::system(BTreeMap::new(), Arc::new(running.transport()));
    let client = Client::new(
        context.clone(),
        Endpoints::default(),
        Arc::new(StaticCredential::new(credential, "emulator")),
        Arc::new(Limiter::default()),
        running.account(),
    );
    let account = Account {
        id: AccountId::new(running.account()),
        identity: "the scenario's user".into(),
        site: Site::China,
        regions: REGIONS.map(Region::new).to_vec(),
        reader: Arc::new(Reader::new(openapi::Reader::new(Arc::new(client)))),
    };
    let of_products = |type_id: &str| {
        let product = type_id.split('.').next().unwrap_or_default();
        PRODUCTS.contains(&product)
    };
    let types = RESOURCE_TYPES
        .iter()
        .copied()
        .filter(|one| of_products(one.spec().type_id.as_str()))
        .collect();
    scan(&context, &[account], &ScanOptions { types }, &|_| {}).await
}

/// `type count` of what was found, by type.
fn counts(inventory: &Inventory) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for resource in &inventory.resources {
        assert_eq!(
            resource.id.region.as_str(),
            "cn-hangzhou",
            "{}",
            resource.id.id
        );
        *counts.entry(resource.id.type_id.as_str()).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(type_id, count)| format!("{type_id} {count}"))
        .collect()
}

const WHOLE: [&str; 9] = [
    "ack.cluster 1",
    "ack.node_pool 1",
    "ecs.disk 4",
    "ecs.image 1",
    "ecs.instance 2",
    "ecs.network_interface 2",
    "ecs.security_group 2",
    "ecs.snapshot 2",
    "ess.scaling_group 1",
];

#[tokio::test]
async fn everything_is_found_once_and_the_coverage_is_whole() {
    let inventory = scanned(&[]).await;
    assert_eq!(counts(&inventory), WHOLE);
    let holes: Vec<&CoverageRow> = inventory.holes().collect();
    assert!(holes.is_empty(), "{holes:#?}");
    // Eight types in three regions, and the node pools of one cluster.
    assert_eq!(inventory.coverage.len(), 8 * 3 + 1);
    let cluster = inventory.named(CLUSTER);
    let [cluster] = cluster.as_slice() else {
        panic!("one cluster")
    };
    assert_eq!(
        cluster.text("external_load_balancer_id"),
        Some("lb-bp1labapiserver000001")
    );
    let made = cluster.attributes.text_list("resources_made").unwrap();
    let used = cluster.attributes.text_list("resources_used").unwrap();
    assert_eq!((made.len(), used.len()), (13, 3));
    assert_eq!(
        cluster.attributes.text_list("resources_unclear"),
        Some(&[][..])
    );
    let unreadable: Vec<_> = inventory
        .resources
        .iter()
        .filter(|resource| !resource.unreadable.is_empty())
        .collect();
    assert!(unreadable.is_empty(), "{unreadable:#?}");
}

#[tokio::test]
async fn a_denied_part_of_a_cluster_is_one_hole() {
    let inventory = scanned(&["cs:DescribeClusterResources=deny"]).await;
    assert_eq!(counts(&inventory), WHOLE);
    let holes: Vec<&CoverageRow> = inventory.holes().collect();
    let [hole] = holes.as_slice() else {
        panic!("one hole: {holes:#?}")
    };
    let found = (hole.type_id.as_str(), hole.state.as_str(), hole.count);
    assert_eq!(found, ("ack.cluster", "incomplete", 1));
    assert_eq!(
        hole.missing_permission.as_deref(),
        Some("cs:DescribeClusterResources")
    );
}
