//! A world for tests of this layer: variables, a home folder, a clock that is set by hand, and a network that answers by rules.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use chrono::DateTime;
use futures::future::BoxFuture;

use super::Reach;
use crate::context::{Context, RandomIds, SteppingClock};
use crate::openapi::Endpoints;
use crate::openapi::sign::{Unsigned, verify::Claim};
use crate::transport::{HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind};

/// 2026-11-25T12:00:00Z
pub(super) const NOW: i64 = 1_795_608_000;

/// A clock that shows [`NOW`].
pub(super) fn clock() -> Arc<SteppingClock> {
    Arc::new(SteppingClock::new(
        DateTime::from_timestamp(NOW, 0).unwrap(),
    ))
}

/// A time after [`NOW`], as the vendor writes it.
pub(super) fn in_seconds(seconds: i64) -> String {
    DateTime::from_timestamp(NOW + seconds, 0)
        .unwrap()
        .format("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

/// An answer that the network gives once.
pub(super) enum Reply {
    /// An answer.
    Http(u16, String),
    /// No connection.
    Unreachable,
}

/// A network with prepared answers, in order; everything that was asked is kept.
#[derive(Default)]
pub(super) struct Network {
    replies: Mutex<VecDeque<Reply>>,
    pub(super) asked: Mutex<Vec<HttpRequest>>,
}

impl Network {
    pub(super) fn will(&self, reply: Reply) {
        self.replies.lock().unwrap().push_back(reply);
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "tests read better with answers made in place"
    )]
    pub(super) fn will_answer(&self, status: u16, body: impl ToString) {
        self.will(Reply::Http(status, body.to_string()));
    }

    pub(super) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    pub(super) fn request(&self, index: usize) -> HttpRequest {
        self.asked.lock().unwrap()[index].clone()
    }
}

impl Transport for Network {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let reply = self.replies.lock().unwrap().pop_front();
        let host = request.host.clone();
        self.asked.lock().unwrap().push(request);
        Box::pin(async move {
            // Other tasks run while a request is out.
            tokio::task::yield_now().await;
            match reply {
                Some(Reply::Http(status, body)) => Ok(HttpResponse {
                    status,
                    headers: Vec::new(),
                    body: body.into_bytes(),
                }),
                Some(Reply::Unreachable) => Err(TransportError::new(
                    TransportErrorKind::TimedOut,
                    host,
                    None,
                )),
                None => panic!("nobody prepared an answer of {host}"),
            }
        })
    }
}

/// The world.
pub(super) struct Fake {
    pub(super) network: Arc<Network>,
    pub(super) clock: Arc<SteppingClock>,
    pub(super) home: tempfile::TempDir,
    variables: BTreeMap<String, String>,
}

impl Fake {
    pub(super) fn new() -> Self {
        Self {
            network: Arc::default(),
            clock: clock(),
            home: tempfile::tempdir().unwrap(),
            variables: BTreeMap::new(),
        }
    }

    pub(super) fn variables(mut self, variables: &[(&str, &str)]) -> Self {
        for (name, value) in variables {
            self.variables
                .insert((*name).to_owned(), (*value).to_owned());
        }
        self
    }

    /// Writes a file below the home folder, for its owner alone.
    pub(super) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        path
    }

    /// Writes `~/.aliyun/config.json`.
    pub(super) fn profiles(&self, current: &str, profiles: &serde_json::Value) -> PathBuf {
        let document = serde_json::json!({"current": current, "profiles": profiles});
        self.write(".aliyun/config.json", &document.to_string())
    }

    pub(super) fn context(&self) -> Context {
        Context {
            wall_clock: self.clock.clone(),
            clock: self.clock.clone(),
            ids: Arc::new(RandomIds),
            environment: Arc::new(self.variables.clone()),
            home: Some(self.home.path().to_path_buf()),
            transport: self.network.clone(),
        }
    }

    pub(super) fn reach(&self) -> Reach {
        Reach {
            context: self.context(),
            endpoints: Endpoints::default(),
        }
    }
}

/// An STS answer.
pub(super) fn sts_answer(id: &str, expires_in: i64) -> String {
    serde_json::json!({
        "RequestId": "6894B13B-6D71-4EF5-88FA-F32781734A7F",
        "AssumedRoleUser": {"Arn": "acs:ram::1234567890123456:role/reader/yunsweep", "AssumedRoleId": "34458433936495****:yunsweep"},
        "Credentials": {
            "AccessKeyId": id, "AccessKeySecret": "r0le-s3cret", "SecurityToken": "r0le-t0ken",
            "Expiration": in_seconds(expires_in)
        }
    })
    .to_string()
}

/// What metadata and credential URIs answer.
pub(super) fn key_answer(id: &str, expires_in: i64) -> String {
    serde_json::json!({
        "Code": "Success", "AccessKeyId": id, "AccessKeySecret": "answered-s3cret",
        "SecurityToken": "answered-t0ken", "Expiration": in_seconds(expires_in),
        "LastUpdated": in_seconds(0)
    })
    .to_string()
}

/// An error with all its causes, as text and as debug text: where a secret would show.
pub(super) fn all_text(error: &dyn std::error::Error) -> String {
    let mut text = format!("{error}\n{error:?}");
    let mut cause = error.source();
    while let Some(current) = cause {
        write!(text, "\n{current}\n{current:?}").unwrap();
        cause = current.source();
    }
    text
}

/// The parameters of a request, from query and form.
pub(super) fn parameters(request: &HttpRequest) -> BTreeMap<String, String> {
    let query = request
        .target
        .split_once('?')
        .map_or("", |(_, query)| query);
    let form = String::from_utf8(request.body.clone()).unwrap();
    [query, form.as_str()]
        .into_iter()
        .flat_map(|text| text.split('&'))
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| {
            let decoded = percent_encoding::percent_decode_str(value);
            (name.to_owned(), decoded.decode_utf8().unwrap().into_owned())
        })
        .collect()
}

/// Panics unless the request is signed with this key.
pub(super) fn assert_signed(request: &HttpRequest, id: &str, secret: &str) {
    let mut headers = request.headers.clone();
    headers.push(("host".to_owned(), request.host.clone()));
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((request.target.as_str(), ""));
    let query: Vec<(String, Option<String>)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| {
            let decoded = percent_encoding::percent_decode_str(value);
            (
                name.to_owned(),
                Some(decoded.decode_utf8().unwrap().into_owned()),
            )
        })
        .collect();
    let unsigned = Unsigned {
        method: &request.method,
        path,
        query: &query,
        headers: &headers,
        body: &request.body,
    };
    let claim = Claim::read(&unsigned).unwrap();
    assert_eq!(claim.access_key_id, id);
    claim.verify(&unsigned, secret).unwrap();
}
