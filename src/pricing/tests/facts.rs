//! The numbers of the ACK laboratory, each against the source it was published in, and the tables as a whole.

use std::collections::BTreeSet;

use super::{decimal, found, look_up, look_up_on, missing};
use crate::model::{Currency, Site};
use crate::pricing::{PriceBook, Status};

/// `(price, unit, source)` of the used row in cn-hangzhou on the China site.
fn hangzhou(what: &str) -> (String, &'static str, String) {
    let price = found(look_up(
        PriceBook::embedded(),
        Site::China,
        "cn-hangzhou",
        what,
    ));
    let [row] = price.tiers.as_slice() else {
        panic!("{price:?}")
    };
    assert_eq!(row.currency, Currency::CNY);
    (row.price.to_string(), row.unit.text, row.source.to_string())
}

fn disputed(what: &str) -> Vec<(String, String)> {
    let price = found(look_up(
        PriceBook::embedded(),
        Site::China,
        "cn-hangzhou",
        what,
    ));
    price
        .disputed
        .iter()
        .map(|row| (row.price.to_string(), row.source.to_string()))
        .collect()
}

fn is(price: &str, unit: &'static str, source: &str) -> (String, &'static str, String) {
    (price.to_owned(), unit, source.to_owned())
}

#[test]
fn embedded_tables_have_no_mistake() {
    if let Err(errors) = PriceBook::embedded().check() {
        panic!("{:#?}", errors.0);
    }
}

#[test]
fn every_source_is_used_and_every_row_has_one() {
    let book = PriceBook::embedded();
    let used: std::collections::BTreeSet<&str> =
        book.all_rows().map(|row| row.source.as_ref()).collect();
    for id in &used {
        assert!(book.source(id).is_some(), "{id}");
    }
    let text = include_str!("../../../pricing/sources.csv");
    for line in text.lines().skip(1) {
        let id = line.split(',').next().unwrap();
        assert!(used.contains(id), "{id} is in sources.csv and in no table");
    }
}

#[test]
fn a_confirming_row_has_a_used_row_with_its_price() {
    let book = PriceBook::embedded();
    for row in book.all_rows().filter(|row| row.status == Status::Confirms) {
        let confirmed = book.all_rows().any(|used| {
            used.status == Status::Used
                && (used.site, &used.product, &used.item, &used.specification)
                    == (row.site, &row.product, &row.item, &row.specification)
                && used.price == row.price
        });
        assert!(confirmed, "{} confirms nothing", row.place);
    }
}

#[test]
fn a_disputed_row_disagrees_with_a_used_row() {
    let book = PriceBook::embedded();
    for row in book.all_rows().filter(|row| row.status == Status::Disputed) {
        let against: Vec<_> = book
            .all_rows()
            .filter(|used| {
                used.status == Status::Used
                    && (used.site, &used.product, &used.item, &used.specification)
                        == (row.site, &row.product, &row.item, &row.specification)
            })
            .collect();
        assert!(
            against.iter().any(|used| used.price != row.price),
            "{} disputes nothing",
            row.place
        );
    }
}

#[test]
fn no_row_of_the_book_is_free_without_a_reason() {
    for row in PriceBook::embedded()
        .all_rows()
        .filter(|row| row.price.is_zero())
    {
        assert!(
            !row.note.is_empty(),
            "{} has the price 0 and no note",
            row.place
        );
    }
}

#[test]
fn ecs_c7_large_costs_0_407699_in_hangzhou_in_the_price_list_of_2024_12_30() {
    let what = "ecs instance instance_type=ecs.c7.large;os=linux";
    assert_eq!(
        hangzhou(what),
        is("0.407699", "per hour", "karpenter-2024-12")
    );
}

#[test]
fn essd_pl0_costs_0_00105_per_gib_hour_on_the_block_storage_page_and_0_0010_in_the_documentation_of_2020()
 {
    let what = "disk capacity category=cloud_essd;performance_level=PL0";
    assert_eq!(
        hangzhou(what),
        is("0.00105", "per GiB-hour", "help-ecs-block-storage")
    );
    assert_eq!(
        disputed(what),
        [("0.0010".to_owned(), "docs-ecs-ebs-cn".to_owned())]
    );
}

#[test]
fn snapshots_cost_0_12_on_the_snapshot_page_and_0_148_for_somebody_who_read_the_price_page_in_2026_08()
 {
    let what = "snapshot storage category=standard";
    assert_eq!(
        hangzhou(what),
        is("0.12", "per GB-month", "help-ecs-snapshots")
    );
    assert_eq!(
        disputed(what),
        [("0.148".to_owned(), "secondary-ops-2026-08".to_owned())]
    );
}

#[test]
fn nat_gateways_cost_0_23_in_the_table_of_2021_and_0_195_in_an_undated_tutorial() {
    for item in ["instance_fee", "cu"] {
        let what = format!("nat {item} internet_charge_type=PayByLcu;network_type=internet");
        let (price, _, source) = hangzhou(&what);
        assert_eq!(
            (price.as_str(), source.as_str()),
            ("0.23", "docs-nat-cn"),
            "{item}"
        );
        assert_eq!(
            disputed(&what),
            [("0.195".to_owned(), "solution-ack".to_owned())],
            "{item}"
        );
    }
}

#[test]
fn clb_by_usage_costs_0_147_on_the_billing_page() {
    assert_eq!(
        hangzhou("slb instance_fee instance_charge_type=PayByCLCU"),
        is("0.147", "per hour", "help-clb-payg")
    );
    assert_eq!(
        hangzhou("slb lcu instance_charge_type=PayByCLCU"),
        is("0.049", "per LCU-hour", "help-slb-overview")
    );
}

#[test]
fn clb_created_before_2024_12_01_has_no_instance_fee_until_2026_11_30() {
    let what = "slb instance_fee created=before-2024-12-01;instance_charge_type=PayByCLCU";
    let on = |date: &str| {
        let price = found(look_up_on(
            PriceBook::embedded(),
            Site::China,
            "cn-hangzhou",
            what,
            date,
        ));
        price.tiers[0].price
    };
    assert_eq!(on("2026-11-30"), decimal("0"));
    assert_eq!(on("2026-12-01"), decimal("0.147"));
}

#[test]
fn alb_basic_costs_0_049_in_the_code_of_aliyun_and_lcu_0_049_in_the_overview() {
    assert_eq!(
        hangzhou("alb instance_fee load_balancer_edition=Basic"),
        is("0.049", "per hour", "aiops-skills-mapping")
    );
    assert_eq!(
        hangzhou("alb lcu"),
        is("0.049", "per LCU-hour", "help-slb-overview")
    );
}

#[test]
fn alb_with_waf_has_no_price() {
    let answer = look_up(
        PriceBook::embedded(),
        Site::China,
        "cn-hangzhou",
        "alb instance_fee load_balancer_edition=StandardWithWaf",
    );
    assert_eq!(missing(answer).reason.code(), "price_not_for_specification");
}

#[test]
fn eip_by_traffic_costs_0_02_an_hour_and_0_8_a_gb_in_the_table_of_2020() {
    let by_traffic = "internet_charge_type=PayByTraffic;isp=BGP";
    assert_eq!(
        hangzhou(&format!("eip config_fee {by_traffic}")),
        is("0.02", "per hour", "docs-eip-cn")
    );
    assert_eq!(
        hangzhou(&format!("eip traffic {by_traffic}")),
        is("0.8", "per GB", "docs-eip-cn")
    );
    let price = found(look_up(
        PriceBook::embedded(),
        Site::China,
        "cn-hangzhou",
        &format!("eip config_fee {by_traffic}"),
    ));
    let confirmed: Vec<&str> = price
        .confirms
        .iter()
        .map(|row| row.source.as_ref())
        .collect();
    assert_eq!(confirmed, ["solution-ack"]);
}

#[test]
fn ack_pro_costs_0_64_and_basic_nothing_in_the_documentation_of_2021() {
    let managed = |spec: &str| {
        format!(
            "ack cluster_management cluster_spec={spec};cluster_type=ManagedKubernetes;profile=Default"
        )
    };
    assert_eq!(
        hangzhou(&managed("ack.pro.small")),
        is("0.64", "per hour", "docs-csk-cn")
    );
    assert_eq!(
        hangzhou(&managed("ack.standard")),
        is("0", "per hour", "docs-csk-cn")
    );
    let usd = found(look_up(
        PriceBook::embedded(),
        Site::International,
        "cn-hangzhou",
        &managed("ack.pro.small"),
    ));
    assert_eq!(
        (usd.tiers[0].price, usd.tiers[0].currency),
        (decimal("0.09"), Currency::USD)
    );
}

#[test]
fn sls_shards_cost_0_04_a_day_on_the_examples_page_and_31_shard_days_a_month_are_free_in_the_documentation_of_2021()
 {
    assert_eq!(
        hangzhou("sls shard metering_mode=ChargeByFunction"),
        is("0.04", "per shard-day", "help-sls-billing-examples")
    );
    let [quota] = PriceBook::embedded().quotas().unwrap() else {
        panic!("one quota is known")
    };
    assert_eq!(
        (quota.quantity, quota.unit.text, &*quota.source),
        (decimal("31"), "per shard-day", "docs-sls-cn")
    );
}

#[test]
fn every_note_of_the_embedded_tables_is_chinese_too() {
    let book = PriceBook::embedded();
    let quotas = book.quotas().unwrap().iter().map(|quota| &quota.note);
    let notes: BTreeSet<&str> = book
        .all_rows()
        .map(|row| &row.note)
        .chain(quotas)
        .map(AsRef::as_ref)
        .filter(|note: &&str| !note.is_empty())
        .collect();
    assert!(notes.len() > 20, "{}", notes.len());
    let wanting: Vec<&str> = notes
        .into_iter()
        .filter(|note| {
            let said = book.note(note).unwrap();
            !said
                .zh()
                .contains(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
        })
        .collect();
    assert_eq!(wanting, Vec::<&str>::new(), "add them to pricing/notes.csv");
}

#[test]
fn embedded_book_is_read_fast_enough_for_a_command_line() {
    // Not a benchmark: a guard against reading the large table for prices that do not need it.
    let book = PriceBook::embedded();
    let before = std::time::Instant::now();
    found(look_up(book, Site::China, "cn-hangzhou", "alb lcu"));
    let small = before.elapsed();
    let before = std::time::Instant::now();
    found(look_up(
        book,
        Site::China,
        "cn-hangzhou",
        "ecs instance instance_type=ecs.c7.large;os=linux",
    ));
    println!("small tables {small:?}, instances {:?}", before.elapsed());
}
