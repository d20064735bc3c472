//! A small world for the executor's tests: things that hold each other, protection, slow deletions, and one disturbance.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use rust_decimal::Decimal;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::executor::{Brake, Executor, Outcome};
use super::journal::{Journal, Log, replay};
use super::outside::{CallError, Judgement, Outside, Receipt, Whereabouts};
use super::plan::{Action, Binding, Cost, Plan, Reason, Step, StepId};
use super::{Fingerprint, journal};
use crate::context::Clock;
use crate::model::{AccountId, ChargeType, Currency, Money, Region, Resource, ResourceId, TypeId};
use crate::openapi::ErrorClass;
use crate::resources::ListError;
use crate::resources::teardown::{
    Call, CloudCall, ObjectDeletion, Observation, PlannedCall, Purpose, Refusal,
};

pub(crate) const DIGEST: &str = "0123456789abcdef0123456789abcdef";

/// Every class that a call can fail with.
pub(crate) const CLASSES: &[ErrorClass] = &[
    ErrorClass::Throttled,
    ErrorClass::Server,
    ErrorClass::Busy,
    ErrorClass::WaitDependency,
    ErrorClass::Protected,
    ErrorClass::Billing,
    ErrorClass::ServiceManaged,
    ErrorClass::Gone,
    ErrorClass::Denied,
    ErrorClass::Credentials,
    ErrorClass::ClockSkew,
    ErrorClass::NotOffered,
    ErrorClass::NotActivated,
    ErrorClass::DryRunOk,
    ErrorClass::Invalid,
    ErrorClass::TransportBeforeSend,
    ErrorClass::TransportAmbiguous,
    ErrorClass::Decode,
    ErrorClass::Incomplete,
    ErrorClass::Unexpected,
];

/// What goes wrong, at one place of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disturbance {
    /// Nothing.
    None,
    /// The call with that number (from 0) fails; it has worked all the same, or not.
    Fail {
        call: usize,
        class: ErrorClass,
        works: bool,
    },
    /// The process dies before or after that call.
    KillAtCall { call: usize, after: bool },
    /// The process dies before or after that line is written.
    KillAtLine { line: usize, after: bool },
    /// The process dies while that line is written: half of it is there.
    TearLine { line: usize },
    /// That line cannot be written.
    FailLine { line: usize },
    /// That look fails.
    FailLook { look: usize },
}

/// A thing of the world.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) resource: Resource,
    pub(crate) is_protected: bool,
    pub(crate) is_attached: bool,
    /// Seconds from the accepted deletion until it is gone; `None`: it never goes.
    pub(crate) takes: Option<u64>,
    /// Things that must be gone before it can be deleted.
    pub(crate) held_by: Vec<String>,
    /// Goes when this one is gone.
    pub(crate) managed_by: Option<String>,
    gone_at: Option<Instant>,
}

#[derive(Default)]
struct Inner {
    things: BTreeMap<String, Thing>,
    sent: Vec<(Call, Option<String>)>,
    tokens: BTreeSet<String>,
    looks: usize,
    next_token: usize,
}

/// The world.
pub(crate) struct Double {
    inner: Mutex<Inner>,
    clock: TestClock,
    pub(crate) disturbance: Mutex<Disturbance>,
    killed: Arc<Notify>,
    pub(crate) whereabouts: Mutex<Whereabouts>,
    /// How the next calls about things are answered, whatever the disturbance; with true the call does its work. The class
    /// of an answer that works and is no error is `DryRunOk`.
    pub(crate) answers: Mutex<BTreeMap<String, VecDeque<(ErrorClass, bool)>>>,
    /// What the rules say about steps now.
    pub(crate) judgements: Mutex<BTreeMap<String, Says>>,
}

/// What the rules say about a resource.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Says {
    /// It is kept.
    Kept,
    /// Something outside the plan uses it until then.
    Used { until: DateTime<Utc> },
    /// It holds what the plan does not know.
    Unplanned,
    /// Nobody can tell.
    Unreadable,
}

/// Time that stands still while anything is to be done.
pub(crate) struct TestClock {
    began: Instant,
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        let passed = TimeDelta::from_std(self.began.elapsed()).unwrap();
        read_at() + passed
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

pub(crate) fn read_at() -> DateTime<Utc> {
    "2026-01-15T08:00:00Z".parse().unwrap()
}

pub(crate) fn id(text: &str) -> ResourceId {
    let (type_id, id) = text.split_once('/').unwrap();
    ResourceId {
        account: AccountId::from_static("0000000000000042"),
        region: Region::from_static("cn-hangzhou"),
        type_id: TypeId::new(type_id),
        id: id.to_owned(),
    }
}

pub(crate) fn resource(text: &str) -> Resource {
    let mut resource = Resource::new(id(text));
    resource.created = Some("2026-01-10T00:00:00Z".parse().unwrap());
    resource.charge_type = ChargeType::PayAsYouGo;
    resource
        .attributes
        .set_text("uid", format!("uid-of-{text}"));
    resource
}

pub(crate) fn cloud(action: &str, thing: &str, takes_client_token: bool) -> Call {
    Call::Cloud(CloudCall {
        product: "test".to_owned(),
        action: action.to_owned(),
        region: Region::from_static("cn-hangzhou"),
        arguments: [("Id".to_owned(), thing.to_owned())].into(),
        body: None,
        takes_client_token,
    })
}

fn planned(purpose: Purpose, call: Call, undo: Option<Call>) -> PlannedCall {
    PlannedCall {
        purpose,
        call,
        undo,
    }
}

fn delete(thing: &str, takes_client_token: bool) -> PlannedCall {
    planned(
        Purpose::Delete,
        cloud("Delete", thing, takes_client_token),
        None,
    )
}

fn unprotect(thing: &str) -> PlannedCall {
    let undo = Some(cloud("Protect", thing, true));
    planned(Purpose::Unprotect, cloud("Unprotect", thing, true), undo)
}

fn detach(thing: &str) -> PlannedCall {
    let undo = Some(cloud("Attach", thing, false));
    planned(Purpose::Detach, cloud("Detach", thing, false), undo)
}

fn object(thing: &str) -> PlannedCall {
    let deletion = ObjectDeletion {
        cluster: id("ack.cluster/c1"),
        group: String::new(),
        version: "v1".to_owned(),
        plural: "services".to_owned(),
        namespace: Some("default".to_owned()),
        name: thing.to_owned(),
        uid: format!("uid-of-{thing}"),
    };
    planned(Purpose::Delete, Call::Cluster(deletion), None)
}

fn step(thing: &str, after: &[&str], action: Action, monthly: Option<u32>) -> Step {
    Step {
        id: StepId::of(&id(thing)),
        name: None,
        fingerprint: Fingerprint::of(&resource(thing)),
        reason: Reason::Selected {
            selector: "--cluster c1".to_owned(),
        },
        after: after
            .iter()
            .map(|other| (StepId::of(&id(other)), "uses".to_owned()))
            .collect(),
        action,
        holds: Vec::new(),
        cost: Cost {
            monthly: monthly
                .map(|amount| Money::new(Decimal::from(amount), Currency::CNY))
                .into_iter()
                .collect(),
            unknown: usize::from(monthly.is_none()),
            usage: 0,
        },
        loses: None,
        assumptions: Vec::new(),
        poll_seconds: 5,
        deadline_seconds: 600,
    }
}

fn calls(calls: Vec<PlannedCall>) -> Action {
    Action::Calls { calls }
}

/// A laboratory in small: a Service with its load balancer, a protected cluster, an attached address, a disk, a network.
pub(crate) fn plan() -> Plan {
    Plan {
        binding: Binding {
            account: AccountId::from_static("0000000000000042"),
            identity: "acs:ram::0000000000000042:user/lab".to_owned(),
            endpoint: crate::teardown::Place::at("http://127.0.0.1:1"),
            read_at: read_at(),
        },
        scope: vec!["--cluster c1".to_owned()],
        steps: vec![
            step(
                "k8s.service/c1/default/web",
                &[],
                calls(vec![object("k8s.service/c1/default/web")]),
                Some(0),
            ),
            step(
                "slb.load_balancer/lb-1",
                &["k8s.service/c1/default/web"],
                Action::Manager {
                    manager: StepId::of(&id("k8s.service/c1/default/web")),
                    fallback: vec![
                        unprotect("slb.load_balancer/lb-1"),
                        delete("slb.load_balancer/lb-1", false),
                    ],
                },
                Some(50),
            ),
            step(
                "ack.cluster/c1",
                &["k8s.service/c1/default/web", "slb.load_balancer/lb-1"],
                calls(vec![
                    unprotect("ack.cluster/c1"),
                    delete("ack.cluster/c1", false),
                ]),
                Some(500),
            ),
            step(
                "vpc.eip/eip-1",
                &[],
                calls(vec![
                    detach("vpc.eip/eip-1"),
                    delete("vpc.eip/eip-1", false),
                ]),
                None,
            ),
            step(
                "ecs.disk/d-1",
                &["ack.cluster/c1"],
                calls(vec![delete("ecs.disk/d-1", false)]),
                Some(14),
            ),
            step(
                "vpc.vswitch/vsw-1",
                &["ack.cluster/c1"],
                calls(vec![delete("vpc.vswitch/vsw-1", true)]),
                Some(0),
            ),
            step(
                "vpc.vpc/vpc-1",
                &["vpc.vswitch/vsw-1"],
                calls(vec![delete("vpc.vpc/vpc-1", true)]),
                Some(0),
            ),
        ],
        kept: Vec::new(),
        implied: Vec::new(),
        holes: Vec::new(),
        ledger: crate::inventory::Ledger::default(),
    }
}

/// The things of [`plan`], and one that no plan names.
fn things() -> BTreeMap<String, Thing> {
    let thing = |text: &str| Thing {
        resource: resource(text),
        is_protected: false,
        is_attached: false,
        takes: Some(20),
        held_by: Vec::new(),
        managed_by: None,
        gone_at: None,
    };
    let mut all: BTreeMap<String, Thing> = plan()
        .steps
        .iter()
        .map(|step| (step.id.to_string(), thing(step.id.as_str())))
        .chain([("ecs.disk/d-other".to_owned(), thing("ecs.disk/d-other"))])
        .collect();
    let mut change = |text: &str, change: &dyn Fn(&mut Thing)| change(all.get_mut(text).unwrap());
    change("ack.cluster/c1", &|thing| {
        thing.is_protected = true;
        thing.takes = Some(300);
    });
    change("slb.load_balancer/lb-1", &|thing| {
        thing.is_protected = true;
        thing.managed_by = Some("k8s.service/c1/default/web".to_owned());
    });
    change("vpc.eip/eip-1", &|thing| thing.is_attached = true);
    change("vpc.vswitch/vsw-1", &|thing| {
        thing.held_by = vec!["ack.cluster/c1".to_owned(), "ecs.eni/eni-1".to_owned()];
    });
    change("vpc.vpc/vpc-1", &|thing| {
        thing.held_by = vec!["vpc.vswitch/vsw-1".to_owned()];
    });
    // A network interface that goes some time after its cluster, and that no step deletes.
    let mut interface = thing("ecs.eni/eni-1");
    interface.managed_by = Some("ack.cluster/c1".to_owned());
    interface.takes = Some(60);
    all.insert("ecs.eni/eni-1".to_owned(), interface);
    all
}

impl Double {
    pub(crate) fn new() -> Self {
        let binding = plan().binding;
        Self {
            inner: Mutex::new(Inner {
                things: things(),
                ..Inner::default()
            }),
            clock: TestClock {
                began: Instant::now(),
            },
            disturbance: Mutex::new(Disturbance::None),
            killed: Arc::default(),
            whereabouts: Mutex::new(Whereabouts {
                account: binding.account,
                identity: binding.identity,
                endpoint: binding.endpoint,
            }),
            answers: Mutex::default(),
            judgements: Mutex::default(),
        }
    }

    /// Changes a thing.
    pub(crate) fn change(&self, thing: &str, change: impl FnOnce(&mut Thing)) {
        change(
            self.inner
                .lock()
                .unwrap()
                .things
                .get_mut(thing)
                .expect("a thing"),
        );
    }

    /// Takes a thing away.
    pub(crate) fn remove(&self, thing: &str) {
        self.inner.lock().unwrap().things.remove(thing);
    }

    /// What there is now.
    pub(crate) fn left(&self) -> Vec<String> {
        let mut inner = self.inner.lock().unwrap();
        inner.pass();
        inner.things.keys().cloned().collect()
    }

    /// A thing as it is now.
    pub(crate) fn thing(&self, thing: &str) -> Option<Thing> {
        let mut inner = self.inner.lock().unwrap();
        inner.pass();
        inner.things.get(thing).cloned()
    }

    /// Every call that was sent.
    pub(crate) fn sent(&self) -> Vec<(Call, Option<String>)> {
        self.inner.lock().unwrap().sent.clone()
    }

    async fn die(&self) {
        self.killed.notify_one();
        pending::<()>().await;
    }
}

impl Inner {
    /// Lets time do its work.
    fn pass(&mut self) {
        loop {
            let now = Instant::now();
            let gone: Vec<String> = self
                .things
                .iter()
                .filter(|(_, thing)| thing.gone_at.is_some_and(|at| at <= now))
                .map(|(name, _)| name.clone())
                .collect();
            for name in &gone {
                self.things.remove(name);
            }
            let present: BTreeSet<String> = self.things.keys().cloned().collect();
            for thing in self.things.values_mut() {
                if let Some(manager) = &thing.managed_by
                    && !present.contains(manager)
                    && thing.gone_at.is_none()
                    && let Some(takes) = thing.takes
                {
                    thing.gone_at = Some(now + Duration::from_secs(takes));
                }
            }
            if gone.is_empty() {
                return;
            }
        }
    }

    fn perform(&mut self, call: &Call, token: Option<&str>) -> Result<Receipt, CallError> {
        self.pass();
        let receipt = Receipt {
            request_id: Some("R-1".to_owned()),
            task: None,
        };
        if let Some(token) = token
            && !self.tokens.insert(token.to_owned())
        {
            return Ok(receipt);
        }
        let present: BTreeSet<String> = self.things.keys().cloned().collect();
        let name = thing_of(call);
        let action = match call {
            Call::Cloud(call) => call.action.as_str(),
            Call::Cluster(_) => "Delete",
        };
        let gone = || CallError::of(ErrorClass::Gone).with_code("Test.NotFound");
        let thing = self.things.get_mut(name).ok_or_else(gone)?;
        if let Call::Cluster(deletion) = call
            && thing.resource.text("uid") != Some(&deletion.uid)
        {
            return Err(CallError::of(ErrorClass::Invalid).with_code("Conflict"));
        }
        let wrong = || CallError::of(ErrorClass::Busy).with_code("IncorrectStatus");
        let refused = match action {
            "Unprotect" => {
                thing.is_protected = false;
                None
            }
            "Protect" => {
                thing.is_protected = true;
                None
            }
            "Detach" if !thing.is_attached => Some(wrong()),
            "Detach" => {
                thing.is_attached = false;
                None
            }
            "Attach" => {
                thing.is_attached = true;
                None
            }
            _ if thing.is_protected => {
                Some(CallError::of(ErrorClass::Protected).with_code("Protected"))
            }
            _ if thing.is_attached || thing.gone_at.is_some() => Some(wrong()),
            _ if thing.held_by.iter().any(|other| present.contains(other)) => {
                Some(CallError::of(ErrorClass::WaitDependency).with_code("DependencyViolation"))
            }
            _ => {
                thing.gone_at = thing
                    .takes
                    .map(|takes| Instant::now() + Duration::from_secs(takes));
                None
            }
        };
        match refused {
            // A refused call did not count.
            Some(error) => {
                if let Some(token) = token {
                    self.tokens.remove(token);
                }
                Err(error)
            }
            None => Ok(receipt),
        }
    }
}

/// The thing that a call is about.
fn thing_of(call: &Call) -> &str {
    match call {
        Call::Cloud(call) => &call.arguments["Id"],
        Call::Cluster(deletion) => &deletion.name,
    }
}

impl Outside for Double {
    fn whereabouts(&self) -> BoxFuture<'_, Result<Whereabouts, CallError>> {
        let now = self.whereabouts.lock().unwrap().clone();
        Box::pin(async { Ok(now) })
    }

    fn observe<'a>(&'a self, id: &'a ResourceId) -> BoxFuture<'a, Observation> {
        let mut inner = self.inner.lock().unwrap();
        inner.pass();
        let look = inner.looks;
        inner.looks += 1;
        let name = StepId::of(id).to_string();
        let fails = *self.disturbance.lock().unwrap() == Disturbance::FailLook { look };
        let seen = match inner.things.get(&name) {
            _ if fails => Observation::Unknown(ListError::Unusable("the look failed".to_owned())),
            Some(thing) => Observation::Present(Box::new(thing.resource.clone())),
            None => Observation::Gone,
        };
        Box::pin(async { seen })
    }

    fn judge<'a>(
        &'a self,
        _plan: &'a Plan,
        step: &'a Step,
        _resource: &'a Resource,
    ) -> BoxFuture<'a, Result<Judgement, ListError>> {
        let says = self
            .judgements
            .lock()
            .unwrap()
            .get(step.id.as_str())
            .copied();
        let judged = match says {
            None => Ok(Judgement::Free),
            Some(Says::Kept) => Ok(Judgement::Kept(Refusal {
                kept: crate::resources::teardown::Kept::Always,
                code: "service_managed".to_owned(),
                because: "ServiceManaged=true".to_owned(),
            })),
            Some(Says::Used { until }) if self.clock.now() >= until => Ok(Judgement::Free),
            Some(Says::Used { .. }) => Ok(Judgement::Used(vec!["ecs.instance/i-new".to_owned()])),
            Some(Says::Unplanned) => Ok(Judgement::Unplanned(vec![
                "volumesnapshots.snapshot.storage.k8s.io/nightly".to_owned(),
            ])),
            Some(Says::Unreadable) => {
                Err(ListError::Unusable("the users cannot be read".to_owned()))
            }
        };
        Box::pin(async { judged })
    }

    fn send<'a>(
        &'a self,
        call: &'a Call,
        token: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Receipt, CallError>> {
        Box::pin(async move {
            let disturbance = *self.disturbance.lock().unwrap();
            let number = self.inner.lock().unwrap().sent.len();
            if disturbance
                == (Disturbance::KillAtCall {
                    call: number,
                    after: false,
                })
            {
                self.die().await;
            }
            let answer = self
                .answers
                .lock()
                .unwrap()
                .get_mut(thing_of(call))
                .and_then(VecDeque::pop_front);
            let mut outcome = {
                let mut inner = self.inner.lock().unwrap();
                inner.sent.push((call.clone(), token.map(str::to_owned)));
                if let Some((class, works)) = answer {
                    let done = works.then(|| inner.perform(call, token));
                    return match (class, done) {
                        (ErrorClass::DryRunOk, Some(done)) => done,
                        _ => Err(CallError::of(class).with_code("Injected")),
                    };
                }
                match disturbance {
                    Disturbance::Fail {
                        call,
                        class,
                        works: false,
                    } if call == number => Err(CallError::of(class).with_code("Injected")),
                    _ => inner.perform(call, token),
                }
            };
            match disturbance {
                Disturbance::Fail {
                    call,
                    class,
                    works: true,
                } if call == number => {
                    outcome = Err(CallError::of(class).with_code("Injected"));
                }
                Disturbance::KillAtCall { call, after: true } if call == number => {
                    self.die().await;
                }
                _ => {}
            }
            outcome
        })
    }

    fn holders<'a>(&'a self, id: &'a ResourceId) -> BoxFuture<'a, Vec<String>> {
        let mut inner = self.inner.lock().unwrap();
        inner.pass();
        let name = StepId::of(id).to_string();
        let held_by = inner.things.get(&name).map(|thing| thing.held_by.clone());
        let seen = held_by
            .into_iter()
            .flatten()
            .filter(|other| inner.things.contains_key(other))
            .collect();
        Box::pin(async { seen })
    }

    fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    fn new_token(&self) -> String {
        let mut inner = self.inner.lock().unwrap();
        inner.next_token += 1;
        format!("token-{}", inner.next_token)
    }
}

/// A journal in memory, that survives the process.
#[derive(Clone, Default)]
pub(crate) struct Disk(pub(crate) Arc<Mutex<Vec<u8>>>);

struct TestLog;

/// Lines on the disk.
fn lines(disk: &Disk) -> usize {
    let bytes = disk.0.lock().unwrap();
    bytes.split(|byte| *byte == b'\n').count() - 1
}

impl TestLog {
    async fn add(disk: Disk, killed: Arc<Notify>, what: Disturbance, line: &str) -> io::Result<()> {
        let number = lines(&disk);
        let die = || async {
            killed.notify_one();
            pending::<()>().await;
        };
        match what {
            Disturbance::KillAtLine { line, after: false } if line == number => die().await,
            Disturbance::TearLine { line: torn } if torn == number => {
                let half = &line.as_bytes()[..line.len() / 2];
                disk.0.lock().unwrap().extend(half);
                die().await;
            }
            Disturbance::FailLine { line } if line == number => {
                return Err(io::Error::other("the disk is full"));
            }
            _ => {}
        }
        disk.0.lock().unwrap().extend(line.as_bytes());
        if what
            == (Disturbance::KillAtLine {
                line: number,
                after: true,
            })
        {
            die().await;
        }
        Ok(())
    }
}

/// A log that owns all it needs.
struct OwnedLog {
    disk: Disk,
    killed: Arc<Notify>,
    disturbance: Disturbance,
}

impl Log for OwnedLog {
    fn append<'a>(&'a mut self, line: &'a str) -> BoxFuture<'a, io::Result<()>> {
        let (disk, killed) = (self.disk.clone(), Arc::clone(&self.killed));
        Box::pin(TestLog::add(disk, killed, self.disturbance, line))
    }
}

/// Runs a plan from what the disk says, once. `None`: the process was killed.
pub(crate) async fn run(
    world: &Double,
    plan: &Plan,
    disk: &Disk,
    disturbance: Disturbance,
) -> Option<Outcome> {
    let brake = Brake::default();
    run_with(world, plan, disk, disturbance, &brake, &|_| {}).await
}

/// The same, with a brake and someone who listens.
pub(crate) async fn run_with(
    world: &Double,
    plan: &Plan,
    disk: &Disk,
    disturbance: Disturbance,
    brake: &Brake,
    on_line: &(dyn Fn(&journal::Line) + Sync),
) -> Option<Outcome> {
    // Two steps may have died at the same call, and told so twice.
    let _ = world.killed.notified().now_or_never();
    *world.disturbance.lock().unwrap() = disturbance;
    let replayed = {
        let mut bytes = disk.0.lock().unwrap();
        let replayed = replay(&bytes, plan, DIGEST).expect("a journal that can be resumed");
        bytes.truncate(usize::try_from(replayed.length).unwrap());
        replayed
    };
    let log = OwnedLog {
        disk: disk.clone(),
        killed: Arc::clone(&world.killed),
        disturbance,
    };
    let journal = Journal::resume(Box::new(log), DIGEST, &replayed);
    let executor = Executor::new(plan, world, journal, replayed.states, brake, on_line);
    let outcome = tokio::select! {
        biased;
        () = world.killed.notified() => None,
        outcome = executor.run() => Some(outcome),
    };
    *world.disturbance.lock().unwrap() = Disturbance::None;
    outcome
}
