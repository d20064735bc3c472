//! RAM policies and Kubernetes roles: what reading needs, from the registry, and what one plan needs, from its calls; nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::types::actions;
use crate::openapi::endpoint::ram_code;
use crate::resources::{RESOURCE_TYPES, ResourceType};
use crate::teardown::Needs;

/// What is sent besides the operations of the types: who we are, and which regions there are. The question to billing that
/// tells an account's site is not among them: no source names its RAM action, and without the permission `--site` says it.
const ALWAYS: &[&str] = &[
    "sts:GetCallerIdentity",
    "ecs:DescribeRegions",
    // Where the regions are restricted: whether there is anything in the others.
    "resourcecenter:GetResourceCounts",
];

/// The policy for these types. The resource is `*`, because list operations cannot be narrowed to single resources.
pub fn read_only(types: &[&'static dyn ResourceType]) -> Value {
    document(&[&reads(types)])
}

/// A policy that allows these actions, by the codes of RAM.
pub fn allowing(actions: &BTreeSet<String>) -> Value {
    document(&[actions])
}

/// The policy for one plan: what it is made from and proven by, and the calls of its steps. That is what its identity needs
/// from `teardown plan` to `teardown verify`, because a plan belongs to the identity that made it.
///
/// Unverified: by which resource names RAM narrows each of the calls to the planned resources. The statement of the calls
/// says `*`, and is told apart so that whoever knows can narrow it.
pub fn of_plan(needs: &Needs) -> Value {
    let types: Vec<&'static dyn ResourceType> = RESOURCE_TYPES
        .iter()
        .copied()
        .filter(|found| needs.reaches_clusters || !found.spec().type_id.is_kubernetes())
        .collect();
    let changes = needs
        .changes
        .iter()
        .filter_map(|action| ram_action(action))
        .collect();
    document(&[&reads(&types), &changes])
}

/// A role of Kubernetes with these verbs, as `kubectl apply` takes it. Discovery needs none: every user that is logged in may.
pub fn cluster_role(name: &str, needs: &Needs) -> Value {
    let mut by_verbs: BTreeMap<(&str, Vec<&str>), Vec<&str>> = BTreeMap::new();
    for ((group, plural), verbs) in &needs.objects {
        let verbs = verbs.iter().copied().collect();
        by_verbs.entry((group, verbs)).or_default().push(plural);
    }
    let rules: Vec<Value> = by_verbs
        .into_iter()
        .map(|((group, verbs), plurals)| {
            json!({ "apiGroups": [group], "resources": plurals, "verbs": verbs })
        })
        .collect();
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": { "name": name },
        "rules": rules,
    })
}

fn reads(types: &[&'static dyn ResourceType]) -> BTreeSet<String> {
    let wanted = types.iter().flat_map(|found| actions(found.spec()));
    ALWAYS
        .iter()
        .map(|action| (*action).to_owned())
        .chain(wanted)
        .filter_map(|action| ram_action(&action))
        .collect()
}

fn document(statements: &[&BTreeSet<String>]) -> Value {
    let statements: Vec<Value> = statements
        .iter()
        .filter(|actions| !actions.is_empty())
        .map(|actions| json!({ "Effect": "Allow", "Action": actions, "Resource": "*" }))
        .collect();
    json!({ "Version": "1", "Statement": statements })
}

/// `log:ListProject` for `sls:ListProject`; Kubernetes verbs are no RAM actions.
fn ram_action(action: &str) -> Option<String> {
    let (product, operation) = action.split_once(':')?;
    (product != "k8s").then(|| format!("{}:{operation}", ram_code(product)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_adds_its_calls_in_a_statement_of_their_own_and_a_role() {
        let needs = Needs {
            changes: BTreeSet::from(["sls:DeleteProject".to_owned()]),
            reaches_clusters: true,
            objects: BTreeMap::from([
                (
                    (String::new(), "services".to_owned()),
                    BTreeSet::from(["delete", "get", "list"]),
                ),
                (
                    (String::new(), "nodes".to_owned()),
                    BTreeSet::from(["list"]),
                ),
                ((String::new(), "pods".to_owned()), BTreeSet::from(["list"])),
            ]),
        };
        let policy = of_plan(&needs);
        assert_eq!(
            policy["Statement"][0],
            read_only(RESOURCE_TYPES)["Statement"][0]
        );
        assert_eq!(
            policy["Statement"][1]["Action"],
            json!(["log:DeleteProject"])
        );
        let role = cluster_role("yunsweep", &needs);
        assert_eq!(
            role["rules"],
            json!([
                { "apiGroups": [""], "resources": ["services"], "verbs": ["delete", "get", "list"] },
                { "apiGroups": [""], "resources": ["nodes", "pods"], "verbs": ["list"] },
            ])
        );
        let without = of_plan(&Needs {
            reaches_clusters: false,
            ..needs
        });
        let reads = without["Statement"][0]["Action"].as_array().unwrap();
        assert!(!reads.contains(&json!("cs:DescribeClusterUserKubeconfig")));
        assert!(reads.contains(&json!("ecs:DescribeDisks")));
    }

    #[test]
    fn the_policy_allows_reads_only_and_uses_the_names_of_ram() {
        let policy = read_only(RESOURCE_TYPES);
        let actions = policy["Statement"][0]["Action"].as_array().unwrap();
        assert!(actions.contains(&json!("ecs:DescribeDisks")));
        for action in actions {
            let (product, operation) = action.as_str().unwrap().split_once(':').unwrap();
            assert!(!product.is_empty());
            let is_read = ["Describe", "List", "Get", "Query", "Search"]
                .iter()
                .any(|verb| operation.starts_with(verb));
            assert!(is_read, "{action} does not look like a read");
        }
        assert_eq!(
            ram_action("sls:ListProject").as_deref(),
            Some("log:ListProject")
        );
    }
}
