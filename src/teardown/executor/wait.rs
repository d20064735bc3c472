//! Looking until a resource is gone.

use chrono::{DateTime, TimeDelta, Utc};

use super::attempt::{Look, stop};
use super::{Executor, Patience, Stopped, poll};
use crate::model::Resource;
use crate::resources::teardown::Observation;
use crate::teardown::guard;
use crate::teardown::plan::Step;
use crate::teardown::state::{Cause, End};

/// How long what was managed may take to begin to go after its manager is proven gone. Network interfaces and their groups lag
/// behind a cluster by a minute or two; a deletion of ours that comes a moment early is refused and tried again.
const SETTLE_SECONDS: u64 = 180;
/// At most this part of the deadline is spent on that, so that the deletion of ours has time left.
const SETTLE_PART: u64 = 5;

impl Executor<'_> {
    /// After the last call was accepted. Accepted is not deleted.
    pub(super) async fn wait_until_gone(
        &self,
        step: &Step,
        patience: &Patience,
    ) -> Result<(), Stopped> {
        let facts = |executor: &Self| executor.state(step).task.into_iter().collect::<Vec<_>>();
        match self.wait(step, patience, None).await? {
            Waited::Gone => self.gone(step).await,
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
        // Where calls may follow, the deadline is theirs: what its manager visibly left is not waited for that long.
        let settled = (!step.calls().is_empty())
            .then(|| SETTLE_SECONDS.min(step.deadline_seconds / SETTLE_PART))
            .and_then(|seconds| TimeDelta::try_seconds(i64::try_from(seconds).ok()?))
            .and_then(|time| self.world.clock().now().checked_add_signed(time));
        match self.wait(step, patience, settled).await? {
            Waited::Gone => self.gone(step).await,
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

    /// Looks until it is gone or the time is over; from `settled` on, what is there and not on its way out stays.
    async fn wait(
        &self,
        step: &Step,
        patience: &Patience,
        settled: Option<DateTime<Utc>>,
    ) -> Result<Waited, Stopped> {
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
                    let has_settled = settled
                        .is_some_and(|settled| self.world.clock().now() >= settled)
                        && !is_leaving(&resource);
                    if is_over || has_settled {
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

/// Whether it says itself that it is on its way out (`Deleting`, `Releasing`, `Removing`).
fn is_leaving(resource: &Resource) -> bool {
    resource.status.as_deref().is_some_and(|status| {
        ["deleting", "releasing", "removing"]
            .iter()
            .any(|leaving| status.eq_ignore_ascii_case(leaving))
    })
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
