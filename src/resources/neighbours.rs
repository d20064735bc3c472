//! What a resource may look at when it names its charges: the other resources of the same inventory.

use std::collections::HashMap;

use crate::model::{Resource, ResourceId};

/// An index over an inventory's resources.
#[derive(Debug, Default)]
pub struct Neighbours<'a> {
    by_id: HashMap<&'a ResourceId, &'a Resource>,
}

impl<'a> Neighbours<'a> {
    /// Indexes the resources of an inventory.
    pub fn new(resources: impl IntoIterator<Item = &'a Resource>) -> Self {
        Self {
            by_id: resources
                .into_iter()
                .map(|resource| (&resource.id, resource))
                .collect(),
        }
    }

    /// The resource of that type and id in the account and region of `near`. `None` is not proof that it does not exist:
    /// the scan may not have seen it.
    pub fn get(&self, near: &Resource, type_id: &'static str, id: &str) -> Option<&'a Resource> {
        let wanted = ResourceId {
            account: near.id.account.clone(),
            region: near.id.region.clone(),
            type_id: crate::model::TypeId::from_static(type_id),
            id: id.to_owned(),
        };
        self.by_id.get(&wanted).copied()
    }

    /// The resources of that type in the account and region of `near`, in no order.
    pub fn of_type<'n>(
        &'n self,
        near: &'n Resource,
        type_id: &'static str,
    ) -> impl Iterator<Item = &'a Resource> + use<'a, 'n> {
        self.by_id.values().copied().filter(move |found| {
            found.id.type_id.as_str() == type_id
                && found.id.account == near.id.account
                && found.id.region == near.id.region
        })
    }
}
