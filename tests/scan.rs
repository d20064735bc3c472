//! Scans of the emulated laboratory through the whole client: what a cell gives, and what a hole looks like.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::SecretString;
use serde_json::json;
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
        is_site_assumed: false,
        regions: vec![Region::new("cn-hangzhou")],
        is_every_region: true,
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

#[tokio::test]
async fn a_detail_that_fails_keeps_the_item_and_leaves_a_hole() {
    let faults = [
        "alb:GetLoadBalancerAttribute=deny",
        "sls:GetLogStoreMeteringMode=deny",
    ];
    let inventory = laboratory(&faults, &["alb", "sls"]).await;
    let states: Vec<_> = holes(&inventory)
        .into_iter()
        .map(|(type_id, state, _)| (type_id, state))
        .collect();
    assert_eq!(
        states,
        [
            ("alb.load_balancer".to_owned(), CoverageState::Incomplete),
            ("sls.logstore".to_owned(), CoverageState::Incomplete),
        ]
    );
    let denied = inventory.coverage.iter().filter(|row| row.state.is_hole());
    assert!(denied.clone().all(|row| row.missing_permission.is_some()));
    assert_eq!(
        ids(&inventory, "alb.load_balancer"),
        ["alb-labsop000000000042"]
    );
    let logstores = ids(&inventory, "sls.logstore");
    assert_eq!(logstores.len(), 2, "{logstores:?}");
    for resource in &inventory.resources {
        let is_logstore = resource.id.type_id.as_str() == "sls.logstore";
        let expected: &[&str] = if is_logstore { &["metering_mode"] } else { &[] };
        assert_eq!(resource.unreadable, expected, "{}", resource.id);
    }
}

#[tokio::test]
async fn a_registry_that_was_never_opened_is_no_hole() {
    let faults = ["cr-personal:*=code:USER_NOT_EXIST:404"];
    let inventory = laboratory(&faults, &["cr"]).await;
    assert_eq!(
        holes(&inventory),
        [(
            "cr.namespace".to_owned(),
            CoverageState::NotActivated,
            "USER_NOT_EXIST".to_owned()
        )]
    );
    assert!(inventory.resources.is_empty());
}

#[tokio::test]
async fn an_enterprise_registry_is_listed_per_instance_beside_the_personal_one() {
    let mut scenario = Scenario::load("ack-sop").unwrap();
    for (collection, item) in [
        (
            "cr/instance",
            json!({"InstanceId": "cri-lab0000000000001", "InstanceName": "images", "InstanceStatus": "RUNNING",
                "InstanceSpecification": "Enterprise_Basic", "CreateTime": "1768464000000", "Tags": []}),
        ),
        (
            "cr/namespace",
            json!({"NamespaceId": "crn-lab0000000000001", "NamespaceName": "my-namespace",
                "NamespaceStatus": "NORMAL", "InstanceId": "cri-lab0000000000001"}),
        ),
        (
            "cr/repository",
            json!({"RepoId": "crr-lab0000000000001", "RepoName": "my-app", "RepoNamespaceName": "my-namespace",
                "RepoStatus": "NORMAL", "InstanceId": "cri-lab0000000000001"}),
        ),
        (
            "cr/repository",
            json!({"RepoId": "crr-lab0000000000002", "RepoName": "my-app", "RepoNamespaceName": "another",
                "RepoStatus": "NORMAL", "InstanceId": "cri-lab0000000000001"}),
        ),
    ] {
        let items = scenario
            .collections
            .entry(collection.to_owned())
            .or_default();
        items.push(item.as_object().unwrap().clone());
    }
    let running = start(scenario, &[]).await;
    let inventory = scanned(&running, &["cr"]).await;
    assert_eq!(holes(&inventory), []);
    assert_eq!(
        ids(&inventory, "cr.namespace"),
        ["cri-lab0000000000001/my-namespace", "my-namespace"]
    );
    assert_eq!(
        ids(&inventory, "cr.repository"),
        [
            "cri-lab0000000000001/my-namespace/my-app",
            "my-namespace/my-app"
        ]
    );
    let cells = inventory.coverage.iter();
    let parents: Vec<Option<String>> = cells
        .filter(|row| row.type_id.as_str() == "cr.namespace")
        .map(|row| row.cell.parent.as_ref().map(|parent| parent.id.clone()))
        .collect();
    assert_eq!(parents, [None, Some("cri-lab0000000000001".to_owned())]);
}

const COMPUTE: [&str; 3] = ["ack", "ecs", "ess"];

/// `type count` of what was found.
fn counts(inventory: &Inventory) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for resource in &inventory.resources {
        *counts.entry(resource.id.type_id.as_str()).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(type_id, count)| format!("{type_id} {count}"))
        .collect()
}

const COMPUTE_COUNTS: [&str; 9] = [
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
async fn every_cell_of_clusters_and_instances_is_read() {
    let inventory = laboratory(&[], &COMPUTE).await;
    assert_eq!(holes(&inventory), []);
    assert_eq!(counts(&inventory), COMPUTE_COUNTS);
    for resource in &inventory.resources {
        assert_eq!(resource.unreadable, [""; 0], "{}", resource.id);
    }
    let cluster = inventory.named(CLUSTER)[0];
    // What only the detail says, and what only ACK itself does.
    let balancer = cluster.text("external_load_balancer_id");
    assert_eq!(balancer, Some("lb-bp1labapiserver000001"));
    for (list, count) in [
        ("resources_made", 13),
        ("resources_used", 3),
        ("resources_unclear", 0),
    ] {
        let found = cluster.attributes.text_list(list).unwrap();
        assert_eq!(found.len(), count, "{list}");
    }
}

#[tokio::test]
async fn a_denied_part_of_a_cluster_is_one_hole_and_hides_nothing_else() {
    let inventory = laboratory(&["cs:DescribeClusterResources=deny"], &COMPUTE).await;
    assert_eq!(counts(&inventory), COMPUTE_COUNTS);
    let found: Vec<_> = inventory
        .holes()
        .map(|hole| {
            let permission = hole.missing_permission.as_deref();
            (hole.type_id.as_str(), hole.state, hole.count, permission)
        })
        .collect();
    let expected = (
        "ack.cluster",
        CoverageState::Incomplete,
        1,
        Some("cs:DescribeClusterResources"),
    );
    assert_eq!(found, [expected]);
}
