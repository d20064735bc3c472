//! What the tests of every resource type need.

use std::future::ready;
use std::sync::Arc;

use futures::future::BoxFuture;
use secrecy::SecretString;
use serde_json::Value;

use super::{Neighbours, Reader};
use crate::context::{Context, RandomIds, SteppingClock};
use crate::model::{AccountId, Cell, ChargeType, Region, Resource, ResourceId, TypeId};
use crate::openapi;
use crate::openapi::client::Client;
use crate::openapi::credential::{Credential, StaticCredential};
use crate::openapi::endpoint::Endpoints;
use crate::openapi::limit::Limiter;
use crate::transport::{HttpRequest, HttpResponse, Transport, TransportError};

/// A cell of a test account.
pub fn cell(region: &str) -> Cell {
    Cell {
        account: AccountId::from_static("0000000000000042"),
        region: Region::new(region),
        parent: None,
    }
}

/// A cell below a parent.
pub fn cell_of(region: &str, parent: ResourceId) -> Cell {
    Cell {
        parent: Some(parent),
        ..cell(region)
    }
}

/// A resource of which only the id is known, pay-as-you-go.
pub fn resource(cell: &Cell, type_id: &'static str, id: &str) -> Resource {
    let mut resource = Resource::new(ResourceId {
        account: cell.account.clone(),
        region: cell.region.clone(),
        type_id: TypeId::from_static(type_id),
        id: id.to_owned(),
    });
    resource.charge_type = ChargeType::PayAsYouGo;
    resource
}

/// An inventory of one.
pub fn only_resource(resource: &Resource) -> Neighbours<'_> {
    Neighbours::new([resource])
}

/// Answers requests from a function of method and target (path and query): status and body.
pub struct Answers<F>(pub F);

impl<F> Transport for Answers<F>
where
    F: Fn(&str, &str) -> (u16, Value) + Send + Sync,
{
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let (status, body) = (self.0)(&request.method, &request.target);
        Box::pin(ready(Ok(HttpResponse {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_string().into_bytes(),
        })))
    }
}

/// A context whose clock stands still and whose requests are answered like that.
pub fn context<F>(answers: F) -> Context
where
    F: Fn(&str, &str) -> (u16, Value) + Send + Sync + 'static,
{
    let clock = Arc::new(SteppingClock::new("2026-02-14T02:00:00Z".parse().unwrap()));
    Context {
        wall_clock: clock.clone(),
        clock,
        ids: Arc::new(RandomIds),
        environment: Arc::default(),
        home: None,
        transport: Arc::new(Answers(answers)),
    }
}

/// A reader in that context.
pub fn reader(context: &Context) -> Reader {
    let credential = Credential {
        access_key_id: "test-access-key".into(),
        secret: SecretString::from("test-secret"),
        security_token: None,
        expires_at: None,
    };
    let credentials = Arc::new(StaticCredential::new(credential, "test"));
    let limiter = Arc::new(Limiter::default());
    let endpoints = Endpoints::default();
    let client = Client::new(context.clone(), endpoints, credentials, limiter, "test");
    Reader::new(openapi::Reader::new(Arc::new(client)))
}
