//! Scans of the emulated laboratory through the whole client: what a cell gives, and what a hole looks like.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::SecretString;
use yunsweep::context::Context;
use yunsweep::emulator::{Emulator, Options, Running, Scenario, Throttling};
use yunsweep::inventory::{Inventory, scan};
use yunsweep::model::{CoverageState, Region, Site};
use yunsweep::openapi::{self, Client, Credential, Endpoints, Limiter, StaticCredential};
use yunsweep::resources::{RESOURCE_TYPES, Reader};

const CLUSTER: &str = "c7e1a0c5b2d94f6e8a3b1c0d9e8f70042";

/// The emulator of a scenario, with what goes wrong in it.
async fn start(scenario: Scenario, faults: &[&str]) -> Running {
    let options = Options {
        faults: faults.iter().map(|fault| fault.parse().unwrap()).collect(),
        throttling: Throttling::Off,
        ..Options::default()
    };
    Emulator::start(scenario, options).await.unwrap()
}

async fn scanned(running: &Running, products: &[&str]) -> Inventory {
    let environment: BTreeMap<&str, String> = running.environment().into_iter().collect();
    let credential = Credential {
        access_key_id: environment["ALIBABA_CLOUD_ACCESS_KEY_ID"].clone(),
        secret: SecretString::from(environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"].clone()),
        security_token: None,
        expires_at: None,
    };
    let context = Context::system(BTreeMap::new(), Arc::new(running.transport()));
    let client = Client::new(
        context.clone(),
        Endpoints::default(),
        Arc::new(StaticCredential::new(credential, "environment")),
        Arc::new(Limiter::default()),
        running.account(),
    );
    let account = scan::Account {
        id: running.account().into(),
        identity: String::new(),
        site: Site::China,
        regions: vec![Region::new("cn-hangzhou")],
        reader: Arc::new(Reader::new(openapi::Reader::new(Arc::new(client)))),
    };
    let types = RESOURCE_TYPES
        .iter()
        .copied()
        .filter(|resource_type| products.contains(&resource_type.spec().type_id.product()))
        .collect();
    scan::scan(&context, &[account], &scan::ScanOptions { types }, &|_| {}).await
}

async fn laboratory(faults: &[&str], products: &[&str]) -> Inventory {
    scanned(
        &start(Scenario::load("ack-sop").unwrap(), faults).await,
        products,
    )
    .await
}

fn ids(inventory: &Inventory, type_id: &str) -> Vec<String> {
    let resources = inventory.resources.iter();
    resources
        .filter(|resource| resource.id.type_id.as_str() == type_id)
        .map(|resource| resource.id.id.clone())
        .collect()
}

/// Coverage rows that are not `ok`, with their code.
fn holes(inventory: &Inventory) -> Vec<(String, CoverageState, String)> {
    let rows = inventory.coverage.iter();
    rows.filter(|row| row.state != CoverageState::Ok)
        .map(|row| {
            let code = row.code.clone().unwrap_or_default();
            (row.type_id.to_string(), row.state, code)
        })
        .collect()
}

#[tokio::test]
async fn every_cell_of_network_registry_logs_and_monitoring_is_read() {
    let products = ["alb", "arms", "cr", "nlb", "slb", "sls", "vpc"];
    let inventory = laboratory(&[], &products).await;
    assert_eq!(holes(&inventory), []);
    let project = format!("k8s-log-{CLUSTER}");
    let audit = format!("{project}/audit-{CLUSTER}");
    let events = format!("{project}/k8s-event");
    for (type_id, expected) in [
        ("alb.load_balancer", vec!["alb-labsop000000000042"]),
        ("alb.server_group", vec!["sgp-labsop000000000001"]),
        ("arms.environment", vec!["env-labsop000000000042"]),
        ("cr.instance", vec![]),
        ("cr.namespace", vec!["my-namespace"]),
        ("cr.repository", vec!["my-namespace/my-app"]),
        ("nlb.load_balancer", vec![]),
        ("slb.load_balancer", vec!["lb-bp1labapiserver000001"]),
        ("sls.logstore", vec![&*audit, &*events]),
        ("sls.project", vec![&*project]),
        (
            "vpc.eip",
            vec![
                "eip-bp1labalb000000000001",
                "eip-bp1labalb000000000002",
                "eip-bp1labnat000000000001",
            ],
        ),
        ("vpc.nat_gateway", vec!["ngw-bp1labnat000000000001"]),
        ("vpc.vpc", vec!["vpc-bp1labnetwork00000001"]),
        (
            "vpc.vswitch",
            vec!["vsw-bp1labzoneh0000000001", "vsw-bp1labzonei0000000002"],
        ),
    ] {
        assert_eq!(ids(&inventory, type_id), expected, "{type_id}");
    }
    // What only the details say: zones and addresses of the ALB, and what a Logstore is billed for.
    for resource in &inventory.resources {
        assert_eq!(resource.unreadable, [""; 0], "{}", resource.id);
    }
    let balancer = ids_used_by(&inventory, "alb-labsop000000000042");
    assert!(balancer.contains(&"eip-bp1labalb000000000002".to_owned()));
    assert!(balancer.contains(&"vsw-bp1labzonei0000000002".to_owned()));
}

fn ids_used_by(inventory: &Inventory, user: &str) -> Vec<String> {
    let links = inventory.links.iter();
    links
        .filter(|link| link.from.id == user)
        .map(|link| link.to.id.clone())
        .collect()
}
