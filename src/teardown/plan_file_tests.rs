use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::json;

use super::*;
use crate::inventory::Ledger;
use crate::inventory::ledger::Owned;
use crate::model::{
    AccountId, Confidence, Currency, Evidence, Money, Region, Resource, ResourceId, TypeId,
};
use crate::openapi::endpoint::EndpointType;
use crate::resources::teardown::{
    Call, CloudCall, Kept, ObjectDeletion, PlannedCall, Purpose, Refusal,
};
use crate::teardown::Fingerprint;
use crate::teardown::plan::{Action, Cost, KeptResource, Reason, Step, StepId, Words};

fn id(type_id: &'static str, id: &str) -> ResourceId {
    ResourceId {
        account: AccountId::from_static("0000000000000042"),
        region: Region::new("cn-hangzhou"),
        type_id: TypeId::from_static(type_id),
        id: id.to_owned(),
    }
}

fn call(action: &str) -> Call {
    Call::Cloud(CloudCall {
        product: "vpc".into(),
        action: action.into(),
        region: Region::new("cn-hangzhou"),
        arguments: BTreeMap::from([("AllocationId".into(), "eip-1".into())]),
        body: Some(json!({"deletion_protection": false})),
        takes_client_token: true,
    })
}

fn cost() -> Cost {
    Cost {
        monthly: vec![Money::new(Decimal::new(1440, 2), Currency::CNY)],
        unknown: 1,
        usage: 2,
    }
}

/// A private cloud.
fn place() -> Place {
    Place {
        hosts: BTreeMap::from([("ecs".into(), "ecs.{region}.cloud.example".into())]),
        ..Place::official()
    }
}

/// A plan in which every optional field is there.
fn full() -> Plan {
    let cluster = id("ack.cluster", "c1");
    let mut address = Resource::new(id("vpc.eip", "eip-1"));
    address.created = Some("2026-01-15T02:02:30Z".parse().unwrap());
    address.tags.insert("ack.aliyun.com".into(), "c1".into());
    let step = |action| Step {
        id: StepId::of(&address.id),
        name: Some("address".into()),
        fingerprint: Fingerprint::of(&address),
        reason: Reason::Owned {
            owner: StepId::of(&cluster),
            evidence: vec!["DescribeClusterResources auto_create=1: c1".into()],
        },
        after: BTreeMap::from([(StepId::of(&cluster), "manages".into())]),
        action,
        holds: Vec::new(),
        cost: cost(),
        loses: Some(Words {
            en: "the address".into(),
            zh: "地址".into(),
        }),
        assumptions: vec!["ack.cluster/nat-address".into()],
        poll_seconds: 5,
        deadline_seconds: 900,
    };
    let own = Action::Calls {
        calls: vec![
            PlannedCall {
                purpose: Purpose::Unprotect,
                call: call("DeletionProtection"),
                undo: Some(call("DeletionProtection")),
            },
            PlannedCall {
                purpose: Purpose::Delete,
                call: Call::Cluster(ObjectDeletion {
                    cluster: cluster.clone(),
                    group: "apps".into(),
                    version: "v1".into(),
                    plural: "deployments".into(),
                    namespace: Some("my-app".into()),
                    name: "my-app".into(),
                    uid: "u-1".into(),
                }),
                undo: None,
            },
        ],
    };
    let along = Action::Manager {
        manager: StepId::of(&cluster),
        fallback: vec![PlannedCall {
            purpose: Purpose::Delete,
            call: call("ReleaseEipAddress"),
            undo: None,
        }],
    };
    Plan {
        binding: Binding {
            account: AccountId::from_static("0000000000000042"),
            identity: "acs:ram::0000000000000042:user/lab".into(),
            endpoint: place(),
            read_at: "2026-02-14T02:00:00Z".parse().unwrap(),
        },
        scope: vec!["--cluster c1".into()],
        steps: vec![step(own), step(along)],
        kept: vec![KeptResource {
            id: id("vpc.vpc", "vpc-1"),
            name: Some("my-vpc".into()),
            refusal: Refusal {
                kept: Kept::UnlessNamed,
                code: "made_by_user".into(),
                because: "auto_create=0".into(),
            },
            cost: cost(),
            flag: Some("--with vpc".into()),
        }],
        implied: vec![id("k8s.node", "c1/n1")],
        holes: vec!["ecs.disk cn-hangzhou denied".into()],
        ledger: Ledger {
            owned: vec![Owned {
                id: id("vpc.eip", "eip-1"),
                name: Some("address".into()),
                cluster: "c1".into(),
                confidence: Confidence::Decisive,
                evidence: vec![Evidence {
                    source: "tag".into(),
                    value: "c1".into(),
                }],
            }],
        },
    }
}

fn written(plan: &Plan) -> Value {
    serde_json::to_value(Written {
        format: FORMAT,
        version: VERSION,
        digest: &digest(plan).unwrap(),
        plan,
    })
    .unwrap()
}

fn read(value: &Value) -> Result<PlanFile, PlanFileError> {
    parse(value.to_string().as_bytes(), Path::new("plan.json"))
}

#[test]
fn what_is_saved_is_what_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.json");
    let digest = save(&full(), &path).unwrap();
    let loaded = load(&path).unwrap();
    assert_eq!(loaded.plan, full());
    assert_eq!(loaded.digest, digest);
    assert_eq!(digest.as_str().len(), 64);
    save(&full(), &path).unwrap();
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "no temporary file stays"
    );
}

/// The pointer of every leaf of a document.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                leaves(value, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                leaves(value, &format!("{at}/{index}"), found);
            }
        }
        _ => found.push(at.to_owned()),
    }
}

#[test]
fn no_field_can_be_changed_without_changing_the_digest() {
    let whole = written(&full());
    assert_eq!(read(&whole).unwrap().plan, full());
    let mut found = Vec::new();
    leaves(&whole, "", &mut found);
    assert!(found.len() > 80, "only {} leaves", found.len());
    for leaf in &found {
        let mut changed = whole.clone();
        let value = changed.pointer_mut(leaf).unwrap();
        *value = match value {
            Value::Bool(flag) => json!(!*flag),
            Value::Number(number) => json!(number.as_u64().unwrap() + 1),
            Value::String(text) if text.parse::<Decimal>().is_ok() => json!(format!("{text}1")),
            Value::String(text) => json!(format!("{text}x")),
            other => panic!("{leaf}: {other}"),
        };
        assert!(read(&changed).is_err(), "{leaf} can be changed");
    }
}

#[test]
fn no_part_can_be_left_out_or_added() {
    let whole = written(&full());
    for (list, index) in [("steps", 1), ("kept", 0), ("implied", 0), ("holes", 0)] {
        let mut changed = whole.clone();
        let items = changed["plan"][list].as_array_mut().unwrap();
        items.remove(index);
        assert!(
            matches!(read(&changed), Err(PlanFileError::Altered { .. })),
            "{list}"
        );
    }
    for place in [
        "",
        "/plan",
        "/plan/steps/0",
        "/plan/steps/1/action/fallback/0/call",
        "/plan/binding",
    ] {
        let mut changed = whole.clone();
        let object = changed.pointer_mut(place).unwrap().as_object_mut().unwrap();
        object.insert("surprise".into(), json!(true));
        assert!(
            matches!(read(&changed), Err(PlanFileError::Damaged { .. })),
            "{place}"
        );
    }
}

#[test]
fn hostile_files_are_refused_with_what_and_where() {
    let refuse = |text: &str| {
        parse(text.as_bytes(), Path::new("plan.json"))
            .unwrap_err()
            .to_string()
    };
    assert!(refuse("").contains("not a yunsweep plan"));
    assert!(refuse("[]").contains("not a yunsweep plan"));
    assert!(
        refuse(r#"{"format":"yunsweep-snapshot","version":1}"#).contains("not a yunsweep plan")
    );
    assert!(refuse(r#"{"format":"yunsweep-plan","version":2}"#).contains("format 2"));
    assert!(refuse(r#"{"format":"yunsweep-plan","version":1,"plan":{"#).contains("line 1"));
    let whole = serde_json::to_string_pretty(&written(&full())).unwrap();
    let wrong = whole.replace("\"poll_seconds\": 5", "\"poll_seconds\": \"soon\"");
    let message = refuse(&wrong);
    assert!(message.contains("plan.steps[0]"), "{message}");
    assert!(refuse(&format!("{whole}{whole}")).contains("plan"));
    let half = whole.get(..whole.len() / 2).unwrap();
    assert!(refuse(half).contains("damaged"));
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep = whole.replace("false", &nested);
    assert!(refuse(&deep).contains("plan.json"));
}

#[test]
fn a_plan_fits_one_account_endpoint_identity_and_day() {
    let plan = full();
    let here = Here {
        account: "0000000000000042",
        identity: "acs:ram::0000000000000042:user/lab",
        place: &place(),
        now: "2026-02-15T02:00:00Z".parse().unwrap(),
    };
    let check = |here: &Here<'_>| check(&plan.binding, here);
    assert_eq!(check(&here), Ok(()));
    let late = Here {
        now: "2026-02-15T02:00:01Z".parse().unwrap(),
        ..here
    };
    assert!(matches!(check(&late), Err(Unfit::Stale { .. })));
    let early = Here {
        now: "2026-02-14T01:50:00Z".parse().unwrap(),
        ..here
    };
    assert!(matches!(check(&early), Err(Unfit::FromTheFuture { .. })));
    let mut overridden = place();
    overridden.connect_to = "http://127.0.0.1:8080".into();
    let mut inside = place();
    inside.endpoint_type = EndpointType::Vpc;
    let at = |place| Here { place, ..here };
    for (elsewhere, what) in [
        (
            Here {
                account: "1000000000000042",
                ..here
            },
            Difference::Account,
        ),
        (at(&overridden), Difference::Endpoint),
        (at(&inside), Difference::EndpointType),
        (at(&Place::official()), Difference::Host("ecs".into())),
        (
            Here {
                identity: "acs:ram::0000000000000042:user/other",
                ..here
            },
            Difference::Identity,
        ),
    ] {
        match check(&elsewhere) {
            Err(Unfit::Elsewhere { what: found, .. }) => assert_eq!(found, what),
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn an_assumed_role_is_the_same_in_its_next_session() {
    let role = |session: &str| format!("acs:ram::42:assumed-role/lab/{session}");
    assert_eq!(lasting(&role("a")), lasting(&role("b")));
    assert_ne!(
        lasting(&role("a")),
        lasting("acs:ram::42:assumed-role/other/a")
    );
    assert_ne!(lasting("acs:ram::42:user/a"), lasting("acs:ram::42:user/b"));
}

#[test]
fn canonical_json_does_not_depend_on_the_order_of_keys() {
    let one: Value = serde_json::from_str(r#"{"b":[1,{"d":"x","c":null}],"a":"\u00e9"}"#).unwrap();
    let other: Value = serde_json::from_str(r#"{ "a":"é", "b":[1,{"c":null,"d":"x"}] }"#).unwrap();
    assert_eq!(canonical(&one), canonical(&other));
    assert_eq!(canonical(&one), r#"{"a":"é","b":[1,{"c":null,"d":"x"}]}"#);
}
