//! What the stages behind a snapshot cost, as ratios to reading the snapshot, at growing sizes.
//!
//! `cargo bench --bench offline`. Times of two runs cannot be compared; ratios within one run can.

#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::float_arithmetic,
    reason = "a benchmark prints numbers and stops at the first surprise"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use yunsweep::i18n::{Language, Messages};
use yunsweep::inventory::{Inventory, ScannedAccount, snapshot};
use yunsweep::model::{AccountId, Cell, Region, Site};
use yunsweep::output::format::{Format, Surface, render};
use yunsweep::pricing::{Charged, Options, PriceBook, estimate};
use yunsweep::resources::{Neighbours, find};

const ACCOUNT: AccountId = AccountId::from_static("0000000000000042");

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // The price book is read once per process; it is no part of what grows.
    PriceBook::embedded()
        .check()
        .expect("the price book is valid");
    println!(
        "resources  parse      estimate/parse  page/parse  json/parse  parse per resource, to the first size"
    );
    let mut first: Option<f64> = None;
    for size in [1_000, 10_000, 100_000] {
        let path = folder.path().join("lab.json");
        snapshot::save(&inventory(size), &path).expect("the snapshot is written");
        let row = measure(&path);
        let each = row.parse.as_secs_f64() / f64::from(size);
        let growth = each / *first.get_or_insert(each);
        let ratio = |part: Duration| part.as_secs_f64() / row.parse.as_secs_f64();
        println!(
            "{size:>9}  {:>7.1} ms {:>15.2} {:>11.2} {:>11.2} {growth:>10.2}",
            row.parse.as_secs_f64() * 1000.0,
            ratio(row.estimate),
            ratio(row.page),
            ratio(row.json),
        );
    }
}

struct Row {
    parse: Duration,
    estimate: Duration,
    page: Duration,
    json: Duration,
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let made = work();
    (made, begin.elapsed())
}

fn measure(path: &Path) -> Row {
    let (inventory, parse) = timed(|| snapshot::load(path).expect("the snapshot is read"));
    let sites = BTreeMap::from([(ACCOUNT, Site::China)]);
    let options = Options::new(inventory.scanned_at.date_naive(), sites);
    let (priced, estimate) = timed(|| {
        let near = Neighbours::new(&inventory.resources);
        let charged = inventory.resources.iter().map(|resource| Charged {
            resource,
            charges: find(resource.id.type_id.as_str())
                .map(|found| found.charges(resource, &near))
                .unwrap_or_default(),
        });
        estimate(PriceBook::embedded(), charged, &options)
    });
    assert_eq!(priced.total.lines.priced, inventory.resources.len());
    let messages = Messages::new(Language::English);
    let answer = yunsweep::output::view::cost::answer(&priced, &inventory, false, &messages);
    let write =
        |format| timed(|| render(&answer, format, Surface::PLAIN).expect("it can be written")).1;
    Row {
        parse,
        estimate,
        page: write(Format::Table),
        json: write(Format::Json),
    }
}

/// Disks as a scan reads them, with tags and owner.
fn inventory(size: u32) -> Inventory {
    let cell = Cell {
        account: ACCOUNT,
        region: Region::from_static("cn-hangzhou"),
        parent: None,
    };
    let disk = find("ecs.disk").expect("disks are known");
    let mut resources: Vec<_> = (0..size)
        .map(|number| {
            let raw = serde_json::json!({
                "DiskId": format!("d-bp1{number:017}"), "DiskName": format!("disk {number}"), "Size": 20 + number % 500,
                "Category": "cloud_essd", "PerformanceLevel": "PL0", "DiskChargeType": "PostPaid", "Type": "data",
                "ZoneId": "cn-hangzhou-h", "Status": "In_use", "CreationTime": "2026-01-15T08:00:00Z", "Portable": true,
                "Encrypted": false, "DeleteWithInstance": true, "InstanceId": format!("i-bp1{number:017}"),
                "Tags": {"Tag": [{"TagKey": "ack.aliyun.com", "TagValue": "c0123456789abcdef0123456789abcdef"}]},
            });
            disk.decode(&raw, &cell).expect("the item is read")
        })
        .collect();
    resources.sort_by(|a, b| a.id.cmp(&b.id));
    let links = resources
        .iter()
        .flat_map(|resource| disk.links(resource))
        .collect();
    let mut inventory = Inventory {
        scanned_at: "2026-02-14T02:00:00Z".parse().expect("a time"),
        accounts: vec![ScannedAccount {
            id: ACCOUNT,
            identity: "acs:ram::0000000000000042:user/bench".to_owned(),
            site: Site::China,
            is_site_assumed: false,
            regions: vec![cell.region],
            is_every_region: true,
        }],
        resources,
        links,
        coverage: Vec::new(),
        observations: Vec::new(),
    };
    yunsweep::inventory::ownership::attribute(&mut inventory);
    inventory
}
