//! Taking back what is reversible, where a step cannot go on to its final call: protection is switched on again.

use super::attempt::{Look, stop as of_step, takes_token};
use super::{Executor, Stopped};
use crate::teardown::guard;
use crate::teardown::plan::Step;
use crate::teardown::state::{Cause, End, Event, Status, Stop, undoable};

impl Executor<'_> {
    /// Takes the step's reversible calls back, last one first, then ends it. After a final call that was taken or may have
    /// been, or where the resource is not the planned one any more, nothing is taken back.
    pub(super) async fn take_back_and_stop(&self, step: &Step, stop: Stop) -> Result<(), Stopped> {
        let calls = step.calls();
        if !self.state(step).may_take_back(calls) {
            return self.stop(step, stop).await;
        }
        self.check_whereabouts().await?;
        match self.look(step).await? {
            Look::Gone => return self.gone(step).await,
            Look::Present(resource) if guard::is_same_thing(&step.fingerprint, &resource) => {}
            Look::Present(resource) => {
                let facts = guard::differences(&step.fingerprint, &resource);
                return self
                    .stop(step, of_step(End::Drifted, Cause::Recreated, facts))
                    .await;
            }
            Look::Unknown(_) => return self.stop(step, stop).await,
        }
        self.record(step, Event::TakingBack).await?;
        while let Status::TakingBack { in_force } = self.state(step).status
            && let Some(index) = undoable(in_force, calls)
            && let Some(undo) = calls.get(index).and_then(|call| call.undo.as_ref())
        {
            self.check_whereabouts().await?;
            let token = takes_token(undo).then(|| self.world.new_token());
            let intent = Event::UndoIntended {
                call: index,
                client_token: token.clone(),
            };
            self.record(step, intent).await?;
            let outcome = match self.world.send(undo, token.as_deref()).await {
                Ok(receipt) => Event::Undone {
                    call: index,
                    request_id: receipt.request_id,
                },
                Err(error) => Event::NotUndone {
                    call: index,
                    class: error.class,
                    code: error.code,
                },
            };
            self.record(step, outcome).await?;
        }
        self.stop(step, stop).await
    }
}
