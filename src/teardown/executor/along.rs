//! What goes along with a deletion is looked at before it: the call names only the manager, and takes the rest as it is then.

use super::attempt::{Look, drift, stop};
use super::{Executor, Stopped};
use crate::teardown::guards::protected_since;
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
                    if let Some(kept) = protected_since(&resource, managed.reason.is_by_id()) {
                        let facts = of_it(vec![kept.code, kept.because]);
                        return Ok(Some(stop(End::Drifted, Cause::Kept, facts)));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Attribute;
    use crate::teardown::testing::resource;

    /// `alibabacloud_ecs20140526` `DescribeInstances` and `alibabacloud_vpc20160428` `DescribeNatGateways`: `DeletionProtection`.
    #[test]
    fn what_its_user_protected_since_is_not_taken_along() {
        for type_id in ["ecs.instance/i-1", "vpc.eip/eip-1", "vpc.nat_gateway/ngw-1"] {
            let mut found = resource(type_id);
            assert_eq!(protected_since(&found, false), None, "{type_id}");
            let protection = Attribute::Boolean(true);
            found.attributes.set("deletion_protection", protection);
            let kept = protected_since(&found, false).unwrap();
            assert_eq!(kept.code, "protected", "{type_id}");
            assert_eq!(protected_since(&found, true), None, "{type_id}");
        }
    }

    #[test]
    fn what_a_controller_protects_goes_along_with_its_object() {
        // The cloud controller protects what it makes (kubernetes/cloud-provider-alibaba-cloud).
        let mut balancer = resource("slb.load_balancer/lb-1");
        let protection = Attribute::Boolean(true);
        balancer.attributes.set("deletion_protection", protection);
        assert_eq!(protected_since(&balancer, false), None);
    }
}
