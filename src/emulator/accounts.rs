//! The accounts of one emulator: each is a world of its own, and the key that signed a request says whose it is.
//!
//! STS hands out keys of another account's role; so the keys are kept in one place, and everything else is apart.

use std::sync::Arc;

use super::identities::Identities;
use super::received::Received;
use super::service::{Reply, Service};
use crate::context::Clock;
use crate::openapi::sign::Unsigned;
use crate::openapi::sign::verify::Claim;
use crate::transport::HttpRequest;

/// All accounts.
pub(super) struct Accounts {
    /// The one whose keys the emulator hands out; unknown keys are refused there.
    first: Arc<Service>,
    others: Vec<Arc<Service>>,
    identities: Arc<Identities>,
    /// The real clock.
    pub(super) clock: Arc<dyn Clock>,
}

impl Accounts {
    pub(super) fn new(first: Arc<Service>, others: Vec<Arc<Service>>) -> Self {
        Self {
            identities: Arc::clone(&first.identities),
            clock: Arc::clone(&first.clock),
            first,
            others,
        }
    }

    /// The account whose keys the emulator hands out.
    pub(super) fn first(&self) -> &Arc<Service> {
        &self.first
    }

    /// Answers one request.
    pub(super) fn handle(&self, request: HttpRequest) -> Reply {
        let received = Received::read(request);
        self.of_signer(&received).handle(&received)
    }

    /// The account of whoever signed, or says so; whether they did is checked there.
    fn of_signer(&self, received: &Received) -> &Arc<Service> {
        let claim = Claim::read(&Unsigned {
            method: &received.method,
            path: &received.path,
            query: &received.query,
            headers: &received.headers,
            body: &received.body,
        });
        let account = claim
            .ok()
            .and_then(|claim| self.identities.find(&claim.access_key_id))
            .map(|identity| identity.account);
        account
            .and_then(|account| self.others.iter().find(|other| other.account.id == account))
            .unwrap_or(&self.first)
    }
}
