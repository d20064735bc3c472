//! What an identity must be allowed for a plan: the operations that its steps may send, fall-backs and undos among them, and
//! what is read to plan, look and verify. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::Plan;
use crate::model::CoverageRow;
use crate::resources::teardown::Call;
use crate::resources::{RESOURCE_TYPES, k8s};

/// What a plan needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Operations that change something: `ecs:DeleteDisk`, by the product codes of the contracts.
    pub changes: BTreeSet<String>,
    /// Whether the API servers of clusters are asked at all.
    pub reaches_clusters: bool,
    /// Kubernetes verbs by API group and plural name.
    pub objects: BTreeMap<(String, String), BTreeSet<&'static str>>,
}

/// What an identity lacked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacking {
    /// RAM actions, by the codes of RAM.
    pub actions: BTreeSet<String>,
    /// Those of them that no server named: they follow from the operation that was denied.
    pub derived: BTreeSet<String>,
    /// Kubernetes verbs.
    pub objects: Needs,
}

impl Needs {
    /// What that plan needs.
    pub fn of(plan: &Plan) -> Self {
        let mut needs = Self::default();
        for step in &plan.steps {
            let type_id = &step.fingerprint.id.type_id;
            needs.reaches_clusters |= type_id.is_kubernetes() || type_id.as_str() == "ack.cluster";
            let calls = step.calls().iter();
            for call in
                calls.flat_map(|planned| std::iter::once(&planned.call).chain(&planned.undo))
            {
                match call {
                    Call::Cloud(call) => {
                        needs
                            .changes
                            .insert(format!("{}:{}", call.product, call.action));
                    }
                    Call::Cluster(deletion) => {
                        needs.reaches_clusters = true;
                        needs.allow(&deletion.group, &deletion.plural, "delete");
                    }
                }
            }
            if type_id.as_str() == "k8s.namespace" {
                // Whether it holds something that the plan does not know is asked of every kind right before its deletion.
                needs.allow("*", "*", "list");
            }
            let kind = k8s::KINDS.iter().find(|(id, _)| *id == type_id.as_str());
            if let Some((_, kind)) = kind {
                // Each is looked at before and after its deletion.
                needs.allow(kind.group, kind.plural, "get");
            }
        }
        if needs.reaches_clusters {
            needs.read_objects();
        }
        needs
    }

    /// What any plan may need: every operation that some type may send, and every kind of object.
    pub fn of_any_plan() -> Self {
        let mut needs = Self::reading();
        for found in RESOURCE_TYPES {
            let Some(teardown) = found.teardown() else {
                continue;
            };
            let sent = teardown.sends().into_iter();
            needs
                .changes
                .extend(sent.map(|(product, action)| format!("{product}:{action}")));
            let type_id = found.spec().type_id.as_str();
            if let Some((_, kind)) = k8s::KINDS.iter().find(|(id, _)| *id == type_id) {
                for verb in ["delete", "get", "list"] {
                    needs.allow(kind.group, kind.plural, verb);
                }
            }
        }
        // Whether a namespace holds something that the plan does not know is asked of every kind.
        needs.allow("*", "*", "list");
        needs
    }

    /// What reading needs inside of clusters: the plan is made from it, and the proof.
    pub fn reading() -> Self {
        let mut needs = Self {
            reaches_clusters: true,
            ..Self::default()
        };
        needs.read_objects();
        needs
    }

    /// What an identity lacked in a scan, as its coverage says.
    pub fn lacking(coverage: &[CoverageRow]) -> Lacking {
        let mut lacking = Lacking::default();
        for row in coverage {
            let Some(permission) = &row.missing_permission else {
                continue;
            };
            // A type of a cluster may lack the RAM action that leads to the cluster.
            if permission.contains(':') {
                lacking.actions.insert(permission.clone());
                if row.permission_confirmed != Some(true) {
                    lacking.derived.insert(permission.clone());
                }
            } else if let Some((_, kind)) = k8s::KINDS
                .iter()
                .find(|(id, _)| *id == row.type_id.as_str())
            {
                lacking.objects.allow(kind.group, kind.plural, "list");
            }
        }
        lacking
    }

    fn read_objects(&mut self) {
        let is_read = |id: &str| {
            RESOURCE_TYPES
                .iter()
                .any(|found| found.spec().type_id.as_str() == id)
        };
        for (_, kind) in k8s::KINDS.iter().filter(|(id, _)| is_read(id)) {
            self.allow(kind.group, kind.plural, "list");
        }
    }

    fn allow(&mut self, group: &str, plural: &str, verb: &'static str) {
        self.objects
            .entry((group.to_owned(), plural.to_owned()))
            .or_default()
            .insert(verb);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    #[test]
    fn every_kind_that_is_read_has_its_name() {
        for found in RESOURCE_TYPES {
            let type_id = &found.spec().type_id;
            let is_named = k8s::KINDS.iter().any(|(id, _)| *id == type_id.as_str());
            assert_eq!(is_named, type_id.is_kubernetes(), "{type_id}");
        }
    }

    #[test]
    fn calls_fall_backs_and_undos_are_needed_and_nothing_else() {
        let plan = testing::plan();
        let needs = Needs::of(&plan);
        let mut expected = BTreeSet::new();
        for step in &plan.steps {
            for planned in step.calls() {
                for call in std::iter::once(&planned.call).chain(&planned.undo) {
                    if let Call::Cloud(call) = call {
                        expected.insert(format!("{}:{}", call.product, call.action));
                    }
                }
            }
        }
        assert_eq!(needs.changes, expected);
        let services = needs.objects[&(String::new(), "services".to_owned())].clone();
        assert_eq!(
            services.into_iter().collect::<Vec<_>>(),
            ["delete", "get", "list"]
        );
        let pods = needs.objects[&(String::new(), "pods".to_owned())].clone();
        assert_eq!(pods.into_iter().collect::<Vec<_>>(), ["list"]);
    }

    #[test]
    fn a_plan_that_reaches_no_cluster_needs_nothing_inside_of_one() {
        let mut plan = testing::plan();
        plan.steps
            .retain(|step| step.fingerprint.id.type_id.as_str() == "vpc.eip");
        let needs = Needs::of(&plan);
        assert!(!needs.reaches_clusters);
        assert!(needs.objects.is_empty());
        assert!(!needs.changes.is_empty());
    }
}
