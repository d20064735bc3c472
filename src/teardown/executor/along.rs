//! What goes along with a deletion is looked at before it: the call names only the manager, and takes the rest as it is then.

use std::collections::BTreeSet;

use super::attempt::{Look, drift, stop};
use super::{Executor, Stopped};
use crate::teardown::plan::{Action, Step, StepId};
use crate::teardown::state::{Cause, End, Stop};

impl Executor<'_> {
    /// Why the deletion of a manager must not be sent: something that it takes along is not what was planned any more (its
    /// owner marked it as protected, it is another one of the same name), or nobody can tell.
    pub(super) async fn changed_along(&self, step: &Step) -> Result<Option<Stop>, Stopped> {
        for managed in self.taken_along(step) {
            let of_it = |facts: Vec<String>| {
                let name = managed.id.to_string();
                std::iter::once(name).chain(facts).collect::<Vec<_>>()
            };
            match self.look(managed).await? {
                Look::Gone => {}
                Look::Present(resource) => {
                    if let Some(found) = drift(managed, &resource) {
                        return Ok(Some(stop(found.end, found.cause, of_it(found.facts))));
                    }
                }
                Look::Unknown(reason) => {
                    let facts = of_it(vec![reason]);
                    return Ok(Some(stop(End::Uncertain, Cause::Unjudged, facts)));
                }
            }
        }
        Ok(None)
    }

    /// The steps whose resources a step's deletion takes along, also through others.
    fn taken_along(&self, step: &Step) -> Vec<&Step> {
        let mut managers: BTreeSet<&StepId> = BTreeSet::from([&step.id]);
        let mut found = Vec::new();
        loop {
            let before = found.len();
            for managed in &self.plan.steps {
                if let Action::Manager { manager, .. } = &managed.action
                    && managers.contains(manager)
                    && managers.insert(&managed.id)
                {
                    found.push(managed);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }
}
