//! The laboratory `ack-sop` in this process: the emulated world, the processes that work on it, and a scan that nothing disturbs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use hyper::body::Bytes;
use secrecy::SecretString;
use serde_json::Value;
use yunsweep::context::{Clock, Context, OneTimeIds, SystemClock};
use yunsweep::credentials::identity;
use yunsweep::emulator::{Emulator, Keys, Options, Running, Scenario, Throttling};
use yunsweep::inventory::{self, Account, Inventory, ScanOptions, Site};
use yunsweep::kubernetes::{ClientOptions, InProcessServer};
use yunsweep::model::{AccountId, Region, ResourceId};
use yunsweep::openapi::{
    self, Client, Credential, CredentialProvider, Endpoints, Limiter, Mutator, StaticCredential,
};
use yunsweep::resources::cluster::Clusters;
use yunsweep::resources::{RESOURCE_TYPES, Reader};
use yunsweep::teardown::journal::{self, Journal};
use yunsweep::teardown::plan::Action;
use yunsweep::teardown::planner::{self, Input, Registry};
use yunsweep::teardown::scope::{Selection, With};
use yunsweep::teardown::{
    Brake, Cloud, Executor, Outcome, Place, Plan, Verification, plan_file, verify,
};
use yunsweep::transport::Transport;

use super::wire::{Disk, Disturbance, Life, Wire, Wired, WiredLog, wired_server};

/// The cluster of the scenario.
pub(crate) const CLUSTER: &str = "c7e1a0c5b2d94f6e8a3b1c0d9e8f70042";
/// What plans are bound to here; nothing connects to it.
const ENDPOINT: &str = "http://127.0.0.1:1";

/// Runs a case, with a runtime of its own, so that each is the same every time.
pub(crate) fn in_its_own_time<T>(work: impl Future<Output = T>) -> T {
    yunsweep::tls::install();
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

/// Ids that are the same in every run of a case, and never twice the same in one.
#[derive(Default)]
struct CountedIds(AtomicU64);

impl OneTimeIds for CountedIds {
    fn next(&self) -> String {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        format!("00000000-0000-4000-8000-{number:012}")
    }
}

/// Real time to sign by; who waits by it moves the world, too.
struct Waitless(Arc<dyn Clock>);

impl Clock for Waitless {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        self.0.sleep(duration)
    }
}

/// The running world of one case.
pub(crate) struct Laboratory {
    pub(crate) running: Running,
    pub(crate) wire: Arc<Wire>,
    /// What its plans are bound to.
    pub(crate) endpoint: Place,
    ids: Arc<CountedIds>,
}

/// What one process holds.
struct Session {
    context: Context,
    client: Arc<Client>,
    provider: Arc<dyn CredentialProvider>,
    life: Life,
}

impl Laboratory {
    /// A new one, in which these things go wrong, and these items (collection and id) never go away.
    pub(crate) async fn start(
        disturbances: Vec<Disturbance>,
        undeletable: &[(&str, &str)],
    ) -> Self {
        let wire = Wire::with(disturbances);
        let ids = Arc::new(CountedIds::default());
        let owned = |(collection, id): &(&str, &str)| ((*collection).to_owned(), (*id).to_owned());
        let options = Options {
            time_scale: 0,
            throttling: Throttling::Off,
            undeletable: undeletable.iter().map(owned).collect(),
            onlooker: Some(Arc::clone(&wire) as _),
            ids: Arc::clone(&ids) as _,
            ..Options::default()
        };
        let scenario = Scenario::load("ack-sop").unwrap();
        let running = Emulator::start(scenario, options).await.unwrap();
        Self {
            running,
            wire,
            endpoint: Place::at(ENDPOINT),
            ids,
        }
    }

    /// Sends one call beside the wire, as somebody else would.
    pub(crate) async fn somebody_sends(&self, request: openapi::Request) {
        let session = self.session(false);
        let mutator = Mutator::new(session.client);
        mutator.mutate(request, None).await.unwrap();
    }

    /// Puts a finalizer on an object that nobody takes off.
    pub(crate) fn hold_object(&self, type_id: &str, id: &str) {
        let mut object = self.object(type_id, id).unwrap();
        let metadata = object["metadata"].as_object_mut().unwrap();
        let finalizers = metadata
            .entry("finalizers")
            .or_insert_with(|| Value::Array(Vec::new()));
        let finalizers = finalizers.as_array_mut().unwrap();
        finalizers.push(Value::from("example.com/held"));
        self.running
            .kubernetes(CLUSTER)
            .unwrap()
            .store()
            .replace(object)
            .unwrap();
    }

    /// A process that sends over the wire, or beside it.
    fn session(&self, is_wired: bool) -> Session {
        let life = Life::begin();
        let inner: Arc<dyn Transport> = Arc::new(self.running.transport());
        let transport: Arc<dyn Transport> = if is_wired {
            Arc::new(Wired {
                wire: Arc::clone(&self.wire),
                life: life.clone(),
                inner,
            })
        } else {
            inner
        };
        let mut context = Context::system(BTreeMap::new(), transport);
        context.wall_clock = Arc::new(Waitless(self.running.clock()));
        context.clock = self.running.clock();
        context.ids = Arc::clone(&self.ids) as _;
        let Keys {
            access_key_id,
            access_key_secret,
            ..
        } = self.running.keys().clone();
        let credential = Credential {
            access_key_id,
            secret: SecretString::from(access_key_secret),
            security_token: None,
            expires_at: None,
        };
        let provider: Arc<dyn CredentialProvider> =
            Arc::new(StaticCredential::new(credential, "harness"));
        let client = Arc::new(Client::new(
            context.clone(),
            Endpoints::default(),
            Arc::clone(&provider),
            Arc::new(Limiter::default()),
            self.running.account(),
        ));
        Session {
            context,
            client,
            provider,
            life,
        }
    }

    fn clusters(&self, session: &Session, is_wired: bool) -> Clusters {
        let options = ClientOptions::new(&session.context);
        let api = Arc::clone(self.running.kubernetes(CLUSTER).unwrap());
        let server: InProcessServer = if is_wired {
            let clock = self.running.clock();
            wired_server(
                &self.wire,
                &session.life,
                move |request| api.handle(request),
                move || clock.now(),
            )
        } else {
            Arc::new(move |request: http::Request<Bytes>| api.handle(&request))
        };
        let wall_clock = Arc::clone(&session.context.wall_clock);
        Clusters::new(options, wall_clock, false).with_server(CLUSTER, server)
    }

    /// Everything that the account has, read beside the wire.
    pub(crate) async fn scan(&self) -> Inventory {
        self.scan_by(false).await
    }

    /// The same, over the wire or beside it.
    pub(crate) async fn scan_by(&self, is_wired: bool) -> Inventory {
        let session = self.session(is_wired);
        let openapi = openapi::Reader::new(Arc::clone(&session.client));
        // Who scans is asked beside the wire: without an answer there is no scan.
        let beside = openapi::Reader::new(self.session(false).client);
        let caller = identity::caller(&beside, &Region::new("cn-hangzhou"))
            .await
            .unwrap();
        let account = Account {
            id: AccountId::new(self.running.account()),
            identity: caller.arn,
            site: Site::China,
            is_site_assumed: false,
            regions: vec![Region::new("cn-hangzhou")],
            is_every_region: true,
            reader: Arc::new(Reader::new(openapi).with_clusters(self.clusters(&session, is_wired))),
        };
        let options = ScanOptions {
            types: RESOURCE_TYPES.to_vec(),
        };
        inventory::scan(&session.context, &[account], &options, &|_| {}).await
    }

    /// A Kubernetes object, by its type and id.
    fn object(&self, type_id: &str, id: &str) -> Option<Value> {
        let is_of_type = |kind: &str| {
            type_id.trim_start_matches("k8s.").replace('_', "") == kind.to_ascii_lowercase()
        };
        let parts: Vec<&str> = id.split('/').collect();
        let (namespace, name) = match parts[..] {
            [_, name] => ("", name),
            [_, namespace, name] => (namespace, name),
            _ => panic!("{id}"),
        };
        let store = self.running.kubernetes(CLUSTER).unwrap().store();
        let kinds = store.kinds();
        let mut kinds = kinds.iter().filter(|kind| is_of_type(&kind.kind));
        kinds.find_map(|kind| store.get(kind, namespace, name))
    }

    /// Whether the world has it, whatever any API says.
    pub(crate) fn has(&self, contents: &Contents, id: &ResourceId) -> bool {
        match collection(id) {
            Some((collection, id)) => contents
                .get(&collection)
                .is_some_and(|items| items.contains_key(&id)),
            // Objects are nowhere without their cluster.
            None => {
                contents["cs/cluster"].contains_key(CLUSTER)
                    && self.object(id.type_id.as_str(), &id.id).is_some()
            }
        }
    }

    /// The proof of a plan, as `teardown verify` makes it.
    pub(crate) async fn verify(&self, plan: &Plan) -> Verification {
        verify::verify(plan, &self.scan().await, &[])
    }

    /// A new process that goes on from what is on the disk.
    pub(crate) async fn process(&self, planned: &Planned, disk: &Disk) -> Ended {
        let session = self.session(true);
        let digest = planned.digest.as_str();
        let replayed = match journal::replay(&disk.bytes(), &planned.plan, digest) {
            Ok(replayed) => replayed,
            Err(error) => return Ended::Unreadable(error.to_string()),
        };
        disk.truncate(replayed.length);
        let log = WiredLog {
            wire: Arc::clone(&self.wire),
            life: session.life.clone(),
            disk: disk.clone(),
        };
        let journal = Journal::resume(Box::new(log), digest, &replayed);
        let openapi = openapi::Reader::new(Arc::clone(&session.client));
        let cloud = Cloud::new(
            session.context.clone(),
            Arc::new(Reader::new(openapi).with_clusters(self.clusters(&session, true))),
            Mutator::new(Arc::clone(&session.client)),
            Arc::clone(&session.provider),
            self.clusters(&session, true),
            self.endpoint.clone(),
        );
        let brake = Brake::default();
        let states = replayed.states;
        let executor = Executor::new(&planned.plan, &cloud, journal, states, &brake, &|_| {});
        tokio::select! {
            biased;
            () = session.life.death() => Ended::Died,
            outcome = executor.run() => Ended::By(Box::new(outcome)),
        }
    }
}

/// How a process ended.
pub(crate) enum Ended {
    /// Something killed it.
    Died,
    /// It did not take the journal.
    Unreadable(String),
    /// By itself.
    By(Box<Outcome>),
}

/// A plan with its digest.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) digest: String,
}

/// Column (b) of the table: all that flags take in.
pub(crate) const ALL: &[With] = &[
    With::Vpc,
    With::Acr,
    With::Sls,
    With::Prometheus,
    With::Snapshots,
    With::Images,
    With::Disks,
];

/// The longest waits of a plan, in seconds, where a plan is to be quicker than the planner makes it.
#[derive(Clone, Copy)]
pub(crate) struct Haste {
    /// Between two looks.
    pub(crate) poll: u64,
    /// For what ACK leaves, before it is called for.
    pub(crate) left: u64,
}

/// What ACK leaves is waited for before it is called for: a minute shows as much as a quarter of an hour, at a tenth of the
/// looks.
pub(crate) const FEW_LOOKS: Haste = Haste {
    poll: u64::MAX,
    left: 60,
};

/// Plans the teardown of the cluster.
pub(crate) fn planned(
    inventory: &Inventory,
    with: &[With],
    endpoint: &Place,
    haste: Haste,
) -> Planned {
    let selection = Selection {
        clusters: vec![CLUSTER.to_owned()],
        with: with
            .iter()
            .copied()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        ids: Vec::new(),
        allow_incomplete: false,
    };
    let mut plan = planner::plan(&Input {
        inventory,
        lines: &[],
        selection: &selection,
        endpoint,
        types: &Registry,
    })
    .unwrap();
    for step in &mut plan.steps {
        step.poll_seconds = step.poll_seconds.min(haste.poll);
        if matches!(&step.action, Action::Manager { fallback, .. } if !fallback.is_empty()) {
            step.deadline_seconds = step.deadline_seconds.min(haste.left);
        }
    }
    let digest = plan_file::digest(&plan).unwrap().as_str().to_owned();
    Planned { plan, digest }
}

/// Where the world keeps a resource; `None`: in an API server.
pub(crate) fn collection(id: &ResourceId) -> Option<(String, String)> {
    let type_id = id.type_id.as_str();
    let (product, thing) = type_id.split_once('.').unwrap();
    let product = match product {
        "k8s" => return None,
        "ack" => "cs",
        "cr" => "cr-personal",
        other => other,
    };
    let own = match type_id {
        "cr.repository" | "sls.logstore" => id.id.rsplit('/').next().unwrap(),
        _ => &id.id,
    };
    Some((format!("{product}/{thing}"), own.to_owned()))
}

/// All that the world has, by collection and id.
pub(crate) type Contents = BTreeMap<String, BTreeMap<String, Value>>;
