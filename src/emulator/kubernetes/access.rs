//! Who may do what: users with bearer tokens, and what is denied to them.

use serde::Deserialize;

use super::status::Target;

/// A user of the emulated cluster. Everything is allowed that is not denied.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Name as it appears in `forbidden` messages.
    pub name: String,
    /// Bearer token that is good for ever; without one only tokens that [`super::KubernetesApi::admit`] gave log the user in.
    #[serde(default)]
    pub token: Option<String>,
    /// What this user may not do.
    #[serde(default)]
    pub denials: Vec<Denial>,
}

/// Something that a user may not do, as a missing access rule shows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Denial {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, or `*`.
    #[serde(default = "any")]
    pub verb: String,
    /// API group, or `*`; empty is the core group.
    #[serde(default = "any")]
    pub group: String,
    /// Plural resource name, or `*`.
    pub resource: String,
    /// Only in this namespace; without it everywhere.
    #[serde(default)]
    pub namespace: Option<String>,
}

fn any() -> String {
    "*".to_owned()
}

impl User {
    /// A user to whom nothing is denied.
    pub fn new(name: impl Into<String>, token: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            token: Some(token.into()),
            denials: Vec::new(),
        }
    }

    /// The same without a token that is good for ever.
    pub fn without_token(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            token: None,
            denials: Vec::new(),
        }
    }

    /// The same user, who may not `verb` this resource in any group and namespace.
    #[must_use]
    pub fn without(mut self, verb: &str, resource: &str) -> Self {
        self.denials.push(Denial {
            verb: verb.to_owned(),
            group: any(),
            resource: resource.to_owned(),
            namespace: None,
        });
        self
    }

    pub(super) fn may(&self, verb: &str, target: &Target<'_>) -> bool {
        let fits = |rule: &str, value: &str| rule == "*" || rule == value;
        !self.denials.iter().any(|denial| {
            fits(&denial.verb, verb)
                && fits(&denial.group, target.group)
                && fits(&denial.resource, target.plural)
                && denial
                    .namespace
                    .as_deref()
                    .is_none_or(|namespace| target.namespace == Some(namespace))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(namespace: Option<&'static str>) -> Target<'static> {
        Target {
            group: "",
            plural: "pods",
            namespace,
            name: None,
        }
    }

    #[test]
    fn a_denial_counts_only_where_every_part_fits() {
        let mut user = User::new("u", "t").without("list", "pods");
        assert!(!user.may("list", &target(None)));
        assert!(user.may("get", &target(None)));
        user.denials[0].group = "apps".to_owned();
        assert!(user.may("list", &target(None)));
        user.denials[0].group = "*".to_owned();
        user.denials[0].namespace = Some("a".to_owned());
        assert!(user.may("list", &target(None)));
        assert!(user.may("list", &target(Some("b"))));
        assert!(!user.may("list", &target(Some("a"))));
    }
}
