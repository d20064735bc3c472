//! Whether an operation reads or may change something.

use super::Style;

/// What an operation may do. Whatever is not clearly a read counts as a mutation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Changes nothing.
    Read,
    /// May change something.
    Mutate,
}

/// First words of actions that look and do not touch. Alibaba Cloud has no machine-readable read flag in its SDK packages; its
/// RAM documentation uses the same words for the access levels Read and List.
const READ_VERBS: &[&str] = &[
    "Check", "Describe", "Get", "List", "Lookup", "Query", "Search",
];

/// The class by the action's first word and, where the method says something, by the method. Exceptions are data
/// (`supplement.json`, each with its reason).
pub(super) fn class_of(action: &str, style: Style, method: &str) -> Class {
    let reads = READ_VERBS.iter().any(|verb| {
        action
            .strip_prefix(verb)
            .is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_uppercase()))
    });
    let harmless_method = match style {
        Style::Rpc => matches!(method, "GET" | "POST"),
        Style::Roa | Style::Sls | Style::Oss => matches!(method, "GET" | "HEAD"),
    };
    if reads && harmless_method {
        Class::Read
    } else {
        Class::Mutate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_clearly_a_read_is_a_mutation() {
        for (action, style, method, class) in [
            ("DescribeDisks", Style::Rpc, "POST", Class::Read),
            ("ListProject", Style::Sls, "GET", Class::Read),
            ("Listen", Style::Rpc, "POST", Class::Mutate),
            ("Get", Style::Rpc, "POST", Class::Mutate),
            ("describeDisks", Style::Rpc, "POST", Class::Mutate),
            ("DescribeDisks", Style::Rpc, "DELETE", Class::Mutate),
            (
                "DescribeClusterAttachScripts",
                Style::Roa,
                "POST",
                Class::Mutate,
            ),
            ("DeleteDisk", Style::Rpc, "POST", Class::Mutate),
            ("DeleteCluster", Style::Roa, "GET", Class::Mutate),
            ("", Style::Rpc, "GET", Class::Mutate),
        ] {
            assert_eq!(class_of(action, style, method), class, "{action}");
        }
    }
}
