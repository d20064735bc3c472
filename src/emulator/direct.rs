//! The way into the service without a socket, for harnesses with millions of calls. Signatures are checked all the same.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::accounts::Accounts;
use super::service::Outcome;
use crate::transport::{HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind};

/// Sends requests straight to the emulator in this process.
#[derive(Clone)]
pub struct DirectTransport {
    accounts: Arc<Accounts>,
}

impl DirectTransport {
    pub(super) fn new(accounts: Arc<Accounts>) -> Self {
        Self { accounts }
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let (host, timeout) = (request.host.clone(), request.timeout);
        let failed = |kind| TransportError::new(kind, host.clone(), None);
        let reply = self.accounts.handle(request);
        if !reply.delay.is_zero() {
            self.accounts.clock.sleep(reply.delay.min(timeout)).await;
        }
        if reply.delay >= timeout {
            return Err(failed(TransportErrorKind::TimedOut));
        }
        match reply.outcome {
            Outcome::Whole(response) => Ok(response),
            Outcome::Cut(_) | Outcome::Nothing => Err(failed(TransportErrorKind::Broken)),
        }
    }
}

impl Transport for DirectTransport {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(self.exchange(request))
    }
}
