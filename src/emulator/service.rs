//! The service: one request in, one answer out. No sockets here; [`super::server`] and [`super::direct`] bring requests.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::authenticate::{Nonces, authenticate};
use super::changes;
use super::clusters::Clusters;
use super::errors::{Family, Refusal};
use super::faults::{self, Effect, Fault};
use super::identities::{Identities, Principal};
use super::lookup;
use super::onlooker::{Onlooker, SeenCall};
use super::operations::{self, Scene};
use super::products::products;
use super::received::Received;
use super::route::{Call, route};
use super::scenario::Account;
use super::tally::Tally;
use super::throttle::{self, Throttle, Throttling};
use super::world::cloud::Cloud;
use super::xml;
use crate::context::{Clock, OneTimeIds};
use crate::contracts::{Class, Operation, Shape};
use crate::transport::HttpResponse;

/// All that answers are made from.
pub(super) struct Service {
    pub(super) account: Account,
    pub(super) region: String,
    pub(super) regions: Vec<String>,
    /// The only state that a change may touch.
    pub(super) cloud: Arc<Cloud>,
    /// The keys of all accounts.
    pub(super) identities: Arc<Identities>,
    pub(super) clusters: Clusters,
    pub(super) faults: Vec<Fault>,
    pub(super) onlooker: Option<Arc<dyn Onlooker>>,
    pub(super) throttling: Throttling,
    pub(super) throttle: Throttle,
    pub(super) nonces: Nonces,
    pub(super) tally: Tally,
    /// The real clock.
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn OneTimeIds>,
}

/// What happens with a request.
#[derive(Debug)]
pub(super) struct Reply {
    /// How much later.
    pub(super) delay: Duration,
    /// What.
    pub(super) outcome: Outcome,
}

/// What the client gets.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The answer.
    Whole(HttpResponse),
    /// The beginning of the answer, then the connection breaks.
    Cut(HttpResponse),
    /// Nothing: the connection breaks.
    Nothing,
}

/// An answer's way back: whom it is for, and under which id.
struct Envelope<'e> {
    family: Family,
    request_id: &'e str,
    host: &'e str,
    now: DateTime<Utc>,
}

impl Service {
    /// Answers one request.
    pub(super) fn handle(&self, received: &Received) -> Reply {
        let now = self.clock.now();
        self.cloud.settle();
        let request_id = self.ids.next().to_uppercase();
        let envelope = |family| Envelope {
            family,
            request_id: &request_id,
            host: &received.host,
            now,
        };
        let call = match route(received, &self.region) {
            Ok(call) => call,
            Err((family, refusal)) => {
                return Reply {
                    delay: Duration::ZERO,
                    outcome: Outcome::Whole(envelope(family).refusal(&refusal)),
                };
            }
        };
        let operation = call.operation;
        self.tally
            .add(format!("{}:{}", operation.product, operation.action));
        let seen = self
            .onlooker
            .as_ref()
            .map(|onlooker| (onlooker, SeenCall::of(&call, self.cloud.now())));
        let mut effects =
            faults::effects(&self.faults, call.operation.product, &call.operation.action);
        if let Some((onlooker, seen)) = &seen {
            effects.extend(onlooker.arrives(seen));
        }
        let delay = effects
            .iter()
            .map(|effect| match effect {
                Effect::Slow(time) => *time,
                _ => Duration::ZERO,
            })
            .sum();
        let outcome = if effects.contains(&Effect::CutBefore) {
            Outcome::Nothing
        } else {
            let answer = self.answer(received, &call, &effects, &request_id, now);
            let envelope = envelope(call.family);
            let response = match answer {
                Ok(body) => envelope.answer(call.operation, &body),
                Err(refusal) => envelope.refusal(&refusal),
            };
            if let Some((onlooker, seen)) = &seen {
                onlooker.is_done(seen, response.status);
            }
            disturb(response, &effects)
        };
        Reply { delay, outcome }
    }

    fn answer(
        &self,
        received: &Received,
        call: &Call,
        effects: &[Effect],
        request_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Value, Refusal> {
        let caller = authenticate(received, call, &self.identities, &self.nonces, now)?;
        self.refused_by_plan(call, effects, caller.as_ref())?;
        call.check()?;
        if self.throttling == Throttling::Published {
            let operation = call.operation;
            let now = self.cloud.callers_time();
            self.throttle
                .admit(operation.product, &call.region, &operation.action, now)
                .map_err(|wait_ms| throttled(call, wait_ms))?;
        }
        if call.operation.class == Class::Mutate
            && operations::handler(call.operation.product, &call.operation.action).is_none()
        {
            return finish(call.operation, self.change(call)?, request_id);
        }
        let world = self.cloud.read();
        let scene = Scene {
            account: &self.account,
            regions: &self.regions,
            caller: caller.as_ref(),
            identities: &self.identities,
            clusters: &self.clusters,
            world: &world,
            effects,
            ids: self.ids.as_ref(),
            now,
        };
        let body = look_up(&scene, call)?;
        finish(call.operation, body, request_id)
    }

    /// Changes the world as a call says.
    fn change(&self, call: &Call) -> Result<Value, Refusal> {
        let mut scene = changes::Scene {
            world: &mut self.cloud.write(),
            ids: self.ids.as_ref(),
        };
        changes::apply(&mut scene, call)
    }

    /// What the fault plan answers in place of the operation.
    fn refused_by_plan(
        &self,
        call: &Call,
        effects: &[Effect],
        caller: Option<&Principal>,
    ) -> Result<(), Refusal> {
        let family = call.family;
        let refusal = effects.iter().find_map(|effect| match effect {
            Effect::Deny => Some(Refusal::denied(
                family,
                call.operation,
                &self.account.id,
                caller.unwrap_or(&self.account.user()),
            )),
            Effect::Throttle => Some(throttled(call, 1000)),
            Effect::ServerError => Some(Refusal::unavailable(family)),
            Effect::ExpiredToken => Some(Refusal::expired_token(family)),
            Effect::Code { code, status } => Some(Refusal::new(
                *status,
                code.clone(),
                "As the fault plan says.",
            )),
            _ => None,
        });
        refusal.map_or(Ok(()), Err)
    }
}

/// Answers what a call asks.
fn look_up(scene: &Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let operation = call.operation;
    if let Some(handler) = operations::handler(operation.product, &operation.action) {
        return handler(scene, call);
    }
    let row = products().row(operation).ok_or_else(|| {
        let label = operation.label();
        Refusal::not_emulated(format!("the emulator has no answer to {label}"))
    })?;
    lookup::answer(
        scene.world,
        row,
        call,
        scene.effects.contains(&Effect::EmptyPage),
    )
}

fn throttled(call: &Call, wait_ms: u64) -> Refusal {
    let status = throttle::status(call.operation.product);
    Refusal::throttled(call.family, status, wait_ms)
}

/// Adds the request id where the contract has one, and holds the answer against the contract.
fn finish(operation: &Operation, mut body: Value, request_id: &str) -> Result<Value, Refusal> {
    if let Some(Shape::Object(fields)) = &operation.response {
        for name in ["RequestId", "requestId", "request_id"] {
            if fields.contains_key(name) {
                lookup::set(&mut body, name, json!(request_id));
            }
        }
    }
    operation
        .check_answer(&body)
        .map_err(|violation| Refusal::own_answer(&violation))?;
    Ok(body)
}

/// What the fault plan makes of an answer.
fn disturb(mut response: HttpResponse, effects: &[Effect]) -> Outcome {
    for effect in effects {
        match effect {
            Effect::Html => {
                response.status = 502;
                response.body = b"<html><body><h1>502 Bad Gateway</h1></body></html>".to_vec();
                response.headers.retain(|(name, _)| name != "content-type");
                response
                    .headers
                    .push(("content-type".to_owned(), "text/html".to_owned()));
            }
            Effect::Garbage => response.body.truncate(response.body.len() / 2),
            Effect::Cut => return Outcome::Cut(response),
            _ => {}
        }
    }
    Outcome::Whole(response)
}

impl Envelope<'_> {
    fn answer(&self, operation: &Operation, body: &Value) -> HttpResponse {
        let text = match self.family {
            Family::Oss => {
                let root = products()
                    .row(operation)
                    .and_then(|row| row.xml.as_deref())
                    .unwrap_or("Result");
                xml::document(root, body)
            }
            _ => body.to_string(),
        };
        self.response(200, text)
    }

    fn refusal(&self, refusal: &Refusal) -> HttpResponse {
        let text = refusal.body(self.family, self.request_id, self.host);
        let mut response = self.response(refusal.status, text);
        if let Some(wait) = refusal.retry_after_ms {
            response
                .headers
                .push(("x-acs-retry-after".to_owned(), wait.to_string()));
        }
        response
    }

    fn response(&self, status: u16, text: String) -> HttpResponse {
        let kind = match self.family {
            Family::Oss => "application/xml",
            _ => "application/json;charset=utf-8",
        };
        let date = self.now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let id = self.family.request_id_header();
        HttpResponse {
            status,
            headers: vec![
                ("content-type".to_owned(), kind.to_owned()),
                ("date".to_owned(), date),
                (id.to_owned(), self.request_id.to_owned()),
            ],
            body: text.into_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contracts::operation;

    #[test]
    fn an_answer_of_our_own_that_the_contract_does_not_know_is_refused() {
        let disks = operation("ecs", "DescribeDisks").unwrap();
        let good = finish(disks, json!({"Disks": {"Disk": [{"Size": 40}]}}), "R").unwrap();
        assert_eq!(good["RequestId"], "R");
        for bad in [
            json!({"Disks": {"Disk": [{"Size": "40"}]}}),
            json!({"Disks": {"Disk": [{"Sise": 40}]}}),
            json!({"Disk": []}),
            json!([]),
        ] {
            let refusal = finish(disks, bad.clone(), "R").unwrap_err();
            assert_eq!(
                (refusal.status, refusal.code.as_str()),
                (500, "Emulator.AnswerAgainstContract"),
                "{bad}"
            );
        }
    }
}
