//! The outside as the executor sees it: one small trait, so that it runs against the cloud, the emulator and doubles alike.

use std::fmt;

use futures::future::BoxFuture;

use super::place::Place;
use super::plan::{Plan, Step};
use crate::context::Clock;
use crate::model::{AccountId, Resource, ResourceId};
use crate::openapi::{ApiError, ErrorClass};
use crate::resources::ListError;
use crate::resources::teardown::{Call, Observation, Refusal};

/// Who calls, and where: what a plan is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// The account.
    pub account: AccountId,
    /// ARN of the identity.
    pub identity: String,
    /// Where the calls go.
    pub endpoint: Place,
}

/// What the cloud answered to a call that it took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The vendor's request id.
    pub request_id: Option<String>,
    /// A task or job to follow.
    pub task: Option<String>,
}

/// A call that was not taken, or nobody knows.
#[derive(Debug, thiserror::Error)]
pub struct CallError {
    /// What it means.
    pub class: ErrorClass,
    /// The vendor's code.
    pub code: Option<String>,
    /// The vendor's request id.
    pub request_id: Option<String>,
    /// RAM action or Kubernetes verb that is missing.
    pub missing_permission: Option<String>,
    /// What lies beneath.
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "the call was answered with {code}"),
            None => write!(f, "the call failed"),
        }
    }
}

impl CallError {
    /// An error of that class, with nothing else known.
    pub fn of(class: ErrorClass) -> Self {
        Self {
            class,
            code: None,
            request_id: None,
            missing_permission: None,
            cause: None,
        }
    }

    /// The same with the vendor's code.
    #[must_use]
    pub fn with_code(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }
}

impl From<ApiError> for CallError {
    fn from(error: ApiError) -> Self {
        Self {
            class: error.class,
            code: error.code.clone(),
            request_id: error.request_id.clone(),
            missing_permission: error
                .missing_permission
                .as_ref()
                .map(|missing| missing.action.clone()),
            cause: Some(Box::new(error)),
        }
    }
}

/// What the rules say about a resource right before a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Nothing keeps it.
    Free,
    /// Something that the plan does not take down uses it now. Where that is on its way out it is worth waiting for.
    Used(Vec<String>),
    /// Its deletion would take these along, which the plan does not know.
    Unplanned(Vec<String>),
    /// A rule keeps it.
    Kept(Refusal),
}

/// What the executor needs of the world.
pub trait Outside: Send + Sync {
    /// Who calls, and where, now.
    fn whereabouts(&self) -> BoxFuture<'_, Result<Whereabouts, CallError>>;

    /// One look at a resource.
    fn observe<'a>(&'a self, id: &'a ResourceId) -> BoxFuture<'a, Observation>;

    /// What the rules say about a resource as it is now, with what stands around it read anew. The same rules as at planning.
    /// An error: something that they rest on cannot be read.
    fn judge<'a>(
        &'a self,
        plan: &'a Plan,
        step: &'a Step,
        resource: &'a Resource,
    ) -> BoxFuture<'a, Result<Judgement, ListError>>;

    /// Sends a call, once. `client_token` is given where the call takes one.
    fn send<'a>(
        &'a self,
        call: &'a Call,
        client_token: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Receipt, CallError>>;

    /// What is seen to hold a resource: for people, never new targets.
    fn holders<'a>(&'a self, id: &'a ResourceId) -> BoxFuture<'a, Vec<String>>;

    /// The clock that waits go by.
    fn clock(&self) -> &dyn Clock;

    /// A ClientToken never used before.
    fn new_token(&self) -> String;
}
