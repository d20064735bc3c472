//! The one executor: takes a plan's steps in order of readiness, the dearest first, and each until its resource is gone.
//!
//! It has no choices: which calls, in which order, was decided by the plan. Where the world differs it stops that branch; what
//! waits for the branch is blocked, the rest goes on. It never sends what is not in the plan, and it writes every intent to the
//! journal before it acts on it.

mod along;
mod attempt;
mod undo;
mod wait;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use rust_decimal::Decimal;
use tokio::sync::watch;

use super::guard::{self, GuardError};
use super::journal::{Entry, Journal, JournalError, Line};
use super::outside::{CallError, Outside};
use super::plan::{Action, Plan, Step, StepId};
use super::recovery::{FirstMove, first_move};
use super::state::{Event, IllegalEvent, Status, StepState};
use crate::openapi::ErrorClass;

/// Steps under way at the same time. The rate budget decides the pace; most of them only wait.
const STEPS_AT_ONCE: usize = 32;
/// Looks, or questions who we are, in a row that may fail before nobody can tell.
const FAILED_LOOKS: u32 = 5;

/// Pulled to stop a run: nothing more is started or waited for.
#[derive(Debug)]
pub struct Brake(watch::Sender<bool>);

impl Default for Brake {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Brake {
    /// Stops the run.
    pub fn pull(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was pulled.
    pub fn is_pulled(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns when it is pulled.
    async fn pulled(&self) {
        let mut receiver = self.0.subscribe();
        // The sender lives in `self`: this cannot fail while we wait.
        let _ = receiver.wait_for(|is_pulled| *is_pulled).await;
    }
}

/// Why a whole run stopped by itself: every further call would be wrong.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    /// The journal cannot be written.
    #[error(transparent)]
    Journal(JournalError),
    /// We are somebody or somewhere else than planned, from the start or since, or the plan makes no sense.
    #[error(transparent)]
    Guard(GuardError),
    /// Nobody can tell who we are, or the credential is not taken any more.
    #[error("the credential is not accepted any more, or nobody can tell whose it is")]
    Credential(#[source] CallError),
    /// A fault of this program.
    #[error("the run came to a state that it does not know")]
    Internal(#[from] IllegalEvent),
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// What each step has come to.
    pub states: BTreeMap<StepId, StepState>,
    /// Why it stopped by itself, where it did.
    pub halt: Option<Halt>,
    /// Whether it was interrupted.
    pub was_interrupted: bool,
}

impl Outcome {
    /// Whether every resource of the plan is gone.
    pub fn is_done(&self) -> bool {
        self.states
            .values()
            .all(|state| state.status == Status::Gone)
    }
}

/// A step's work ends early: the run is stopped.
#[derive(Debug)]
struct Stopped;

/// Runs a plan.
pub struct Executor<'a> {
    plan: &'a Plan,
    world: &'a dyn Outside,
    journal: Journal,
    brake: &'a Brake,
    states: Mutex<BTreeMap<StepId, StepState>>,
    halt: Mutex<Option<Halt>>,
    on_line: &'a (dyn Fn(&Line) + Sync),
}

impl<'a> Executor<'a> {
    /// An executor that goes on from these states. `on_line` sees each line of the journal as it is written.
    pub fn new(
        plan: &'a Plan,
        world: &'a dyn Outside,
        journal: Journal,
        states: BTreeMap<StepId, StepState>,
        brake: &'a Brake,
        on_line: &'a (dyn Fn(&Line) + Sync),
    ) -> Self {
        Self {
            plan,
            world,
            journal,
            brake,
            states: Mutex::new(states),
            halt: Mutex::new(None),
            on_line,
        }
    }

    /// Runs until every step has ended or is blocked, or the run is stopped.
    pub async fn run(self) -> Outcome {
        let was_stopped = self.run_steps().await.is_err();
        let halt = self
            .halt
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        Outcome {
            states: self
                .states
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner),
            was_interrupted: was_stopped && halt.is_none(),
            halt,
        }
    }

    async fn run_steps(&self) -> Result<(), Stopped> {
        if let Err(error) = guard::check_shape(self.plan) {
            return Err(self.halt(Halt::Guard(error)));
        }
        self.check_whereabouts().await?;
        self.write(Entry::Opened {
            identity: self.plan.binding.identity.clone(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        })
        .await?;
        let order = dearest_first(self.plan);
        let mut started: BTreeSet<&StepId> = BTreeSet::new();
        let mut running = FuturesUnordered::new();
        loop {
            for step in &order {
                let has_room = running.len() < STEPS_AT_ONCE && !self.brake.is_pulled();
                if has_room && !started.contains(&step.id) && self.is_ready(step) {
                    started.insert(&step.id);
                    running.push(self.work(step));
                }
            }
            if running.next().await.is_none() {
                break;
            }
        }
        drop(running);
        let interrupted = self.brake.is_pulled();
        if self.has_halted() {
            return Err(Stopped);
        }
        self.write(Entry::Closed { interrupted }).await?;
        if interrupted { Err(Stopped) } else { Ok(()) }
    }

    /// Whether everything that must be gone first is gone.
    fn is_ready(&self, step: &Step) -> bool {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let is_gone = |id: &StepId| {
            states
                .get(id)
                .is_some_and(|state| state.status == Status::Gone)
        };
        let is_managed_by_the_gone = match &step.action {
            Action::Manager { manager, .. } => is_gone(manager),
            Action::Calls { .. } => true,
        };
        is_managed_by_the_gone && step.after.keys().all(is_gone)
    }

    /// One step, until it has ended or the run is stopped.
    async fn work(&self, step: &Step) -> Result<(), Stopped> {
        let first = first_move(&self.state(step).status);
        if first == FirstMove::Reopen {
            self.record(step, Event::Reopened).await?;
        }
        let mut patience = Patience::new(self, step);
        let is_untouched = matches!(self.state(step).status, Status::Open { done: 0 });
        if matches!(step.action, Action::Manager { .. }) && is_untouched {
            self.wait_for_manager(step, &patience).await?;
            patience = Patience::new(self, step);
        }
        loop {
            match self.state(step).status {
                Status::Gone | Status::Ended { .. } => return Ok(()),
                Status::Open { done } => self.attempt(step, done, &mut patience).await?,
                Status::Sent { call } | Status::Lost { call } => {
                    self.after_silence(step, call, &mut patience).await?;
                }
                Status::Deleting => self.wait_until_gone(step, &patience).await?,
                status @ (Status::TakingBack { .. } | Status::UndoSent { .. }) => {
                    let event = Event::Reopened;
                    let cause = super::state::next(&status, &event, step.calls());
                    return match cause {
                        Ok(_) => self.record(step, event).await,
                        Err(error) => Err(self.halt(Halt::Internal(error))),
                    };
                }
            }
        }
    }

    /// Asks who we are and where, and holds it against the plan.
    async fn check_whereabouts(&self) -> Result<(), Stopped> {
        let mut failed = 0;
        loop {
            match self.world.whereabouts().await {
                Ok(now) => {
                    return guard::check_whereabouts(&self.plan.binding, &now)
                        .map_err(|error| self.halt(Halt::Guard(error)));
                }
                Err(error) => {
                    failed += 1;
                    if failed == FAILED_LOOKS || !may_pass(error.class) {
                        return Err(self.halt(Halt::Credential(error)));
                    }
                    self.pause(Duration::from_secs(2)).await?;
                }
            }
        }
    }

    fn state(&self, step: &Step) -> StepState {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.get(&step.id).cloned().unwrap_or_default()
    }

    /// Writes an event of a step, then makes it so.
    async fn record(&self, step: &Step, event: Event) -> Result<(), Stopped> {
        let mut state = self.state(step);
        state
            .apply(&event, step.calls())
            .map_err(|error| self.halt(Halt::Internal(error)))?;
        self.write(Entry::Step {
            step: step.id.clone(),
            event,
        })
        .await?;
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.insert(step.id.clone(), state);
        Ok(())
    }

    async fn write(&self, entry: Entry) -> Result<(), Stopped> {
        match self.journal.append(self.world.clock().now(), entry).await {
            Ok(line) => {
                (self.on_line)(&line);
                Ok(())
            }
            Err(error) => Err(self.halt(Halt::Journal(error))),
        }
    }

    /// Stops the whole run. The first reason is kept.
    fn halt(&self, reason: Halt) -> Stopped {
        let mut halt = self.halt.lock().unwrap_or_else(PoisonError::into_inner);
        halt.get_or_insert(reason);
        self.brake.pull();
        Stopped
    }

    fn has_halted(&self) -> bool {
        let halt = self.halt.lock().unwrap_or_else(PoisonError::into_inner);
        halt.is_some()
    }

    /// Waits, unless the run is stopped.
    async fn pause(&self, time: Duration) -> Result<(), Stopped> {
        tokio::select! {
            biased;
            () = self.brake.pulled() => Err(Stopped),
            () = self.world.clock().sleep(time) => Ok(()),
        }
    }
}

/// How long a step may take, and what it has been through in this run.
struct Patience {
    deadline: chrono::DateTime<chrono::Utc>,
    /// Answers that say "protected" although that was switched off.
    protected: u32,
    /// Answers that do not accept the credential.
    credentials: u32,
    /// Rounds since the last try, while something holds it.
    held_rounds: u32,
}

impl Patience {
    fn new(executor: &Executor<'_>, step: &Step) -> Self {
        let seconds = i64::try_from(step.deadline_seconds).unwrap_or(i64::MAX);
        let time = TimeDelta::try_seconds(seconds).unwrap_or(TimeDelta::MAX);
        let now = executor.world.clock().now();
        Self {
            deadline: now.checked_add_signed(time).unwrap_or(now),
            protected: 0,
            credentials: 0,
            held_rounds: 0,
        }
    }

    fn is_over(&self, executor: &Executor<'_>) -> bool {
        executor.world.clock().now() >= self.deadline
    }
}

fn poll(step: &Step) -> Duration {
    Duration::from_secs(step.poll_seconds.max(1))
}

/// Whether an error may be gone at the next try.
fn may_pass(class: ErrorClass) -> bool {
    matches!(
        class,
        ErrorClass::Throttled
            | ErrorClass::Server
            | ErrorClass::Busy
            | ErrorClass::TransportBeforeSend
            | ErrorClass::TransportAmbiguous
            | ErrorClass::Decode
            | ErrorClass::Incomplete
    )
}

/// The steps, what costs most first. What nobody knows the price of may be the dearest. Equal ones in the plan's order.
fn dearest_first(plan: &Plan) -> Vec<&Step> {
    let mut order: Vec<&Step> = plan.steps.iter().collect();
    order.sort_by_key(|step| {
        let dearest = step.cost.monthly.iter().map(|money| money.amount).max();
        std::cmp::Reverse((step.cost.unknown > 0, dearest.unwrap_or(Decimal::ZERO)))
    });
    order
}

#[cfg(test)]
mod tests;
