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
    let head = "digraph deletion_order {\n  rankdir=LR;\n  node [shape=box];".to_owned();
    let nodes = resources
        .iter()
        .enumerate()
        .map(|(number, resource)| format!("  n{number} [label=\"{}\"];", in_dot(resource)));
    let arrows = edges.iter().filter_map(|edge| {
        let (before, after) = (numbers.get(&edge.before)?, numbers.get(&edge.after)?);
        let because = quoted(&sanitize::terminal(&edge.because));
        Some(format!("  n{before} -> n{after} [label=\"{because}\"];"))
    });
    let lines: Vec<String> = std::iter::once(head)
        .chain(nodes)
        .chain(arrows)
        .chain(["}\n".to_owned()])
        .collect();
    lines.join("\n")
}

/// The order as a Mermaid flowchart.
pub fn mermaid(resources: &[&Resource], edges: &[&Edge]) -> String {
    let numbers = numbers(resources);
    let nodes = resources.iter().enumerate().map(|(number, resource)| {
        let lines: Vec<String> = lines_of(resource)
            .iter()
            .map(|line| in_mermaid(line))
            .collect();
        format!("  n{number}[\"{}\"]", lines.join("<br/>"))
    });
    let arrows = edges.iter().filter_map(|edge| {
        let (before, after) = (numbers.get(&edge.before)?, numbers.get(&edge.after)?);
        let because = in_mermaid(&sanitize::terminal(&edge.because));
        Some(format!("  n{before} -->|\"{because}\"| n{after}"))
    });
    let lines: Vec<String> = std::iter::once("flowchart LR".to_owned())
        .chain(nodes)
        .chain(arrows)
        .collect();
    lines.join("\n") + "\n"
}

fn numbers<'a>(resources: &[&'a Resource]) -> BTreeMap<&'a ResourceId, usize> {
    resources
        .iter()
        .enumerate()
        .map(|(number, resource)| (&resource.id, number))
        .collect()
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
    text.chars()
        .map(|c| match c {
            '#' | '"' | '<' | '>' | '&' | '`' | '|' | '[' | ']' | '\\' => {
                format!("#{};", u32::from(c))
            }
            c => c.to_string(),
        })
        .collect()
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
