//! Who watches an emulator: tests that have to know what really arrived, and that make single calls go wrong.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::faults::Effect;
use super::route::Call;
use crate::contracts::Class;

/// One call of the OpenAPI as the emulator understood it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenCall {
    /// Product code of the contract.
    pub product: &'static str,
    /// Operation.
    pub action: String,
    /// Whether the contract classes it as one that changes something.
    pub changes: bool,
    /// Region asked.
    pub region: String,
    /// Arguments, wherever the contract places them.
    pub arguments: BTreeMap<String, String>,
    /// JSON body.
    pub body: Option<Value>,
    /// The world's time.
    pub at: DateTime<Utc>,
}

impl SeenCall {
    pub(super) fn of(call: &Call, at: DateTime<Utc>) -> Self {
        let operation = call.operation;
        let named = call.named.iter();
        let arguments = named
            .map(|(name, value)| (name.clone(), value.clone()))
            .chain(call.query.iter().chain(&call.form).cloned())
            .collect();
        Self {
            product: operation.product,
            action: operation.action.clone(),
            changes: operation.class == Class::Mutate,
            region: call.region.clone(),
            arguments,
            body: call.json.clone(),
            at,
        }
    }
}

/// Sees every call that the emulator can route.
pub trait Onlooker: Send + Sync {
    /// A call has arrived, and nothing is done yet. What is returned goes wrong with it, beside the fault plan.
    fn arrives(&self, call: &SeenCall) -> Vec<Effect>;

    /// The call is done, or refused by that HTTP status, and its answer has not left.
    fn is_done(&self, call: &SeenCall, status: u16);
}
