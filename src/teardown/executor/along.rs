//! What goes along with a deletion is looked at before it: the call names only the manager, and takes the rest as it is then.

use super::attempt::{Look, drift, stop};
use super::{Executor, Stopped};
use crate::teardown::plan::Step;
use crate::teardown::state::{Cause, End, Stop};

impl Executor<'_> {
    /// Why the deletion of a manager must not be sent: something that it takes along is not what was planned any more (its
    /// owner marked it as protected, it is another one of the same name), or nobody can tell.
    pub(super) async fn changed_along(&self, step: &Step) -> Result<Option<Stop>, Stopped> {
        for managed in self.plan.taken_along(&step.id) {
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
}
