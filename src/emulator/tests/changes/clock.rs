//! The world's clock: sleeping by it moves it, the real time does not notice.

use super::*;

#[tokio::test]
async fn a_sleeper_moves_the_worlds_time_and_not_that_of_signatures() {
    let running = start(&[]).await;
    let clock = running.clock();
    let before = clock.now();
    assert_eq!(before, running.world_time());
    clock.sleep(Duration::from_hours(40 * 24)).await;
    assert_eq!(clock.now() - before, chrono::TimeDelta::days(40));
    let response = send(
        &running,
        signed(running.keys(), "DescribeDisks", &[HERE], &[]),
    )
    .await;
    assert_eq!(response.status, 200, "a signature of the real time is good");
    assert_eq!(
        response.header("date"),
        Some("Wed, 25 Nov 2026 12:00:00 GMT")
    );
}

#[tokio::test]
async fn of_several_sleepers_the_first_to_wake_wakes_first() {
    let running = start(&[]).await;
    let clock = running.clock();
    let start = clock.now();
    let woken = std::sync::Mutex::new(Vec::new());
    let sleeper = async |seconds: u64| {
        clock.sleep(Duration::from_secs(seconds)).await;
        woken
            .lock()
            .unwrap()
            .push((seconds, (clock.now() - start).num_seconds()));
    };
    tokio::join!(sleeper(100), sleeper(5), sleeper(30));
    assert_eq!(*woken.lock().unwrap(), [(5, 5), (30, 30), (100, 100)]);
}

#[tokio::test]
async fn a_sleeper_that_is_never_polled_again_does_not_stop_the_others() {
    let running = start(&[]).await;
    let clock = running.clock();
    let mut forgotten = clock.sleep(Duration::from_secs(1));
    let polled = futures::poll!(&mut forgotten);
    assert!(polled.is_pending());
    let before = clock.now();
    clock.sleep(Duration::from_secs(10)).await;
    assert_eq!((clock.now() - before).num_seconds(), 10);
}

/// A real clock that is set by hand.
#[derive(Debug)]
struct Hands(std::sync::Mutex<chrono::DateTime<chrono::Utc>>);

impl crate::context::Clock for Hands {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, _duration: Duration) -> futures::future::BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

#[tokio::test]
async fn with_a_scale_the_world_goes_faster_than_the_real_time() {
    for (scale, passed) in [(0, 0), (1, 2), (30, 60)] {
        let real = Arc::new(Hands(std::sync::Mutex::new(NOW.parse().unwrap())));
        let clock: Arc<dyn crate::context::Clock> = Arc::clone(&real) as _;
        let options = Options {
            time_scale: scale,
            clock,
            ..options()
        };
        let scenario = Scenario::load("ack-sop").unwrap();
        let running = Emulator::start(scenario, options).await.unwrap();
        let before = running.world_time();
        good(
            &running,
            "ecs",
            "DeleteDisk",
            &[("DiskId", "d-bp1laborphan00000001")],
        )
        .await;
        *real.0.lock().unwrap() += chrono::TimeDelta::seconds(2);
        assert_eq!((running.world_time() - before).num_seconds(), passed);
        let left = running.holds("ecs/disk").len();
        assert_eq!(left, if passed < 2 { 4 } else { 3 }, "scale {scale}");
    }
}
