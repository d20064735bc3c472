use std::sync::Mutex as StdMutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::testing::{self, all_text};
use super::*;
use crate::context::SteppingClock;
use crate::credentials::key;

/// Gives keys that live for some seconds, or fails.
struct Counting {
    clock: Arc<SteppingClock>,
    fetches: AtomicUsize,
    lives_for: StdMutex<Result<i64, String>>,
    is_always_the_same: bool,
}

impl Source for Arc<Counting> {
    fn fetch(&self) -> BoxFuture<'_, Result<Credential, CredentialError>> {
        Box::pin(async {
            let number = self.fetches.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::task::yield_now().await;
            let lives_for = self.lives_for.lock().unwrap().clone();
            match lives_for {
                Ok(seconds) => {
                    let id = if self.is_always_the_same {
                        "STS.same".to_owned()
                    } else {
                        format!("STS.{number}")
                    };
                    let end = self.clock.now() + TimeDelta::seconds(seconds);
                    key::credential(
                        "counting",
                        Some(&id),
                        Some("s3cret"),
                        Some("t0ken"),
                        Some(end),
                    )
                }
                Err(what) => Err(CredentialError {
                    cause: Some(Box::new(std::io::Error::other("beneath"))),
                    ..broken("counting", what, "do something")
                }),
            }
        })
    }

    fn name(&self) -> &'static str {
        "counting"
    }
}

fn world(lives_for: i64) -> (Arc<SteppingClock>, Arc<Counting>, Renewing<Arc<Counting>>) {
    let clock = testing::clock();
    let source = Arc::new(Counting {
        clock: clock.clone(),
        fetches: AtomicUsize::new(0),
        lives_for: StdMutex::new(Ok(lives_for)),
        is_always_the_same: false,
    });
    let provider = Renewing::new(source.clone(), clock.clone());
    (clock, source, provider)
}

fn fetches(source: &Counting) -> usize {
    source.fetches.load(Ordering::SeqCst)
}

#[tokio::test]
async fn a_credential_is_kept_until_three_minutes_before_its_end() {
    let (clock, source, provider) = world(3600);
    assert_eq!(provider.credential().await.unwrap().access_key_id, "STS.1");
    clock.advance(TimeDelta::seconds(3600 - 181));
    assert_eq!(provider.credential().await.unwrap().access_key_id, "STS.1");
    clock.advance(TimeDelta::seconds(1));
    assert_eq!(provider.credential().await.unwrap().access_key_id, "STS.2");
    assert_eq!(fetches(&source), 2);
}

#[tokio::test]
async fn many_callers_cause_one_fetch() {
    let (_clock, source, provider) = world(3600);
    let all = futures::future::join_all((0..50).map(|_| provider.credential())).await;
    assert!(
        all.into_iter()
            .all(|one| one.unwrap().access_key_id == "STS.1")
    );
    assert_eq!(fetches(&source), 1);
}

#[tokio::test]
async fn many_callers_of_an_ended_credential_cause_one_renewal() {
    let (clock, source, provider) = world(3600);
    provider.credential().await.unwrap();
    clock.advance(TimeDelta::minutes(5));
    let all = futures::future::join_all((0..50).map(|_| provider.renew())).await;
    assert!(
        all.into_iter()
            .all(|one| one.unwrap().unwrap().access_key_id == "STS.2")
    );
    assert_eq!(fetches(&source), 2);
}

#[tokio::test]
async fn a_failure_is_told_to_all_that_wait_and_not_repeated_at_once() {
    let (clock, source, provider) = world(3600);
    *source.lives_for.lock().unwrap() = Err("it is broken".to_owned());
    let all = futures::future::join_all((0..50).map(|_| provider.credential())).await;
    for outcome in all {
        let error = outcome.unwrap_err();
        assert_eq!(error.to_string(), "counting: it is broken");
        assert_eq!(error.hint.as_deref(), Some("do something"));
        assert!(all_text(&error).contains("beneath"));
    }
    assert_eq!(fetches(&source), 1);
    *source.lives_for.lock().unwrap() = Ok(3600);
    clock.advance(PAUSE);
    assert!(provider.credential().await.is_ok());
}

#[tokio::test]
async fn what_is_still_valid_outlives_a_failed_renewal_but_not_its_end() {
    let (clock, source, provider) = world(3600);
    provider.credential().await.unwrap();
    *source.lives_for.lock().unwrap() = Err("it is broken".to_owned());
    clock.advance(TimeDelta::seconds(3500));
    assert_eq!(provider.credential().await.unwrap().access_key_id, "STS.1");
    assert_eq!(provider.credential().await.unwrap().access_key_id, "STS.1");
    assert_eq!(fetches(&source), 2, "not asked again within the pause");
    clock.advance(TimeDelta::seconds(101));
    assert!(provider.credential().await.is_err());
}

#[tokio::test]
async fn an_ended_credential_is_no_credential() {
    let (_clock, _source, provider) = world(-1);
    let error = provider.credential().await.unwrap_err();
    assert!(
        error.what.contains("ended at 2026-11-25T11:59:59Z"),
        "{error}"
    );
    assert!(provider.renew().await.is_err());
}

#[tokio::test]
async fn a_source_that_gives_the_same_again_cannot_renew() {
    let clock = testing::clock();
    let source = Arc::new(Counting {
        clock: clock.clone(),
        fetches: AtomicUsize::new(0),
        lives_for: StdMutex::new(Ok(3600)),
        is_always_the_same: true,
    });
    let provider = Renewing::new(source, clock.clone());
    provider.credential().await.unwrap();
    clock.advance(TimeDelta::minutes(1));
    assert!(provider.renew().await.unwrap().is_none());
}

#[tokio::test]
async fn a_short_life_does_not_make_every_call_a_fetch() {
    let (clock, source, provider) = world(120);
    for _ in 0..20 {
        provider.credential().await.unwrap();
    }
    assert_eq!(fetches(&source), 1);
    clock.advance(PAUSE);
    provider.credential().await.unwrap();
    assert_eq!(fetches(&source), 2);
}
