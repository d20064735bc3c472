//! The fault plan, as the client sees it.

use super::*;
use crate::openapi::ErrorClass;

fn disks() -> Request {
    request("ecs", "DescribeDisks").query("RegionId", "cn-hangzhou")
}

async fn failure(fault: &str) -> ApiError {
    let running = start(&[fault]).await;
    read(&running, disks()).await.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn each_effect_is_what_the_client_takes_it_for() {
    for (effect, class, code) in [
        ("deny", ErrorClass::Denied, Some("Forbidden.RAM")),
        ("throttle", ErrorClass::Throttled, Some("Throttling.User")),
        ("5xx", ErrorClass::Server, Some("ServiceUnavailable")),
        ("cut", ErrorClass::TransportAmbiguous, None),
        ("cut-before", ErrorClass::TransportAmbiguous, None),
        ("slow:61s", ErrorClass::TransportAmbiguous, None),
        (
            "expired-token",
            ErrorClass::Credentials,
            Some("InvalidSecurityToken.Expired"),
        ),
        (
            "code:ServiceNotEnabled:400",
            ErrorClass::NotActivated,
            Some("ServiceNotEnabled"),
        ),
        ("html", ErrorClass::Server, None),
        ("garbage", ErrorClass::Decode, None),
    ] {
        let error = failure(&format!("ecs:DescribeDisks={effect}")).await;
        assert_eq!(
            (error.class, error.code.as_deref()),
            (class, code),
            "{effect}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_names_the_missing_permission_and_who_lacks_it() {
    let error = failure("ecs:DescribeDisks=deny").await;
    assert_eq!(
        error.missing_permission.unwrap().action,
        "ecs:DescribeDisks"
    );
    let running = start(&["ecs:DescribeDisks=deny"]).await;
    let response = send(&running, signed(running.keys(), "DescribeDisks", &[], &[])).await;
    let detail = &body(&response)["AccessDeniedDetail"];
    assert_eq!(detail["AuthPrincipalDisplayName"], "200000000000000042");
    assert_eq!(detail["AuthPrincipalOwnerId"], running.account());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_once_is_repeated_by_the_client() {
    for effect in ["throttle", "5xx", "cut", "cut-before", "html"] {
        let running = start(&[&format!("ecs:DescribeDisks#1={effect}")]).await;
        let answer = read(&running, disks()).await;
        assert_eq!(
            answer.unwrap()["Disks"]["Disk"].as_array().map(Vec::len),
            Some(4),
            "{effect}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_page_says_that_there_is_more() {
    let running = start(&["ecs:DescribeDisks#1=empty-page"]).await;
    let reader = reader(&running);
    let found = pages(&reader, disks(), "Disks.Disk", "DiskId").await;
    assert_eq!(found.len(), 4, "the token leads on");
    let running = start(&["vpc:DescribeVpcs=empty-page"]).await;
    let vpcs = request("vpc", "DescribeVpcs").query("RegionId", "cn-hangzhou");
    let reader = super::reader(&running);
    let last = Pages::new(&reader, vpcs, "Vpcs.Vpc", "VpcId")
        .into_stream()
        .collect::<Vec<_>>()
        .await
        .pop();
    let error = last.unwrap().unwrap_err();
    assert_eq!(error.class, ErrorClass::Incomplete);
}

#[tokio::test(start_paused = true)]
async fn other_operations_and_calls_go_well() {
    let running = start(&["ecs:DescribeDisks#2=deny"]).await;
    let reader = reader(&running);
    assert!(reader.read(disks()).await.is_ok());
    assert!(reader.read(disks()).await.is_err());
    assert!(reader.read(disks()).await.is_ok());
    let snapshots = request("ecs", "DescribeSnapshots").query("RegionId", "cn-hangzhou");
    assert!(reader.read(snapshots).await.is_ok());
}
