//! Calls as data: an operation with its arguments, filled from one resource.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::contracts;
use crate::model::{Attribute, Resource, ResourceId};
use crate::openapi::Request;
use crate::resources::teardown::CloudCall;

/// Where an argument's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The id.
    Id,
    /// The id as the only one of a JSON list: `["d-1"]`.
    IdInJson,
    /// What stands in front of the last `/` of the id: the parent.
    Parent,
    /// What follows the last `/` of the id.
    Name,
    /// What stands in front of the first `/` of the id.
    First,
    /// The region.
    Region,
    /// Always this.
    Text(&'static str),
    /// An attribute; the call cannot be made without it.
    Attribute(&'static str),
    /// An attribute; left out where it is absent.
    IfKnown(&'static str),
}

/// An operation and its arguments.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Product code of the contract.
    pub product: &'static str,
    /// Operation.
    pub action: &'static str,
    /// Arguments by the contract's names, those of path and host too, without ClientToken.
    pub arguments: &'static [(&'static str, Source)],
    /// A field of the JSON body, for operations that take one, and its value.
    pub body: Option<(&'static str, bool)>,
}

impl Operation {
    /// An operation without a JSON body.
    pub const fn new(
        product: &'static str,
        action: &'static str,
        arguments: &'static [(&'static str, Source)],
    ) -> Self {
        Self {
            product,
            action,
            arguments,
            body: None,
        }
    }

    /// The call for one resource, or the name of the attribute that it lacks.
    pub fn call(&self, resource: &Resource) -> Result<CloudCall, &'static str> {
        let mut arguments = BTreeMap::new();
        for (name, argument) in self.arguments {
            let value = match argument {
                Source::Attribute(attribute) => {
                    Some(text_of(resource, attribute).ok_or(*attribute)?)
                }
                Source::IfKnown(attribute) => text_of(resource, attribute),
                other => Some(other.of_id(&resource.id).ok_or("id")?),
            };
            if let Some(value) = value {
                arguments.insert((*name).to_owned(), value);
            }
        }
        let body = self.body.map(|(field, value)| {
            Value::Object([(field.to_owned(), value.into())].into_iter().collect())
        });
        Ok(CloudCall {
            product: self.product.to_owned(),
            action: self.action.to_owned(),
            region: resource.id.region.clone(),
            arguments,
            body,
            takes_client_token: takes_client_token(self.product, self.action),
        })
    }
}

/// Whether the contract of an operation has a ClientToken.
pub(in crate::resources) fn takes_client_token(product: &str, action: &str) -> bool {
    contracts::operation(product, action)
        .is_some_and(|operation| operation.place("ClientToken").is_some())
}

impl Source {
    /// The value, where the id decides it.
    pub(super) fn of_id(self, id: &ResourceId) -> Option<String> {
        match self {
            Self::Id => Some(id.id.clone()),
            Self::IdInJson => serde_json::to_string(&[&id.id]).ok(),
            Self::Parent => id.id.rsplit_once('/').map(|(parent, _)| parent.to_owned()),
            Self::First => id.id.split_once('/').map(|(first, _)| first.to_owned()),
            Self::Name => Some(match id.id.rsplit_once('/') {
                Some((_, name)) => name.to_owned(),
                None => id.id.clone(),
            }),
            Self::Region => Some(id.region.to_string()),
            Self::Text(text) => Some(text.to_owned()),
            Self::Attribute(_) | Self::IfKnown(_) => None,
        }
    }
}

/// Adds an argument that the id decides to a request.
pub(super) fn with_argument(
    request: Request,
    name: &str,
    argument: Source,
    id: &ResourceId,
) -> Option<Request> {
    Some(request.argument(name, argument.of_id(id)?))
}

fn text_of(resource: &Resource, attribute: &str) -> Option<String> {
    match resource.attributes.get(attribute)? {
        Attribute::Text(text) if !text.is_empty() => Some(text.clone()),
        Attribute::Boolean(flag) => Some(flag.to_string()),
        Attribute::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}
