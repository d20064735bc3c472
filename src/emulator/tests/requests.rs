//! What is refused before an operation is carried out.

use super::*;

const HERE: (&str, &str) = ("RegionId", "cn-hangzhou");

#[tokio::test]
async fn unknown_operations_parameters_and_versions_are_refused() {
    let running = start(&[]).await;
    let keys = running.keys();
    for (action, query, expected) in [
        ("DescribeDisks", &[HERE][..], code(200, "")),
        ("DescribeDiskz", &[HERE], code(404, "InvalidApi.NotFound")),
        (
            "DescribeDisks",
            &[HERE, ("Colour", "red")],
            code(400, "InvalidParameter"),
        ),
        (
            "DescribeDisks",
            &[HERE, ("PageSize", "many")],
            code(400, "InvalidParameter"),
        ),
        ("DescribeDisks", &[], code(400, "MissingParameter")),
        (
            "DescribeDisks",
            &[HERE, ("Tag.1.Colour", "red")],
            code(400, "InvalidParameter"),
        ),
        (
            "DescribeDisks",
            &[HERE, ("DiskIds", "d-1")],
            code(400, "InvalidParameter"),
        ),
        (
            "DescribeDisks",
            &[("RegionId", "cn-beijing")],
            code(404, "InvalidRegionId.NotFound"),
        ),
        // A parameter that the contract knows and the emulator does not is not ignored.
        (
            "DescribeDisks",
            &[HERE, ("LockReason", "security")],
            code(400, "Emulator.NotBuilt"),
        ),
    ] {
        let nonce = format!("{action}{query:?}");
        let request = signed(keys, action, query, &[("x-acs-signature-nonce", &nonce)]);
        assert_eq!(
            outcome(&running, request).await,
            expected,
            "{action} {query:?}"
        );
    }
    let version = [
        ("x-acs-version", "2014-05-27"),
        ("x-acs-signature-nonce", "v"),
    ];
    let request = signed(keys, "DescribeDisks", &[HERE], &version);
    assert_eq!(
        outcome(&running, request).await,
        code(400, "InvalidVersion")
    );
}

#[tokio::test]
async fn changes_that_cannot_be_made_are_refused_and_say_why() {
    let running = start(&[]).await;
    let request = signed(
        running.keys(),
        "DeleteSnapshotGroup",
        &[("RegionId", "cn-hangzhou"), ("SnapshotGroupId", "ssg-1")],
        &[],
    );
    let response = send(&running, request).await;
    let body = body(&response);
    assert_eq!(
        (response.status, &body["Code"]),
        (400, &json!("Emulator.NotBuilt"))
    );
    assert!(
        body["Message"]
            .as_str()
            .unwrap()
            .contains("cannot do ecs DeleteSnapshotGroup")
    );
    assert_eq!(
        body["RequestId"].as_str(),
        response.header("x-acs-request-id")
    );
    assert_eq!(body["HostId"], "ecs.cn-hangzhou.aliyuncs.com");
}

#[tokio::test]
async fn every_answer_has_the_real_date_and_a_request_id() {
    let running = start(&[]).await;
    for action in ["DescribeDisks", "DescribeDiskz"] {
        let headers = [("x-acs-signature-nonce", action)];
        let response = send(&running, signed(running.keys(), action, &[HERE], &headers)).await;
        assert_eq!(
            response.header("date"),
            Some("Wed, 25 Nov 2026 12:00:00 GMT")
        );
        assert_eq!(response.header("x-acs-request-id").map(str::len), Some(36));
        assert_eq!(
            response.header("content-type"),
            Some("application/json;charset=utf-8")
        );
    }
}

#[tokio::test]
async fn the_limit_counts_calls_and_says_when_there_is_room() {
    let scenario = Scenario::load("ack-sop").unwrap();
    let published = Options {
        throttling: Throttling::Published,
        ..options()
    };
    let running = Emulator::start(scenario, published).await.unwrap();
    let call = |nonce: &str| {
        let headers = [("x-acs-signature-nonce", nonce)];
        signed(running.keys(), "DescribeDisks", &[HERE], &headers)
    };
    for nonce in ["1", "2", "3", "4", "5"] {
        assert_eq!(outcome(&running, call(nonce)).await, code(200, ""));
    }
    let response = send(&running, call("6")).await;
    assert_eq!(response.status, 400);
    assert_eq!(body(&response)["Code"], "Throttling.User");
    assert_eq!(response.header("x-acs-retry-after"), Some("1000"));
    let other = signed(
        running.keys(),
        "DescribeSnapshots",
        &[HERE],
        &[("x-acs-signature-nonce", "7")],
    );
    assert_eq!(outcome(&running, other).await, code(200, ""));
}

#[tokio::test]
async fn the_emulator_listens_on_loopback_only() {
    let open = Options {
        listen: ([0, 0, 0, 0], 0).into(),
        ..options()
    };
    let refused = Emulator::start(Scenario::load("ack-sop").unwrap(), open).await;
    assert!(matches!(
        refused.map(|_| ()),
        Err(super::super::EmulatorError::NotLoopback(_))
    ));
}
