//! ALB, NLB and CLB: protection, jobs, what they leave.

use super::*;

const ALB: &str = "alb-labsop000000000042";
const GROUP: &str = "sgp-labsop000000000001";
const CLB: &str = "lb-bp1labapiserver000001";

async fn job(running: &Running, id: &str) -> Value {
    let answer = good(running, "alb", "ListAsynJobs", &[("JobIds.1", id)]).await;
    answer["Jobs"][0]["Status"].clone()
}

#[tokio::test]
async fn an_alb_takes_its_addresses_and_leaves_its_server_group() {
    let running = start(&[]).await;
    let balancer = ("LoadBalancerId", ALB);
    let dry = [balancer, ("DryRun", "true")];
    for arguments in [&[balancer][..], &dry] {
        let refused = said(&running, "alb", "DeleteLoadBalancer", arguments).await;
        assert_eq!(
            refused,
            code(400, "OperationDenied.DeletionProtectionEnabled")
        );
    }
    good(
        &running,
        "alb",
        "DisableDeletionProtection",
        &[("ResourceId", ALB)],
    )
    .await;
    let config = "DeletionProtectionConfig.Enabled";
    assert_eq!(field(&running, "alb/load_balancer", ALB, config), false);
    assert_eq!(
        said(&running, "alb", "DeleteLoadBalancer", &dry).await,
        code(400, "DryRunOperation")
    );
    let switched = [("ResourceId", ALB)];
    good(&running, "alb", "EnableDeletionProtection", &switched).await;
    assert_eq!(field(&running, "alb/load_balancer", ALB, config), true);
    good(&running, "alb", "DisableDeletionProtection", &switched).await;
    let in_use = said(
        &running,
        "alb",
        "DeleteServerGroup",
        &[("ServerGroupId", GROUP)],
    )
    .await;
    assert_eq!(in_use, code(400, "ResourceInUse.ServerGroup"));
    let answer = good(&running, "alb", "DeleteLoadBalancer", &[balancer]).await;
    let id = answer["JobId"].as_str().unwrap();
    assert_eq!(job(&running, id).await, "Processing");
    assert_eq!(
        field(&running, "alb/load_balancer", ALB, "LoadBalancerStatus"),
        "Deleting"
    );
    let again = said(&running, "alb", "DeleteLoadBalancer", &[balancer]).await;
    assert_eq!(again, code(400, "IncorrectStatus.LoadBalancer"));
    let late = said(
        &running,
        "alb",
        "DisableDeletionProtection",
        &[("ResourceId", ALB)],
    )
    .await;
    assert_eq!(late, code(400, "IncorrectStatus.LoadBalancer"));
    wait(&running, 20).await;
    assert_eq!(job(&running, id).await, "Succeeded");
    let gone = said(&running, "alb", "DeleteLoadBalancer", &[balancer]).await;
    assert_eq!(gone, code(404, "ResourceNotFound.LoadBalancer"));
    assert_eq!(running.holds("vpc/eip"), ["eip-bp1labnat000000000001"]);
    assert_eq!(running.holds("alb/server_group"), [GROUP]);
    assert_eq!(
        field(
            &running,
            "alb/server_group",
            GROUP,
            "RelatedLoadBalancerIds"
        ),
        json!([])
    );
    good(
        &running,
        "alb",
        "DeleteServerGroup",
        &[("ServerGroupId", GROUP)],
    )
    .await;
    wait(&running, 5).await;
    let gone = said(
        &running,
        "alb",
        "DeleteServerGroup",
        &[("ServerGroupId", GROUP)],
    )
    .await;
    assert_eq!(gone, code(404, "ResourceNotFound.ServerGroup"));
}

#[tokio::test]
async fn a_right_id_in_another_region_is_not_found() {
    let running = start(&[]).await;
    let elsewhere = [("RegionId", "cn-hangzhou"), ("LoadBalancerId", CLB)];
    running
        .service
        .cloud
        .write()
        .set("slb/load_balancer", CLB, "RegionId", json!("cn-shanghai"));
    assert_eq!(
        said(&running, "slb", "DeleteLoadBalancer", &elsewhere).await,
        accepted()
    );
    let scenario = lab_with(
        "slb/load_balancer",
        ("LoadBalancerId", CLB),
        "RegionId",
        json!("cn-shanghai"),
    );
    let running = start_with(scenario, &[]).await;
    let refused = said(&running, "slb", "DeleteLoadBalancer", &elsewhere).await;
    assert_eq!(refused, code(404, "InvalidLoadBalancerId.NotFound"));
}

#[tokio::test]
async fn a_clb_is_protected_by_a_switch() {
    let running = start(&[]).await;
    let balancer = [HERE, ("LoadBalancerId", CLB)];
    let protect = |on| [balancer[0], balancer[1], ("DeleteProtection", on)];
    good(
        &running,
        "slb",
        "SetLoadBalancerDeleteProtection",
        &protect("on"),
    )
    .await;
    let modification = [
        balancer[0],
        balancer[1],
        ("ModificationProtectionStatus", "ConsoleProtection"),
    ];
    good(
        &running,
        "slb",
        "SetLoadBalancerModificationProtection",
        &modification,
    )
    .await;
    assert_eq!(
        field(
            &running,
            "slb/load_balancer",
            CLB,
            "ModificationProtectionStatus"
        ),
        "ConsoleProtection"
    );
    let refused = said(&running, "slb", "DeleteLoadBalancer", &balancer).await;
    assert_eq!(refused, code(400, "OperationDenied.DeleteProtectionIsOn"));
    good(
        &running,
        "slb",
        "SetLoadBalancerDeleteProtection",
        &protect("off"),
    )
    .await;
    assert_eq!(
        said(&running, "slb", "DeleteLoadBalancer", &balancer).await,
        accepted()
    );
    assert_eq!(running.holds("slb/load_balancer"), [CLB], "not at once");
    wait(&running, 5).await;
    let gone = said(&running, "slb", "DeleteLoadBalancer", &balancer).await;
    assert_eq!(gone, code(404, "InvalidLoadBalancerId.NotFound"));
}

#[tokio::test]
async fn a_prepaid_clb_stays() {
    let scenario = lab_with(
        "slb/load_balancer",
        ("LoadBalancerId", CLB),
        "PayType",
        json!("PrePay"),
    );
    let running = start_with(scenario, &[]).await;
    let balancer = [HERE, ("LoadBalancerId", CLB)];
    let refused = said(&running, "slb", "DeleteLoadBalancer", &balancer).await;
    assert_eq!(refused, code(400, "InvalidChargeType"));
    let protect = [balancer[0], balancer[1], ("DeleteProtection", "on")];
    let refused = said(&running, "slb", "SetLoadBalancerDeleteProtection", &protect).await;
    assert_eq!(
        refused,
        code(
            400,
            "OperationUnsupported.DeleteProtectionForPrePayInstance"
        )
    );
}

#[tokio::test]
async fn an_nlb_has_a_job_of_its_own_kind() {
    let scenario = lab_and(
        "nlb/load_balancer",
        &json!({"LoadBalancerId": "nlb-1", "LoadBalancerStatus": "Active", "DeletionProtectionConfig": {"Enabled": true}}),
    );
    let running = start_with(scenario, &[]).await;
    let group = json!({"ServerGroupId": "sgp-n", "ServerGroupStatus": "Available", "RelatedLoadBalancerIds": ["nlb-1"]});
    running
        .service
        .cloud
        .put("nlb/server_group", "cn-hangzhou", group);
    let balancer = [HERE, ("LoadBalancerId", "nlb-1")];
    let refused = said(&running, "nlb", "DeleteLoadBalancer", &balancer).await;
    assert_eq!(
        refused,
        code(400, "OperationDenied.DeletionProtectionEnabled")
    );
    let unprotect = [
        balancer[0],
        balancer[1],
        ("DeletionProtectionEnabled", "false"),
        ("ModificationProtectionStatus", "NonProtection"),
    ];
    let dry = [unprotect[0], unprotect[1], unprotect[2], ("DryRun", "true")];
    let said_dry = said(&running, "nlb", "UpdateLoadBalancerProtection", &dry).await;
    assert_eq!(said_dry, code(400, "DryRunOperation"));
    good(&running, "nlb", "UpdateLoadBalancerProtection", &unprotect).await;
    assert_eq!(
        field(
            &running,
            "nlb/load_balancer",
            "nlb-1",
            "ModificationProtectionConfig.Status"
        ),
        "NonProtection"
    );
    let group = [HERE, ("ServerGroupId", "sgp-n")];
    let in_use = said(&running, "nlb", "DeleteServerGroup", &group).await;
    assert_eq!(in_use, code(400, "ResourceInUse.ServerGroup"));
    let answer = good(&running, "nlb", "DeleteLoadBalancer", &balancer).await;
    let id = answer["JobId"].as_str().unwrap();
    let status =
        async || good(&running, "nlb", "GetJobStatus", &[("JobId", id)]).await["Status"].clone();
    assert_eq!(status().await, "Processing");
    wait(&running, 20).await;
    assert_eq!(status().await, "Succeeded");
    let unknown = said(&running, "nlb", "GetJobStatus", &[("JobId", "none")]).await;
    assert_eq!(unknown, code(404, "ResourceNotFound.JobId"));
    let gone = said(&running, "nlb", "DeleteLoadBalancer", &balancer).await;
    assert_eq!(gone, code(404, "ResourceNotFound.loadBalancer"));
    good(&running, "nlb", "DeleteServerGroup", &group).await;
    wait(&running, 5).await;
    let gone = said(&running, "nlb", "DeleteServerGroup", &group).await;
    assert_eq!(gone, code(404, "ResourceNotFound.serverGroup"));
}
