use super::*;
use crate::resources::testing::{context, reader};
use serde_json::{Value, json};

/// Two clusters, of which `denied` refuses one operation: by the last part of its path.
fn answers(denied: &'static str) -> impl Fn(&str, &str) -> (u16, Value) + Send + Sync + 'static {
    move |_, target| {
        let path = target.split('?').next().unwrap_or_default();
        let last = path.rsplit('/').next().unwrap_or_default();
        if last == denied {
            let body = json!({"code": "StatusForbidden", "message": "no", "requestId": "R"});
            return (403, body);
        }
        let body = match last {
            "clusters" => json!({
                "clusters": [
                    {"cluster_id": "c1", "name": "one", "state": "running", "region_id": "cn-hangzhou"},
                    {"cluster_id": "c2", "name": "two", "state": "running", "region_id": "cn-hangzhou"},
                ],
                "page_info": {"page_number": 1, "page_size": 50, "total_count": 2},
            }),
            "resources" => json!([]),
            "nodepools" => json!({"nodepools": [{"nodepool_info": {"nodepool_id": "np1"}}]}),
            _ => json!({}),
        };
        (200, body)
    }
}

/// Type, parent, state and count of each row of the coverage.
async fn coverage(denied: &'static str) -> Vec<String> {
    let context = context(answers(denied));
    let account = Account {
        id: AccountId::from_static("0000000000000042"),
        identity: "acs:ram::0000000000000042:root".into(),
        site: Site::China,
        is_site_assumed: false,
        regions: vec![Region::new("cn-hangzhou")],
        is_every_region: true,
        reader: Arc::new(reader(&context)),
    };
    let options = ScanOptions {
        types: vec![find("ack.node_pool").unwrap()],
    };
    let inventory = scan(&context, &[account], &options, &|_| {}).await;
    let parent = |row: &CoverageRow| row.cell.parent.as_ref().map(|parent| parent.id.clone());
    inventory
        .coverage
        .iter()
        .map(|row| {
            let parent = parent(row).unwrap_or_else(|| "-".into());
            format!(
                "{} {parent} {} {}",
                row.type_id,
                row.state.as_str(),
                row.count
            )
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn parents_give_their_children_cells() {
    let rows = [
        "ack.cluster - ok 2",
        "ack.node_pool c1 ok 1",
        "ack.node_pool c2 ok 1",
    ];
    assert_eq!(coverage("nothing").await, rows);
}

#[tokio::test(start_paused = true)]
async fn a_part_that_is_not_read_is_a_hole_of_its_own_type_only() {
    let rows = [
        "ack.cluster - incomplete 2",
        "ack.node_pool c1 ok 1",
        "ack.node_pool c2 ok 1",
    ];
    assert_eq!(coverage("resources").await, rows);
    assert_eq!(coverage("c1").await, rows);
}

#[tokio::test(start_paused = true)]
async fn parents_that_are_not_listed_hide_their_children() {
    let rows = ["ack.cluster - denied 0", "ack.node_pool - denied 0"];
    assert_eq!(coverage("clusters").await, rows);
}

#[tokio::test(start_paused = true)]
async fn children_that_are_not_listed_are_holes_of_their_parents() {
    let rows = [
        "ack.cluster - ok 2",
        "ack.node_pool c1 denied 0",
        "ack.node_pool c2 denied 0",
    ];
    assert_eq!(coverage("nodepools").await, rows);
}

#[test]
fn the_reason_of_a_hole_says_why() {
    let error = ListError::Part {
        operation: "GetLoadBalancerAttribute",
        id: "alb-1".into(),
        error: Box::new(ListError::Unusable("the answer is not an object".into())),
    };
    assert_eq!(
        causes(&error).join(": "),
        "GetLoadBalancerAttribute of alb-1 failed: the answer is not an object"
    );
}

#[tokio::test(start_paused = true)]
async fn a_code_alone_does_not_prove_that_a_product_is_not_there() {
    // The table lists ECS in this region: whatever the answer says, disks may be there.
    for code in [
        "InvalidApi.NotFound",
        "NotApplicable",
        "IllegalParam.Region",
    ] {
        let context = context(move |_, _| {
            (
                404,
                json!({"Code": code, "Message": "no", "RequestId": "R"}),
            )
        });
        let row = disks(&context, "cn-hangzhou").await;
        assert_eq!(row.state, CoverageState::Failed, "{code}");
        assert_eq!(row.code.as_deref(), Some(code));
    }
}

#[tokio::test(start_paused = true)]
async fn where_the_table_has_no_endpoint_nothing_is_asked() {
    let context = context(|_, target| panic!("asked {target}"));
    let account = account(&context, "cn-huhehaote");
    let reader = Arc::clone(&account.reader);
    assert!(!reader.openapi().is_offered("alb", &account.regions[0]));
    let options = ScanOptions {
        types: vec![find("alb.load_balancer").unwrap()],
    };
    let inventory = scan(&context, &[account], &options, &|_| {}).await;
    assert_eq!(inventory.coverage[0].state, CoverageState::NotOffered);
}

fn account(context: &Context, region: &'static str) -> Account {
    Account {
        id: AccountId::from_static("0000000000000042"),
        identity: "acs:ram::0000000000000042:root".into(),
        site: Site::China,
        is_site_assumed: false,
        regions: vec![Region::new(region)],
        is_every_region: true,
        reader: Arc::new(reader(context)),
    }
}

async fn disks(context: &Context, region: &'static str) -> CoverageRow {
    let options = ScanOptions {
        types: vec![find("ecs.disk").unwrap()],
    };
    let mut inventory = scan(context, &[account(context, region)], &options, &|_| {}).await;
    assert_eq!(inventory.coverage.len(), 1);
    inventory.coverage.remove(0)
}
