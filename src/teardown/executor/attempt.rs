//! Sending one call of a step: all guards first, the intent on disk, then the call, then what its answer means.

use super::{Executor, FAILED_LOOKS, Halt, Patience, Stopped, poll};
use crate::model::{Resource, causes};
use crate::openapi::ErrorClass;
use crate::resources::teardown::{Call, Observation, PlannedCall, Purpose};
use crate::teardown::guard;
use crate::teardown::outside::{CallError, Judgement};
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
            Look::Gone => return self.gone(step).await,
            Look::Unknown(reason) => {
                return self
                    .stop(step, stop(End::Uncertain, Cause::Unseen, vec![reason]))
                    .await;
            }
        };
        if let Some(drift) = drift(step, &resource) {
            return self.take_back_and_stop(step, drift).await;
        }
        match self.judge(step, &resource).await? {
            Ok(Judgement::Free) => {}
            Ok(Judgement::Kept(refusal)) => {
                let facts = vec![refusal.code, refusal.because];
                let kept = stop(End::Drifted, Cause::Kept, facts);
                return self.take_back_and_stop(step, kept).await;
            }
            Ok(Judgement::Unplanned(facts)) => {
                let holds_more = stop(End::Drifted, Cause::Unplanned, facts);
                return self.take_back_and_stop(step, holds_more).await;
            }
            Ok(Judgement::Used(by)) => return self.used(step, by, patience).await,
            Err(unread) => return self.take_back_and_stop(step, unread).await,
        }
        if planned.purpose == Purpose::Delete
            && let Some(changed) = self.changed_along(step).await?
        {
            return self.take_back_and_stop(step, changed).await;
        }
        // What was asked above took time: whoever is somebody else by now sends nothing, nor does a run that was stopped
        // meanwhile.
        self.check_whereabouts().await?;
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

    /// A look that found nothing counts only where it was ours: another identity does not see the resource either.
    pub(super) async fn gone(&self, step: &Step) -> Result<(), Stopped> {
        self.check_whereabouts().await?;
        self.record(step, Event::Gone).await
    }

    /// What the rules say now; why the step ends where nobody can tell.
    async fn judge(
        &self,
        step: &Step,
        resource: &Resource,
    ) -> Result<Result<Judgement, Stop>, Stopped> {
        let mut failed = 0;
        loop {
            match self.world.judge(self.plan, step, resource).await {
                Ok(judgement) => return Ok(Ok(judgement)),
                Err(error) => {
                    failed += 1;
                    if failed == FAILED_LOOKS {
                        let facts = vec![causes(&error).join(": ")];
                        return Ok(Err(stop(End::Uncertain, Cause::Unjudged, facts)));
                    }
                    self.pause(poll(step)).await?;
                }
            }
        }
    }

    /// Something that the plan does not take down uses it. What went with another step may be gone in a moment; what stays
    /// ends the step.
    async fn used(
        &self,
        step: &Step,
        by: Vec<String>,
        patience: &mut Patience,
    ) -> Result<(), Stopped> {
        const SHARED: &str = "shared";
        if by != self.state(step).waiting_on {
            let waiting = Event::Waiting {
                code: Some(SHARED.to_owned()),
                on: by.clone(),
            };
            self.record(step, waiting).await?;
        }
        let mut facts = vec![SHARED.to_owned()];
        facts.extend(by);
        let used = stop(End::Stuck, Cause::Blocked, facts);
        for _ in 1..HELD_ROUNDS {
            if patience.is_over(self) {
                break;
            }
            self.pause(poll(step)).await?;
        }
        self.wait_or_stop(step, used, patience).await
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
        let state = self.state(step);
        let is_repeat = state.unsure.contains(&index) || (is_final && state.is_final);
        let code = error.code.clone();
        let facts: Vec<String> = code.iter().cloned().collect();
        match error.class {
            // It may just have run out: who we are is asked before the next sending, and that renews it or stops the run.
            ErrorClass::Credentials if patience.credentials == 0 => {
                patience.credentials += 1;
                return Ok(());
            }
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
            // A repeated deletion may find the first one under way: the cloud has many words for that.
            ErrorClass::Busy
            | ErrorClass::Invalid
            | ErrorClass::Unexpected
            | ErrorClass::WaitDependency
                if is_repeat =>
            {
                return self.keep_looking(step, facts, patience).await;
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

    /// After a refused repeat of a final call: looks some times before it is sent once more, until the deadline.
    async fn keep_looking(
        &self,
        step: &Step,
        facts: Vec<String>,
        patience: &Patience,
    ) -> Result<(), Stopped> {
        for _ in 0..HELD_ROUNDS {
            if patience.is_over(self) {
                let mut facts = facts;
                facts.extend(self.world.holders(&step.fingerprint.id).await);
                return self
                    .stop(step, stop(End::Uncertain, Cause::AnswerLost, facts))
                    .await;
            }
            self.pause(poll(step)).await?;
            match self.world.observe(&step.fingerprint.id).await {
                Observation::Gone => return self.gone(step).await,
                Observation::Present(resource)
                    if !guard::is_same_thing(&step.fingerprint, &resource) =>
                {
                    let facts = guard::differences(&step.fingerprint, &resource);
                    return self
                        .stop(step, stop(End::Drifted, Cause::Recreated, facts))
                        .await;
                }
                Observation::Present(_) | Observation::Unknown(_) => {}
            }
        }
        Ok(())
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
            Look::Gone => return self.gone(step).await,
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

    /// Ends the step as it is. Whatever the reason, it says where something that the step opened stays open; what stands in
    /// the place of the planned one was never opened.
    pub(super) async fn stop(&self, step: &Step, mut stop: Stop) -> Result<(), Stopped> {
        let state = self.state(step);
        stop.left_open = state.leaves_open() && stop.cause != Cause::Recreated;
        if stop.request_id.is_none() {
            stop.request_id = state.request_id;
        }
        self.record(step, Event::Stopped { stop }).await
    }
}

/// Why the resource is not the planned one any more.
pub(super) fn drift(step: &Step, resource: &Resource) -> Option<Stop> {
    let facts = guard::differences(&step.fingerprint, resource);
    if !guard::is_same_thing(&step.fingerprint, resource) {
        return Some(stop(End::Drifted, Cause::Recreated, facts));
    }
    (!facts.is_empty()).then(|| stop(End::Drifted, Cause::Changed, facts))
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
