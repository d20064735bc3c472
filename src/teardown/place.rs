//! Which hosts are asked: what leads to one cloud and not to another, so that a plan is bound to it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::openapi::endpoint::EndpointType;

/// [`Place::connect_to`] and hosts of Alibaba Cloud's own.
pub const OFFICIAL: &str = "official";

/// The hosts that a plan was made with. A host of the configuration leads to another cloud as surely as an override does,
/// and the two types of official hosts are two ways that need not end at the same place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// An endpoint override, or `official`.
    pub connect_to: String,
    /// `public` or `vpc`.
    pub endpoint_type: EndpointType,
    /// Hosts of the configuration by product, for a private cloud.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<String, String>,
}

impl Place {
    /// Alibaba Cloud's own hosts over the internet.
    pub fn official() -> Self {
        Self::at(OFFICIAL)
    }

    /// The public hosts, connected to there.
    pub fn at(connect_to: &str) -> Self {
        Self {
            connect_to: connect_to.to_owned(),
            endpoint_type: EndpointType::Public,
            hosts: BTreeMap::new(),
        }
    }

    /// The first thing that differs, with both values: the planned one, then the other.
    pub fn difference(&self, other: &Self) -> Option<(Difference, String, String)> {
        if self.connect_to != other.connect_to {
            let (planned, found) = (self.connect_to.clone(), other.connect_to.clone());
            return Some((Difference::Endpoint, planned, found));
        }
        if self.endpoint_type != other.endpoint_type {
            let name = |place: &Self| place.endpoint_type.as_str().to_owned();
            return Some((Difference::EndpointType, name(self), name(other)));
        }
        let products = self.hosts.keys().chain(other.hosts.keys());
        products
            .filter(|product| self.hosts.get(*product) != other.hosts.get(*product))
            .min()
            .map(|product| {
                let host = |place: &Self| {
                    let host = place.hosts.get(product).map(String::as_str);
                    host.unwrap_or(OFFICIAL).to_owned()
                };
                (Difference::Host(product.clone()), host(self), host(other))
            })
    }
}

/// In what a plan and what is here differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The account.
    Account,
    /// The identity that calls.
    Identity,
    /// The endpoint override.
    Endpoint,
    /// Public or VPC hosts.
    EndpointType,
    /// The host that the configuration names for a product.
    Host(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account => f.write_str("account"),
            Self::Identity => f.write_str("identity"),
            Self::Endpoint => f.write_str("endpoint"),
            Self::EndpointType => f.write_str("endpoint type"),
            Self::Host(product) => write!(f, "host of {product}"),
        }
    }
}

/// `official`, `official (vpc)`, `http://127.0.0.1:1, ecs: ecs.cloud.example`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.connect_to)?;
        if self.endpoint_type != EndpointType::Public {
            write!(f, " ({})", self.endpoint_type.as_str())?;
        }
        for (product, host) in &self.hosts {
            write!(f, ", {product}: {host}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_another_cloud_is_a_difference_with_both_values() {
        let planned = Place::official();
        assert_eq!(planned.difference(&Place::official()), None);
        let mut inside = Place::official();
        inside.endpoint_type = EndpointType::Vpc;
        let mut private = Place::official();
        private
            .hosts
            .insert("ecs".to_owned(), "ecs.cloud.example".to_owned());
        let mut other = Place::official();
        other
            .hosts
            .insert("ecs".to_owned(), "ecs.other.example".to_owned());
        for (a, b, what, first, second) in [
            (
                &planned,
                &Place::at("http://127.0.0.1:1"),
                Difference::Endpoint,
                "official",
                "http://127.0.0.1:1",
            ),
            (&planned, &inside, Difference::EndpointType, "public", "vpc"),
            (
                &planned,
                &private,
                Difference::Host("ecs".to_owned()),
                "official",
                "ecs.cloud.example",
            ),
            (
                &private,
                &other,
                Difference::Host("ecs".to_owned()),
                "ecs.cloud.example",
                "ecs.other.example",
            ),
        ] {
            let expected = Some((what.clone(), first.to_owned(), second.to_owned()));
            assert_eq!(a.difference(b), expected);
            let turned = Some((what, second.to_owned(), first.to_owned()));
            assert_eq!(b.difference(a), turned);
        }
        assert_eq!(private.to_string(), "official, ecs: ecs.cloud.example");
        assert_eq!(inside.to_string(), "official (vpc)");
    }
}
