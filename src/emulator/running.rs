//! Starting and stopping an emulator, and what a user needs to reach it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::accounts::Accounts;
use super::authenticate::Nonces;
use super::clusters::{ClusterError, Clusters};
use super::direct::DirectTransport;
use super::faults::Fault;
use super::identities::{Identities, Keys, TemporaryKeys};
use super::kubernetes::KubernetesApi;
use super::onlooker::Onlooker;
use super::scenario::Scenario;
use super::server::Server;
use super::service::Service;
use super::tally::Tally;
use super::throttle::{Throttle, Throttling};
use super::world::cloud::{Cloud, WorldClock};
use super::world::{World, WorldError};
use crate::context::{Clock, OneTimeIds, RandomIds, SystemClock};
use crate::contracts::{self, Class};

/// Starts emulators.
#[derive(Debug)]
pub struct Emulator;

/// How an emulator runs.
#[derive(Clone)]
pub struct Options {
    /// Where it listens: a loopback address; port 0 takes any free port.
    pub listen: SocketAddr,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// Whether calls are counted against the vendor's limits.
    pub throttling: Throttling,
    /// The keys that it takes.
    pub keys: Keys,
    /// Worlds of other accounts, each with clusters, faults and limits of its own. Their RAM users' keys are those of the first
    /// with `-` and the account's id behind.
    pub others: Vec<Scenario>,
    /// The real clock: signatures, tokens and slow answers go by it.
    pub clock: Arc<dyn Clock>,
    /// Where request ids and temporary keys come from.
    pub ids: Arc<dyn OneTimeIds>,
    /// How many times faster than the real time the world's goes; 0: it moves by [`Running::clock`] only.
    pub time_scale: u32,
    /// Items that never go away, by collection and id: a deletion is accepted and does not end.
    pub undeletable: Vec<(String, String)>,
    /// Who watches the calls.
    pub onlooker: Option<Arc<dyn Onlooker>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            faults: Vec::new(),
            throttling: Throttling::default(),
            keys: Keys::default(),
            others: Vec::new(),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            time_scale: 1,
            undeletable: Vec::new(),
            onlooker: None,
        }
    }
}

/// An emulator that cannot start.
#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    /// Its keys are known to everybody, so nobody else may reach it.
    #[error("{0} is not a loopback address, and the emulator listens on no other")]
    NotLoopback(SocketAddr),
    /// An account has one world.
    #[error("two scenarios are of account {0}; give each an account of its own")]
    SameAccount(String),
    /// The socket cannot be opened.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The scenario has something that cannot be answered.
    #[error("scenario {scenario} cannot be emulated")]
    World {
        /// Its name.
        scenario: String,
        /// What.
        source: WorldError,
    },
    /// A cluster of the scenario.
    #[error("scenario {scenario} cannot be emulated")]
    Cluster {
        /// Its name.
        scenario: String,
        /// What.
        source: ClusterError,
    },
}

impl Emulator {
    /// Starts an emulator of that world. Needs the process's TLS set-up ([`crate::tls::install`]) for clients of its clusters only.
    pub async fn start(scenario: Scenario, options: Options) -> Result<Running, EmulatorError> {
        let listen = options.listen;
        if !listen.ip().is_loopback() {
            return Err(EmulatorError::NotLoopback(listen));
        }
        let mut users = vec![(options.keys.clone(), &scenario.account)];
        for other in &options.others {
            if users.iter().any(|(_, known)| known.id == other.account.id) {
                return Err(EmulatorError::SameAccount(other.account.id.clone()));
            }
            let keys = options.keys.of_account(&other.account.id);
            users.push((keys, &other.account));
        }
        let identities = Arc::new(Identities::new(&users));
        let first = service(scenario, &options, &identities).await?;
        let mut others = Vec::new();
        for other in options.others.clone() {
            others.push(service(other, &options, &identities).await?);
        }
        let accounts = Arc::new(Accounts::new(first, others));
        let server = Server::start(Arc::clone(&accounts), listen)
            .await
            .map_err(|source| EmulatorError::Listen {
                address: listen,
                source,
            })?;
        Ok(Running {
            service: Arc::clone(accounts.first()),
            accounts,
            server,
            keys: options.keys,
        })
    }
}

/// The world of one account.
async fn service(
    mut scenario: Scenario,
    options: &Options,
    identities: &Arc<Identities>,
) -> Result<Arc<Service>, EmulatorError> {
    let named = scenario.name.clone();
    let world =
        World::new(&mut scenario, options.clock.now()).map_err(|source| EmulatorError::World {
            scenario: named.clone(),
            source,
        })?;
    let cloud = Arc::new(Cloud::new(
        world.with_undeletable(options.undeletable.clone()),
        Arc::clone(&options.clock),
        options.time_scale,
    ));
    let clusters = Clusters::start(&scenario, options.listen.ip(), &cloud, &options.clock)
        .await
        .map_err(|source| EmulatorError::Cluster {
            scenario: named.clone(),
            source,
        })?;
    Ok(Arc::new(Service {
        identities: Arc::clone(identities),
        account: scenario.account,
        region: scenario.region,
        regions: scenario.regions,
        cloud,
        clusters,
        faults: options.faults.clone(),
        onlooker: options.onlooker.clone(),
        throttling: options.throttling,
        throttle: Throttle::default(),
        nonces: Nonces::default(),
        tally: Tally::default(),
        clock: Arc::clone(&options.clock),
        ids: Arc::clone(&options.ids),
    }))
}

/// A running emulator. Dropping it closes everything at once; [`Running::stop`] lets answers under way out.
pub struct Running {
    /// The first account's.
    pub(super) service: Arc<Service>,
    accounts: Arc<Accounts>,
    server: Server,
    keys: Keys,
}

impl Running {
    /// Where it is: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// The socket.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The account that everything belongs to; starts with zeros.
    pub fn account(&self) -> &str {
        &self.service.account.id
    }

    /// The region of requests that name none.
    pub fn region(&self) -> &str {
        &self.service.region
    }

    /// The keys of the scenario's RAM user.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The keys of another account's RAM user.
    pub fn keys_of(&self, account: &str) -> Keys {
        self.keys.of_account(account)
    }

    /// Temporary keys of that user, good for that long; with no time or less they are expired already.
    pub fn temporary_keys(&self, lifetime: TimeDelta) -> TemporaryKeys {
        let identities = &self.service.identities;
        let expires = self.service.clock.now() + lifetime;
        let account = &self.service.account;
        identities.issue(&account.id, account.user(), expires, || {
            self.service.ids.next().replace('-', "")
        })
    }

    /// The environment that leads a client here, by variable.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let keys = self.keys();
        vec![
            ("ALIBABA_CLOUD_ACCESS_KEY_ID", keys.access_key_id.clone()),
            (
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
                keys.access_key_secret.clone(),
            ),
            ("YUNSWEEP_ENDPOINT", self.endpoint()),
        ]
    }

    /// The way in without a socket.
    pub fn transport(&self) -> DirectTransport {
        DirectTransport::new(Arc::clone(&self.accounts))
    }

    /// The Kubernetes API of a cluster, for tests that change what is in it.
    pub fn kubernetes(&self, cluster: &str) -> Option<&Arc<KubernetesApi>> {
        self.service
            .clusters
            .find(cluster)
            .map(super::kubernetes::KubernetesServer::api)
    }

    /// The world's time, which ages are told by. Never the time of signatures and tokens.
    pub fn world_time(&self) -> DateTime<Utc> {
        self.service.cloud.now()
    }

    /// The world's clock, for clients in process: whoever sleeps by it moves the world's time and does not wait.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(WorldClock(Arc::clone(&self.service.cloud)))
    }

    /// The ids of a collection (`alb/load_balancer`) as the world has them, whatever the API answers.
    pub fn holds(&self, collection: &str) -> Vec<String> {
        self.service.cloud.settle();
        let world = self.service.cloud.read();
        let items = world.items(collection).iter();
        items
            .filter_map(|item| item.id(collection))
            .map(str::to_owned)
            .collect()
    }

    /// Everything that the world has, whatever the API answers: the items of each collection, by id.
    pub fn contents(&self) -> BTreeMap<String, BTreeMap<String, Value>> {
        self.service.cloud.settle();
        let world = self.service.cloud.read();
        world
            .collections()
            .map(|(name, items)| {
                let of_id = |item: &super::world::Item| {
                    Some((item.id(name)?.to_owned(), item.value.clone()))
                };
                (name.to_owned(), items.iter().filter_map(of_id).collect())
            })
            .collect()
    }

    /// The calls that were heard, by name, and how often: `ecs:DeleteDisk`, and `delete /pods` or `delete apps/deployments` of
    /// the clusters' API servers.
    pub fn heard(&self) -> BTreeMap<String, u64> {
        let mut heard = self.service.tally.counts();
        for server in self.service.clusters.all() {
            for (name, count) in server.api().heard() {
                *heard.entry(name).or_default() += count;
            }
        }
        heard
    }

    /// Those of them that are to change something.
    pub fn changes_heard(&self) -> BTreeMap<String, u64> {
        let mut heard = self.heard();
        heard.retain(|name, _| match name.split_once(':') {
            Some((product, action)) => contracts::operation(product, action)
                .is_none_or(|found| found.class == Class::Mutate),
            None => !["get ", "list ", "watch "]
                .iter()
                .any(|verb| name.starts_with(verb)),
        });
        heard
    }

    /// Takes no more requests, and ends when the answers under way are out.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}
