//! Discovery documents, made from the served kinds: enough for kube-rs and kubectl.
//!
//! Only what the emulator does is advertised as a verb, so that clients do not try the rest.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::kind::Kind;

/// `/version`.
pub(super) fn version(git_version: &str) -> Value {
    let mut parts = git_version.trim_start_matches('v').split('.');
    let mut part = || parts.next().unwrap_or_default().to_owned();
    let (major, minor) = (part(), part());
    json!({
        "major": major,
        "minor": minor,
        "gitVersion": git_version,
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "gc",
        "platform": "linux/amd64",
    })
}

/// `/api`.
pub(super) fn core_versions() -> Value {
    json!({
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [],
    })
}

/// `/apis`.
pub(super) fn groups(kinds: &[Arc<Kind>]) -> Value {
    let names: BTreeSet<&str> = kinds
        .iter()
        .map(|kind| kind.group.as_str())
        .filter(|group| !group.is_empty())
        .collect();
    let groups: Vec<Value> = names
        .into_iter()
        .filter_map(|name| group(kinds, name))
        .collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

/// `/apis/{group}`.
pub(super) fn group(kinds: &[Arc<Kind>], name: &str) -> Option<Value> {
    let versions: BTreeSet<&str> = kinds
        .iter()
        .filter(|kind| kind.group == name && !name.is_empty())
        .map(|kind| kind.version.as_str())
        .collect();
    let versions: Vec<Value> = versions
        .into_iter()
        .rev()
        .map(|version| json!({"groupVersion": format!("{name}/{version}"), "version": version}))
        .collect();
    let preferred = versions.first()?.clone();
    Some(json!({
        "kind": "APIGroup",
        "apiVersion": "v1",
        "name": name,
        "versions": versions,
        "preferredVersion": preferred,
    }))
}

/// `/api/v1` and `/apis/{group}/{version}`.
pub(super) fn resources(kinds: &[Arc<Kind>], group: &str, version: &str) -> Option<Value> {
    let served: Vec<&Arc<Kind>> = kinds
        .iter()
        .filter(|kind| kind.group == group && kind.version == version)
        .collect();
    let api_version = served.first()?.api_version();
    let resources: Vec<Value> = served
        .iter()
        .map(|kind| {
            json!({
                "name": kind.plural,
                "singularName": kind.singular,
                "namespaced": kind.namespaced,
                "kind": kind.kind,
                "verbs": kind.verbs(),
                "shortNames": kind.short_names,
            })
        })
        .chain(served.iter().flat_map(|kind| subresources(kind)))
        .collect();
    Some(json!({
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": api_version,
        "resources": resources,
    }))
}

/// Subresources stand in the same list, under names with a slash; a client that lists every resource must leave them out.
fn subresources(kind: &Kind) -> Vec<Value> {
    let entry = |name: &str, verbs: &[&str]| {
        json!({
            "name": format!("{}/{name}", kind.plural),
            "singularName": "",
            "namespaced": kind.namespaced,
            "kind": kind.kind,
            "verbs": verbs,
        })
    };
    let mut entries = Vec::new();
    if kind.kind == "Namespace" {
        entries.push(entry("finalize", &["update"]));
    }
    if kind.has_status() {
        entries.push(entry("status", &["get", "patch", "update"]));
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_cut_into_major_and_minor() {
        let version = version("v1.34.1-aliyun.1");
        assert_eq!(version["major"], "1");
        assert_eq!(version["minor"], "34");
        assert_eq!(version["gitVersion"], "v1.34.1-aliyun.1");
    }

    #[test]
    fn groups_that_serve_nothing_are_not_found() {
        let kinds: Vec<Arc<Kind>> = super::super::kind::built_in()
            .into_iter()
            .map(Arc::new)
            .collect();
        assert!(group(&kinds, "apps").is_some());
        assert!(group(&kinds, "").is_none());
        assert!(group(&kinds, "alibabacloud.com").is_none());
        assert!(resources(&kinds, "", "v1").is_some());
        assert!(resources(&kinds, "apps", "v1beta1").is_none());
    }
}
