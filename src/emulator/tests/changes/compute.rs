//! Instances, disks, snapshots, images, network interfaces, security groups, scaling groups.

use super::*;

const NODE: &str = "i-bp1labworker00000001";
const VOLUME: &str = "d-bp1labvolume00000001";
const ORPHAN: &str = "d-bp1laborphan00000001";
const ENI: &str = "eni-bp1labterway00000001";
const GROUP: &str = "sg-bp1labcluster0000001";

#[tokio::test]
async fn a_disk_goes_after_it_is_detached() {
    let running = start(&[]).await;
    let disk = ("DiskId", VOLUME);
    assert_eq!(
        said(&running, "ecs", "DeleteDisk", &[disk]).await,
        code(403, "DiskStillAttached")
    );
    for (instance, expected) in [
        ("i-other", code(403, "DependencyViolation")),
        (NODE, accepted()),
        (NODE, code(403, "IncorrectDiskStatus")),
    ] {
        let arguments = [disk, ("InstanceId", instance)];
        assert_eq!(
            said(&running, "ecs", "DetachDisk", &arguments).await,
            expected
        );
    }
    assert_eq!(field(&running, "ecs/disk", VOLUME, "Status"), "Detaching");
    assert_eq!(
        said(&running, "ecs", "DeleteDisk", &[disk]).await,
        code(403, "DiskStillAttached")
    );
    wait(&running, 60).await;
    assert_eq!(field(&running, "ecs/disk", VOLUME, "Status"), "Available");
    assert_eq!(
        field(&running, "ecs/disk", VOLUME, "Attachments.Attachment"),
        json!([])
    );
    let arguments = [disk, ("InstanceId", NODE)];
    let detached = said(&running, "ecs", "DetachDisk", &arguments).await;
    assert_eq!(detached, code(404, "InvalidDisk.AlreadyDetached"));
    assert_eq!(
        said(&running, "ecs", "DeleteDisk", &[disk]).await,
        accepted()
    );
    assert!(
        running.holds("ecs/disk").contains(&VOLUME.to_owned()),
        "not at once"
    );
    wait(&running, 2).await;
    assert!(!running.holds("ecs/disk").contains(&VOLUME.to_owned()));
}

#[tokio::test]
async fn a_detached_disk_can_be_attached_again() {
    let running = start(&[]).await;
    let pair = [("DiskId", VOLUME), ("InstanceId", NODE)];
    let attached = said(&running, "ecs", "AttachDisk", &pair).await;
    assert_eq!(attached, code(403, "IncorrectDiskStatus"));
    good(&running, "ecs", "DetachDisk", &pair).await;
    wait(&running, 60).await;
    for (arguments, expected) in [
        ([("DiskId", "d-none"), pair[1]], "InvalidDiskId.NotFound"),
        (
            [pair[0], ("InstanceId", "i-none")],
            "InvalidInstanceId.NotFound",
        ),
    ] {
        let refused = said(&running, "ecs", "AttachDisk", &arguments).await;
        assert_eq!(refused, code(404, expected));
    }
    let along = [pair[0], pair[1], ("DeleteWithInstance", "true")];
    good(&running, "ecs", "AttachDisk", &along).await;
    assert_eq!(field(&running, "ecs/disk", VOLUME, "Status"), "In_use");
    assert_eq!(
        field(&running, "ecs/disk", VOLUME, "DeleteWithInstance"),
        true
    );
}

#[tokio::test]
async fn a_system_disk_is_not_detached() {
    let running = start(&[]).await;
    let arguments = [("DiskId", "d-bp1labsystem00000001"), ("InstanceId", NODE)];
    let said = said(&running, "ecs", "DetachDisk", &arguments).await;
    assert_eq!(said, code(403, "DiskTypeViolation"));
}

#[tokio::test]
async fn ids_that_do_not_exist_are_deleted_without_a_word_by_some() {
    let running = start(&[]).await;
    for (action, arguments) in [
        ("DeleteDisk", &[("DiskId", "d-none")][..]),
        ("DeleteSnapshot", &[("SnapshotId", "s-none")]),
        ("DeleteImage", &[HERE, ("ImageId", "m-none")]),
    ] {
        assert_eq!(
            said(&running, "ecs", action, arguments).await,
            accepted(),
            "{action}"
        );
    }
    for (product, action, arguments, expected) in [
        (
            "ecs",
            "DeleteInstance",
            &[("InstanceId", "i-none")][..],
            "InvalidInstanceId.NotFound",
        ),
        (
            "ecs",
            "DeleteNetworkInterface",
            &[HERE, ("NetworkInterfaceId", "eni-none")],
            "InvalidEniId.NotFound",
        ),
        (
            "ecs",
            "DeleteSecurityGroup",
            &[HERE, ("SecurityGroupId", "sg-none")],
            "InvalidSecurityGroup.NotFound",
        ),
        (
            "ecs",
            "DetachDisk",
            &[("DiskId", "d-none"), ("InstanceId", NODE)],
            "InvalidDiskId.NotFound",
        ),
        (
            "ess",
            "DeleteScalingGroup",
            &[HERE, ("ScalingGroupId", "asg-none")],
            "InvalidScalingGroupId.NotFound",
        ),
    ] {
        assert_eq!(
            said(&running, product, action, arguments).await,
            code(404, expected),
            "{action}"
        );
    }
}

#[tokio::test]
async fn an_image_goes_before_its_snapshot_and_force_does_not_help() {
    let running = start(&[]).await;
    let snapshot = ("SnapshotId", "s-bp1labimage000000001");
    for force in ["false", "true"] {
        let arguments = [snapshot, ("Force", force)];
        let said = said(&running, "ecs", "DeleteSnapshot", &arguments).await;
        assert_eq!(said, code(403, "SnapshotCreatedImage"));
    }
    let image = [HERE, ("ImageId", "m-bp1labimage000000001")];
    let dry = [image[0], image[1], ("DryRun", "true")];
    assert_eq!(
        said(&running, "ecs", "DeleteImage", &dry).await,
        code(400, "DryRunOperation")
    );
    wait(&running, 10).await;
    assert_eq!(
        running.holds("ecs/image").len(),
        1,
        "a dry run changes nothing"
    );
    assert_eq!(
        said(&running, "ecs", "DeleteImage", &image).await,
        accepted()
    );
    wait(&running, 5).await;
    assert!(running.holds("ecs/image").is_empty());
    assert_eq!(
        running.holds("ecs/snapshot").len(),
        2,
        "an image leaves its snapshot"
    );
    assert_eq!(
        said(&running, "ecs", "DeleteSnapshot", &[snapshot]).await,
        accepted()
    );
    wait(&running, 2).await;
    assert_eq!(running.holds("ecs/snapshot"), ["s-bp1labmanual00000001"]);
    assert_eq!(
        running.holds("ecs/snapshot_link"),
        ["sl-bp1labmanual00000001"]
    );
}

#[tokio::test]
async fn force_is_for_snapshots_that_disks_were_made_of_and_images_that_instances_use() {
    let snapshot = "s-bp1labmanual00000001";
    let scenario = lab_with(
        "ecs/disk",
        ("DiskId", ORPHAN),
        "SourceSnapshotId",
        json!(snapshot),
    );
    let running = start_with(scenario, &[]).await;
    let snapshot = ("SnapshotId", snapshot);
    let refused = said(&running, "ecs", "DeleteSnapshot", &[snapshot]).await;
    assert_eq!(refused, code(403, "SnapshotCreatedDisk"));
    let forced = [snapshot, ("Force", "true")];
    assert_eq!(
        said(&running, "ecs", "DeleteSnapshot", &forced).await,
        accepted()
    );
    let image = "m-bp1labimage000000001";
    let scenario = lab_with(
        "ecs/instance",
        ("InstanceId", NODE),
        "ImageId",
        json!(image),
    );
    let running = start_with(scenario, &[]).await;
    let image = [HERE, ("ImageId", image)];
    let refused = said(&running, "ecs", "DeleteImage", &image).await;
    assert_eq!(refused, code(403, "ImageUsingByInstance"));
    let forced = [image[0], image[1], ("Force", "true")];
    assert_eq!(
        said(&running, "ecs", "DeleteImage", &forced).await,
        accepted()
    );
}

#[tokio::test]
async fn an_instance_takes_its_system_disk_and_leaves_the_other() {
    let running = start(&[]).await;
    let node = ("InstanceId", NODE);
    let gently = said(&running, "ecs", "DeleteInstance", &[node]).await;
    assert_eq!(gently, code(403, "IncorrectInstanceStatus"), "it runs");
    let dry = [node, ("Force", "true"), ("DryRun", "true")];
    assert_eq!(
        said(&running, "ecs", "DeleteInstance", &dry).await,
        code(400, "DryRunOperation")
    );
    let forced = [node, ("Force", "true")];
    assert_eq!(
        said(&running, "ecs", "DeleteInstance", &forced).await,
        accepted()
    );
    assert_eq!(field(&running, "ecs/instance", NODE, "Status"), "Stopping");
    let again = said(&running, "ecs", "DeleteInstance", &forced).await;
    assert_eq!(again, code(403, "IncorrectInstanceStatus.Initializing"));
    wait(&running, 20).await;
    assert_eq!(running.holds("ecs/instance"), ["i-bp1labworker00000002"]);
    assert!(
        !running
            .holds("ecs/disk")
            .contains(&"d-bp1labsystem00000001".to_owned())
    );
    assert_eq!(field(&running, "ecs/disk", VOLUME, "Status"), "Available");
    assert_eq!(field(&running, "ecs/disk", VOLUME, "InstanceId"), "");
    assert!(
        running
            .holds("ecs/network_interface")
            .contains(&ENI.to_owned()),
        "it lags behind"
    );
    wait(&running, 300).await;
    assert!(
        !running
            .holds("ecs/network_interface")
            .contains(&ENI.to_owned())
    );
    assert_eq!(running.holds("cs/node"), ["i-bp1labworker00000002"]);
    let gone = said(&running, "ecs", "DeleteInstance", &forced).await;
    assert_eq!(gone, code(404, "InvalidInstanceId.NotFound"));
}

#[tokio::test]
async fn a_stopped_instance_needs_no_force_and_several_go_at_once() {
    let running = start(&[]).await;
    let both = [
        HERE,
        ("InstanceId.1", NODE),
        ("InstanceId.2", "i-bp1labworker00000002"),
    ];
    assert_eq!(
        said(&running, "ecs", "StopInstances", &both).await,
        accepted()
    );
    wait(&running, 15).await;
    assert_eq!(field(&running, "ecs/instance", NODE, "Status"), "Stopped");
    let with_a_stranger = [both[0], both[1], ("InstanceId.2", "i-none")];
    let refused = said(&running, "ecs", "DeleteInstances", &with_a_stranger).await;
    assert_eq!(refused, code(404, "InvalidInstanceId.NotFound"));
    let dry = [both[0], both[1], both[2], ("DryRun", "true")];
    assert_eq!(
        said(&running, "ecs", "DeleteInstances", &dry).await,
        code(400, "DRYRUN.SUCCESS")
    );
    wait(&running, 60).await;
    assert_eq!(running.holds("ecs/instance").len(), 2, "all or none");
    assert_eq!(
        said(&running, "ecs", "DeleteInstances", &both).await,
        accepted()
    );
    wait(&running, 20).await;
    assert!(running.holds("ecs/instance").is_empty());
}

#[tokio::test]
async fn a_protected_or_prepaid_instance_stays() {
    let running = start(&[]).await;
    let node = ("InstanceId", NODE);
    let protect = |on| [node, ("DeletionProtection", on)];
    assert_eq!(
        said(&running, "ecs", "ModifyInstanceAttribute", &protect("true")).await,
        accepted()
    );
    assert_eq!(
        field(&running, "ecs/instance", NODE, "DeletionProtection"),
        true
    );
    let forced = [node, ("Force", "true")];
    let refused = said(&running, "ecs", "DeleteInstance", &forced).await;
    assert_eq!(refused, code(403, "InvalidOperation.DeletionProtection"));
    assert_eq!(
        said(
            &running,
            "ecs",
            "ModifyInstanceAttribute",
            &protect("false")
        )
        .await,
        accepted()
    );
    assert_eq!(
        said(&running, "ecs", "DeleteInstance", &forced).await,
        accepted()
    );
    let scenario = lab_with(
        "ecs/instance",
        ("InstanceId", NODE),
        "InstanceChargeType",
        json!("PrePaid"),
    );
    let running = start_with(scenario, &[]).await;
    let refused = said(&running, "ecs", "DeleteInstance", &forced).await;
    assert_eq!(refused, code(403, "ChargeTypeViolation"));
    let refused = said(&running, "ecs", "ModifyInstanceAttribute", &protect("true")).await;
    assert_eq!(refused, code(403, "InvalidChargeType.ValueNotSupported"));
    let renamed = [node, ("InstanceName", "kept")];
    assert_eq!(
        said(&running, "ecs", "ModifyInstanceAttribute", &renamed).await,
        accepted()
    );
}

#[tokio::test]
async fn a_network_interface_is_detached_first() {
    let running = start(&[]).await;
    let eni = [HERE, ("NetworkInterfaceId", ENI)];
    let refused = said(&running, "ecs", "DeleteNetworkInterface", &eni).await;
    assert_eq!(refused, code(400, "InvalidOperation.InvalidEniState"));
    let without = said(&running, "ecs", "DetachNetworkInterface", &eni).await;
    assert_eq!(
        without,
        code(400, "MissingParameter"),
        "it needs the instance"
    );
    let elsewhere = [eni[0], eni[1], ("InstanceId", "i-bp1labworker00000002")];
    let refused = said(&running, "ecs", "DetachNetworkInterface", &elsewhere).await;
    assert_eq!(refused, code(400, "InvalidParameter.EniNotBelongEcs"));
    let there = [eni[0], eni[1], ("InstanceId", NODE)];
    assert_eq!(
        said(&running, "ecs", "DetachNetworkInterface", &there).await,
        accepted()
    );
    wait(&running, 10).await;
    assert_eq!(
        field(&running, "ecs/network_interface", ENI, "Status"),
        "Available"
    );
    let path = "NetworkInterfaces.NetworkInterface";
    assert_eq!(field(&running, "ecs/instance", NODE, path), json!([]));
    assert_eq!(
        said(&running, "ecs", "DeleteNetworkInterface", &eni).await,
        accepted()
    );
    assert_eq!(
        field(&running, "ecs/network_interface", ENI, "Status"),
        "Deleting"
    );
    wait(&running, 5).await;
    let gone = said(&running, "ecs", "DeleteNetworkInterface", &eni).await;
    assert_eq!(gone, code(404, "InvalidEniId.NotFound"));
    let managed = lab_with(
        "ecs/network_interface",
        ("NetworkInterfaceId", ENI),
        "ServiceManaged",
        json!(true),
    );
    let running = start_with(managed, &[]).await;
    for action in ["DeleteNetworkInterface", "DetachNetworkInterface"] {
        let arguments = if action.starts_with("Detach") {
            &there[..]
        } else {
            &eni
        };
        let refused = said(&running, "ecs", action, arguments).await;
        assert_eq!(
            refused,
            code(403, "InvalidOperation.EniServiceManaged"),
            "{action}"
        );
    }
}

#[tokio::test]
async fn a_security_group_waits_for_the_cluster_its_members_and_the_rules_of_others() {
    let scenario = lab_and(
        "ecs/security_group",
        &json!({"SecurityGroupId": "sg-other", "VpcId": "vpc-bp1labnetwork00000001", "_source_groups": ["sg-bp1labdefault0000001", "sg-third"]}),
    );
    let running = start_with(scenario, &[]).await;
    let group = |id| [HERE, ("SecurityGroupId", id)];
    let protected = said(&running, "ecs", "DeleteSecurityGroup", &group(GROUP)).await;
    assert_eq!(protected, code(403, "InvalidOperation.DeletionProtection"));
    let default = group("sg-bp1labdefault0000001");
    let named = said(&running, "ecs", "DeleteSecurityGroup", &default).await;
    assert_eq!(named, code(403, "DependencyViolation"));
    let rule = [
        HERE,
        ("SecurityGroupId", "sg-other"),
        ("Permissions.1.SourceGroupId", "sg-bp1labdefault0000001"),
    ];
    assert_eq!(
        said(&running, "ecs", "RevokeSecurityGroup", &rule).await,
        accepted()
    );
    assert_eq!(
        field(&running, "ecs/security_group", "sg-other", "_source_groups"),
        json!(["sg-third"])
    );
    assert_eq!(
        said(&running, "ecs", "DeleteSecurityGroup", &default).await,
        accepted()
    );
    wait(&running, 2).await;
    assert_eq!(running.holds("ecs/security_group"), [GROUP, "sg-other"]);
    let retained = [("cluster_id", CLUSTER), ("retain_all_resources", "true")];
    good(&running, "cs", "DeleteCluster", &retained).await;
    wait(&running, 600).await;
    let members = said(&running, "ecs", "DeleteSecurityGroup", &group(GROUP)).await;
    assert_eq!(
        members,
        code(403, "DependencyViolation"),
        "instances are in it"
    );
}

#[tokio::test]
async fn a_scaling_group_with_instances_needs_force() {
    let running = start(&[]).await;
    let group = [HERE, ("ScalingGroupId", "asg-bp1labpool0000000001")];
    let protect = |on| [group[0], group[1], ("GroupDeletionProtection", on)];
    good(
        &running,
        "ess",
        "SetGroupDeletionProtection",
        &protect("true"),
    )
    .await;
    let forced = [group[0], group[1], ("ForceDelete", "true")];
    let refused = said(&running, "ess", "DeleteScalingGroup", &forced).await;
    assert_eq!(refused, code(400, "InvalidOperation.DeletionProtection"));
    good(
        &running,
        "ess",
        "SetGroupDeletionProtection",
        &protect("false"),
    )
    .await;
    let refused = said(&running, "ess", "DeleteScalingGroup", &group).await;
    assert_eq!(refused, code(400, "InstanceInUse"));
    assert_eq!(
        said(&running, "ess", "DeleteScalingGroup", &forced).await,
        accepted()
    );
    let again = said(&running, "ess", "DeleteScalingGroup", &forced).await;
    assert_eq!(again, code(400, "ScalingActivityInProgress"));
    wait(&running, 20).await;
    assert!(running.holds("ess/scaling_group").is_empty());
    assert!(running.holds("ecs/instance").is_empty());
}
