//! What the listeners of a load balancer say, in the same words for every kind of load balancer: where it listens, how many of
//! that run, to which server groups it forwards. It decides whether a load balancer serves anything.
//!
//! The lists are put beside a load balancer by [`super::joined`]; where one could not be read, nothing is kept of it, which is
//! not "no listener".

use std::collections::BTreeSet;

use serde_json::Value;

use super::decode;
use crate::model::{Attribute, Resource};

/// Where a load balancer's listeners stand.
pub const UNDER: &str = "+Listeners";

/// Where the rules of its listeners stand.
pub const RULES: &str = "+Rules";

/// The names of a product's fields.
#[derive(Debug)]
pub struct Names {
    /// The protocol.
    pub protocol: &'static str,
    /// The port.
    pub port: &'static str,
    /// The status.
    pub status: &'static str,
    /// What the status says while it runs, in any case.
    pub running: &'static str,
    /// Where the server groups stand that it forwards to; empty where that takes more than its listeners.
    pub groups: &'static [&'static str],
}

/// Keeps `listeners` (`TCP:443 Running`), `running_listeners` and `forwards_to`.
pub fn keep(resource: &mut Resource, raw: &Value, names: &Names) {
    let Some(listeners) = listed(raw, UNDER) else {
        return;
    };
    let text = |listener: &Value, path: &str| decode::text_at(listener, path);
    let said = |listener: &Value, path: &str| text(listener, path).unwrap_or_else(|| "?".into());
    let shown = listeners.iter().map(|listener| {
        let (protocol, port) = (said(listener, names.protocol), said(listener, names.port));
        format!("{protocol}:{port} {}", said(listener, names.status))
    });
    let shown = Attribute::TextList(shown.collect());
    resource.attributes.set("listeners", shown);
    let statuses: Option<Vec<String>> = listeners
        .iter()
        .map(|listener| text(listener, names.status))
        .collect();
    if let Some(statuses) = statuses {
        let running = statuses
            .iter()
            .filter(|status| status.eq_ignore_ascii_case(names.running))
            .count();
        let running = Attribute::Integer(i64::try_from(running).unwrap_or(i64::MAX));
        resource.attributes.set("running_listeners", running);
    }
    if names.groups.is_empty() {
        return;
    }
    let groups: BTreeSet<String> = names
        .groups
        .iter()
        .flat_map(|path| texts(listeners, path))
        .collect();
    let groups = Attribute::TextList(groups.into_iter().collect());
    resource.attributes.set("forwards_to", groups);
}

/// The list at a key, where it was read.
pub fn listed<'v>(raw: &'v Value, under: &str) -> Option<&'v [Value]> {
    raw.get(under)?.as_array().map(Vec::as_slice)
}

/// Every text at a path of the items. Empty ones name nothing.
pub fn texts(items: &[Value], path: &str) -> Vec<String> {
    items
        .iter()
        .flat_map(|item| decode::text_list_at(item, path).unwrap_or_default())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resources::testing::{cell, resource};

    const NAMES: Names = Names {
        protocol: "Protocol",
        port: "Port",
        status: "Status",
        running: "Running",
        groups: &["GroupId", "Config.GroupId"],
    };

    fn kept(raw: &Value) -> Resource {
        let mut balancer = resource(&cell("r"), "nlb.load_balancer", "nlb-1");
        keep(&mut balancer, raw, &NAMES);
        balancer
    }

    #[test]
    fn listeners_say_where_they_listen_and_what_they_forward_to() {
        let balancer = kept(&json!({"+Listeners": [
            {"Protocol": "TCP", "Port": 443, "Status": "running", "GroupId": "sgp-2"},
            {"Protocol": "TCP", "Port": 80, "Status": "Stopped", "GroupId": "", "Config": {"GroupId": "sgp-1"}},
        ]}));
        let list = |name: &str| balancer.attributes.text_list(name).unwrap().to_vec();
        assert_eq!(list("listeners"), ["TCP:443 running", "TCP:80 Stopped"]);
        assert_eq!(list("forwards_to"), ["sgp-1", "sgp-2"]);
        assert_eq!(balancer.attributes.integer("running_listeners"), Some(1));
    }

    #[test]
    fn none_is_not_unknown() {
        let none = kept(&json!({"+Listeners": []}));
        assert_eq!(none.attributes.text_list("listeners"), Some(&[][..]));
        assert_eq!(none.attributes.integer("running_listeners"), Some(0));
        let unread = kept(&json!({}));
        assert_eq!(unread.attributes.text_list("listeners"), None);
        let silent = kept(&json!({"+Listeners": [{"Protocol": "TCP"}]}));
        assert_eq!(silent.attributes.integer("running_listeners"), None);
    }
}
