//! How an owner is shown.

use crate::i18n::Messages;
use crate::model::{Confidence, Owner, OwnerKind};
use crate::output::table::Cell;

/// The owner in a few words; unknown where nothing is known of it.
pub(super) fn cell(owner: Option<&Owner>, messages: &Messages) -> Cell {
    owner
        .and_then(|owner| short(owner, messages))
        .map_or(Cell::Unknown, Cell::text)
}

/// The owner in a few words; `None` for an unknown one.
pub(super) fn short(owner: &Owner, messages: &Messages) -> Option<String> {
    let named = |key: &str| messages.text_with(key, &[("name", (&owner.name).into())]);
    let text = match owner.kind {
        OwnerKind::Cluster => named("owner-cluster"),
        OwnerKind::NodePool => named("owner-node-pool"),
        OwnerKind::KubernetesObject | OwnerKind::Resource => owner.name.clone(),
        OwnerKind::Itself => messages.text("owner-itself"),
        OwnerKind::None => messages.text("owner-none"),
        OwnerKind::Unknown => return None,
    };
    // That something has no owner is never more than the absence of evidence; only a named owner can be a mere guess.
    let is_guess = owner.confidence == Confidence::Hint
        && !matches!(owner.kind, OwnerKind::None | OwnerKind::Itself);
    Some(if is_guess {
        messages.text_with("owner-hint", &[("owner", (&text).into())])
    } else {
        text
    })
}

/// The signals behind it, strongest first.
pub(super) fn evidence(owner: &Owner) -> Vec<String> {
    owner
        .evidence
        .iter()
        .map(|evidence| {
            if evidence.value.is_empty() {
                evidence.source.clone()
            } else {
                format!("{}: {}", evidence.source, evidence.value)
            }
        })
        .collect()
}

/// How sure the statement is.
pub(super) fn confidence(owner: &Owner, messages: &Messages) -> String {
    messages.text(match owner.confidence {
        Confidence::Hint => "confidence-hint",
        Confidence::Strong => "confidence-strong",
        Confidence::Decisive => "confidence-decisive",
    })
}
