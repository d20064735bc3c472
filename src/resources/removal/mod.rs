//! Turns what a type says as data about its deletion into a [`Teardown`]: refusals, calls, looks.
//!
//! A type declares a `static REMOVAL: Removal` in its own file and returns it from `ResourceType::teardown`. What data cannot
//! say, it says by the two functions of [`Removal`], or by implementing [`Teardown`] itself and calling the parts of this
//! module (`never`, `unless_named`, `look`).
//!
//! Rules that hold for every type stand here and nowhere else: what a cloud service or a subscription keeps, what a
//! controller only reuses, that nothing is called gone without a second look.

mod call;
mod look;
mod rules;
#[cfg(test)]
mod tests;

use std::time::Duration;

use futures::future::BoxFuture;

pub use call::{Operation, Source};
pub use look::Look;
pub(in crate::resources) use look::{
    cell_of, in_two_lists, in_whole_list, is_code_of, parent_is_gone, present,
};
pub(in crate::resources) use rules::{
    is_this_account, kept, never, strictest, unless_named, unreadable,
};

use super::teardown::{Call, Observation, Pace, PlannedCall, Purpose, Refusal, Teardown, Wishes};
use super::{Listing, Neighbours, Reader, ResourceType, Title};
use crate::model::{Resource, ResourceId};

/// How an attribute says that a protection is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// A flag.
    True,
    /// A word.
    Text(&'static str),
}

/// A protection that has to be off before the deletion.
#[derive(Clone, Copy, Debug)]
pub struct Protection {
    /// Attribute that shows it.
    pub attribute: &'static str,
    /// The vendor's name of the field, shown to people.
    pub field: &'static str,
    /// How it says that the protection is on.
    pub on: On,
    /// Switches it off.
    pub off: Operation,
    /// Switches it on again; `None` where no operation of the contracts does.
    pub back: Option<Operation>,
}

impl Protection {
    /// Whether a resource has it on. What the answer does not say is not taken off: the API refuses then.
    pub fn is_on(&self, resource: &Resource) -> bool {
        match self.on {
            On::True => resource.attributes.boolean(self.attribute) == Some(true),
            On::Text(word) => resource.text(self.attribute) == Some(word),
        }
    }
}

/// What a resource is bound to, and how it is loosened. Only a resource that the user named is loosened from something:
/// all others wait until what they are bound to is gone.
#[derive(Clone, Copy)]
pub struct Binding {
    /// Attribute with the id of the far end; absent where there is none.
    pub attribute: &'static str,
    /// Whether it may be loosened from what it is bound to.
    pub may_be_loosened: fn(&Resource) -> bool,
    /// Loosens it.
    pub loosen: Operation,
    /// Binds it again; `None` where no operation of the contracts does.
    pub back: Option<Operation>,
}

/// What a resource is bound to several times over, and how one of these bonds is loosened. As with [`Binding`], only a
/// resource that the user named is loosened.
#[derive(Clone, Copy)]
pub struct Bindings {
    /// Attribute with the ids of the far ends.
    pub attribute: &'static str,
    /// Attribute under which the calls find one of them.
    pub one: &'static str,
    /// Loosens it from that one.
    pub loosen: Operation,
    /// Binds it to that one again.
    pub back: Operation,
}

/// How a type is deleted, as data.
pub struct Removal {
    /// The type.
    pub of: &'static dyn ResourceType,
    /// Deletes it.
    pub delete: Operation,
    /// Arguments of the deletion that are only sent for a resource that the user named: what makes it wider or rougher.
    pub if_named: &'static [(&'static str, &'static str)],
    /// What protects it.
    pub protections: &'static [Protection],
    /// What it is bound to.
    pub binding: Option<Binding>,
    /// What it is bound to several times over.
    pub bindings: Option<Bindings>,
    /// Codes by which this type's own operations say that it does not exist. Compared without regard to case.
    pub gone: &'static [&'static str],
    /// Codes of its parent: it is gone where the parent is proven gone.
    pub gone_with_parent: &'static [&'static str],
    /// How one of them is looked at.
    pub look: Look,
    /// How long it takes.
    pub pace: Pace,
    /// Data that is lost.
    pub loses: Option<Title>,
    /// Behaviour that no source confirms, `<type>/<word>`; the word begins a line of the type's `unverified`.
    pub assumptions: &'static [&'static str],
    /// Attributes without which nothing is decided: where one is absent the resource is kept.
    pub needs: &'static [&'static str],
    /// Reasons of this type to keep a resource.
    pub refuse: fn(&Resource, &Neighbours<'_>) -> Option<Refusal>,
    /// Types whose resources the reasons above, and those of every type, look at.
    pub rests_on: &'static [&'static str],
    /// Whether nothing can delete it directly: it goes with its manager.
    pub goes_along: fn(&Resource, &Neighbours<'_>) -> bool,
}

impl Removal {
    /// A type that one call deletes, without protection, and that is looked at through its listing.
    pub const fn new(of: &'static dyn ResourceType, delete: Operation, look: Look) -> Self {
        Self {
            of,
            delete,
            if_named: &[],
            protections: &[],
            binding: None,
            bindings: None,
            gone: &[],
            gone_with_parent: &[],
            look,
            pace: pace(5, 600),
            loses: None,
            assumptions: &[],
            needs: &[],
            refuse: no_refusal,
            rests_on: CLUSTERS,
            goes_along: on_its_own,
        }
    }
}

/// What clusters say about a resource is asked for every type (`unless_named`).
const CLUSTERS: &[&str] = &["ack.cluster"];

/// Looks every so many seconds, and for so many at most.
pub const fn pace(poll_seconds: u64, deadline_seconds: u64) -> Pace {
    Pace {
        poll: Duration::from_secs(poll_seconds),
        deadline: Duration::from_secs(deadline_seconds),
    }
}

/// A look at one of them through an operation that lists, narrowed to its id.
pub const fn listed(listing: Listing, filter: &'static str, value: Source) -> Look {
    Look::Listed {
        listing,
        filter,
        value,
    }
}

fn no_refusal(_: &Resource, _: &Neighbours<'_>) -> Option<Refusal> {
    None
}

fn on_its_own(_: &Resource, _: &Neighbours<'_>) -> bool {
    false
}

impl Removal {
    /// All calls in their order, or the name of what is missing to make them.
    fn planned(
        &self,
        resource: &Resource,
        wishes: &Wishes,
    ) -> Result<Vec<PlannedCall>, &'static str> {
        let mut calls = Vec::new();
        for protection in self.protections {
            if protection.is_on(resource) {
                calls.push(reversible(
                    Purpose::Unprotect,
                    &protection.off,
                    protection.back.as_ref(),
                    resource,
                )?);
            }
        }
        if let Some(binding) = &self.binding
            && wishes.is_named
            && resource.text(binding.attribute).is_some()
            && (binding.may_be_loosened)(resource)
        {
            calls.push(reversible(
                Purpose::Detach,
                &binding.loosen,
                binding.back.as_ref(),
                resource,
            )?);
        }
        if let Some(bindings) = self.bindings.as_ref().filter(|_| wishes.is_named) {
            let bound = resource.attributes.text_list(bindings.attribute);
            for id in bound.ok_or(bindings.attribute)? {
                let mut one = resource.clone();
                one.attributes.set_text(bindings.one, id.as_str());
                let back = Some(&bindings.back);
                let call = reversible(Purpose::Detach, &bindings.loosen, back, &one)?;
                calls.push(call);
            }
        }
        let mut delete = self.delete.call(resource)?;
        if wishes.is_named {
            for (name, value) in self.if_named {
                delete
                    .arguments
                    .insert((*name).to_owned(), (*value).to_owned());
            }
        }
        calls.push(PlannedCall {
            purpose: Purpose::Delete,
            call: Call::Cloud(delete),
            undo: None,
        });
        Ok(calls)
    }
}

fn reversible(
    purpose: Purpose,
    operation: &Operation,
    back: Option<&Operation>,
    resource: &Resource,
) -> Result<PlannedCall, &'static str> {
    let undo = back.map(|back| back.call(resource)).transpose()?;
    Ok(PlannedCall {
        purpose,
        call: Call::Cloud(operation.call(resource)?),
        undo: undo.map(Call::Cloud),
    })
}

impl Teardown for Removal {
    fn refuse(&self, resource: &Resource, near: &Neighbours<'_>) -> Option<Refusal> {
        let own = (self.refuse)(resource, near);
        let goes_along = (self.goes_along)(resource, near);
        let unmade = if goes_along {
            None
        } else {
            let named = Wishes {
                is_named: true,
                ..Wishes::default()
            };
            let missing = self.planned(resource, &named).err();
            missing.map(unreadable)
        };
        strictest([
            never(self.of.spec(), resource, self.needs),
            unmade,
            own,
            unless_named(resource, near, self.protections),
        ])
    }

    fn rests_on(&self) -> &'static [&'static str] {
        self.rests_on
    }

    fn calls(
        &self,
        resource: &Resource,
        near: &Neighbours<'_>,
        wishes: &Wishes,
    ) -> Vec<PlannedCall> {
        if (self.goes_along)(resource, near) {
            return Vec::new();
        }
        // What cannot be made is refused as unreadable.
        self.planned(resource, wishes).unwrap_or_default()
    }

    fn sends(&self) -> Vec<(&'static str, &'static str)> {
        let protections = self.protections.iter();
        let lifted = protections.flat_map(|one| std::iter::once(&one.off).chain(&one.back));
        let binding = self.binding.iter();
        let loosened = binding.flat_map(|one| std::iter::once(&one.loosen).chain(&one.back));
        let bindings = self.bindings.iter();
        let loosened_of_many = bindings.flat_map(|many| [&many.loosen, &many.back]);
        lifted
            .chain(loosened)
            .chain(loosened_of_many)
            .chain([&self.delete])
            .map(|operation| (operation.product, operation.action))
            .collect()
    }

    fn observe<'a>(&'a self, api: &'a Reader, id: &'a ResourceId) -> BoxFuture<'a, Observation> {
        Box::pin(look::observe(self, api, id))
    }

    fn pace(&self) -> Pace {
        self.pace
    }

    fn loses(&self, _resource: &Resource) -> Option<Title> {
        self.loses
    }

    fn assumptions(&self) -> &'static [&'static str] {
        self.assumptions
    }
}
