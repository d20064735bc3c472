//! Taking back what is reversible, where a step cannot go on to its final call: protection is switched on again.

use super::attempt::{Look, takes_token};
use super::{Executor, Stopped};
use crate::teardown::guard;
use crate::teardown::plan::Step;
use crate::teardown::state::{Event, Status, Stop, may_take_back, undoable};

impl Executor<'_> {
    /// Takes the step's reversible calls back, last one first, then ends it. After a final call, or where the resource is
    /// not the planned one any more, nothing is taken back.
    pub(super) async fn take_back_and_stop(
        &self,
        step: &Step,
        mut stop: Stop,
    ) -> Result<(), Stopped> {
        let calls = step.calls();
        let has_something = matches!(
            self.state(step).status,
            Status::Open { done } if may_take_back(done, calls)
        );
        if !has_something {
            return self.stop(step, stop).await;
        }
        self.check_whereabouts().await?;
        match self.look(step).await? {
            Look::Gone => return self.record(step, Event::Gone).await,
            Look::Present(resource) if guard::is_same_thing(&step.fingerprint, &resource) => {}
            Look::Present(_) => return self.stop(step, stop).await,
            Look::Unknown(_) => {
                stop.left_open = true;
                return self.stop(step, stop).await;
            }
        }
        self.record(step, Event::TakingBack).await?;
        while let Status::TakingBack { in_force } = self.state(step).status
            && let Some(index) = undoable(in_force, calls)
            && let Some(undo) = calls.get(index).and_then(|call| call.undo.as_ref())
        {
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
                Err(error) => {
                    stop.left_open = true;
                    Event::NotUndone {
                        call: index,
                        class: error.class,
                        code: error.code,
                    }
                }
            };
            self.record(step, outcome).await?;
        }
        self.stop(step, stop).await
    }
}
