//! The plan: what is taken down, in which order, by which calls, what is kept and why, and what that costs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;
use super::place::Place;
use crate::inventory::Ledger;
use crate::model::{AccountId, Currency, Money, ResourceId};
use crate::resources::teardown::{PlannedCall, Purpose, Refusal};

/// Names a step within its plan: `ecs.disk/d-1`. One resource has one step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(String);

impl StepId {
    /// The step of a resource.
    pub fn of(id: &ResourceId) -> Self {
        Self(format!("{}/{}", id.type_id, id.id))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The world that a plan was made on, and the only one that it may be applied to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// The account.
    pub account: AccountId,
    /// ARN of the identity that read it.
    pub identity: String,
    /// Where it was asked.
    pub endpoint: Place,
    /// When the inventory was read. A plan ages from here.
    pub read_at: DateTime<Utc>,
}

/// How a step makes its resource go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Calls of ours, in order.
    Calls {
        /// The calls.
        calls: Vec<PlannedCall>,
    },
    /// Its manager's deletion takes it along: it is only looked at.
    Manager {
        /// Step of the manager; it comes first.
        manager: StepId,
        /// What is called where it stayed: only where the ledger or two agreeing signals let us. Empty: a left-over is
        /// reported and not touched.
        fallback: Vec<PlannedCall>,
    },
}

/// What a resource costs per month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Fixed, priced part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub monthly: Vec<Money>,
    /// Charges without a known price or quantity.
    #[serde(default)]
    pub unknown: usize,
    /// Charges by use.
    #[serde(default)]
    pub usage: usize,
}

impl Cost {
    /// Adds an amount; amounts of one currency become one.
    pub fn add(&mut self, money: Money) {
        match self
            .monthly
            .iter_mut()
            .find(|sum| sum.currency == money.currency)
        {
            Some(sum) => sum.amount += money.amount,
            None => self.monthly.push(money),
        }
    }
}

/// One resource to take down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name.
    pub id: StepId,
    /// Name of the resource, for people; untrusted text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The resource as it was planned.
    pub fingerprint: Fingerprint,
    /// Why it is in the plan: `selected`, `owned_by_cluster`, `named`.
    pub reason: Reason,
    /// Steps whose resources must be gone first, with the field or rule that says so.
    pub after: BTreeMap<StepId, String>,
    /// How.
    pub action: Action,
    /// What ACK says that it made for a cluster, by ROS type and id: all that its deletion may take along. What is not here was
    /// made after planning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<String>,
    /// What it costs per month until then.
    pub cost: Cost,
    /// Data that is lost, in English and Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loses: Option<Words>,
    /// Ids of what it rests on and no source confirms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<String>,
    /// Seconds between two looks.
    pub poll_seconds: u64,
    /// Seconds after which it is stuck.
    pub deadline_seconds: u64,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

/// What authorises a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case", deny_unknown_fields)]
pub enum Reason {
    /// The user's selector: `--cluster`, `--id`, `--with`.
    Selected {
        /// The flag as typed.
        selector: String,
    },
    /// It belongs to something selected.
    Owned {
        /// Step of the owner.
        owner: StepId,
        /// The signals, strongest first.
        evidence: Vec<String>,
    },
}

/// Something near the scope that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptResource {
    /// Which.
    pub id: ResourceId,
    /// Its name; untrusted text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Why.
    pub refusal: Refusal,
    /// What it goes on to cost.
    pub cost: Cost,
    /// The flag that would take it in, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
}

/// Sum of what stays or goes, per month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Total {
    /// Exact sums by currency.
    pub monthly: BTreeMap<String, Decimal>,
    /// Charges that the sums leave out.
    pub left_out: usize,
}

impl Total {
    /// Adds the cost of one resource.
    pub fn add(&mut self, cost: &Cost) {
        for money in &cost.monthly {
            let currency: Currency = money.currency;
            *self
                .monthly
                .entry(currency.as_str().to_owned())
                .or_default() += money.amount;
        }
        self.left_out += cost.unknown + cost.usage;
    }

    /// The sums as amounts.
    pub fn sums(&self) -> impl Iterator<Item = Money> + '_ {
        self.monthly
            .iter()
            .filter_map(|(currency, amount)| Some(Money::new(*amount, currency.parse().ok()?)))
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Where it may be applied.
    pub binding: Binding,
    /// The selectors as typed: `--cluster c...`, `--with acr`.
    pub scope: Vec<String>,
    /// The steps; whatever a step waits for stands before it.
    pub steps: Vec<Step>,
    /// What stays, and why.
    pub kept: Vec<KeptResource>,
    /// Objects of the clusters' API servers that have nothing in the cloud and end with their cluster: not looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub implied: Vec<ResourceId>,
    /// Cells that could not be read and touch the scope; not empty only where the user accepted that at planning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holes: Vec<String>,
    /// What the clusters owned when the plan was made; the apply saves it beside the plan.
    pub ledger: Ledger,
}

impl Plan {
    /// The step of that name.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }

    /// The steps whose resources the deletion of one takes along, also through others.
    pub fn taken_along(&self, taker: &StepId) -> Vec<&Step> {
        let mut takers: BTreeSet<&StepId> = BTreeSet::from([taker]);
        let mut found = Vec::new();
        loop {
            let before = found.len();
            for step in &self.steps {
                if let Action::Manager { manager, .. } = &step.action
                    && takers.contains(manager)
                    && takers.insert(&step.id)
                {
                    found.push(step);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    /// What the steps' resources and the kept ones cost per month now.
    pub fn before(&self) -> Total {
        let mut total = self.after();
        for step in &self.steps {
            total.add(&step.cost);
        }
        total
    }

    /// What the kept ones go on to cost.
    pub fn after(&self) -> Total {
        let mut total = Total::default();
        for kept in &self.kept {
            total.add(&kept.cost);
        }
        total
    }
}

impl Reason {
    /// Whether the user named the resource, by a flag or by its id.
    pub fn is_named(&self) -> bool {
        matches!(self, Self::Selected { .. })
    }

    /// Whether the user named the resource by its own id.
    pub fn is_by_id(&self) -> bool {
        matches!(self, Self::Selected { selector } if selector.starts_with("--id "))
    }
}

impl Step {
    /// The calls that this step may send: its own, or those for what its manager left.
    pub fn calls(&self) -> &[PlannedCall] {
        match &self.action {
            Action::Calls { calls } => calls,
            Action::Manager { fallback, .. } => fallback,
        }
    }

    /// Whether it switches a protection off.
    pub fn lifts_protection(&self) -> bool {
        self.calls()
            .iter()
            .any(|call| call.purpose == Purpose::Unprotect)
    }
}
