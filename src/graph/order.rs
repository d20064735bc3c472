//! Topological order, and the cycle where there is none.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::edges::Edge;
use crate::model::ResourceId;

/// Resources that wait for each other in a ring. Nothing could ever start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Cycle {
    /// The ring; each waits for the one before it, and the first for the last.
    pub edges: Vec<Edge>,
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("resources wait for each other in a ring: ")?;
        for edge in &self.edges {
            write!(f, "{} -> ({}) ", edge.before, edge.because)?;
        }
        match self.edges.first() {
            Some(first) => write!(f, "-> {}", first.before),
            None => Ok(()),
        }
    }
}

/// The nodes, each after all that must be gone before it. Among those that are ready the smallest `rank` goes first, then
/// the smallest id, so that equal inputs give equal orders. Edges to anything else are ignored.
pub fn order<Rank: Ord>(
    nodes: &BTreeSet<ResourceId>,
    edges: &[Edge],
    rank: impl Fn(&ResourceId) -> Rank,
) -> Result<Vec<ResourceId>, Cycle> {
    let within: Vec<&Edge> = edges
        .iter()
        .filter(|edge| nodes.contains(&edge.before) && nodes.contains(&edge.after))
        .collect();
    let mut waits: BTreeMap<&ResourceId, BTreeSet<&ResourceId>> =
        nodes.iter().map(|node| (node, BTreeSet::new())).collect();
    let mut opens: BTreeMap<&ResourceId, Vec<&ResourceId>> = BTreeMap::new();
    for edge in &within {
        waits.entry(&edge.after).or_default().insert(&edge.before);
        opens.entry(&edge.before).or_default().push(&edge.after);
    }
    let mut ready: BTreeSet<(Rank, &ResourceId)> = waits
        .iter()
        .filter(|(_, before)| before.is_empty())
        .map(|(node, _)| (rank(node), *node))
        .collect();
    let mut sorted = Vec::with_capacity(nodes.len());
    while let Some((_, node)) = ready.pop_first() {
        sorted.push(node.clone());
        waits.remove(node);
        for opened in opens.get(node).into_iter().flatten() {
            if let Some(before) = waits.get_mut(opened)
                && before.remove(node)
                && before.is_empty()
            {
                ready.insert((rank(opened), opened));
            }
        }
    }
    if waits.is_empty() {
        return Ok(sorted);
    }
    Err(Cycle {
        edges: ring(&waits, &within),
    })
}

/// A ring among nodes of which each waits for another: walking backwards must come back.
fn ring(waits: &BTreeMap<&ResourceId, BTreeSet<&ResourceId>>, edges: &[&Edge]) -> Vec<Edge> {
    let Some(mut at) = waits.keys().next().copied() else {
        return Vec::new();
    };
    let mut path = vec![at];
    loop {
        let Some(next) = waits.get(at).and_then(|before| before.first().copied()) else {
            return Vec::new();
        };
        if let Some(start) = path.iter().position(|seen| *seen == next) {
            let mut ring: Vec<&ResourceId> = path.split_off(start);
            // The walk went from the waiting to what it waits for.
            ring.reverse();
            let pairs = ring.iter().zip(ring.iter().cycle().skip(1));
            return pairs
                .filter_map(|(before, after)| {
                    edges
                        .iter()
                        .find(|edge| edge.before == **before && edge.after == **after)
                        .map(|edge| (*edge).clone())
                })
                .collect();
        }
        path.push(next);
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, Region, TypeId};
    use proptest::prelude::*;

    fn id(number: usize) -> ResourceId {
        ResourceId {
            account: AccountId::from_static("0000000000000042"),
            region: Region::new("cn-hangzhou"),
            type_id: TypeId::from_static("t.t"),
            id: format!("r{number:02}"),
        }
    }

    fn edge(before: usize, after: usize) -> Edge {
        Edge {
            before: id(before),
            after: id(after),
            because: "uses".into(),
        }
    }

    #[test]
    fn a_cycle_is_named_whole_and_nothing_else_is() {
        let nodes = (0..5).map(id).collect();
        // 1 -> 2 -> 3 -> 1, fed by 0, feeding 4.
        let edges = [edge(0, 1), edge(1, 2), edge(2, 3), edge(3, 1), edge(3, 4)];
        let cycle = order(&nodes, &edges, |_| ()).unwrap_err();
        assert_eq!(cycle.edges.len(), 3);
        for (one, next) in cycle.edges.iter().zip(cycle.edges.iter().cycle().skip(1)) {
            assert_eq!(one.after, next.before);
        }
        let said = cycle.to_string();
        for member in ["r01", "r02", "r03"] {
            assert!(said.contains(member), "{said}");
        }
        assert!(!said.contains("r00") && !said.contains("r04"), "{said}");
    }

    #[test]
    fn ready_nodes_go_by_rank() {
        let nodes = (0..4).map(id).collect();
        let sorted = order(&nodes, &[edge(3, 0)], |node| {
            std::cmp::Reverse(node.id.clone())
        });
        assert_eq!(sorted.unwrap(), [id(3), id(2), id(1), id(0)]);
    }

    proptest! {
        #[test]
        fn every_order_is_legal_and_every_failure_is_a_real_ring(
            pairs in prop::collection::vec((0usize..8, 0usize..8), 0..20)
        ) {
            let nodes: BTreeSet<_> = (0..8).map(id).collect();
            let edges: Vec<_> = pairs.iter().filter(|(a, b)| a != b).map(|(a, b)| edge(*a, *b)).collect();
            match order(&nodes, &edges, |_| ()) {
                Ok(sorted) => {
                    prop_assert_eq!(sorted.iter().cloned().collect::<BTreeSet<_>>(), nodes);
                    let at = |wanted: &ResourceId| sorted.iter().position(|node| node == wanted);
                    for edge in &edges {
                        prop_assert!(at(&edge.before) < at(&edge.after));
                    }
                }
                Err(cycle) => {
                    prop_assert!(cycle.edges.len() >= 2);
                    for (one, next) in cycle.edges.iter().zip(cycle.edges.iter().cycle().skip(1)) {
                        prop_assert_eq!(&one.after, &next.before);
                        prop_assert!(edges.contains(one));
                    }
                }
            }
        }
    }
}
