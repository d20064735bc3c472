//! ClientToken, parameters, and items that never go.

use super::*;

const ALB: &str = "alb-labsop000000000042";

#[tokio::test]
async fn the_same_call_with_the_same_token_counts_once() {
    let running = start(&[]).await;
    good(
        &running,
        "alb",
        "DisableDeletionProtection",
        &[("ResourceId", ALB)],
    )
    .await;
    let delete = [("LoadBalancerId", ALB), ("ClientToken", "token-1")];
    let first = good(&running, "alb", "DeleteLoadBalancer", &delete).await;
    let again = good(&running, "alb", "DeleteLoadBalancer", &delete).await;
    assert_eq!(first["JobId"], again["JobId"]);
    assert_ne!(first["RequestId"], again["RequestId"]);
    assert_eq!(running.holds("alb/job").len(), 1);
    wait(&running, 60).await;
    let late = good(&running, "alb", "DeleteLoadBalancer", &delete).await;
    assert_eq!(late["JobId"], first["JobId"], "even when it is gone");
    let other_token = [delete[0], ("ClientToken", "token-2")];
    let gone = said(&running, "alb", "DeleteLoadBalancer", &other_token).await;
    assert_eq!(gone, code(404, "ResourceNotFound.LoadBalancer"));
    let other_call = [("LoadBalancerId", "alb-other"), delete[1]];
    let refused = said(&running, "alb", "DeleteLoadBalancer", &other_call).await;
    assert_eq!(refused, code(400, "IdempotenceSignatureMismatch"));
}

#[tokio::test]
async fn a_refused_call_does_not_use_its_token_up() {
    let running = start(&[]).await;
    let delete = [("LoadBalancerId", ALB), ("ClientToken", "token-1")];
    let refused = said(&running, "alb", "DeleteLoadBalancer", &delete).await;
    assert_eq!(
        refused,
        code(400, "OperationDenied.DeletionProtectionEnabled")
    );
    good(
        &running,
        "alb",
        "DisableDeletionProtection",
        &[("ResourceId", ALB)],
    )
    .await;
    good(&running, "alb", "DeleteLoadBalancer", &delete).await;
}

#[tokio::test]
async fn parameters_that_do_nothing_here_are_refused_and_missing_ids_named() {
    let running = start(&[]).await;
    let retained = [("LoadBalancerId", ALB), ("RetainResourceType.1", "x")];
    let refused = said(&running, "alb", "DeleteLoadBalancer", &retained).await;
    assert_eq!(refused, code(400, "Emulator.NotBuilt"));
    let without = said(&running, "alb", "DeleteLoadBalancer", &[]).await;
    assert_eq!(without, code(400, "MissingParameter"));
    let unknown = said(&running, "ecs", "DeleteDisk", &[("DiskIdz", "d-1")]).await;
    assert_eq!(unknown, code(400, "InvalidParameter"));
}

#[tokio::test]
async fn what_cannot_be_deleted_is_accepted_and_stays() {
    let undeletable = [
        ("alb/load_balancer", ALB),
        ("ecs/disk", "d-bp1labsystem00000001"),
    ];
    let options = Options {
        undeletable: undeletable
            .iter()
            .map(|(collection, id)| ((*collection).to_owned(), (*id).to_owned()))
            .collect(),
        ..options()
    };
    let scenario = Scenario::load("ack-sop").unwrap();
    let running = Emulator::start(scenario, options).await.unwrap();
    good(
        &running,
        "alb",
        "DisableDeletionProtection",
        &[("ResourceId", ALB)],
    )
    .await;
    let answer = good(
        &running,
        "alb",
        "DeleteLoadBalancer",
        &[("LoadBalancerId", ALB)],
    )
    .await;
    let instance = [("InstanceId", "i-bp1labworker00000001"), ("Force", "true")];
    good(&running, "ecs", "DeleteInstance", &instance).await;
    wait(&running, 86_400).await;
    assert_eq!(running.holds("alb/load_balancer"), [ALB]);
    assert_eq!(running.holds("ecs/instance"), ["i-bp1labworker00000002"]);
    assert!(
        running
            .holds("ecs/disk")
            .contains(&"d-bp1labsystem00000001".to_owned())
    );
    let job = [("JobIds.1", answer["JobId"].as_str().unwrap())];
    let jobs = good(&running, "alb", "ListAsynJobs", &job).await;
    assert_eq!(jobs["Jobs"][0]["Status"], "Processing");
}
