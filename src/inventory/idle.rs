//! How long something has been attached to nothing.

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::Resource;

/// Guard against calling something left over that is about to be used: Cloud Config's own default for idle resources is 7 days.
pub const LEFT_OVER_AFTER: TimeDelta = TimeDelta::days(7);

/// Since when a resource that is attached to nothing may have been so, and the vendor's field that says it: since it was
/// detached, or since it was made.
pub fn idle_since(resource: &Resource) -> Option<(DateTime<Utc>, &'static str)> {
    let detached = resource.attributes.time("detached_at");
    let since = detached.max(resource.created)?;
    let field = if Some(since) == detached {
        "DetachedTime"
    } else {
        "CreationTime"
    };
    Some((since, field))
}

/// Whether it is idle for long enough to count as left over. What nobody can tell is not.
pub fn is_idle_for_long(resource: &Resource, now: DateTime<Utc>) -> bool {
    idle_since(resource).is_some_and(|(since, _)| now - since >= LEFT_OVER_AFTER)
}
