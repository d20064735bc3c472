//! The data part of a resource type: where the common fields stand in an item, and what else is kept.
//!
//! Paths are written as in the vendor's documentation, keys joined by dots: `VpcAttributes.VpcId`. A path may cross a list
//! (`Attachments.Attachment.InstanceId`): it then yields every element's value.

use serde_json::Value;

use super::decode;
use crate::model::{Attribute, Link, LinkKind, Region, Resource, ResourceId, TypeId};

/// How tags stand in an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tags {
    /// The type has none.
    None,
    /// A list at `path` of objects with these two keys.
    List {
        /// Path of the list.
        path: &'static str,
        /// Key of the tag's key.
        key: &'static str,
        /// Key of the tag's value.
        value: &'static str,
    },
    /// An object at `path`.
    Map {
        /// Path of the object.
        path: &'static str,
    },
}

impl Tags {
    /// `Tags.Tag[].TagKey/TagValue`: ECS, CLB, NAT gateway.
    pub const TAG_KEY: Tags = Tags::List {
        path: "Tags.Tag",
        key: "TagKey",
        value: "TagValue",
    };
    /// `Tags.Tag[].Key/Value`: VPC, vSwitch, EIP.
    pub const KEY: Tags = Tags::List {
        path: "Tags.Tag",
        key: "Key",
        value: "Value",
    };
    /// `Tags[].Key/Value`: ALB, NLB.
    pub const FLAT_KEY: Tags = Tags::List {
        path: "Tags",
        key: "Key",
        value: "Value",
    };
}

/// Where the common fields stand. An empty path means that the type has no such field.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// The vendor's id; an item without it is a hole in the coverage.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// Status.
    pub status: &'static str,
    /// Zone.
    pub zone: &'static str,
    /// Creation time.
    pub created: &'static str,
    /// End of a subscription.
    pub expires: &'static str,
    /// Charge type; empty for types that are never paid ahead (their charge type is then pay-as-you-go, or free).
    pub charge_type: &'static str,
    /// Resource group.
    pub resource_group: &'static str,
    /// Tags.
    pub tags: Tags,
    /// What else is kept.
    pub attributes: &'static [Field],
}

impl Fields {
    /// Nothing at all; start from here with `..Fields::NONE`.
    pub const NONE: Fields = Fields {
        id: "",
        name: "",
        status: "",
        zone: "",
        created: "",
        expires: "",
        charge_type: "",
        resource_group: "",
        tags: Tags::None,
        attributes: &[],
    };
}

/// The kind of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Text; numbers are taken as text.
    Text,
    /// Whole number, also written as text.
    Integer,
    /// Decimal number, also written as text.
    Decimal,
    /// True or false, also written as text or 0/1.
    Boolean,
    /// Point in time.
    Time,
    /// Texts; a single one counts as a list of one.
    TextList,
    /// An object of texts.
    TextMap,
}

/// One kept attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Our name: `snake_case`, unit in the name.
    pub name: &'static str,
    /// The vendor's path.
    pub path: &'static str,
    /// What it is.
    pub kind: FieldKind,
    /// Whether it decides money: then its absence is recorded as unreadable.
    pub is_money: bool,
}

impl Field {
    const fn new(name: &'static str, path: &'static str, kind: FieldKind) -> Self {
        Self {
            name,
            path,
            kind,
            is_money: false,
        }
    }

    /// Text.
    pub const fn text(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, FieldKind::Text)
    }

    /// Whole number.
    pub const fn integer(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, FieldKind::Integer)
    }

    /// Decimal.
    pub const fn decimal(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, FieldKind::Decimal)
    }

    /// True or false.
    pub const fn boolean(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, FieldKind::Boolean)
    }

    /// Point in time.
    pub const fn time(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, FieldKind::Time)
    }

    /// Texts.
    pub const fn text_list(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, FieldKind::TextList)
    }

    /// Texts by name.
    pub const fn text_map(name: &'static str, path: &'static str) -> Self {
        Self::new(name, path, FieldKind::TextMap)
    }

    /// Marks the attribute as deciding money.
    #[must_use]
    pub const fn money(mut self) -> Self {
        self.is_money = true;
        self
    }
}

/// An attribute that names other resources of the same account and region.
#[derive(Clone, Copy, Debug)]
pub struct LinkRule {
    /// What the edge means.
    pub kind: LinkKind,
    /// Type of the far end.
    pub to: &'static str,
    /// Attribute that holds its id, or ids.
    pub attribute: &'static str,
    /// The vendor's name of the field, shown to people.
    pub via: &'static str,
}

impl LinkRule {
    /// `from` needs `to`.
    pub const fn uses(to: &'static str, attribute: &'static str, via: &'static str) -> Self {
        Self {
            kind: LinkKind::Uses,
            to,
            attribute,
            via,
        }
    }

    /// `from` makes and removes `to`.
    pub const fn manages(to: &'static str, attribute: &'static str, via: &'static str) -> Self {
        Self {
            kind: LinkKind::Manages,
            to,
            attribute,
            via,
        }
    }

    /// `from` was made from `to`.
    pub const fn made_from(to: &'static str, attribute: &'static str, via: &'static str) -> Self {
        Self {
            kind: LinkKind::MadeFrom,
            to,
            attribute,
            via,
        }
    }
}

/// The links that the rules find in a resource. Empty ids name nothing.
pub fn links(rules: &[LinkRule], resource: &Resource) -> Vec<Link> {
    let mut found = Vec::new();
    for rule in rules {
        let single = resource.attributes.text(rule.attribute);
        let several = resource
            .attributes
            .text_list(rule.attribute)
            .unwrap_or_default();
        for id in single.into_iter().chain(several.iter().map(String::as_str)) {
            if !id.is_empty() {
                found.push(link(resource, rule.kind, rule.to, id, rule.via));
            }
        }
    }
    found
}

/// A link to a resource from another of the same account and region, where only the far end has the field: an address
/// says what it is bound to, a server group which load balancers need it.
pub fn link_from(
    from: &'static str,
    id: &str,
    kind: LinkKind,
    resource: &Resource,
    via: &str,
) -> Link {
    let far = link(resource, kind, from, id, via);
    Link {
        from: far.to,
        to: far.from,
        ..far
    }
}

/// A link from a resource to another of the same account and region.
pub fn link(from: &Resource, kind: LinkKind, to: &'static str, id: &str, via: &str) -> Link {
    Link {
        from: from.id.clone(),
        kind,
        to: ResourceId {
            account: from.id.account.clone(),
            region: Region::new(from.id.region.as_str()),
            type_id: TypeId::from_static(to),
            id: id.to_owned(),
        },
        via: via.to_owned(),
    }
}

/// The same link, where its far end is in another region, or in none ([`Region::GLOBAL`]).
#[must_use]
pub fn in_region(mut link: Link, region: Region) -> Link {
    link.to.region = region;
    link
}

/// `first/second` of every object at a path, whose parts belong together (a VPC and its region). An object that lacks one of
/// them is left out. `None` where the path leads nowhere.
pub fn pairs(raw: &Value, path: &str, first: &str, second: &str) -> Option<Attribute> {
    let found = decode::values_at(raw, path);
    if found.is_empty() {
        return None;
    }
    let pairs = found
        .into_iter()
        .flat_map(|value| match value {
            Value::Array(objects) => objects.iter().collect(),
            one => vec![one],
        })
        .filter_map(|object| {
            let first = decode::text_at(object, first)?;
            let second = decode::text_at(object, second)?;
            Some(format!("{first}/{second}"))
        });
    Some(Attribute::TextList(pairs.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pairs_keep_together_what_belongs_together() {
        let raw =
            json!({"V": {"W": [{"a": "r", "b": "1"}, {"a": "r"}, {"b": "2"}, {"a": "s", "b": 3}]}});
        let expected = Attribute::TextList(vec!["r/1".into(), "s/3".into()]);
        assert_eq!(pairs(&raw, "V.W", "a", "b"), Some(expected));
        let one = json!({"V": {"W": {"a": "r", "b": "1"}}});
        let expected = Attribute::TextList(vec!["r/1".into()]);
        assert_eq!(pairs(&one, "V.W", "a", "b"), Some(expected));
        let none = Attribute::TextList(Vec::new());
        assert_eq!(pairs(&json!({"V": {"W": []}}), "V.W", "a", "b"), Some(none));
        assert_eq!(pairs(&json!({"V": {}}), "V.W", "a", "b"), None);
    }
}
