//! What each answer to a look means, for every type that is looked at through the cloud's API.

use serde_json::{Value, json};

use super::{cell_of_sample, sample_id, type_of};
use crate::model::{Cell, ResourceId};
use crate::resources::reader::ListError;
use crate::resources::teardown::Observation;
use crate::resources::testing::{context, reader};

/// A type, the parameter that narrows its look (or the path of the look), its own code of absence, and an item of it.
struct Row {
    type_id: &'static str,
    narrow: &'static str,
    own: &'static str,
    item: Value,
}

fn rows() -> Vec<Row> {
    let row = |type_id, narrow, own, item| Row {
        type_id,
        narrow,
        own,
        item,
    };
    vec![
        row(
            "alb.load_balancer",
            "LoadBalancerIds.1=",
            "ResourceNotFound.LoadBalancer",
            json!({"LoadBalancerId": "x-1"}),
        ),
        row(
            "alb.server_group",
            "ServerGroupIds.1=",
            "ResourceNotFound.ServerGroup",
            json!({"ServerGroupId": "x-1"}),
        ),
        row(
            "ecs.disk",
            "DiskIds=",
            "InvalidDiskId.NotFound",
            json!({"DiskId": "x-1"}),
        ),
        row(
            "ecs.image",
            "ImageId=",
            "InvalidImageId.NotFound",
            json!({"ImageId": "x-1"}),
        ),
        row(
            "ecs.instance",
            "InstanceIds=",
            "InvalidInstanceId.NotFound",
            json!({"InstanceId": "x-1"}),
        ),
        row(
            "ecs.network_interface",
            "NetworkInterfaceId.1=",
            "InvalidEniId.NotFound",
            json!({"NetworkInterfaceId": "x-1"}),
        ),
        row(
            "ecs.security_group",
            "SecurityGroupId=",
            "InvalidSecurityGroupId.NotFound",
            json!({"SecurityGroupId": "x-1"}),
        ),
        row(
            "ecs.snapshot",
            "SnapshotIds=",
            "InvalidSnapshotId.NotFound",
            json!({"SnapshotId": "x-1"}),
        ),
        row(
            "ess.scaling_group",
            "ScalingGroupIds.1=",
            "InvalidScalingGroupId.NotFound",
            json!({"ScalingGroupId": "x-1"}),
        ),
        row(
            "nlb.load_balancer",
            "LoadBalancerIds.1=",
            "ResourceNotFound.loadBalancer",
            json!({"LoadBalancerId": "x-1"}),
        ),
        row(
            "slb.load_balancer",
            "LoadBalancerId=",
            "InvalidLoadBalancerId.NotFound",
            json!({"LoadBalancerId": "x-1", "PayType": "PayOnDemand", "LoadBalancerSpec": "slb.lcu.elastic",
                "InternetChargeType": "4"}),
        ),
        row(
            "sls.logstore",
            "/logstores/store",
            "LogStoreNotExist",
            json!({"logstoreName": "store"}),
        ),
        row(
            "sls.project",
            "projectName=",
            "ProjectNotExist",
            json!({"projectName": "x-1"}),
        ),
        row(
            "vpc.eip",
            "AllocationId=",
            "InvalidAllocationId.NotFound",
            json!({"AllocationId": "x-1"}),
        ),
        row(
            "vpc.nat_gateway",
            "NatGatewayId=",
            "INSTANCE_NOT_EXISTS",
            json!({"NatGatewayId": "x-1"}),
        ),
        row(
            "vpc.vpc",
            "VpcId=",
            "InvalidVpcID.NotFound",
            json!({"VpcId": "x-1"}),
        ),
        row(
            "vpc.vswitch",
            "VSwitchId=",
            "InvalidVswitchID.NotFound",
            json!({"VSwitchId": "x-1"}),
        ),
        row(
            "ack.cluster",
            "/clusters/x-1",
            "ErrorClusterNotFound",
            json!({"cluster_id": "x-1"}),
        ),
    ]
}

/// How an answer is given: by what it holds, or as an error.
#[derive(Clone)]
enum Given {
    Items(Vec<Value>),
    Error(u16, Value),
}

fn error(status: u16, code: &str) -> Given {
    let body = json!({"Code": code, "code": code, "errorCode": code, "Message": "m"});
    Given::Error(status, body)
}

/// The answer of a list operation with these items.
fn list(path: &str, items: Vec<Value>) -> Value {
    let total = items.len();
    let mut answer = Value::Array(items);
    for key in path.split('.').rev().filter(|key| !key.is_empty()) {
        answer = json!({ key: answer });
    }
    answer["TotalCount"] = json!(total);
    answer["total"] = json!(total);
    answer["count"] = json!(total);
    answer["page_info"] = json!({"total_count": total});
    answer
}

/// What a look finds where the narrow look and the whole list are answered like this.
async fn look(row: &Row, narrow: &Given, whole: &Given) -> Observation {
    let of = type_of(row.type_id);
    let spec = of.spec();
    let items = spec.listing.as_ref().unwrap().items;
    let describes = row.narrow.starts_with('/');
    let (marker, narrow, whole) = (row.narrow, narrow.clone(), whole.clone());
    let is_described = marker.to_owned();
    let context = context(move |_, target| {
        let is_narrow = target.contains(&is_described) && !target.contains("meteringmode");
        let given = if is_narrow { &narrow } else { &whole };
        match given {
            Given::Error(status, body) => (*status, body.clone()),
            Given::Items(found) if is_narrow && describes => match found.first() {
                Some(item) => (200, item.clone()),
                None => (200, json!({})),
            },
            // The names of Logstores stand in a list of texts.
            Given::Items(found) if items == "logstores" => {
                let names = found.iter().map(|item| item["logstoreName"].clone());
                (200, list(items, names.collect()))
            }
            Given::Items(found) => (200, list(items, found.clone())),
        }
    });
    let Cell {
        account, region, ..
    } = cell_of_sample(of);
    let id = ResourceId {
        account,
        region,
        type_id: spec.type_id.clone(),
        id: sample_id(row.type_id).to_owned(),
    };
    let api = reader(&context);
    let teardown = of.teardown().unwrap();
    teardown.observe(&api, &id).await
}

fn word(observation: &Observation) -> &'static str {
    match observation {
        Observation::Present(_) => "present",
        Observation::Gone => "gone",
        Observation::Unknown(_) => "unknown",
    }
}

fn none() -> Given {
    Given::Items(Vec::new())
}

#[tokio::test(start_paused = true)]
async fn each_answer_to_a_look_says_present_gone_or_nothing() {
    for row in rows() {
        let there = Given::Items(vec![row.item.clone()]);
        let describes = row.narrow.starts_with('/');
        // An operation that describes one has no empty answer: `{}` is not one of them.
        let empty = if describes { "unknown" } else { "gone" };
        for (narrow, whole, expected) in [
            (there.clone(), there.clone(), "present"),
            (none(), none(), empty),
            (error(404, row.own), none(), "gone"),
            (error(404, &row.own.to_uppercase()), none(), "gone"),
            // The code and the list contradict each other: it is there.
            (error(404, row.own), there.clone(), "present"),
            // The code alone is not enough.
            (error(404, row.own), error(403, "Forbidden.RAM"), "unknown"),
            (error(404, row.own), Given::Error(404, json!({})), "unknown"),
            // Codes of others: a region, a key, an operation, another type.
            (error(404, "InvalidRegionId.NotFound"), none(), "unknown"),
            (error(404, "InvalidAccessKeyId.NotFound"), none(), "unknown"),
            (error(404, "InvalidApi.NotFound"), none(), "unknown"),
            (error(404, "InvalidKeyPair.NotFound"), none(), "unknown"),
            (Given::Error(404, json!({})), none(), "unknown"),
            (error(403, "Forbidden.RAM"), none(), "unknown"),
            (error(400, "Throttling.User"), none(), "unknown"),
            (error(503, "ServiceUnavailable"), none(), "unknown"),
        ] {
            let found = look(&row, &narrow, &whole).await;
            let shown = |given: &Given| match given {
                Given::Items(items) => format!("{items:?}"),
                Given::Error(status, body) => format!("{status} {body}"),
            };
            assert_eq!(
                word(&found),
                expected,
                "{}: {} then {}: {found:?}",
                row.type_id,
                shown(&narrow),
                shown(&whole)
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_narrow_list_is_not_believed_where_the_whole_list_has_it() {
    for row in rows().iter().filter(|row| !row.narrow.starts_with('/')) {
        let there = Given::Items(vec![row.item.clone()]);
        let found = look(row, &none(), &there).await;
        assert_eq!(word(&found), "present", "{}", row.type_id);
        let denied = look(row, &none(), &error(403, "Forbidden.RAM")).await;
        assert_eq!(word(&denied), "unknown", "{}", row.type_id);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_present_is_read_as_the_scan_reads_it() {
    for row in rows() {
        let there = Given::Items(vec![row.item.clone()]);
        let Observation::Present(found) = look(&row, &there, &there).await else {
            panic!("{}", row.type_id)
        };
        let of = type_of(row.type_id);
        let scanned = of.decode(&row.item, &cell_of_sample(of)).unwrap();
        assert_eq!(found.id, scanned.id);
        assert_eq!(found.charge_type, scanned.charge_type, "{}", row.type_id);
    }
}

#[tokio::test(start_paused = true)]
async fn an_item_that_cannot_be_read_may_be_the_one() {
    for row in rows() {
        let broken = Given::Items(vec![json!({"Odd": 1})]);
        let found = look(&row, &broken, &broken).await;
        assert_eq!(word(&found), "unknown", "{}", row.type_id);
    }
}

#[tokio::test(start_paused = true)]
async fn another_one_of_the_same_type_is_not_it() {
    for row in rows() {
        let text = row
            .item
            .to_string()
            .replace("x-1", "x-12")
            .replace("store\"", "store2\"");
        let other: Value = serde_json::from_str(&text).unwrap();
        let others = Given::Items(vec![other]);
        let found = look(&row, &others, &others).await;
        let expected = if row.narrow.starts_with('/') {
            // Asked for one, the answer is about another.
            "unknown"
        } else {
            "gone"
        };
        assert_eq!(word(&found), expected, "{}", row.type_id);
    }
}

#[tokio::test(start_paused = true)]
async fn a_logstore_is_gone_with_its_project_and_only_when_that_is_proven() {
    for (projects, expected) in [
        (vec![], "gone"),
        (vec![json!({"projectName": "p-1"})], "unknown"),
    ] {
        let context = context(move |_, target| {
            if target.contains("/logstores") {
                (
                    404,
                    json!({"errorCode": "ProjectNotExist", "errorMessage": "m"}),
                )
            } else {
                (200, list("projects", projects.clone()))
            }
        });
        let of = type_of("sls.logstore");
        let id = ResourceId {
            type_id: of.spec().type_id.clone(),
            id: "p-1/store".to_owned(),
            ..cell_of_sample(of).parent.unwrap()
        };
        let found = of.teardown().unwrap().observe(&reader(&context), &id).await;
        assert_eq!(word(&found), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_pool_is_looked_for_in_every_cluster_of_its_region() {
    let of = type_of("ack.node_pool");
    let cell = crate::resources::testing::cell("cn-hangzhou");
    let id = ResourceId {
        account: cell.account.clone(),
        region: cell.region.clone(),
        type_id: of.spec().type_id.clone(),
        id: "np1".to_owned(),
    };
    let pool = json!({"nodepool_info": {"nodepool_id": "np1"}});
    for (pools, expected) in [
        ((200, json!({"nodepools": [pool]})), "present"),
        ((200, json!({"nodepools": []})), "gone"),
        ((404, json!({"code": "ErrorClusterNotFound"})), "unknown"),
        ((403, json!({"code": "StatusForbidden"})), "unknown"),
    ] {
        let context = context(move |_, target| {
            if target.contains("/nodepools") {
                pools.clone()
            } else {
                let clusters =
                    json!({"clusters": [{"cluster_id": "c1"}], "page_info": {"total_count": 1}});
                (200, clusters)
            }
        });
        let found = of.teardown().unwrap().observe(&reader(&context), &id).await;
        assert_eq!(word(&found), expected);
        if let Observation::Present(pool) = found {
            assert_eq!(pool.text("cluster_id"), Some("c1"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn registries_and_environments_are_looked_for_in_their_whole_list() {
    let repositories = |names: &[&str]| {
        let items: Vec<Value> = names
            .iter()
            .map(|name| json!({"RepoName": name, "RepoId": "crr-1"}))
            .collect();
        json!({"Repositories": items, "TotalCount": items.len().to_string(), "IsSuccess": true})
    };
    let environments = |ids: &[&str]| {
        let items: Vec<Value> = ids.iter().map(|id| json!({"EnvironmentId": id})).collect();
        json!({"Data": {"Environments": items}, "Code": 200})
    };
    let failed = json!({"IsSuccess": false, "Code": "INSTANCE_NOT_EXIST"});
    for (type_id, body, expected) in [
        ("cr.repository", repositories(&["web"]), "present"),
        ("cr.repository", repositories(&["other"]), "gone"),
        // A failure inside a successful answer, about the registry: nobody proves that one gone.
        ("cr.repository", failed, "unknown"),
        ("arms.environment", environments(&["x-1"]), "present"),
        ("arms.environment", environments(&[]), "gone"),
        ("arms.environment", json!({"Code": 200}), "unknown"),
    ] {
        let of = type_of(type_id);
        let shown = body.to_string();
        let context = context(move |_, _| (200, body.clone()));
        let Cell {
            account, region, ..
        } = cell_of_sample(of);
        let id = ResourceId {
            account,
            region,
            type_id: of.spec().type_id.clone(),
            id: sample_id(type_id).to_owned(),
        };
        let found = of.teardown().unwrap().observe(&reader(&context), &id).await;
        assert_eq!(word(&found), expected, "{type_id}: {shown}");
        if let Observation::Unknown(error) = &found {
            assert!(!matches!(error, ListError::Part { .. }));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_empty_once_proves_nothing() {
    for type_id in ["arms.environment", "cr.repository"] {
        let of = type_of(type_id);
        let asked = std::sync::atomic::AtomicUsize::new(0);
        let context = context(move |_, _| {
            let is_first = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0;
            let body = match (type_id, is_first) {
                ("arms.environment", true) => json!({"Data": {"Environments": []}, "Code": 200}),
                ("arms.environment", false) => {
                    json!({"Data": {"Environments": [{"EnvironmentId": "x-1"}]}, "Code": 200})
                }
                (_, true) => json!({"Repositories": [], "TotalCount": "0", "IsSuccess": true}),
                (_, false) => json!({
                    "Repositories": [{"RepoName": "web", "RepoId": "crr-1"}],
                    "TotalCount": "1", "IsSuccess": true
                }),
            };
            (200, body)
        });
        let Cell {
            account, region, ..
        } = cell_of_sample(of);
        let id = ResourceId {
            account,
            region,
            type_id: of.spec().type_id.clone(),
            id: sample_id(type_id).to_owned(),
        };
        let found = of.teardown().unwrap().observe(&reader(&context), &id).await;
        assert_eq!(word(&found), "present", "{type_id}");
    }
}
