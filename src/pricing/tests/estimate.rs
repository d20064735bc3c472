//! Charges x price book: what an estimate does, and what it must never do.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{SOURCES, day, decimal, table, text};
use crate::model::{
    AccountId, Charge, ChargeType, Confidence, Currency, Money, Owner, OwnerKind, Per, Quantity,
    Region, Resource, ResourceId, Said, Site, TypeId,
};
use crate::pricing::line::Holder;
use crate::pricing::{Charged, Estimate, Line, Options, Outcome, PriceBook, estimate};

pub(super) const ACCOUNT: &str = "0000000000000042";

pub(super) fn resource_in(
    account: &str,
    region: &str,
    type_id: &'static str,
    id: &str,
    charge_type: ChargeType,
) -> Resource {
    let mut resource = Resource::new(ResourceId {
        account: AccountId::new(account),
        region: Region::new(region),
        type_id: TypeId::from_static(type_id),
        id: id.to_owned(),
    });
    resource.charge_type = charge_type;
    resource
}

pub(super) fn resource(type_id: &'static str, id: &str) -> Resource {
    resource_in(ACCOUNT, "cn-hangzhou", type_id, id, ChargeType::PayAsYouGo)
}

pub(super) fn options() -> Options {
    let sites = BTreeMap::from([
        (AccountId::new(ACCOUNT), Site::China),
        (AccountId::new("0000000000000043"), Site::China),
        (AccountId::new("0000000000000044"), Site::International),
    ]);
    Options::new(day("2026-11-24"), sites)
}

pub(super) fn of(
    book: &PriceBook,
    resources: &[(Resource, Vec<Charge>)],
    options: &Options,
) -> Estimate {
    let charged = resources.iter().map(|(resource, charges)| Charged {
        resource,
        charges: charges.clone(),
    });
    estimate(book, charged, options)
}

/// The outcome of one charge of a resource.
fn outcome(resource: Resource, charge: Charge) -> Outcome {
    line(resource, charge).outcome
}

pub(super) fn line(resource: Resource, charge: Charge) -> Line {
    of(
        PriceBook::embedded(),
        &[(resource, vec![charge])],
        &options(),
    )
    .lines
    .remove(0)
}

pub(super) fn capacity(gib: Quantity) -> Charge {
    Charge::billed("disk", "capacity", gib, "GiB", Per::Hour)
        .with("category", Some("cloud_essd"))
        .with("performance_level", Some("PL0"))
}

pub(super) fn known(text: &str) -> Quantity {
    Quantity::Known(decimal(text))
}

pub(super) fn instance() -> Charge {
    Charge::hourly("ecs", "instance", "instance")
        .with("instance_type", Some("ecs.c7.large"))
        .with("os", Some("linux"))
}

pub(super) fn shards(count: &str) -> Charge {
    Charge::billed("sls", "shard", known(count), "shard", Per::Day)
        .with("metering_mode", Some("ChargeByFunction"))
}

pub(super) fn eip(id: &str) -> (Resource, Vec<Charge>) {
    let by_traffic = |charge: Charge| {
        charge
            .with("internet_charge_type", Some("PayByTraffic"))
            .with("isp", Some("BGP"))
    };
    let traffic = Charge::usage(
        "eip",
        "traffic",
        "GB",
        Said::new("outbound traffic", "出方向流量"),
    );
    (
        resource("vpc.eip", id),
        vec![
            by_traffic(Charge::hourly("eip", "config_fee", "address")),
            by_traffic(traffic),
        ],
    )
}

pub(super) fn snapshot(id: &str) -> (Resource, Vec<Charge>) {
    let charge = Charge::billed("snapshot", "storage", known("20"), "GiB", Per::Month)
        .with("category", Some("standard"));
    (resource("ecs.snapshot", id), vec![charge])
}

pub(super) fn cluster(specification: &str) -> (Resource, Vec<Charge>) {
    let fee = Charge::hourly("ack", "cluster_management", "cluster")
        .with("cluster_spec", Some(specification))
        .with("cluster_type", Some("ManagedKubernetes"))
        .with("profile", Some("Default"));
    (resource("ack.cluster", "c1"), vec![fee])
}

pub(super) fn cny(text: &str) -> Vec<Money> {
    vec![Money::new(decimal(text), Currency::CNY)]
}

pub(super) fn sums(total: &crate::pricing::estimate::Total) -> Vec<Money> {
    total.sums.iter().collect()
}

#[test]
fn unknown_is_never_zero() {
    let disk = |quantity| outcome(resource("ecs.disk", "d-1"), capacity(quantity));
    assert_eq!(
        disk(Quantity::Unreadable(Said::not_in_answer("Size"))).code(),
        "unknown"
    );
    let unpriced = Charge::hourly("ecs", "instance", "instance")
        .with("instance_type", Some("ecs.c9i.large"))
        .with("os", Some("linux"));
    assert_eq!(
        outcome(resource("ecs.instance", "i-1"), unpriced).code(),
        "unknown"
    );
    let no_type = Charge::hourly("ecs", "instance", "instance")
        .with("instance_type", None)
        .with("os", Some("linux"));
    assert_eq!(
        outcome(resource("ecs.instance", "i-1"), no_type).code(),
        "unknown"
    );
    let windows = Charge::hourly("ecs", "instance", "instance")
        .with("instance_type", Some("ecs.c7.large"))
        .with("os", Some("windows"));
    assert_eq!(
        outcome(resource("ecs.instance", "i-1"), windows).code(),
        "unknown"
    );
}

#[test]
fn a_type_without_charges_is_unknown_unless_it_is_free() {
    let all = of(
        PriceBook::embedded(),
        &[
            (resource("privatelink.endpoint", "ep-1"), Vec::new()),
            (
                resource_in(ACCOUNT, "cn-hangzhou", "k8s.pod", "p", ChargeType::Free),
                Vec::new(),
            ),
        ],
        &options(),
    );
    let [line] = all.lines.as_slice() else {
        panic!("{all:?}")
    };
    assert_eq!(
        (line.product.as_str(), line.outcome.code()),
        ("privatelink", "unknown")
    );
}

fn code_of(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Unknown { code, .. } => code,
        _ => panic!("{outcome:?}"),
    }
}

#[test]
fn subscriptions_are_never_priced_by_the_hour() {
    let prepaid = || {
        resource_in(
            ACCOUNT,
            "cn-hangzhou",
            "ecs.instance",
            "i-1",
            ChargeType::Subscription,
        )
    };
    assert_eq!(code_of(&outcome(prepaid(), instance())), "subscription");
    // A term price that is in the book is the price of a month, whatever its hours.
    let all = of(
        PriceBook::embedded(),
        &[(prepaid(), vec![capacity(known("40"))])],
        &options().with_hours(decimal("744")).unwrap(),
    );
    let Outcome::Priced {
        monthly, formula, ..
    } = &all.lines[0].outcome
    else {
        panic!("{all:?}")
    };
    assert_eq!(
        (monthly.amount, formula.en()),
        (decimal("20"), "40 GiB x 0.50 CNY/GiB-month")
    );
    assert!(all.lines[0].assumptions.iter().any(|said| said.en()
        == "the list price of one month, not what was paid: longer terms have discounts"));
    // What it sends is billed by use all the same.
    let traffic = Charge::usage(
        "ecs",
        "traffic",
        "GB",
        Said::new("outbound traffic", "出方向流量"),
    )
    .with("internet_charge_type", Some("PayByTraffic"));
    assert_eq!(outcome(prepaid(), traffic).code(), "usage");
}

#[test]
fn spot_instances_have_no_price_and_their_disks_do() {
    let spot = |type_id| resource_in(ACCOUNT, "cn-hangzhou", type_id, "x", ChargeType::Spot);
    assert_eq!(code_of(&outcome(spot("ecs.instance"), instance())), "spot");
    assert_eq!(
        outcome(spot("ecs.disk"), capacity(known("40"))).code(),
        "priced"
    );
}

#[test]
fn an_unread_charge_type_is_unknown_and_a_contradictory_one_too() {
    let with = |charge_type| {
        outcome(
            resource_in(ACCOUNT, "cn-hangzhou", "ecs.disk", "d", charge_type),
            capacity(known("40")),
        )
    };
    assert_eq!(code_of(&with(ChargeType::Unknown)), "charge_type_unknown");
    assert_eq!(code_of(&with(ChargeType::Free)), "charge_contradictory");
}

#[test]
fn an_account_of_unknown_site_has_no_prices() {
    let stranger = resource_in(
        "0000000000000099",
        "cn-hangzhou",
        "ecs.disk",
        "d",
        ChargeType::PayAsYouGo,
    );
    assert_eq!(
        code_of(&outcome(stranger, capacity(known("40")))),
        "site_unknown"
    );
}

#[test]
fn usage_shows_its_price_and_is_in_no_total() {
    let all = of(PriceBook::embedded(), &[eip("eip-1")], &options());
    let Outcome::Usage { decides, price, .. } = &all.lines[1].outcome else {
        panic!("{all:?}")
    };
    assert_eq!(
        (decides.en(), price[0].price, price[0].unit.en()),
        ("outbound traffic", decimal("0.8"), "per GB")
    );
    assert_eq!(sums(&all.total), cny("14.4"));
    assert!(all.total.is_at_least());
    let unpriced = Charge::usage(
        "cr",
        "traffic",
        "GB",
        Said::new("outbound traffic", "出方向流量"),
    );
    assert_eq!(
        outcome(resource("cr.instance", "cri-1"), unpriced).code(),
        "unknown"
    );
}

#[test]
fn currencies_are_never_added_together() {
    let fee = cluster("ack.pro.small").1;
    let abroad = resource_in(
        "0000000000000044",
        "cn-hangzhou",
        "ack.cluster",
        "c2",
        ChargeType::PayAsYouGo,
    );
    let all = of(
        PriceBook::embedded(),
        &[cluster("ack.pro.small"), (abroad, fee)],
        &options(),
    );
    let totals = sums(&all.total);
    assert_eq!(
        totals,
        [
            Money::new(decimal("460.8"), Currency::CNY),
            Money::new(decimal("64.8"), Currency::USD)
        ]
    );
    assert!(!all.total.is_at_least());
}

#[test]
fn free_shard_days_are_spent_once_per_account_and_month() {
    let shards_of = |account: &str, id: &str| {
        (
            resource_in(
                account,
                "cn-hangzhou",
                "sls.logstore",
                id,
                ChargeType::PayAsYouGo,
            ),
            vec![shards("2")],
        )
    };
    let mut resources = vec![
        shards_of(ACCOUNT, "b/2"),
        shards_of(ACCOUNT, "a/1"),
        shards_of("0000000000000043", "z/1"),
    ];
    let first = of(PriceBook::embedded(), &resources, &options());
    let amounts: Vec<_> = first
        .lines
        .iter()
        .map(|line| {
            (
                line.resource.id.as_str(),
                line.outcome.monthly().unwrap().amount,
            )
        })
        .collect();
    assert_eq!(
        amounts,
        [
            ("a/1", decimal("1.16")),
            ("b/2", decimal("2.4")),
            ("z/1", decimal("1.16"))
        ]
    );
    let Outcome::Priced { formula, .. } = &first.lines[0].outcome else {
        panic!("{first:?}")
    };
    assert_eq!(
        formula.en(),
        "(2 shard x 30 d - 31 free shard-day) x 0.04 CNY/shard-day"
    );
    resources.reverse();
    assert_eq!(of(PriceBook::embedded(), &resources, &options()), first);
}

#[test]
fn one_shard_is_free() {
    let Outcome::Free { reason, .. } = outcome(resource("sls.logstore", "p/l"), shards("1")) else {
        panic!("one shard is free")
    };
    assert!(reason.en().contains("free quota"), "{reason:?}");
}

#[test]
fn sls_billing_two_shards_cost_0_08_a_day_in_the_documentation_of_2021() {
    // Case 2 and 3 of the billing examples: 2 x 0.04 a day.
    let all = of(
        PriceBook::embedded(),
        &[(resource("sls.logstore", "p/l"), vec![shards("2")])],
        &options(),
    );
    assert_eq!(sums(&all.total), cny("1.16")); // 60 shard-days - 31, x 0.04
}

#[test]
fn eip_bandwidth_of_20_mbps_costs_5_at_0_96_and_15_at_3_36_a_day_in_the_documentation_of_2020() {
    let charge = Charge::billed("eip", "bandwidth", known("20"), "Mbps", Per::Day)
        .with("internet_charge_type", Some("PayByBandwidth"))
        .with("isp", Some("BGP"));
    let Outcome::Priced {
        monthly,
        formula,
        price,
        ..
    } = outcome(resource("vpc.eip", "eip-1"), charge)
    else {
        panic!()
    };
    // (5 x 0.96 + 15 x 3.36) / 24 is 2.30 an hour; the page rounds 15 hours of it to 34.5.
    assert_eq!(monthly.amount, decimal("1656"));
    assert_eq!(
        formula.en(),
        "(5 Mbps x 0.96 + 15 Mbps x 3.36) CNY/Mbps-day x 30 d"
    );
    assert_eq!(
        price
            .iter()
            .map(|row| row.tier.as_ref().map(Said::en))
            .collect::<Vec<_>>(),
        [Some("up to 5"), Some("above 5")]
    );
}

#[test]
fn ecs_bandwidth_of_2_and_7_mbps_costs_90_72_and_583_92_in_30_days_in_the_documentation_of_2021() {
    for (mbps, expected) in [("2", "90.72"), ("7", "583.92")] {
        let charge = Charge::billed("ecs", "bandwidth", known(mbps), "Mbps", Per::Hour)
            .with("internet_charge_type", Some("PayByBandwidth"));
        let answer = outcome(resource("ecs.instance", "i-1"), charge);
        assert_eq!(
            answer.monthly().map(|money| money.amount),
            Some(decimal(expected)),
            "{mbps}"
        );
    }
}

#[test]
fn eci_of_2_vcpu_and_4_gib_costs_0_00012252_a_second_in_the_api_example() {
    let vcpu = Charge::billed("eci", "vcpu", known("2"), "vCPU", Per::Hour);
    let memory = Charge::billed("eci", "memory", known("4"), "GiB", Per::Hour);
    let one_hour = options().with_hours(decimal("1")).unwrap();
    let all = of(
        PriceBook::embedded(),
        &[(resource("eci.container_group", "eci-1"), vec![vcpu, memory])],
        &one_hour,
    );
    assert_eq!(sums(&all.total), cny("0.441072")); // 0.00012252 x 3600
}

#[test]
fn other_months_scale_what_is_billed_by_time() {
    let with = |hours: &str, resource: Resource, charge: Charge| {
        let options = options().with_hours(decimal(hours)).unwrap();
        let all = of(PriceBook::embedded(), &[(resource, vec![charge])], &options);
        match &all.lines[0].outcome {
            Outcome::Priced {
                monthly, formula, ..
            } => (monthly.amount, formula.clone()),
            other => panic!("{other:?}"),
        }
    };
    let (amount, formula) = with("744", snapshot("s").0, snapshot("s").1.remove(0));
    assert_eq!(
        (amount, formula.en()),
        (decimal("2.48"), "20 GB x 0.12 CNY/GB-month x 744/720")
    );
    let (amount, formula) = with("730", resource("sls.logstore", "p/l"), shards("3"));
    assert_eq!(
        formula.en(),
        "(3 shard x 730/24 d - 31 free shard-day) x 0.04 CNY/shard-day"
    );
    assert_eq!(amount, decimal("2.41"));
    for hours in ["0", "-1", "745"] {
        assert!(options().with_hours(decimal(hours)).is_err(), "{hours}");
    }
}

#[test]
fn quantities_beyond_reason_are_unknown() {
    for quantity in [
        "-1",
        "99999999999999999999",
        "79228162514264337593543950335",
    ] {
        let answer = outcome(resource("ecs.disk", "d"), capacity(known(quantity)));
        assert_eq!(code_of(&answer), "quantity_implausible", "{quantity}");
    }
}

#[test]
fn a_charge_that_counts_something_else_than_the_price_is_unknown() {
    let charge = Charge::billed("disk", "capacity", known("2"), "disk", Per::Hour)
        .with("category", Some("cloud_essd"))
        .with("performance_level", Some("PL0"));
    assert_eq!(
        code_of(&outcome(resource("ecs.disk", "d"), charge)),
        "unit_mismatch"
    );
    let by_use = Charge::billed("disk", "capacity", known("2"), "GiB", Per::Use)
        .with("category", Some("cloud_essd"))
        .with("performance_level", Some("PL0"));
    assert_eq!(
        code_of(&outcome(resource("ecs.disk", "d"), by_use)),
        "unit_mismatch"
    );
}

#[test]
fn costs_are_summed_by_cluster() {
    let mut mine = resource("ecs.disk", "d-1");
    mine.owner = Some(Owner {
        kind: OwnerKind::NodePool,
        name: "np-1".to_owned(),
        cluster: Some("c1".to_owned()),
        confidence: Confidence::Strong,
        evidence: Vec::new(),
    });
    let mut nobodys = resource("ecs.disk", "d-2");
    nobodys.owner = Some(Owner {
        kind: OwnerKind::None,
        cluster: None,
        name: String::new(),
        ..mine.owner.clone().unwrap()
    });
    let all = of(
        PriceBook::embedded(),
        &[mine, nobodys, resource("ecs.disk", "d-3")]
            .map(|disk| (disk, vec![capacity(known("40"))])),
        &options(),
    );
    let holders: Vec<_> = all
        .by_holder
        .iter()
        .map(|(holder, total)| (holder.clone(), sums(total)))
        .collect();
    assert_eq!(
        holders,
        [
            (Holder::Cluster("c1".to_owned()), cny("30.24")),
            (Holder::NoCluster, cny("30.24")),
            (Holder::Unknown, cny("30.24"))
        ]
    );
}

#[test]
fn a_price_of_zero_is_free_with_its_reason() {
    let prices = table("china,*,a,b,,0,CNY,per hour,,,,,page,2026-01-15,used,given away\n");
    let book = PriceBook::from_tables([text("prices.csv", &prices), text("sources.csv", SOURCES)])
        .unwrap();
    let all = of(
        &book,
        &[(
            resource("a.b", "x"),
            vec![Charge::hourly("a", "b", "thing")],
        )],
        &options(),
    );
    let Outcome::Free { reason, price } = &all.lines[0].outcome else {
        panic!("{all:?}")
    };
    assert_eq!((reason.en(), price.len()), ("given away", 1));
}

#[test]
fn every_pay_as_you_go_price_of_the_book_is_at_most_what_a_line_can_carry() {
    // A guard on the tables: no row overflows or is thrown out as implausible for a quantity of 1000.
    let book = PriceBook::embedded();
    for row in book.all_rows() {
        let quantity = super::super::amount::Quantity {
            count: Decimal::from(1000),
            hours: Decimal::from(720),
            is_term: row.item.ends_with("_subscription"),
            free: Decimal::ZERO,
        };
        assert!(
            super::super::amount::monthly(&[row], quantity).is_some(),
            "{}",
            row.place
        );
    }
}

#[test]
fn a_hint_puts_no_money_on_a_cluster_and_an_object_is_never_outside_of_clusters() {
    let book =
        PriceBook::from_tables([text("prices.csv", &table("")), text("sources.csv", SOURCES)])
            .unwrap();
    for (kind, cluster, confidence, expected) in [
        (
            OwnerKind::Cluster,
            Some("c1"),
            Confidence::Strong,
            Holder::Cluster("c1".to_owned()),
        ),
        (
            OwnerKind::Cluster,
            Some("c1"),
            Confidence::Hint,
            Holder::Unknown,
        ),
        (
            OwnerKind::KubernetesObject,
            None,
            Confidence::Strong,
            Holder::Unknown,
        ),
        (
            OwnerKind::NodePool,
            None,
            Confidence::Strong,
            Holder::Unknown,
        ),
        (
            OwnerKind::Resource,
            None,
            Confidence::Strong,
            Holder::NoCluster,
        ),
        (OwnerKind::Resource, None, Confidence::Hint, Holder::Unknown),
        (OwnerKind::None, None, Confidence::Strong, Holder::NoCluster),
    ] {
        let mut owned = resource("a.b", "x");
        owned.owner = Some(Owner {
            kind,
            name: "owner".to_owned(),
            cluster: cluster.map(str::to_owned),
            confidence,
            evidence: Vec::new(),
        });
        let all = of(&book, &[(owned, Vec::new())], &options());
        assert_eq!(all.lines[0].holder, expected, "{kind:?} {confidence:?}");
    }
}
