//! Why a resource is kept, for every type alike.
//!
//! Nothing here asks the API, and nothing takes silence for a yes: what an answer does not say keeps the resource.

use crate::model::{ChargeType, OwnerKind, Resource};
use crate::resources::teardown::{Kept, Refusal};
use crate::resources::{Neighbours, Spec, ack};

use super::Protection;

/// Set by the load balancer controllers on what they did not make
/// (kubernetes/cloud-provider-alibaba-cloud `pkg/controller/service/clbv1/loadbalancer.go`).
const REUSED: &str = "kubernetes.reused.by.user";

/// Marks what the network plugin must leave alone (AliyunContainerService/terway).
const EXCLUDED: &str = "terway.alibabacloud.com/excluded";

/// Our own mark on what a user wants to keep, whatever a plan selects.
const PROTECTED: &str = "yunsweep.protect";

/// Set by the controllers of ACK on load balancers of Services and of AlbConfigs, which they also protect
/// (kubernetes/cloud-provider-alibaba-cloud `service_utils.go`, `tracking.go`).
const CONTROLLERS: [&str; 2] = ["kubernetes.do.not.delete", "ingress.k8s.alibaba/albconfig"];

/// A reason to keep a resource.
pub(in crate::resources) fn kept(kept: Kept, code: &str, because: impl Into<String>) -> Refusal {
    Refusal {
        kept,
        code: code.to_owned(),
        because: because.into(),
    }
}

/// Kept in any case, because something that decides is not known.
pub(in crate::resources) fn unreadable(what: &str) -> Refusal {
    kept(Kept::Always, "unreadable", what)
}

/// The strictest of several reasons; the first of equals.
pub(in crate::resources) fn strictest(
    reasons: impl IntoIterator<Item = Option<Refusal>>,
) -> Option<Refusal> {
    let mut found: Option<Refusal> = None;
    for reason in reasons.into_iter().flatten() {
        if found.as_ref().is_none_or(|held| reason.kept < held.kept) {
            found = Some(reason);
        }
    }
    found
}

/// What keeps a resource whatever the user says. `needs` are attributes without which nothing is decided.
pub(in crate::resources) fn never(
    spec: &Spec,
    resource: &Resource,
    needs: &[&str],
) -> Option<Refusal> {
    let always = |code: &str, because: String| Some(kept(Kept::Always, code, because));
    if resource.attributes.boolean("service_managed") == Some(true) {
        return always("service_managed", "ServiceManaged=true".to_owned());
    }
    if let Some(value) = tag_that_says_yes(resource, REUSED) {
        return always("reused_by_user", format!("tag {REUSED}={value}"));
    }
    if let Some(value) = tag_that_says_yes(resource, EXCLUDED) {
        return always("made_by_user", format!("tag {EXCLUDED}={value}"));
    }
    if let Some(value) = tag_that_says_yes(resource, PROTECTED) {
        return always("protected", format!("tag {PROTECTED}={value}"));
    }
    match resource.charge_type {
        ChargeType::Subscription => {
            let field = field_name(spec.fields.charge_type, "charge type");
            return always("subscription", format!("{field}: paid ahead"));
        }
        ChargeType::Unknown => {
            let field = field_name(spec.fields.charge_type, "charge type");
            return Some(unreadable(field));
        }
        ChargeType::PayAsYouGo | ChargeType::Spot | ChargeType::Free => {}
    }
    if !spec.fields.status.is_empty() && resource.status.is_none() {
        return Some(unreadable(spec.fields.status));
    }
    let missing = needs
        .iter()
        .find(|name| resource.attributes.get(name).is_none())?;
    let field = spec
        .fields
        .attributes
        .iter()
        .find(|field| field.name == *missing);
    Some(unreadable(field.map_or(missing, |field| field.path)))
}

/// What keeps a resource unless the user names it.
pub(in crate::resources) fn unless_named(
    resource: &Resource,
    near: &Neighbours<'_>,
    protections: &[Protection],
) -> Option<Refusal> {
    let unless = |code: &str, because: String| Some(kept(Kept::UnlessNamed, code, because));
    if let Some((code, because)) = ack::said_by_clusters(resource, near) {
        return unless(code, because);
    }
    if let Some(protection) = protections.iter().find(|found| found.is_on(resource))
        && !is_kept_by_a_controller(resource)
    {
        return unless("protected", format!("{} is on", protection.field));
    }
    let owner = resource.owner.as_ref()?;
    if owner.kind == OwnerKind::Unknown {
        return unless("unreadable", "owner".to_owned());
    }
    None
}

/// Whether a controller in a cluster made and protected it: that protection is not the user's.
fn is_kept_by_a_controller(resource: &Resource) -> bool {
    resource.tag(ack::CLUSTER_TAG).is_some()
        && CONTROLLERS.iter().any(|key| resource.tag(key).is_some())
}

/// A tag's value, unless it says no.
fn tag_that_says_yes<'r>(resource: &'r Resource, key: &str) -> Option<&'r str> {
    resource
        .tag(key)
        .filter(|value| !value.eq_ignore_ascii_case("false"))
}

fn field_name(path: &'static str, otherwise: &'static str) -> &'static str {
    if path.is_empty() { otherwise } else { path }
}

/// Whether an owner's account id names the resource's account; the answers write it with and without leading zeros.
pub(in crate::resources) fn is_this_account(resource: &Resource, owner: &str) -> bool {
    let digits = |text: &str| text.trim_start_matches('0').to_owned();
    digits(resource.id.account.as_str()) == digits(owner)
}
