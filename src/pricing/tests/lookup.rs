//! How a row is chosen.

use super::{book, decimal, found, look_up, look_up_on, missing, table};
use crate::model::{Said, Site};
use crate::pricing::lookup::Reason;
use crate::pricing::{Lookup, PriceBook};

const ROW: &str = "china,cn-hangzhou,disk,capacity,category=cloud_essd;performance_level=PL0,0.1,CNY,per GiB-hour,,,,,page,2026-01-15,used,\n";

fn rows(lines: &[&str]) -> PriceBook {
    book(&table(&lines.concat())).unwrap_or_else(|errors| panic!("{:#?}", errors.0))
}

fn price(lookup: Lookup<'_>) -> rust_decimal::Decimal {
    found(lookup).tiers[0].price
}

#[test]
fn a_charge_may_say_more_than_the_row_but_not_less() {
    let book = rows(&[ROW]);
    let at = |what: &str| look_up(&book, Site::China, "cn-hangzhou", what);
    assert_eq!(
        price(at(
            "disk capacity category=cloud_essd;encrypted=true;performance_level=PL0"
        )),
        decimal("0.1")
    );
    let reason = missing(at("disk capacity category=cloud_essd")).reason;
    assert_eq!(
        reason,
        Reason::Attributes(vec!["`performance_level`".to_owned()])
    );
    assert_eq!(
        missing(at(
            "disk capacity category=cloud_essd;performance_level=PL2"
        ))
        .reason,
        Reason::Specification
    );
}

#[test]
fn a_region_beats_its_group_and_a_group_beats_the_site() {
    let book = rows(&[
        "china,*,a,b,,1,CNY,per hour,,,,,page,undated,used,\n",
        "china,mainland-china,a,b,,2,CNY,per hour,,,,,page,undated,used,\n",
        "china,cn-hangzhou,a,b,,3,CNY,per hour,,,,,page,undated,used,\n",
    ]);
    for (region, expected) in [
        ("cn-hangzhou", "3"),
        ("cn-beijing", "2"),
        ("cn-hongkong", "1"),
        ("eu-central-1", "1"),
    ] {
        assert_eq!(
            price(look_up(&book, Site::China, region, "a b")),
            decimal(expected),
            "{region}"
        );
    }
}

#[test]
fn finance_and_government_regions_get_no_group_price() {
    let book = rows(&["china,*,a,b,,1,CNY,per hour,,,,,page,undated,used,\n"]);
    for region in ["cn-shanghai-finance-1", "cn-north-2-gov-1", "global"] {
        let reason = missing(look_up(&book, Site::China, region, "a b")).reason;
        assert_eq!(
            reason,
            Reason::OtherRegions(vec!["*".to_owned()]),
            "{region}"
        );
    }
}

#[test]
fn sites_have_their_own_price_lists() {
    let book = rows(&[ROW]);
    let what = "disk capacity category=cloud_essd;performance_level=PL0";
    assert_eq!(
        missing(look_up(&book, Site::International, "cn-hangzhou", what)).reason,
        Reason::Unpriced
    );
}

#[test]
fn other_regions_are_named_and_not_used() {
    let book = rows(&[ROW]);
    let answer = missing(look_up(
        &book,
        Site::China,
        "cn-beijing",
        "disk capacity category=cloud_essd;performance_level=PL0",
    ));
    assert_eq!(
        answer.reason,
        Reason::OtherRegions(vec!["cn-hangzhou".to_owned()])
    );
    assert_eq!(
        answer.said().en(),
        "no price for disk capacity category=cloud_essd performance_level=PL0 in cn-beijing (china site, 2026-11-24): known only for cn-hangzhou"
    );
}

#[test]
fn a_subscription_and_a_spot_price_are_items_of_their_own() {
    let book = rows(&[ROW]);
    for item in ["capacity_subscription", "capacity_spot"] {
        let what = format!("disk {item} category=cloud_essd;performance_level=PL0");
        assert_eq!(
            missing(look_up(&book, Site::China, "cn-hangzhou", &what)).reason,
            Reason::Unpriced
        );
    }
}

#[test]
fn validity_bounds_are_days_that_count() {
    let book = rows(&[
        "china,*,a,b,,1,CNY,per hour,,,,2026-06-30,page,undated,used,\n",
        "china,*,a,b,,2,CNY,per hour,,,2026-07-01,2026-12-31,page,undated,used,\n",
    ]);
    let on = |date: &str| look_up_on(&book, Site::China, "cn-hangzhou", "a b", date);
    assert_eq!(price(on("2026-06-30")), decimal("1"));
    assert_eq!(price(on("2026-07-01")), decimal("2"));
    assert_eq!(price(on("2026-12-31")), decimal("2"));
    assert_eq!(missing(on("2027-01-01")).reason, Reason::NotValid);
}

#[test]
fn a_price_in_dispute_alone_is_no_price() {
    let book = rows(&["china,cn-beijing,a,b,,1,CNY,per hour,,,,,other,undated,disputed,\n"]);
    let reason = missing(look_up(&book, Site::China, "cn-beijing", "a b")).reason;
    assert_eq!(
        reason,
        Reason::Disputed(vec![Said::new(
            "1 CNY per hour in cn-beijing",
            "cn-beijing：1 CNY 每小时",
        )])
    );
}

#[test]
fn a_dispute_is_shown_within_its_group_and_not_beyond() {
    let book = rows(&[
        "china,*,a,b,,1,CNY,per hour,,,,,page,undated,used,\n",
        "china,cn-beijing,a,b,,2,CNY,per hour,,,,,other,undated,disputed,\n",
    ]);
    for (region, disputes) in [
        ("cn-beijing", 1),
        ("cn-hangzhou", 1),
        ("cn-hongkong", 0),
        ("cn-shanghai-finance-1", 0),
    ] {
        if let Lookup::Found(price) = look_up(&book, Site::China, region, "a b") {
            assert_eq!(price.disputed.len(), disputes, "{region}");
        }
    }
}

#[test]
fn two_rows_that_fit_equally_well_give_no_price() {
    let book = rows(&[
        "china,*,a,b,color=red,1,CNY,per hour,,,,,page,undated,used,\n",
        "china,*,a,b,size=big,2,CNY,per hour,,,,,page,undated,used,\n",
    ]);
    let reason = missing(look_up(
        &book,
        Site::China,
        "cn-hangzhou",
        "a b color=red;size=big",
    ))
    .reason;
    assert!(matches!(reason, Reason::Ambiguous(places) if places.len() == 2));
}

#[test]
fn tiers_come_back_in_order() {
    let book = rows(&[
        "china,*,a,b,,3,CNY,per Mbps-day,5,,,,page,undated,used,\n",
        "china,*,a,b,,1,CNY,per Mbps-day,0,5,,,page,undated,used,\n",
    ]);
    let prices: Vec<_> = found(look_up(&book, Site::China, "cn-hangzhou", "a b"))
        .tiers
        .iter()
        .map(|row| row.price)
        .collect();
    assert_eq!(prices, [decimal("1"), decimal("3")]);
}

#[test]
fn the_book_says_which_items_it_prices() {
    let book = rows(&[ROW]);
    assert!(book.prices("disk", "capacity"));
    assert!(!book.prices("disk", "burst") && !book.prices("ecs", "instance"));
    assert!(PriceBook::embedded().prices("ecs", "instance"));
}
