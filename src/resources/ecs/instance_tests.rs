use super::*;
use crate::model::ChargeKind;
use crate::resources::testing::{cell, only_resource};
use serde_json::json;

/// A running pay-as-you-go worker without a public address; `changes` replace fields, null removes one.
fn worker(changes: &Value) -> Resource {
    let mut raw = json!({
        "InstanceId": "i-1", "InstanceName": "worker", "Status": "Running", "StoppedMode": "Not-applicable",
        "ZoneId": "cn-hangzhou-h", "InstanceType": "ecs.c7.large", "Cpu": 2, "Memory": 4096, "GPUAmount": 0,
        "InstanceChargeType": "PostPaid", "SpotStrategy": "NoSpot", "SpotPriceLimit": 0, "OSType": "linux",
        "InternetChargeType": "PayByTraffic", "InternetMaxBandwidthOut": 0, "ImageId": "m-1",
        "CreationTime": "2026-01-15T02:08Z", "ExpiredTime": "2099-12-31T15:59Z", "AutoReleaseTime": "",
        "VpcAttributes": {"VpcId": "vpc-1", "VSwitchId": "vsw-1", "PrivateIpAddress": {"IpAddress": ["192.168.0.11"]}},
        "PublicIpAddress": {"IpAddress": []}, "EipAddress": {}, "SecurityGroupIds": {"SecurityGroupId": ["sg-1"]},
        "OperationLocks": {"LockReason": []}, "DedicatedHostAttribute": {"DedicatedHostId": ""},
        "Tags": {"Tag": [{"TagKey": SCALING_GROUP_TAG, "TagValue": "asg-1"}]},
    });
    for (key, value) in changes.as_object().unwrap() {
        raw[key] = value.clone();
    }
    Instance.decode(&raw, &cell("cn-hangzhou")).unwrap()
}

fn charges(changes: &Value) -> Vec<Charge> {
    let instance = worker(changes);
    Instance.charges(&instance, &only_resource(&instance))
}

/// `item kind quantity` of each charge.
fn shown(changes: &Value) -> Vec<String> {
    let show = |charge: Charge| {
        let kind = match charge.kind {
            ChargeKind::Billed => "billed",
            ChargeKind::Free(_) => "free",
            ChargeKind::Unknown(_) => "unknown",
        };
        let quantity = match charge.quantity {
            Quantity::Known(count) => count.to_string(),
            Quantity::Usage(_) => "usage".into(),
            Quantity::Unreadable(_) => "unreadable".into(),
        };
        format!("{} {kind} {quantity}", charge.item)
    };
    charges(changes).into_iter().map(show).collect()
}

#[test]
fn an_instance_is_billed_by_the_hour_of_its_type() {
    let charges = charges(&json!({}));
    let [charge] = &charges[..] else {
        panic!("one charge: {charges:?}")
    };
    assert_eq!((charge.product.as_str(), charge.per), ("ecs", Per::Hour));
    assert_eq!(charge.specification["instance_type"], "ecs.c7.large");
    assert_eq!(charge.specification["os"], "linux");
    assert_eq!(charge.kind, ChargeKind::Billed);
}

#[test]
fn what_is_billed_depends_on_how_it_was_stopped() {
    let stopped = |mode: &Value| {
        json!({"Status": "Stopped", "StoppedMode": mode, "InternetMaxBandwidthOut": 5, "InternetChargeType": "PayByBandwidth",
               "PublicIpAddress": {"IpAddress": ["203.0.113.5"]}})
    };
    for (mode, expected) in [
        (
            json!("StopCharging"),
            ["instance free 1", "bandwidth free 1"],
        ),
        (
            json!("KeepCharging"),
            ["instance billed 1", "bandwidth billed 5"],
        ),
        (
            json!("Not-applicable"),
            ["instance billed 1", "bandwidth billed 5"],
        ),
        (
            json!("SomethingNew"),
            ["instance unknown 1", "bandwidth unknown 1"],
        ),
        (json!(null), ["instance unknown 1", "bandwidth unknown 1"]),
    ] {
        assert_eq!(shown(&stopped(&mode)), expected, "{mode}");
    }
    assert_eq!(shown(&json!({"Status": null})), ["instance unknown 1"]);
    let starting = json!({"Status": "Starting", "StoppedMode": "StopCharging"});
    assert_eq!(shown(&starting), ["instance billed 1"]);
}

#[test]
fn a_public_address_of_its_own_is_billed_as_it_says() {
    let address = |pay: &Value, bandwidth: &Value| json!({"PublicIpAddress": {"IpAddress": ["203.0.113.5"]}, "InternetChargeType": pay, "InternetMaxBandwidthOut": bandwidth});
    let (by_traffic, by_bandwidth) = (json!("PayByTraffic"), json!("PayByBandwidth"));
    for (changes, expected) in [
        (
            address(&by_traffic, &json!(5)),
            Some("traffic billed usage"),
        ),
        (
            address(&by_bandwidth, &json!(7)),
            Some("bandwidth billed 7"),
        ),
        (
            address(&by_bandwidth, &json!(null)),
            Some("bandwidth billed unreadable"),
        ),
        (
            address(&json!(null), &json!(5)),
            Some("bandwidth unknown 1"),
        ),
        (address(&by_bandwidth, &json!(0)), None),
        // An EIP is not its own; it is billed as an EIP.
        (
            json!({"InternetMaxBandwidthOut": 5, "EipAddress": {"AllocationId": "eip-1"}}),
            None,
        ),
        (
            json!({"InternetMaxBandwidthOut": 5, "PublicIpAddress": null}),
            Some("bandwidth unknown 1"),
        ),
        (json!({"PublicIpAddress": null}), None),
    ] {
        let found = shown(&changes);
        assert_eq!(found.get(1).map(String::as_str), expected, "{changes}");
    }
}

#[test]
fn spot_is_told_from_pay_as_you_go() {
    for (pay, strategy, expected) in [
        ("PostPaid", json!("NoSpot"), ChargeType::PayAsYouGo),
        ("PostPaid", json!("SpotAsPriceGo"), ChargeType::Spot),
        ("PostPaid", json!("SpotWithPriceLimit"), ChargeType::Spot),
        ("PostPaid", json!(null), ChargeType::Unknown),
        ("PostPaid", json!("SpotOfTheFuture"), ChargeType::Unknown),
        ("PrePaid", json!("NoSpot"), ChargeType::Subscription),
        ("PayLater", json!("NoSpot"), ChargeType::Unknown),
    ] {
        let changes = json!({"InstanceChargeType": pay, "SpotStrategy": strategy});
        assert_eq!(worker(&changes).charge_type, expected, "{changes}");
    }
    let limited = worker(&json!({"SpotStrategy": "SpotWithPriceLimit", "SpotPriceLimit": 0.98}));
    let limit = limited.attributes.decimal("spot_price_limit_per_hour");
    assert_eq!(limit.unwrap().to_string(), "0.98");
}

#[test]
fn a_subscription_stays_paid_and_ends_some_day() {
    let changes = json!({
        "InstanceChargeType": "PrePaid", "ExpiredTime": "2026-12-10T04:04Z", "Status": "Stopped", "StoppedMode": null,
    });
    let instance = worker(&changes);
    assert!(instance.expires.is_some());
    assert_eq!(shown(&changes), ["instance billed 1"]);
    assert_eq!(worker(&json!({})).expires, None);
}

#[test]
fn what_the_type_price_does_not_tell_is_said() {
    let on_host = json!({"DedicatedHostAttribute": {"DedicatedHostId": "dh-1"}});
    assert_eq!(shown(&on_host), ["instance unknown 1"]);
    for missing in ["InstanceType", "OSType"] {
        let mut changes = json!({});
        changes[missing] = Value::Null;
        assert_eq!(shown(&changes), ["instance unknown 1"], "{missing}");
        assert_eq!(worker(&changes).unreadable.len(), 1);
    }
    assert_eq!(
        charges(&json!({"CreditSpecification": "Unlimited"}))[0]
            .assumptions
            .len(),
        1
    );
    assert!(
        charges(&json!({"CreditSpecification": "Standard"}))[0]
            .assumptions
            .is_empty()
    );
}

#[test]
fn its_scaling_group_manages_it() {
    let edges: Vec<String> = Instance
        .links(&worker(&json!({})))
        .iter()
        .map(|link| format!("{} {} {}", link.from.id, link.kind.as_str(), link.to.id))
        .collect();
    let expected = [
        "i-1 uses vpc-1",
        "i-1 uses vsw-1",
        "i-1 uses sg-1",
        "i-1 made_from m-1",
        "asg-1 manages i-1",
    ];
    assert_eq!(edges, expected);
    assert_eq!(Instance.links(&worker(&json!({"Tags": {}}))).len(), 4);
}

#[test]
fn locks_are_kept_and_secrets_are_not() {
    let locked = worker(&json!({
        "OperationLocks": {"LockReason": [{"LockReason": "financial", "LockMsg": "overdue"}, {"LockReason": "security"}]},
        "UserData": "bmV2ZXIta2VlcA==", "KeyPairName": "k1",
    }));
    let locks = locked.attributes.text_list("operation_locks").unwrap();
    assert_eq!(locks, ["financial", "security"]);
    assert!(
        !serde_json::to_string(&locked)
            .unwrap()
            .contains("bmV2ZXIta2VlcA==")
    );
}

#[test]
fn without_an_id_it_is_an_error() {
    let error = Instance.decode(&json!({"Status": "Running"}), &cell("cn-hangzhou"));
    assert_eq!(error.unwrap_err().path, "InstanceId");
}
