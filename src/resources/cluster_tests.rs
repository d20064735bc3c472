//! When a cluster is opened again.

use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Request as HttpRequest, Response};
use hyper::body::Bytes;
use serde_json::json;

use super::*;
use crate::context::{Context, SteppingClock};
use crate::kubernetes::InProcessServer;
use crate::resources::testing::{cell, context, reader, resource};

fn cluster() -> ResourceId {
    resource(&cell("cn-hangzhou"), "ack.cluster", "c1").id
}

/// A world in which ACK refuses kubeconfigs, and how often it was asked for one.
fn refusing() -> (Context, Arc<SteppingClock>, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let mut context = context(move |_, target| {
        assert!(target.contains("user_config"), "{target}");
        counted.fetch_add(1, Ordering::Relaxed);
        (403, json!({"code": "StatusForbidden"}))
    });
    let clock = Arc::new(SteppingClock::new("2026-02-14T02:00:00Z".parse().unwrap()));
    context.clock = Arc::clone(&clock) as _;
    context.wall_clock = Arc::clone(&clock) as _;
    (context, clock, asked)
}

fn clusters(context: &Context) -> Clusters {
    let options = ClientOptions::new(context);
    Clusters::new(options, Arc::clone(&context.wall_clock), false)
}

/// A client whose server answers with that status.
fn answering(context: &Context, status: u16) -> Arc<ClusterClient> {
    let server: InProcessServer = Arc::new(move |_: HttpRequest<Bytes>| {
        let body = Bytes::from(json!({"gitVersion": "v1.34.1"}).to_string());
        Response::builder().status(status).body(body).unwrap()
    });
    let options = ClientOptions::new(context);
    Arc::new(ClusterClient::in_process(server, "token".into(), &options))
}

#[tokio::test]
async fn a_failure_stands_for_a_moment_and_not_for_the_run() {
    let (context, clock, asked) = refusing();
    let (clusters, api) = (clusters(&context), reader(&context));
    for _ in 0..5 {
        assert!(clusters.client(api.openapi(), &cluster()).await.is_err());
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    clock.advance(FAILURE_HOLDS);
    assert!(clusters.client(api.openapi(), &cluster()).await.is_err());
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_login_that_is_not_accepted_is_not_used_again() {
    let (context, _, asked) = refusing();
    let api = reader(&context);
    for (status, is_asked) in [(200, 0), (503, 0), (401, 1)] {
        let client = answering(&context, status);
        let clusters = clusters(&context).with_client(&cluster(), client);
        let opened = clusters.client(api.openapi(), &cluster()).await.unwrap();
        assert_eq!(opened.version().await.is_ok(), status == 200);
        let again = clusters.client(api.openapi(), &cluster()).await;
        assert_eq!(again.is_err(), is_asked == 1, "{status}");
        assert_eq!(asked.load(Ordering::Relaxed), is_asked, "{status}");
    }
}

#[test]
fn a_login_is_renewed_before_it_ends() {
    let (context, clock, _) = refusing();
    let client = answering(&context, 200);
    let from_ack = clusters(&context);
    let until = from_ack.ends(&cluster(), &client);
    assert!(from_ack.is_good(&client, until));
    clock.advance(TimeDelta::minutes(49));
    assert!(from_ack.is_good(&client, until));
    clock.advance(TimeDelta::minutes(1));
    assert!(!from_ack.is_good(&client, until));
    // Nothing says when that of a file ends.
    let file = LocalKubeconfig {
        path: PathBuf::from("kubeconfig"),
        context: None,
    };
    let local = clusters(&context).with_local("c1", file);
    assert_eq!(local.ends(&cluster(), &client), None);
}
