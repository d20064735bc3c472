//! The read-only RAM policy: every action that yunsweep sends, from the registry, and nothing else.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::types::actions;
use crate::openapi::endpoint::ram_code;
use crate::resources::ResourceType;

/// What is sent besides the operations of the types: who we are, and which regions there are.
const ALWAYS: &[&str] = &["sts:GetCallerIdentity", "ecs:DescribeRegions"];

/// The policy for these types. The resource is `*`, because list operations cannot be narrowed to single resources.
pub fn read_only(types: &[&'static dyn ResourceType]) -> Value {
    let wanted = types.iter().flat_map(|found| actions(found.spec()));
    let all: BTreeSet<String> = ALWAYS
        .iter()
        .map(|action| (*action).to_owned())
        .chain(wanted)
        .filter_map(|action| ram_action(&action))
        .collect();
    json!({
        "Version": "1",
        "Statement": [{ "Effect": "Allow", "Action": all, "Resource": "*" }],
    })
}

/// `log:ListProject` for `sls:ListProject`; Kubernetes verbs are no RAM actions.
fn ram_action(action: &str) -> Option<String> {
    let (product, operation) = action.split_once(':')?;
    (product != "k8s").then(|| format!("{}:{operation}", ram_code(product)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::RESOURCE_TYPES;

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
