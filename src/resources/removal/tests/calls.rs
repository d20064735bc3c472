//! The calls of every type: what is sent, in which order, and that the official contracts know it.

use serde_json::json;

use super::{deletable, sample, sample_without, type_of};
use crate::contracts::{self, Body, Class, Place};
use crate::model::{Attribute, Resource};
use crate::resources::Neighbours;
use crate::resources::teardown::{Call, CloudCall, PlannedCall, Purpose, Wishes};

/// What makes a good call a bad one.
type Break = fn(&mut CloudCall);

fn named() -> Wishes {
    Wishes {
        is_named: true,
        ..Wishes::default()
    }
}

fn calls(resource: &Resource, wishes: &Wishes) -> Vec<PlannedCall> {
    let of = type_of(resource.id.type_id.as_str());
    let near = Neighbours::new([resource]);
    of.teardown().unwrap().calls(resource, &near, wishes)
}

/// What a call breaks of the official contracts.
fn check(call: &CloudCall) -> Result<(), String> {
    let operation = contracts::require(&call.product, &call.action)
        .map_err(|violation| violation.to_string())?;
    if operation.class != Class::Mutate {
        return Err(format!("{} only reads", operation.label()));
    }
    let (mut path, mut query, mut form, mut hosts) = (vec![], vec![], vec![], 0);
    for (name, value) in &call.arguments {
        match operation.place(name) {
            Some(Place::Path) => path.push((name.as_str(), value.as_str())),
            Some(Place::Host) => hosts += 1,
            Some(Place::Query) => query.push((name.as_str(), value.as_str())),
            Some(Place::Body) => form.push((name.clone(), value.clone())),
            None => return Err(format!("{} has no {name}", operation.label())),
        }
    }
    let body = match (&call.body, form.is_empty()) {
        (Some(document), _) => Body::Json(document),
        (None, false) => Body::Form(&form),
        (None, true) => Body::None,
    };
    operation
        .check_parameters(query, body)
        .map_err(|violation| violation.to_string())?;
    operation
        .expand_path(&path)
        .map_err(|violation| violation.to_string())?;
    if hosts != operation.host.len() {
        return Err(format!("{} stands behind another host", operation.label()));
    }
    let has_token = operation.place("ClientToken").is_some();
    if call.takes_client_token != has_token {
        return Err(format!("{}: ClientToken", operation.label()));
    }
    Ok(())
}

/// `purpose product:action name=value ...`
fn shown(planned: &PlannedCall) -> String {
    let purpose = match planned.purpose {
        Purpose::Unprotect => "unprotect",
        Purpose::Detach => "detach",
        Purpose::Delete => "delete",
    };
    format!("{purpose} {}", shown_call(&planned.call))
}

fn shown_call(call: &Call) -> String {
    match call {
        Call::Cloud(call) => {
            let arguments = call
                .arguments
                .iter()
                .map(|(name, value)| format!(" {name}={value}"));
            let body = call.body.iter().map(|body| format!(" {body}"));
            let all: String = arguments.chain(body).collect();
            format!("{}:{}{all}", call.product, call.action)
        }
        Call::Cluster(object) => format!(
            "{}/{} {} of {} in {}, {}",
            object.group,
            object.version,
            object.plural,
            object.name,
            object.namespace.as_deref().unwrap_or("-"),
            object.uid,
        ),
    }
}

#[test]
fn every_call_and_what_takes_it_back_satisfies_its_contract_and_names_the_resource() {
    let mut seen = 0;
    for of in deletable() {
        let sample = sample(of);
        for planned in calls(&sample, &named()) {
            for call in [Some(&planned.call), planned.undo.as_ref()]
                .into_iter()
                .flatten()
            {
                let Call::Cloud(call) = call else { continue };
                seen += 1;
                if let Err(fault) = check(call) {
                    panic!("{}: {fault}", sample.id);
                }
                let name = sample.id.id.rsplit('/').next().unwrap();
                let repository = sample.text("repository_id").unwrap_or(name);
                let in_list = json!([name]).to_string();
                assert!(
                    call.arguments.values().any(|value| value == name
                        || value == repository
                        || *value == in_list
                        || *value == sample.id.id),
                    "{}: {} does not name it",
                    sample.id,
                    shown(&planned)
                );
            }
        }
    }
    assert!(seen > 30, "only {seen} calls");
}

#[test]
fn a_call_that_breaks_its_contract_is_found() {
    let cluster = sample(type_of("ack.cluster"));
    let planned = calls(&cluster, &named());
    let good: Vec<CloudCall> = planned
        .iter()
        .map(|planned| match &planned.call {
            Call::Cloud(call) => call.clone(),
            Call::Cluster(_) => panic!("a cluster is no object"),
        })
        .collect();
    let [modify, delete] = &good[..] else {
        panic!("{good:?}")
    };
    assert_eq!((check(modify), check(delete)), (Ok(()), Ok(())));
    let breaks: [(&CloudCall, Break); 6] = [
        (delete, |call| "DeleteClutser".clone_into(&mut call.action)),
        (delete, |call| {
            call.action = "DescribeClusterDetail".to_owned();
        }),
        (delete, |call| call.arguments.clear()),
        (delete, |call| {
            let options = json!([{"kind": "ALB"}]).to_string();
            call.arguments.insert("delete_options".to_owned(), options);
        }),
        (modify, |call| {
            call.body = Some(json!({"deletion_protected": false}));
        }),
        (modify, |call| call.takes_client_token = true),
    ];
    for (good, breaks) in breaks {
        let mut broken = good.clone();
        breaks(&mut broken);
        assert!(check(&broken).is_err(), "{broken:?}");
    }
}

/// The least RAM policy of any teardown is made from it.
#[test]
fn what_a_type_sends_is_what_it_says_that_it_may_send() {
    for of in deletable() {
        let spec = of.spec();
        let says = of.teardown().unwrap().sends();
        for (product, action) in &says {
            let operation = contracts::require(product, action).unwrap();
            assert_eq!(operation.class, Class::Mutate, "{}", spec.type_id);
        }
        for planned in calls(&sample(of), &named()) {
            for call in std::iter::once(&planned.call).chain(&planned.undo) {
                let Call::Cloud(call) = call else {
                    assert!(says.is_empty(), "{}", spec.type_id);
                    continue;
                };
                let sent = (call.product.as_str(), call.action.as_str());
                assert!(says.contains(&sent), "{}: {sent:?}", spec.type_id);
            }
        }
    }
}

#[test]
fn each_types_calls_in_their_order() {
    for (type_id, expected) in [
        (
            "ack.node_pool",
            vec!["delete cs:DeleteClusterNodepool cluster_id=c1 force=true nodepool_id=x-1"],
        ),
        (
            "alb.load_balancer",
            vec![
                "unprotect alb:DisableDeletionProtection ResourceId=x-1",
                "delete alb:DeleteLoadBalancer LoadBalancerId=x-1",
            ],
        ),
        ("alb.acl", vec!["delete alb:DeleteAcl AclId=x-1"]),
        (
            "nlb.server_group",
            vec!["delete nlb:DeleteServerGroup RegionId=cn-hangzhou ServerGroupId=x-1"],
        ),
        (
            "slb.acl",
            vec!["delete slb:DeleteAccessControlList AclId=x-1 RegionId=cn-hangzhou"],
        ),
        (
            "alb.server_group",
            vec!["delete alb:DeleteServerGroup ServerGroupId=x-1"],
        ),
        (
            "arms.environment",
            vec![
                "delete arms:DeleteEnvironment DeletePromInstance=true EnvironmentId=x-1 RegionId=cn-hangzhou",
            ],
        ),
        (
            "cr.namespace",
            vec!["delete cr:DeleteNamespace InstanceId=cri-1 NamespaceName=apps"],
        ),
        (
            "cr.repository",
            vec!["delete cr:DeleteRepository InstanceId=cri-1 RepoId=repository_id-1"],
        ),
        (
            "ecs.disk",
            vec![
                "detach ecs:DetachDisk DiskId=x-1 InstanceId=i-1",
                "delete ecs:DeleteDisk DiskId=x-1",
            ],
        ),
        (
            "ecs.image",
            vec!["delete ecs:DeleteImage ImageId=x-1 RegionId=cn-hangzhou"],
        ),
        (
            "ecs.instance",
            vec![
                "unprotect ecs:ModifyInstanceAttribute DeletionProtection=false InstanceId=x-1",
                "delete ecs:DeleteInstances Force=true InstanceId.1=x-1 RegionId=cn-hangzhou",
            ],
        ),
        (
            "ecs.network_interface",
            vec![
                "detach ecs:DetachNetworkInterface InstanceId=i-1 NetworkInterfaceId=x-1 RegionId=cn-hangzhou TrunkNetworkInstanceId=trunk_interface_id-1",
                "delete ecs:DeleteNetworkInterface NetworkInterfaceId=x-1 RegionId=cn-hangzhou",
            ],
        ),
        (
            "ecs.security_group",
            vec!["delete ecs:DeleteSecurityGroup RegionId=cn-hangzhou SecurityGroupId=x-1"],
        ),
        (
            "ecs.snapshot",
            vec!["delete ecs:DeleteSnapshot SnapshotId=x-1"],
        ),
        (
            "ess.scaling_group",
            vec![
                "unprotect ess:SetGroupDeletionProtection GroupDeletionProtection=false RegionId=cn-hangzhou ScalingGroupId=x-1",
                "delete ess:DeleteScalingGroup ForceDelete=true RegionId=cn-hangzhou ScalingGroupId=x-1",
            ],
        ),
        (
            "nlb.load_balancer",
            vec![
                "unprotect nlb:UpdateLoadBalancerProtection DeletionProtectionEnabled=false LoadBalancerId=x-1 RegionId=cn-hangzhou",
                "unprotect nlb:UpdateLoadBalancerProtection LoadBalancerId=x-1 ModificationProtectionStatus=NonProtection RegionId=cn-hangzhou",
                "delete nlb:DeleteLoadBalancer LoadBalancerId=x-1 RegionId=cn-hangzhou",
            ],
        ),
        (
            "slb.load_balancer",
            vec![
                "unprotect slb:SetLoadBalancerDeleteProtection DeleteProtection=off LoadBalancerId=x-1 RegionId=cn-hangzhou",
                "unprotect slb:SetLoadBalancerModificationProtection LoadBalancerId=x-1 ModificationProtectionStatus=NonProtection RegionId=cn-hangzhou",
                "delete slb:DeleteLoadBalancer LoadBalancerId=x-1 RegionId=cn-hangzhou",
            ],
        ),
        ("sls.project", vec!["delete sls:DeleteProject project=x-1"]),
        (
            "sls.logstore",
            vec!["delete sls:DeleteLogStore logstore=store project=p-1"],
        ),
        (
            "vpc.common_bandwidth_package",
            vec![
                "unprotect vpc:DeletionProtection InstanceId=x-1 ProtectionEnable=false RegionId=cn-hangzhou Type=CBWP",
                "delete vpc:DeleteCommonBandwidthPackage BandwidthPackageId=x-1 RegionId=cn-hangzhou",
            ],
        ),
        (
            "vpc.ha_vip",
            vec!["delete vpc:DeleteHaVip HaVipId=x-1 RegionId=cn-hangzhou"],
        ),
        (
            "vpc.ipv4_gateway",
            vec!["delete vpc:DeleteIpv4Gateway Ipv4GatewayId=x-1 RegionId=cn-hangzhou"],
        ),
        (
            "vpc.ipv6_gateway",
            vec!["delete vpc:DeleteIpv6Gateway Ipv6GatewayId=x-1 RegionId=cn-hangzhou"],
        ),
        (
            "vpc.network_acl",
            vec![
                "detach vpc:UnassociateNetworkAcl NetworkAclId=x-1 RegionId=cn-hangzhou Resource.1.ResourceId=vswitch_ids-1 Resource.1.ResourceType=VSwitch",
                "delete vpc:DeleteNetworkAcl NetworkAclId=x-1 RegionId=cn-hangzhou",
            ],
        ),
        (
            "vpc.route_table",
            vec![
                "detach vpc:UnassociateRouteTable RegionId=cn-hangzhou RouteTableId=x-1 VSwitchId=vswitch_ids-1",
                "delete vpc:DeleteRouteTable RegionId=cn-hangzhou RouteTableId=x-1",
            ],
        ),
        (
            "vpc.eip",
            vec![
                "unprotect vpc:DeletionProtection InstanceId=x-1 ProtectionEnable=false RegionId=cn-hangzhou Type=EIP",
                "detach vpc:UnassociateEipAddress AllocationId=x-1 InstanceId=i-1 InstanceType=EcsInstance RegionId=cn-hangzhou",
                "delete vpc:ReleaseEipAddress AllocationId=x-1 RegionId=cn-hangzhou",
            ],
        ),
        (
            "vpc.nat_gateway",
            vec![
                "unprotect vpc:DeletionProtection InstanceId=x-1 ProtectionEnable=false RegionId=cn-hangzhou Type=NATGW",
                "delete vpc:DeleteNatGateway Force=true NatGatewayId=x-1 RegionId=cn-hangzhou",
            ],
        ),
        (
            "vpc.vswitch",
            vec!["delete vpc:DeleteVSwitch RegionId=cn-hangzhou VSwitchId=x-1"],
        ),
        (
            "vpc.vpc",
            vec!["delete vpc:DeleteVpc RegionId=cn-hangzhou VpcId=x-1"],
        ),
    ] {
        let found: Vec<String> = calls(&sample(type_of(type_id)), &named())
            .iter()
            .map(shown)
            .collect();
        assert_eq!(found, expected, "{type_id}");
    }
}

#[test]
fn a_cluster_is_deleted_with_what_the_plan_computed() {
    let cluster = sample(type_of("ack.cluster"));
    let mut wishes = named();
    for (kind, mode) in [("ALB", "delete"), ("SLS_Data", "retain")] {
        wishes
            .cluster_options
            .insert(kind.to_owned(), mode.to_owned());
    }
    wishes.retained.push("lb-7".to_owned());
    let planned = calls(&cluster, &wishes);
    let found: Vec<String> = planned.iter().map(shown).collect();
    assert_eq!(
        found,
        [
            "unprotect cs:ModifyCluster cluster_id=x-1 {\"deletion_protection\":false}",
            "delete cs:DeleteCluster cluster_id=x-1 delete_options=[{\"delete_mode\":\"delete\",\"resource_type\":\"ALB\"},\
             {\"delete_mode\":\"retain\",\"resource_type\":\"SLS_Data\"}] retain_resources=[\"lb-7\"]",
        ]
    );
    assert_eq!(
        planned[0].undo.as_ref().map(shown_call).as_deref(),
        Some("cs:ModifyCluster cluster_id=x-1 {\"deletion_protection\":true}")
    );
    for planned in &planned {
        let Call::Cloud(call) = &planned.call else {
            panic!("a cluster is no object")
        };
        assert_eq!(check(call), Ok(()));
    }
    let bare = calls(&cluster, &Wishes::default());
    assert_eq!(shown(&bare[1]), "delete cs:DeleteCluster cluster_id=x-1");
}

#[test]
fn what_is_final_is_not_taken_back_and_comes_last() {
    for of in deletable() {
        let planned = calls(&sample(of), &named());
        for (index, call) in planned.iter().enumerate() {
            let is_last = index + 1 == planned.len();
            assert_ne!(is_last, call.undo.is_some(), "{}", of.spec().type_id);
            assert_eq!(
                call.purpose == Purpose::Delete,
                is_last,
                "{}",
                of.spec().type_id
            );
        }
        let order: Vec<Purpose> = planned.iter().map(|call| call.purpose).collect();
        assert!(order.is_sorted(), "{}", of.spec().type_id);
    }
}

#[test]
fn nothing_is_loosened_from_what_it_is_bound_to_unless_the_user_names_it() {
    for type_id in [
        "ecs.disk",
        "ecs.network_interface",
        "vpc.eip",
        "vpc.network_acl",
        "vpc.route_table",
    ] {
        let planned = calls(&sample(type_of(type_id)), &Wishes::default());
        assert!(
            planned.iter().all(|call| call.purpose != Purpose::Detach),
            "{type_id}"
        );
        assert!(!planned.is_empty(), "{type_id}");
    }
}

#[test]
fn what_has_no_protection_is_not_unprotected() {
    for type_id in ["alb.load_balancer", "slb.load_balancer", "ecs.instance"] {
        let mut sample = sample(type_of(type_id));
        let off = Attribute::Boolean(false);
        sample.attributes.set("deletion_protection", off);
        sample
            .attributes
            .set_text("modification_protection", "NonProtection");
        let planned = calls(&sample, &named());
        assert_eq!(planned.len(), 1, "{type_id}");
    }
}

#[test]
fn what_goes_with_its_manager_is_not_called() {
    for (type_id, attribute, value) in [
        ("ecs.disk", "disk_type", "system"),
        ("ecs.disk", "category", "local_ssd_pro"),
        ("ecs.network_interface", "interface_type", "Primary"),
        ("vpc.eip", "instance_id", "alb-1"),
        ("vpc.eip", "instance_id", "nlb-1"),
    ] {
        let mut sample = sample(type_of(type_id));
        // An address that a load balancer allocated; one that a user gave it outlives it and is released by a call.
        let is_managed = Attribute::Boolean(true);
        sample.attributes.set("service_managed", is_managed);
        assert!(!calls(&sample, &named()).is_empty(), "{type_id}");
        sample.attributes.set_text(attribute, value);
        assert!(calls(&sample, &named()).is_empty(), "{type_id} {value}");
        if type_id == "vpc.eip" {
            let is_users = Attribute::Boolean(false);
            sample.attributes.set("service_managed", is_users);
            let planned = calls(&sample, &named());
            assert!(!planned.is_empty(), "{value}");
            let mut purposes = planned.iter().map(|call| call.purpose);
            assert!(
                purposes.all(|purpose| purpose != Purpose::Detach),
                "it waits for the load balancer, and is not taken off it"
            );
        }
    }
    let mut balancer = sample(type_of("slb.load_balancer"));
    balancer.tags.insert("ack.aliyun.com".into(), "c1".into());
    assert!(calls(&balancer, &named()).is_empty());
}

#[test]
fn a_system_disk_without_an_instance_is_deleted() {
    let mut disk = sample_without(type_of("ecs.disk"), "instance_id");
    disk.attributes.set_text("disk_type", "system");
    let found: Vec<String> = calls(&disk, &named()).iter().map(shown).collect();
    assert_eq!(found, ["delete ecs:DeleteDisk DiskId=x-1"]);
}

#[test]
fn personal_repositories_have_an_api_of_their_own() {
    for (type_id, id, expected) in [
        (
            "cr.namespace",
            "apps",
            "delete cr-personal:DeleteNamespace namespace=apps",
        ),
        (
            "cr.repository",
            "apps/web",
            "delete cr-personal:DeleteRepo repo_name=web repo_namespace=apps",
        ),
    ] {
        let mut sample = sample(type_of(type_id));
        id.clone_into(&mut sample.id.id);
        sample.attributes.set_text("edition", "Personal");
        let planned = calls(&sample, &named());
        assert_eq!(planned.iter().map(shown).collect::<Vec<_>>(), [expected]);
        let Call::Cloud(call) = &planned[0].call else {
            panic!("no object")
        };
        assert_eq!(check(call), Ok(()));
    }
}

#[test]
fn objects_are_deleted_by_name_and_uid() {
    for (type_id, expected) in [
        (
            "k8s.alb_config",
            Some("delete alibabacloud.com/v1 albconfigs of thing in -, uid-1"),
        ),
        (
            "k8s.deployment",
            Some("delete apps/v1 deployments of thing in app, uid-1"),
        ),
        (
            "k8s.ingress",
            Some("delete networking.k8s.io/v1 ingresses of thing in app, uid-1"),
        ),
        (
            "k8s.ingress_class",
            Some("delete networking.k8s.io/v1 ingressclasses of thing in -, uid-1"),
        ),
        (
            "k8s.namespace",
            Some("delete /v1 namespaces of thing in -, uid-1"),
        ),
        (
            "k8s.persistent_volume_claim",
            Some("delete /v1 persistentvolumeclaims of thing in app, uid-1"),
        ),
        (
            "k8s.service",
            Some("delete /v1 services of thing in app, uid-1"),
        ),
        (
            "k8s.stateful_set",
            Some("delete apps/v1 statefulsets of thing in app, uid-1"),
        ),
        (
            "k8s.daemon_set",
            Some("delete apps/v1 daemonsets of thing in app, uid-1"),
        ),
        (
            "k8s.replica_set",
            Some("delete apps/v1 replicasets of thing in app, uid-1"),
        ),
        (
            "k8s.job",
            Some("delete batch/v1 jobs of thing in app, uid-1"),
        ),
        (
            "k8s.cron_job",
            Some("delete batch/v1 cronjobs of thing in app, uid-1"),
        ),
        (
            "k8s.storage_class",
            Some("delete storage.k8s.io/v1 storageclasses of thing in -, uid-1"),
        ),
        (
            "k8s.volume_snapshot",
            Some("delete snapshot.storage.k8s.io/v1 volumesnapshots of thing in app, uid-1"),
        ),
        (
            "k8s.horizontal_pod_autoscaler",
            Some("delete autoscaling/v2 horizontalpodautoscalers of thing in app, uid-1"),
        ),
        (
            "k8s.pod_disruption_budget",
            Some("delete policy/v1 poddisruptionbudgets of thing in app, uid-1"),
        ),
        ("k8s.endpoint_slice", None),
        ("k8s.node", None),
        // One that something makes would be made again.
        ("k8s.pod", Some("delete /v1 pods of thing in app, uid-1")),
        ("k8s.persistent_volume", None),
    ] {
        let planned = calls(&sample(type_of(type_id)), &named());
        let found: Vec<String> = planned.iter().map(shown).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{type_id}");
    }
}

#[test]
fn objects_of_the_system_go_with_the_cluster_unless_they_stand_for_something_in_the_cloud() {
    let within = |type_id: &str, namespace: &str, name: &str, service_type: &str| {
        let mut sample = sample(type_of(type_id));
        sample.attributes.set_text("namespace", namespace);
        sample.attributes.set_text("service_type", service_type);
        sample.name = Some(name.to_owned());
        calls(&sample, &named()).len()
    };
    for (type_id, namespace, name, service_type, expected) in [
        ("k8s.service", "kube-system", "kube-dns", "ClusterIP", 0),
        ("k8s.service", "kube-system", "nginx", "LoadBalancer", 1),
        ("k8s.service", "default", "kubernetes", "ClusterIP", 0),
        ("k8s.service", "default", "web", "ClusterIP", 1),
        // Where they stay until the end is decided by the plan: one that holds a claim goes before it.
        ("k8s.deployment", "kube-system", "coredns", "", 1),
        ("k8s.deployment", "default", "web", "", 1),
        ("k8s.stateful_set", "default", "db", "", 1),
        ("k8s.namespace", "", "kube-system", "", 0),
        ("k8s.namespace", "", "default", "", 0),
        ("k8s.namespace", "", "my-app", "", 1),
    ] {
        let found = within(type_id, namespace, name, service_type);
        assert_eq!(found, expected, "{type_id} {namespace}/{name}");
    }
    let mut volume = sample(type_of("k8s.persistent_volume"));
    volume
        .attributes
        .set_text("provisioned_by", "diskplugin.csi.alibabacloud.com");
    for (status, expected) in [("Bound", 0), ("Released", 1), ("Failed", 1)] {
        volume.status = Some(status.to_owned());
        assert_eq!(calls(&volume, &named()).len(), expected, "{status}");
    }
}

#[test]
fn a_nat_gateway_that_nobody_named_is_not_deleted_with_the_entries_of_others() {
    let gateway = sample(type_of("vpc.nat_gateway"));
    let last = |wishes: &Wishes| shown(calls(&gateway, wishes).last().unwrap());
    assert!(last(&named()).contains("Force=true"));
    assert!(!last(&Wishes::default()).contains("Force"));
}
