//! Drawings of the deletion order, as DOT (Graphviz) and Mermaid.
//!
//! Names come from outside: they are made safe for a terminal, and quoted for the language of the drawing.

use std::collections::BTreeMap;

use crate::graph::Edge;
use crate::model::{Resource, ResourceId};
use crate::output::sanitize;

/// The order as a DOT digraph: an arrow from what goes first to what waits for it.
pub fn dot(resources: &[&Resource], edges: &[&Edge]) -> String {
    let numbers = numbers(resources);
    let mut text = String::from("digraph deletion_order {\n  rankdir=LR;\n  node [shape=box];\n");
    for (resource, number) in resources.iter().zip(numbers.values_in_order()) {
        text.push_str(&format!("  n{number} [label=\"{}\"];\n", in_dot(resource)));
    }
    for edge in edges {
        if let (Some(before), Some(after)) = (numbers.of(&edge.before), numbers.of(&edge.after)) {
            let because = quoted(&sanitize::terminal(&edge.because));
            text.push_str(&format!("  n{before} -> n{after} [label=\"{because}\"];\n"));
        }
    }
    text.push_str("}\n");
    text
}

/// The order as a Mermaid flowchart.
pub fn mermaid(resources: &[&Resource], edges: &[&Edge]) -> String {
    let numbers = numbers(resources);
    let mut text = String::from("flowchart LR\n");
    for (resource, number) in resources.iter().zip(numbers.values_in_order()) {
        text.push_str(&format!(
            "  n{number}[\"{}\"]\n",
            lines_of(resource)
                .iter()
                .map(|line| in_mermaid(line))
                .collect::<Vec<_>>()
                .join("<br/>")
        ));
    }
    for edge in edges {
        if let (Some(before), Some(after)) = (numbers.of(&edge.before), numbers.of(&edge.after)) {
            text.push_str(&format!(
                "  n{before} -->|\"{}\"| n{after}\n",
                in_mermaid(&sanitize::terminal(&edge.because))
            ));
        }
    }
    text
}

struct Numbers<'a>(BTreeMap<&'a ResourceId, usize>, usize);

impl Numbers<'_> {
    fn of(&self, id: &ResourceId) -> Option<usize> {
        self.0.get(id).copied()
    }

    fn values_in_order(&self) -> std::ops::Range<usize> {
        0..self.1
    }
}

fn numbers<'a>(resources: &[&'a Resource]) -> Numbers<'a> {
    let by_id = resources
        .iter()
        .enumerate()
        .map(|(number, resource)| (&resource.id, number))
        .collect();
    Numbers(by_id, resources.len())
}

/// Type, id, and the name where it says something else.
fn lines_of(resource: &Resource) -> Vec<String> {
    let id = &resource.id;
    let mut lines = vec![
        id.type_id.to_string(),
        sanitize::terminal(&id.id).into_owned(),
    ];
    if let Some(name) = resource.name.as_deref().filter(|name| *name != id.id) {
        lines.push(sanitize::terminal(name).into_owned());
    }
    lines
}

fn in_dot(resource: &Resource) -> String {
    lines_of(resource)
        .iter()
        .map(|line| quoted(line))
        .collect::<Vec<_>>()
        .join("\\n")
}

/// Within the quotes of a DOT string.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// Within the quotes of a Mermaid label, which reads `#code;` as a character.
fn in_mermaid(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '#' | '"' | '<' | '>' | '&' | '`' | '|' | '[' | ']' | '\\' => {
                safe.push_str(&format!("#{};", u32::from(c)));
            }
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, Region, TypeId};

    fn resource(type_id: &'static str, id: &str, name: &str) -> Resource {
        let mut resource = Resource::new(ResourceId {
            account: AccountId::from_static("0000000000000042"),
            region: Region::new("cn-hangzhou"),
            type_id: TypeId::from_static(type_id),
            id: id.to_owned(),
        });
        resource.name = Some(name.to_owned());
        resource
    }

    #[test]
    fn drawings_show_the_order_and_names_cannot_break_them() {
        let first = resource("ecs.image", "m-1", "a\"]; evil\\");
        let second = resource("ecs.snapshot", "s-1", "s-1");
        let edge = Edge {
            before: first.id.clone(),
            after: second.id.clone(),
            because: "uses SnapshotId".into(),
        };
        let outside = Edge {
            after: resource("vpc.vpc", "vpc-1", "").id,
            ..edge.clone()
        };
        let drawn = dot(&[&first, &second], &[&edge, &outside]);
        assert_eq!(
            drawn,
            "digraph deletion_order {\n  rankdir=LR;\n  node [shape=box];\n  n0 [label=\"ecs.image\\nm-1\\na\\\"]; evil\\\\\"];\n  n1 [label=\"ecs.snapshot\\ns-1\"];\n  n0 -> n1 [label=\"uses SnapshotId\"];\n}\n"
        );
        let drawn = mermaid(&[&first, &second], &[&edge, &outside]);
        assert_eq!(
            drawn,
            "flowchart LR\n  n0[\"ecs.image<br/>m-1<br/>a#34;#93;; evil#92;\"]\n  n1[\"ecs.snapshot<br/>s-1\"]\n  n0 -->|\"uses SnapshotId\"| n1\n"
        );
    }
}
