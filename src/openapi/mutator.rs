//! Sends what changes something. Only the teardown's apply makes one; a test holds that nobody else names it.
//!
//! The rate budget is the reader's, as both send through one client. A mutation is sent once, whatever becomes of it: its sender
//! writes each sending down, and looks first or repeats it with the same ClientToken.

use std::sync::Arc;

use serde_json::Value;

use super::client::{Client, invalid};
use super::{ApiError, ErrorClass, Request};
use crate::contracts::{self, Class};

/// Name of the parameter that makes the cloud count repeats once.
const CLIENT_TOKEN: &str = "ClientToken";
/// Longest ClientToken: 64 ASCII characters in every product that documents a limit.
const TOKEN_LIMIT: usize = 64;

/// Sends operations that are classed as mutations.
pub struct Mutator {
    client: Arc<Client>,
}

/// A mutation that the cloud took.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    /// The vendor's request id.
    pub request_id: Option<String>,
    /// A task or job that does the work, where the answer names one.
    pub task: Option<String>,
}

impl Mutator {
    /// Changes things through a client.
    pub fn new(client: Arc<Client>) -> Self {
        Self { client }
    }

    /// Sends one mutation. A ClientToken is given exactly where the contract has one, and the same one for each repeat of the
    /// same call.
    pub async fn mutate(
        &self,
        request: Request,
        client_token: Option<&str>,
    ) -> Result<Accepted, ApiError> {
        let operation = contracts::require(request.product, &request.action)
            .map_err(|violation| invalid(&request, "", violation))?;
        let refuse = |what: &str| ApiError::local(ErrorClass::Invalid, &request, "", what);
        if operation.class != Class::Mutate {
            return Err(refuse(
                "it only reads, and this is for what changes something",
            ));
        }
        let takes_token = operation.place(CLIENT_TOKEN).is_some();
        let request = match (takes_token, client_token) {
            (true, Some(token)) if is_token(token) => request.clone().argument(CLIENT_TOKEN, token),
            (true, Some(_)) => return Err(refuse("its ClientToken is none")),
            (true, None) => return Err(refuse("it takes a ClientToken, and none is given")),
            (false, Some(_)) => return Err(refuse("it takes no ClientToken, and one is given")),
            (false, None) => request,
        };
        let answer = self.client.send(operation, &request).await?;
        Ok(Accepted {
            request_id: first_text(&answer, &["RequestId", "requestId", "request_id"]),
            // CS answers `task_id`, ALB and NLB `JobId`, Resource Orchestration and others `TaskId`.
            task: first_text(&answer, &["task_id", "JobId", "TaskId"]),
        })
    }
}

fn is_token(token: &str) -> bool {
    !token.is_empty() && token.len() <= TOKEN_LIMIT && token.chars().all(|c| c.is_ascii_graphic())
}

fn first_text(answer: &Value, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| answer.get(name)?.as_str())
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    use futures::future::BoxFuture;
    use secrecy::SecretString;
    use serde_json::json;

    use super::*;
    use crate::context::{Context, SteppingClock};
    use crate::model::Region;
    use crate::openapi::{Credential, Endpoints, Limiter, StaticCredential};
    use crate::transport::{
        HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
    };

    /// Answers with these, one a request, and keeps what was sent.
    struct Script {
        answers: Mutex<Vec<Result<(u16, Value), TransportErrorKind>>>,
        sent: Mutex<Vec<HttpRequest>>,
    }

    impl Transport for Script {
        fn send(
            &self,
            request: HttpRequest,
        ) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
            let host = request.host.clone();
            self.sent.lock().unwrap().push(request);
            let answer = self.answers.lock().unwrap().remove(0);
            Box::pin(async move {
                match answer {
                    Ok((status, body)) => Ok(HttpResponse {
                        status,
                        headers: Vec::new(),
                        body: body.to_string().into_bytes(),
                    }),
                    Err(kind) => Err(TransportError::new(kind, host, None)),
                }
            })
        }
    }

    fn script(answers: Vec<Result<(u16, Value), TransportErrorKind>>) -> (Arc<Script>, Mutator) {
        let script = Arc::new(Script {
            answers: Mutex::new(answers),
            sent: Mutex::default(),
        });
        let mut context = Context::system(BTreeMap::new(), Arc::clone(&script) as _);
        let clock = Arc::new(SteppingClock::new("2026-01-15T08:00:00Z".parse().unwrap()));
        context.wall_clock = clock;
        let credential = Credential {
            access_key_id: "LTAI0test".to_owned(),
            secret: SecretString::from("secret"),
            security_token: None,
            expires_at: None,
        };
        let client = Client::new(
            context,
            Endpoints::default(),
            Arc::new(StaticCredential::new(credential, "test")),
            Arc::new(Limiter::default()),
            "42",
        );
        (script, Mutator::new(Arc::new(client)))
    }

    fn delete_disk() -> Request {
        let region = Region::new("cn-hangzhou");
        Request::new("ecs", "DeleteDisk", &region).argument("DiskId", "d-1")
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_have_arrived_is_sent_once() {
        for kind in [TransportErrorKind::TimedOut, TransportErrorKind::Broken] {
            let (script, mutator) = script(vec![Err(kind)]);
            let error = mutator.mutate(delete_disk(), None).await.unwrap_err();
            assert_eq!(error.class, ErrorClass::TransportAmbiguous);
            assert_eq!(script.sent.lock().unwrap().len(), 1);
        }
        let (script, mutator) = script(vec![Ok((503, json!({"Code": "ServiceUnavailable"})))]);
        let error = mutator.mutate(delete_disk(), None).await.unwrap_err();
        assert_eq!(error.class, ErrorClass::Server);
        assert_eq!(script.sent.lock().unwrap().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_refused_is_its_senders_to_send_again() {
        for (answer, class) in [
            (
                Ok((400, json!({"Code": "Throttling.User"}))),
                ErrorClass::Throttled,
            ),
            (
                Ok((400, json!({"Code": "InvalidSecurityToken.Expired"}))),
                ErrorClass::Credentials,
            ),
            (
                Err(TransportErrorKind::NotConnected),
                ErrorClass::TransportBeforeSend,
            ),
        ] {
            let (script, mutator) = script(vec![answer, Ok((200, json!({"RequestId": "R-1"})))]);
            let error = mutator.mutate(delete_disk(), None).await.unwrap_err();
            assert_eq!(error.class, class);
            assert_eq!(script.sent.lock().unwrap().len(), 1, "{class:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_gave_up_may_have_acted() {
        for status in [408, 500, 501, 502, 503, 504, 507, 520, 599] {
            let (script, mutator) = script(vec![Ok((status, json!({"Code": "Odd.Failure"})))]);
            let error = mutator.mutate(delete_disk(), None).await.unwrap_err();
            assert_eq!(error.class, ErrorClass::Server, "{status}");
            assert_eq!(script.sent.lock().unwrap().len(), 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_sent_where_the_contract_has_one_and_nowhere_else() {
        let (script, mutator) = script(vec![Ok((200, json!({"RequestId": "R-1"})))]);
        assert!(
            contracts::operation("ecs", "DeleteDisk")
                .unwrap()
                .place(CLIENT_TOKEN)
                .is_none()
        );
        for (request, token) in [(delete_disk(), Some("token")), (delete_disk(), Some(""))] {
            let error = mutator.mutate(request, token).await.unwrap_err();
            assert_eq!(error.class, ErrorClass::Invalid);
        }
        assert!(script.sent.lock().unwrap().is_empty());
        let region = Region::new("cn-hangzhou");
        let delete =
            Request::new("alb", "DeleteLoadBalancer", &region).argument("LoadBalancerId", "alb-1");
        let error = mutator.mutate(delete.clone(), None).await.unwrap_err();
        assert_eq!(error.class, ErrorClass::Invalid);
        mutator.mutate(delete, Some("token-1")).await.unwrap();
        let sent = script.sent.lock().unwrap();
        let text = format!(
            "{} {}",
            sent[0].target,
            String::from_utf8_lossy(&sent[0].body)
        );
        assert!(text.contains("ClientToken=token-1"), "{text}");
    }

    #[tokio::test(start_paused = true)]
    async fn reads_and_what_no_contract_knows_are_refused() {
        let (script, mutator) = script(Vec::new());
        let region = Region::new("cn-hangzhou");
        for request in [
            Request::new("ecs", "DescribeDisks", &region),
            Request::new("ecs", "DeleteEverything", &region),
        ] {
            let error = mutator.mutate(request, None).await.unwrap_err();
            assert_eq!(error.class, ErrorClass::Invalid);
        }
        assert!(script.sent.lock().unwrap().is_empty());
    }
}
