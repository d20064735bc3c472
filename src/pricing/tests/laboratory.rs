//! The ACK laboratory (scenario `ack-sop`) line by line.

use rust_decimal::Decimal;

use super::estimate::{
    ACCOUNT, capacity, cluster, cny, eip, instance, known, line, of, options, resource,
    resource_in, shards, snapshot, sums,
};
use super::{HEADER, SOURCES, day, decimal, text};
use crate::model::{Charge, ChargeType, Currency, Money, Resource, Said};
use crate::pricing::{Outcome, PriceBook};

/// Everything that costs money in the scenario `ack-sop`.
fn laboratory() -> Vec<(Resource, Vec<Charge>)> {
    let mut all = Vec::new();
    for id in ["i-1", "i-2"] {
        all.push((resource("ecs.instance", id), vec![instance()]));
    }
    for (id, gib) in [
        ("d-system-1", "40"),
        ("d-system-2", "40"),
        ("d-data", "20"),
        ("d-orphan", "20"),
    ] {
        all.push((resource("ecs.disk", id), vec![capacity(known(gib))]));
    }
    let by_usage = Charge::hourly("slb", "instance_fee", "instance")
        .with("instance_charge_type", Some("PayByCLCU"));
    all.push((resource("slb.load_balancer", "lb-api"), vec![by_usage]));
    let nat = |charge: Charge| {
        charge
            .with("internet_charge_type", Some("PayByLcu"))
            .with("network_type", Some("internet"))
    };
    let units = Charge::usage(
        "nat",
        "cu",
        "CU",
        Said::new("connections and data", "连接数和流量"),
    );
    all.push((
        resource("vpc.nat_gateway", "ngw-1"),
        vec![
            nat(Charge::hourly("nat", "instance_fee", "gateway")),
            nat(units),
        ],
    ));
    all.extend([eip("eip-nat"), eip("eip-alb-h"), eip("eip-alb-i")]);
    let edition = Charge::hourly("alb", "instance_fee", "instance")
        .with("load_balancer_edition", Some("Basic"));
    let lcu = Charge::usage(
        "alb",
        "lcu",
        "LCU",
        Said::new("connections, data and rules", "连接数、流量和规则数"),
    );
    all.push((resource("alb.load_balancer", "alb-1"), vec![edition, lcu]));
    for id in ["k8s-log-c1/audit", "k8s-log-c1/stdout"] {
        all.push((resource("sls.logstore", id), vec![shards("2")]));
    }
    all.push((
        resource("arms.environment", "env-1"),
        vec![Charge::unknown(
            "arms",
            "metrics",
            Said::new("no current price found", "没有找到现行价格"),
        )],
    ));
    all.extend([snapshot("s-old"), snapshot("s-image")]);
    all.push((
        resource_in(ACCOUNT, "cn-hangzhou", "vpc.vpc", "vpc-1", ChargeType::Free),
        vec![Charge::free(
            "vpc",
            "vpc",
            Said::new("a VPC costs nothing", "专有网络不收费"),
        )],
    ));
    all.push(cluster("ack.standard"));
    all
}

#[test]
fn ack_sop_costs_1036_08656_a_month_and_says_at_least() {
    let all = of(PriceBook::embedded(), &laboratory(), &options());
    assert_eq!(sums(&all.total), cny("1036.08656"));
    assert!(all.total.is_at_least());
    let counts = all.total.lines;
    assert_eq!(
        (counts.priced, counts.free, counts.usage, counts.unknown),
        (16, 2, 5, 1)
    );
    for (product, amount) in [
        ("ecs", "587.08656"),
        ("disk", "90.72"),
        ("slb", "105.84"),
        ("nat", "165.6"),
        ("eip", "43.2"),
        ("alb", "35.28"),
        ("sls", "3.56"),
        ("snapshot", "4.8"),
    ] {
        assert_eq!(sums(&all.by_product[product]), cny(amount), "{product}");
    }
}

#[test]
fn ack_sop_pro_costs_460_80_more() {
    let mut pro = laboratory();
    pro.pop();
    pro.push(cluster("ack.pro.small"));
    let all = of(PriceBook::embedded(), &pro, &options());
    assert_eq!(sums(&all.total), cny("1496.88656"));
    let fee = all.lines.iter().find(|line| line.product == "ack").unwrap();
    let assumptions: Vec<&str> = fee.assumptions.iter().map(Said::en).collect();
    assert_eq!(
        assumptions,
        ["the first and the last clock hour of a cluster are not billed"]
    );
}

#[test]
fn ack_sop_lines_carry_formula_row_source_and_date() {
    let line = line(resource("ecs.disk", "d-1"), capacity(known("40")));
    let Outcome::Priced {
        monthly,
        formula,
        price,
        disputed,
        ..
    } = line.outcome
    else {
        panic!("{line:?}")
    };
    assert_eq!(monthly, Money::new(decimal("30.24"), Currency::CNY));
    assert_eq!(formula.en(), "40 GiB x 0.00105 CNY/GiB-hour x 720 h");
    assert_eq!(formula.zh(), "40 GiB x 0.00105 CNY/GiB·小时 x 720 小时");
    assert!(
        price[0].place.starts_with("pricing/disk.csv:"),
        "{}",
        price[0].place
    );
    assert_eq!(
        (price[0].source.as_str(), price[0].as_of),
        ("help-ecs-block-storage", None)
    );
    assert_eq!(
        price[0].url,
        "https://help.aliyun.com/zh/ecs/block-storage-devices"
    );
    assert_eq!(
        disputed[0].monthly,
        Some(Money::new(decimal("28.8"), Currency::CNY))
    );
    assert_eq!(disputed[0].row.as_of, Some(day("2020-12-25")));
}

#[test]
fn ack_sop_shows_140_40_for_the_nat_gateway_and_2_96_for_a_snapshot_as_disputed() {
    let all = of(PriceBook::embedded(), &laboratory(), &options());
    for (id, used, other) in [
        ("ngw-1", "165.6", "140.4"),
        ("s-old", "2.4", "2.96"),
        ("s-image", "2.4", "2.96"),
    ] {
        let line = all
            .lines
            .iter()
            .find(|line| line.resource.id == id && line.outcome.monthly().is_some())
            .unwrap();
        let Outcome::Priced {
            monthly, disputed, ..
        } = &line.outcome
        else {
            panic!("{line:?}")
        };
        assert_eq!(monthly.amount, decimal(used), "{id}");
        let others: Vec<Decimal> = disputed
            .iter()
            .filter_map(|other| other.monthly)
            .map(|money| money.amount)
            .collect();
        assert_eq!(others, [decimal(other)], "{id}");
    }
}

#[test]
fn a_book_without_rows_prices_nothing() {
    let book =
        PriceBook::from_tables([text("prices.csv", HEADER), text("sources.csv", SOURCES)]).unwrap();
    let all = of(&book, &laboratory(), &options());
    assert!(all.total.sums.is_empty() && all.total.is_at_least());
    assert_eq!((all.total.lines.priced, all.total.lines.usage), (0, 0));
}
