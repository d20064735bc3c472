//! A strict server on loopback that serves the mappings: what nothing expects is answered with 500 and fails the test.

use std::sync::Arc;

use wiremock::matchers::any;
use wiremock::{Match, Mock, MockServer, Request, Respond, ResponseTemplate};

use super::mappings::{Seen, Served};

/// After every mapping.
const LAST_PRIORITY: u8 = u8::MAX;

struct Stubs(Arc<Served>);

impl Match for Stubs {
    fn matches(&self, request: &Request) -> bool {
        self.0.expects(&Seen::of_server(request))
    }
}

impl Respond for Stubs {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let Some(answer) = self.0.answer(&Seen::of_server(request)) else {
            return ResponseTemplate::new(500);
        };
        let mut template = ResponseTemplate::new(answer.status);
        for (name, value) in &answer.headers {
            template = template.insert_header(name.as_str(), value.as_str());
        }
        template.set_body_string(answer.json_body.to_string())
    }
}

/// Serves the mappings.
pub(crate) async fn start(served: Served) -> MockServer {
    let server = MockServer::start().await;
    let served = Arc::new(served);
    Mock::given(Stubs(Arc::clone(&served)))
        .respond_with(Stubs(served))
        .mount(&server)
        .await;
    // The default answer to an unexpected call is an empty 404, which would read as "gone".
    Mock::given(any())
        .respond_with(ResponseTemplate::new(500))
        .with_priority(LAST_PRIORITY)
        .expect(0)
        .named("a request that no fixture expects")
        .mount(&server)
        .await;
    server
}

/// The requests that the server received.
pub(crate) async fn received(server: &MockServer) -> Vec<Seen> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(Seen::of_server).collect()
}
