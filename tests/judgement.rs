//! What the rules say right before a call, in a world that has changed since the plan was made: through the whole client,
//! against the emulated laboratory.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests are tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clap::ValueEnum as _;
use secrecy::SecretString;
use serde_json::{Value, json};
use yunsweep::context::Context;
use yunsweep::emulator::{Emulator, Options, Running, Scenario, Throttling};
use yunsweep::inventory::scan;
use yunsweep::kubernetes::ClientOptions;
use yunsweep::model::{Region, Site};
use yunsweep::openapi::{self, Client, Credential, Endpoints, Limiter, Mutator, StaticCredential};
use yunsweep::resources::cluster::Clusters;
use yunsweep::resources::teardown::Observation;
use yunsweep::resources::{RESOURCE_TYPES, Reader};
use yunsweep::teardown::planner::{self, Input, Registry};
use yunsweep::teardown::scope::{Selection, With};
use yunsweep::teardown::{Cloud, Judgement, Outside, Place, Plan};

const SCENARIO: &str = include_str!("../src/emulator/scenarios/ack-sop.json");
const CLUSTER: &str = "c7e1a0c5b2d94f6e8a3b1c0d9e8f70042";

/// The laboratory, changed.
async fn laboratory(change: &dyn Fn(&mut Value), faults: &[&str]) -> Running {
    let mut document: Value = serde_json::from_str(SCENARIO).unwrap();
    change(&mut document);
    let scenario = Scenario::parse("changed", &document.to_string()).unwrap();
    let options = Options {
        faults: faults.iter().map(|fault| fault.parse().unwrap()).collect(),
        throttling: Throttling::Off,
        ..Options::default()
    };
    Emulator::start(scenario, options).await.unwrap()
}

struct Access {
    context: Context,
    client: Arc<Client>,
    credentials: Arc<StaticCredential>,
}

impl Access {
    fn to(running: &Running) -> Self {
        yunsweep::tls::install();
        let environment: BTreeMap<&str, String> = running.environment().into_iter().collect();
        let credential = Credential {
            access_key_id: environment["ALIBABA_CLOUD_ACCESS_KEY_ID"].clone(),
            secret: SecretString::from(environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"].clone()),
            security_token: None,
            expires_at: None,
        };
        let mut context = Context::system(BTreeMap::new(), Arc::new(running.transport()));
        context.clock = running.clock();
        let credentials = Arc::new(StaticCredential::new(credential, "environment"));
        let client = Client::new(
            context.clone(),
            Endpoints::default(),
            Arc::clone(&credentials) as _,
            Arc::new(Limiter::default()),
            running.account(),
        );
        Self {
            context,
            client: Arc::new(client),
            credentials,
        }
    }

    fn clusters(&self) -> Clusters {
        let options = ClientOptions::new(&self.context);
        Clusters::new(options, Arc::clone(&self.context.wall_clock), false)
    }

    fn reader(&self) -> Arc<Reader> {
        let reader = Reader::new(openapi::Reader::new(Arc::clone(&self.client)));
        Arc::new(reader.with_clusters(self.clusters()))
    }

    fn cloud(&self) -> Cloud {
        Cloud::new(
            self.context.clone(),
            self.reader(),
            Mutator::new(Arc::clone(&self.client)),
            Arc::clone(&self.credentials) as _,
            self.clusters(),
            Place::at("http://127.0.0.1:1"),
        )
    }
}

/// A plan for everything of the laboratory, as it is without any change.
async fn planned() -> Plan {
    let running = laboratory(&|_| (), &[]).await;
    let access = Access::to(&running);
    let account = scan::Account {
        id: running.account().into(),
        identity: "acs:ram::0000000000000042:user/lab".to_owned(),
        site: Site::China,
        is_site_assumed: false,
        regions: vec![Region::new("cn-hangzhou")],
        is_every_region: true,
        reader: access.reader(),
    };
    let types = RESOURCE_TYPES.to_vec();
    let options = scan::ScanOptions { types };
    let inventory = scan::scan(&access.context, &[account], &options, &|_| {}).await;
    let selection = Selection {
        clusters: vec![CLUSTER.to_owned()],
        with: With::value_variants().iter().copied().collect(),
        ids: Vec::new(),
        allow_incomplete: false,
    };
    planner::plan(&Input {
        inventory: &inventory,
        lines: &[],
        selection: &selection,
        endpoint: &Place::at("http://127.0.0.1:1"),
        types: &Registry,
    })
    .unwrap()
}

/// What the rules say about each step with calls, by its name: its judgement, or that nobody can tell.
async fn judged(
    plan: &Plan,
    running: &Running,
    names: &[&str],
) -> BTreeMap<String, Result<Judgement, String>> {
    let cloud = Access::to(running).cloud();
    let mut found = BTreeMap::new();
    for step in plan.steps.iter().filter(|step| !step.calls().is_empty()) {
        let name = step.id.as_str();
        if !names.is_empty() && !names.iter().any(|wanted| name.starts_with(wanted)) {
            continue;
        }
        let Observation::Present(resource) = cloud.observe(&step.fingerprint.id).await else {
            panic!("{name} is not there");
        };
        let judgement = cloud.judge(plan, step, &resource).await;
        found.insert(
            name.to_owned(),
            judgement.map_err(|error| error.to_string()),
        );
    }
    assert!(!found.is_empty(), "{names:?}");
    found
}

#[tokio::test]
async fn in_the_world_of_the_plan_nothing_keeps_a_step_back() {
    let plan = planned().await;
    let running = laboratory(&|_| (), &[]).await;
    let judged = judged(&plan, &running, &[]).await;
    let types: BTreeSet<&str> = judged
        .keys()
        .filter_map(|name| name.split_once('/').map(|(type_id, _)| type_id))
        .collect();
    for wanted in [
        "ack.cluster",
        "cr.namespace",
        "cr.repository",
        "k8s.namespace",
        "sls.project",
        "vpc.vpc",
        "vpc.vswitch",
    ] {
        assert!(types.contains(wanted), "{wanted}: {types:?}");
    }
    for (name, judgement) in judged {
        assert_eq!(judgement, Ok(Judgement::Free), "{name}");
    }
}

fn push(document: &mut Value, pointer: &str, item: Value) {
    let list = document.pointer_mut(pointer).unwrap();
    list.as_array_mut().unwrap().push(item);
}

fn object(document: &mut Value, object: Value) {
    push(document, "/clusters/0/kubernetes/objects", object);
}

/// One more of a collection, like its first, changed.
fn another(document: &mut Value, collection: &str, change: &[(&str, Value)]) {
    let list = document["collections"][collection].as_array_mut().unwrap();
    let mut item = list[0].clone();
    for (pointer, value) in change {
        *item.pointer_mut(pointer).unwrap() = value.clone();
    }
    list.push(item);
}

/// What somebody did after the plan was made, the step that it is about, and what the rules say then.
type Change = (&'static str, &'static dyn Fn(&mut Value), Judgement);

#[tokio::test]
async fn what_came_after_the_plan_is_seen_and_named() {
    let unplanned = |name: &str| Judgement::Unplanned(vec![name.to_owned()]);
    let used = |name: &str| Judgement::Used(vec![name.to_owned()]);
    let changes: [Change; 6] = [
        (
            "k8s.namespace/",
            &|document| {
                let metadata = json!({"name": "nightly", "namespace": "my-app", "uid": "u-1",
                    "creationTimestamp": "2026-01-15T02:45:00Z"});
                let spec = json!({"source": {"persistentVolumeClaimName": "my-app-data"}});
                object(
                    document,
                    json!({"apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshot",
                        "metadata": metadata, "spec": spec}),
                );
            },
            unplanned("volumesnapshots.snapshot.storage.k8s.io/nightly"),
        ),
        (
            "ack.cluster/",
            &|document| {
                push(
                    document,
                    "/clusters/0/resources",
                    json!({"cluster_id": CLUSTER, "instance_id": "sg-new",
                        "resource_type": "ALIYUN::ECS::SecurityGroup", "auto_create": 1,
                        "state": "CREATE_COMPLETE", "creator_type": "ack", "dependencies": []}),
                );
            },
            unplanned("ALIYUN::ECS::SecurityGroup/sg-new"),
        ),
        (
            "sls.project/",
            &|document| another(document, "sls/logstore", &[("/logstoreName", json!("new"))]),
            unplanned("sls.logstore/k8s-log-c7e1a0c5b2d94f6e8a3b1c0d9e8f70042/new"),
        ),
        (
            "vpc.vswitch/vsw-bp1labzoneh",
            &|document| {
                another(
                    document,
                    "ecs/instance",
                    &[
                        ("/InstanceId", json!("i-new")),
                        ("/Tags/Tag", json!([])),
                        ("/NetworkInterfaces/NetworkInterface", json!([])),
                    ],
                );
            },
            used("ecs.instance/i-new (uses VpcAttributes.VSwitchId)"),
        ),
        (
            "cr.repository/",
            &|document| {
                let image = "registry.cn-hangzhou.aliyuncs.com/my-namespace/my-app:v1.0.0";
                let pod = json!({"containers": [{"name": "app", "image": image}]});
                let metadata = json!({"name": "other", "namespace": "default", "uid": "u-2",
                    "creationTimestamp": "2026-01-15T02:45:00Z"});
                object(
                    document,
                    json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod}),
                );
            },
            used(&format!("k8s.pod/{CLUSTER}/default/other")),
        ),
        (
            "cr.namespace/",
            &|document| {
                another(
                    document,
                    "cr-personal/repository",
                    &[("/repoName", json!("new"))],
                );
            },
            used("cr.repository/my-namespace/new (uses RepoNamespaceName)"),
        ),
    ];
    let plan = planned().await;
    for (step, change, expected) in changes {
        let running = laboratory(change, &[]).await;
        for (name, judgement) in judged(&plan, &running, &[step]).await {
            assert_eq!(judgement, Ok(expected.clone()), "{name}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_judged_by_nobody() {
    let plan = planned().await;
    for (step, fault) in [
        ("vpc.vpc/", "ecs:DescribeInstances=deny"),
        ("vpc.vswitch/", "nlb:ListLoadBalancers=5xx"),
        ("sls.project/", "sls:ListLogStores=deny"),
        ("cr.repository/", "cs:DescribeClusterUserKubeconfig=deny"),
    ] {
        let running = laboratory(&|_| (), &[fault]).await;
        for (name, judgement) in judged(&plan, &running, &[step]).await {
            let said = judgement.unwrap_err();
            assert!(!said.is_empty(), "{name}");
        }
        // A hole that the user accepted at planning keeps nothing back.
        let mut accepted = plan.clone();
        accepted.holes = match step {
            "vpc.vpc/" => vec!["ecs.instance cn-hangzhou denied (ecs:DescribeInstances)".into()],
            "vpc.vswitch/" => vec!["nlb.load_balancer cn-hangzhou failed".into()],
            _ => continue,
        };
        for (name, judgement) in judged(&accepted, &running, &[step]).await {
            assert_eq!(judgement, Ok(Judgement::Free), "{name}");
        }
    }
}
