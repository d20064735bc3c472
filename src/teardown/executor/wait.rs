//! Looking until a resource is gone.

use super::attempt::{Look, stop};
use super::{Executor, Patience, Stopped, poll};
use crate::model::Resource;
use crate::resources::teardown::Observation;
use crate::teardown::guard;
use crate::teardown::plan::Step;
use crate::teardown::state::{Cause, End, Event};

impl Executor<'_> {
    /// After the last call was accepted. Accepted is not deleted.
    pub(super) async fn wait_until_gone(
        &self,
        step: &Step,
        patience: &Patience,
    ) -> Result<(), Stopped> {
        let facts = |executor: &Self| executor.state(step).task.into_iter().collect::<Vec<_>>();
        match self.wait(step, patience).await? {
            Waited::Gone => self.record(step, Event::Gone).await,
            Waited::Recreated(resource) => {
                let facts = guard::differences(&step.fingerprint, &resource);
                self.stop(step, stop(End::Drifted, Cause::Recreated, facts))
                    .await
            }
            Waited::Failed(status) => {
                let mut facts = facts(self);
                facts.insert(0, status);
                self.stop(step, stop(End::Failed, Cause::DeletionFailed, facts))
                    .await
            }
            Waited::StillThere => {
                let mut facts = facts(self);
                facts.extend(self.world.holders(&step.fingerprint.id).await);
                self.stop(step, stop(End::Stuck, Cause::Lingering, facts))
                    .await
            }
            Waited::Unknown(reason) => {
                self.stop(step, stop(End::Uncertain, Cause::Unseen, vec![reason]))
                    .await
            }
        }
    }

    /// The manager is gone: what it managed should follow. Where it stays, its calls of the plan, if any, come after this.
    pub(super) async fn wait_for_manager(
        &self,
        step: &Step,
        patience: &Patience,
    ) -> Result<(), Stopped> {
        match self.wait(step, patience).await? {
            Waited::Gone => self.record(step, Event::Gone).await,
            Waited::Recreated(resource) => {
                let facts = guard::differences(&step.fingerprint, &resource);
                self.stop(step, stop(End::Drifted, Cause::Recreated, facts))
                    .await
            }
            Waited::Unknown(reason) => {
                self.stop(step, stop(End::Uncertain, Cause::Unseen, vec![reason]))
                    .await
            }
            Waited::StillThere | Waited::Failed(_) if !step.calls().is_empty() => Ok(()),
            Waited::StillThere | Waited::Failed(_) => {
                let facts = self.world.holders(&step.fingerprint.id).await;
                self.stop(step, stop(End::Stuck, Cause::LeftByManager, facts))
                    .await
            }
        }
    }

    async fn wait(&self, step: &Step, patience: &Patience) -> Result<Waited, Stopped> {
        loop {
            let look = match self.world.observe(&step.fingerprint.id).await {
                Observation::Gone => return Ok(Waited::Gone),
                Observation::Present(resource) => Look::Present(resource),
                Observation::Unknown(error) => Look::Unknown(error.to_string()),
            };
            let is_over = patience.is_over(self);
            match look {
                Look::Present(resource) => {
                    if !guard::is_same_thing(&step.fingerprint, &resource) {
                        return Ok(Waited::Recreated(resource));
                    }
                    if let Some(status) = deletion_failed(&resource) {
                        return Ok(Waited::Failed(status));
                    }
                    if is_over {
                        return Ok(Waited::StillThere);
                    }
                }
                Look::Unknown(reason) if is_over => return Ok(Waited::Unknown(reason)),
                Look::Unknown(_) | Look::Gone => {}
            }
            self.pause(poll(step)).await?;
        }
    }
}

/// What waiting came to.
enum Waited {
    Gone,
    Recreated(Box<Resource>),
    /// It says itself that its deletion failed, by that status.
    Failed(String),
    StillThere,
    Unknown(String),
}

/// ACK's clusters say `delete_failed`; other products write the same in other cases and with other separators.
fn deletion_failed(resource: &Resource) -> Option<String> {
    let status = resource.status.as_deref()?;
    let plain: String = status
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    (plain == "deletefailed").then(|| status.to_owned())
}
