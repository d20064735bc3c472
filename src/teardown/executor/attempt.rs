//! Sending one call of a step: all guards first, the intent on disk, then the call, then what its answer means.

use super::{Executor, FAILED_LOOKS, Halt, Patience, Stopped, poll};
use crate::model::Resource;
use crate::openapi::ErrorClass;
use crate::resources::teardown::{Call, Observation, PlannedCall, Purpose};
use crate::teardown::guard;
use crate::teardown::outside::CallError;
use crate::teardown::plan::Step;
use crate::teardown::recovery::{Repeat, repeat};
use crate::teardown::state::{Cause, End, Event, Stop};

/// Protection that was switched off may take a moment to be off: so many refusals are waited out.
const PROTECTED_TRIES: u32 = 5;
/// While something is seen to hold a resource, its deletion is tried again only every so many looks.
const HELD_ROUNDS: u32 = 4;

/// What looking at a resource came to.
pub(super) enum Look {
    /// It is there.
    Present(Box<Resource>),
    /// It is proven not to be.
    Gone,
    /// Nobody can tell, for that reason.
    Unknown(String),
}

impl Executor<'_> {
    /// Looks, and again where the look failed, a few times.
    pub(super) async fn look(&self, step: &Step) -> Result<Look, Stopped> {
        let mut failed = 0;
        loop {
            match self.world.observe(&step.fingerprint.id).await {
                Observation::Present(resource) => return Ok(Look::Present(resource)),
                Observation::Gone => return Ok(Look::Gone),
                Observation::Unknown(error) => {
                    failed += 1;
                    if failed == FAILED_LOOKS {
                        return Ok(Look::Unknown(error.to_string()));
                    }
                    self.pause(poll(step)).await?;
                }
            }
        }
    }

    /// Sends one call, or finds out that it may not or need not be sent.
    pub(super) async fn attempt(
        &self,
        step: &Step,
        index: usize,
        patience: &mut Patience,
    ) -> Result<(), Stopped> {
        let Some(planned) = step.calls().get(index) else {
            // A managed resource whose manager is gone and that nothing may delete.
            return self
                .stop(step, stop(End::Stuck, Cause::LeftByManager, Vec::new()))
                .await;
        };
        if self.brake.is_pulled() {
            return Err(Stopped);
        }
        self.check_whereabouts().await?;
        let resource = match self.look(step).await? {
            Look::Present(resource) => resource,
            Look::Gone => return self.record(step, Event::Gone).await,
            Look::Unknown(reason) => {
                return self
                    .stop(step, stop(End::Uncertain, Cause::Unseen, vec![reason]))
                    .await;
            }
        };
        if let Some(drift) = self.drift(step, &resource) {
            return self.take_back_and_stop(step, drift).await;
        }
        // What was asked above took time: a run that was stopped meanwhile sends nothing.
        if self.brake.is_pulled() {
            return Err(Stopped);
        }
        let state = self.state(step);
        let token = takes_token(&planned.call).then(|| {
            let known = state.tokens.get(&index).cloned();
            known.unwrap_or_else(|| self.world.new_token())
        });
        let intent = Event::Intended {
            call: index,
            client_token: token.clone(),
        };
        self.record(step, intent).await?;
        match self.world.send(&planned.call, token.as_deref()).await {
            Ok(receipt) => {
                let accepted = Event::Accepted {
                    call: index,
                    request_id: receipt.request_id,
                    task: receipt.task,
                };
                self.record(step, accepted).await
            }
            Err(error) if is_lost(error.class) => {
                let lost = Event::Lost {
                    call: index,
                    class: error.class,
                };
                self.record(step, lost).await
            }
            Err(error) => {
                let refused = Event::Refused {
                    call: index,
                    class: error.class,
                    code: error.code.clone(),
                    request_id: error.request_id.clone(),
                };
                self.record(step, refused).await?;
                self.refused(step, index, planned, error, patience).await
            }
        }
    }

    /// Why the resource is not to be touched as it is now.
    fn drift(&self, step: &Step, resource: &Resource) -> Option<Stop> {
        if !guard::is_same_thing(&step.fingerprint, resource) {
            let facts = guard::differences(&step.fingerprint, resource);
            return Some(stop(End::Drifted, Cause::Recreated, facts));
        }
        let facts = guard::differences(&step.fingerprint, resource);
        if !facts.is_empty() {
            return Some(stop(End::Drifted, Cause::Changed, facts));
        }
        let refusal = self.world.refuse(step, resource)?;
        let facts = vec![refusal.code, refusal.because];
        Some(stop(End::Drifted, Cause::Kept, facts))
    }

    /// What a refusal means for the step.
    async fn refused(
        &self,
        step: &Step,
        index: usize,
        planned: &PlannedCall,
        error: CallError,
        patience: &mut Patience,
    ) -> Result<(), Stopped> {
        let is_final = planned.purpose == Purpose::Delete;
        let is_repeat = self.state(step).unsure.contains(&index);
        let code = error.code.clone();
        let facts: Vec<String> = code.iter().cloned().collect();
        match error.class {
            ErrorClass::Credentials | ErrorClass::ClockSkew => {
                return Err(self.halt(Halt::Credential(error)));
            }
            // The cloud denies what the look before just saw. For a reversible call it means that there is nothing left to
            // loosen; a deletion is looked after again until the deadline.
            ErrorClass::Gone if !is_final => {
                return self.record(step, Event::Skipped { call: index }).await;
            }
            ErrorClass::Gone => {
                let unseen = stop(End::Uncertain, Cause::Unseen, facts);
                return self.wait_or_stop(step, unseen, patience).await;
            }
            // The first sending may have done its work, and then there is nothing left to do. The final call tells: the
            // cloud refuses it where it is not so.
            ErrorClass::Busy
            | ErrorClass::Invalid
            | ErrorClass::Unexpected
            | ErrorClass::WaitDependency
                if is_repeat && !is_final =>
            {
                return self.record(step, Event::Skipped { call: index }).await;
            }
            ErrorClass::Throttled | ErrorClass::TransportBeforeSend | ErrorClass::Busy => {
                let busy = stop(End::Stuck, Cause::Busy, facts);
                return self.wait_or_stop(step, busy, patience).await;
            }
            ErrorClass::WaitDependency => return self.held(step, code, patience).await,
            ErrorClass::Protected if is_final && lifts_protection(step, index) => {
                patience.protected += 1;
                if patience.protected < PROTECTED_TRIES {
                    let protected = stop(End::Stuck, Cause::Protected, facts);
                    return self.wait_or_stop(step, protected, patience).await;
                }
            }
            _ => {}
        }
        let cause = match error.class {
            ErrorClass::Protected => Cause::Protected,
            ErrorClass::Billing => Cause::Billing,
            ErrorClass::ServiceManaged => Cause::ServiceManaged,
            ErrorClass::Denied => Cause::Denied,
            _ => Cause::Rejected,
        };
        let mut facts = facts;
        facts.extend(error.missing_permission);
        let mut failed = stop(End::Failed, cause, facts);
        failed.request_id = error.request_id;
        self.take_back_and_stop(step, failed).await
    }

    /// Waits for the next look, or gives up where the deadline has passed.
    async fn wait_or_stop(
        &self,
        step: &Step,
        otherwise: Stop,
        patience: &Patience,
    ) -> Result<(), Stopped> {
        if patience.is_over(self) {
            return self.take_back_and_stop(step, otherwise).await;
        }
        self.pause(poll(step)).await
    }

    /// Something else has to go first: waits for it, and names it. It never becomes a target.
    async fn held(
        &self,
        step: &Step,
        code: Option<String>,
        patience: &mut Patience,
    ) -> Result<(), Stopped> {
        loop {
            let on = self.world.holders(&step.fingerprint.id).await;
            if on != self.state(step).waiting_on || patience.held_rounds == 0 {
                let waiting = Event::Waiting {
                    code: code.clone(),
                    on: on.clone(),
                };
                self.record(step, waiting).await?;
            }
            let mut facts: Vec<String> = code.iter().cloned().collect();
            facts.extend(on.iter().cloned());
            if patience.is_over(self) {
                let blocked = stop(End::Stuck, Cause::Blocked, facts);
                return self.take_back_and_stop(step, blocked).await;
            }
            self.pause(poll(step)).await?;
            patience.held_rounds += 1;
            if on.is_empty() || patience.held_rounds.is_multiple_of(HELD_ROUNDS) {
                return Ok(());
            }
        }
    }

    /// After a call whose end nobody knows: looks first.
    pub(super) async fn after_silence(
        &self,
        step: &Step,
        index: usize,
        patience: &mut Patience,
    ) -> Result<(), Stopped> {
        match self.look(step).await? {
            Look::Gone => return self.record(step, Event::Gone).await,
            Look::Unknown(reason) => {
                let facts = vec![reason];
                return self
                    .stop(step, stop(End::Uncertain, Cause::AnswerLost, facts))
                    .await;
            }
            Look::Present(resource) => {
                if !guard::is_same_thing(&step.fingerprint, &resource) {
                    let facts = guard::differences(&step.fingerprint, &resource);
                    return self
                        .stop(step, stop(End::Drifted, Cause::Recreated, facts))
                        .await;
                }
            }
        }
        if patience.is_over(self) {
            return self
                .stop(step, stop(End::Uncertain, Cause::AnswerLost, Vec::new()))
                .await;
        }
        let has_token = self.state(step).tokens.contains_key(&index);
        let settled = step
            .calls()
            .get(index)
            .is_some_and(|planned| repeat(&planned.call, has_token) == Repeat::Settled);
        if settled {
            self.pause(poll(step)).await?;
        }
        self.attempt(step, index, patience).await
    }

    /// Ends the step as it is.
    pub(super) async fn stop(&self, step: &Step, mut stop: Stop) -> Result<(), Stopped> {
        if stop.request_id.is_none() {
            stop.request_id = self.state(step).request_id;
        }
        self.record(step, Event::Stopped { stop }).await
    }
}

/// A stop with its facts.
pub(super) fn stop(end: End, cause: Cause, facts: Vec<String>) -> Stop {
    Stop {
        end,
        cause,
        facts,
        request_id: None,
        left_open: false,
    }
}

/// Whether a call takes a ClientToken.
pub(super) fn takes_token(call: &Call) -> bool {
    matches!(call, Call::Cloud(call) if call.takes_client_token)
}

/// Whether the call may have arrived and done its work although no answer says so. A server that failed may have failed
/// after it acted.
pub(super) fn is_lost(class: ErrorClass) -> bool {
    matches!(
        class,
        ErrorClass::TransportAmbiguous
            | ErrorClass::Server
            | ErrorClass::Decode
            | ErrorClass::Incomplete
    )
}

/// Whether an earlier call of the step switches protection off.
fn lifts_protection(step: &Step, index: usize) -> bool {
    step.calls()
        .iter()
        .take(index)
        .any(|call| call.purpose == Purpose::Unprotect)
}
