//! What a scan takes: its time as a ratio to a bare replay of the same calls under the same budgets, and the memory of the client
//! at growing sizes.
//!
//! `cargo bench --bench scan` (some minutes: the budgets of the vendor decide). Every call is answered 50 ms late. Times of two runs
//! cannot be compared; ratios within one run can. The replay reads each answer and makes nothing of it, and sends its calls without
//! waiting for the ones that they depend on: nothing can be faster under these budgets.

#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    reason = "a benchmark prints numbers and stops at the first surprise"
)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use secrecy::SecretString;
use serde_json::{Value, json};
use yunsweep::context::Context;
use yunsweep::contracts;
use yunsweep::emulator::{Effect, Emulator, Onlooker, Options, Running, Scenario, SeenCall};
use yunsweep::inventory::{Account, Inventory, ScanOptions, scan};
use yunsweep::model::{AccountId, Region, Site};
use yunsweep::openapi::endpoint::public_regions;
use yunsweep::openapi::{self, Client, Credential, Endpoints, Limiter, Request, StaticCredential};
use yunsweep::resources::{RESOURCE_TYPES, Reader};

const LATENCY: Duration = Duration::from_millis(50);
const ACCOUNT: &str = "0000000000000042";
const REGIONS: usize = 20;
/// As many calls as a scan has under way.
const AT_ONCE: usize = 64;
/// Collections that are filled, with the field of the id and the rest of an item.
const FILLED: &[(&str, &str, &str)] = &[
    ("ecs/disk", "DiskId", "d"),
    ("ecs/snapshot", "SnapshotId", "s"),
    ("ecs/security_group", "SecurityGroupId", "sg"),
    ("vpc/vpc", "VpcId", "vpc"),
    ("vpc/vswitch", "VSwitchId", "vsw"),
    ("vpc/eip", "AllocationId", "eip"),
];

fn main() {
    yunsweep::tls::install();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(against_replay(folder.path()));
    memory(folder.path());
}

/// A world of that many resources, spread over regions.
fn world(resources: usize, regions: &[String]) -> Value {
    let template: Value =
        serde_json::from_str(include_str!("../src/emulator/scenarios/ack-sop.json"))
            .expect("the laboratory is JSON");
    let mut collections: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for number in 0..resources {
        let (collection, id, prefix) = FILLED[number % FILLED.len()];
        let region = &regions[(number / FILLED.len()) % regions.len()];
        let mut item = template["collections"][collection][0].clone();
        let fields = item.as_object_mut().expect("items are objects");
        fields.insert(id.to_owned(), json!(format!("{prefix}-bp1{number:017}")));
        let field = ["RegionId", "_region"]
            .into_iter()
            .find(|name| *name == "_region" || fields.contains_key(*name));
        fields.insert(field.expect("the last one fits").to_owned(), json!(region));
        fields.remove("_source_groups");
        collections.entry(collection).or_default().push(item);
    }
    json!({
        "name": "bench", "title": {"en": "bench", "zh-CN": "bench"}, "account": template["account"],
        "region": "cn-hangzhou", "regions": regions, "collections": collections,
    })
}

fn regions() -> Vec<String> {
    public_regions()
        .map(|region| region.to_string())
        .take(REGIONS)
        .collect()
}

fn scenario(folder: &Path, resources: usize) -> std::path::PathBuf {
    let path = folder.join(format!("{resources}.json"));
    std::fs::write(&path, world(resources, &regions()).to_string()).expect("the world is written");
    path
}

/// Remembers the calls, and delays each.
#[derive(Default)]
struct Watch {
    calls: Mutex<Vec<SeenCall>>,
    throttled: Mutex<usize>,
}

impl Onlooker for Watch {
    fn arrives(&self, call: &SeenCall) -> Vec<Effect> {
        self.calls.lock().expect("no panic").push(call.clone());
        vec![Effect::Slow(LATENCY)]
    }

    fn is_done(&self, _call: &SeenCall, status: u16) {
        if matches!(status, 429 | 503) {
            *self.throttled.lock().expect("no panic") += 1;
        }
    }
}

fn client(running: &Running) -> (Context, openapi::Reader) {
    let context = Context::system(BTreeMap::new(), Arc::new(running.transport()));
    let keys = running.keys().clone();
    let credential = Credential {
        access_key_id: keys.access_key_id,
        secret: SecretString::from(keys.access_key_secret),
        security_token: None,
        expires_at: None,
    };
    let client = Client::new(
        context.clone(),
        Endpoints::default(),
        Arc::new(StaticCredential::new(credential, "bench")),
        Arc::new(Limiter::default()),
        ACCOUNT,
    );
    (context, openapi::Reader::new(Arc::new(client)))
}

async fn start(path: &Path, watch: &Arc<Watch>) -> Running {
    let world = Scenario::load(path.to_str().expect("a path")).expect("the world is valid");
    let options = Options {
        onlooker: Some(Arc::clone(watch) as _),
        ..Options::default()
    };
    Emulator::start(world, options).await.expect("it starts")
}

async fn scanned(running: &Running) -> (Inventory, Duration) {
    let (context, reader) = client(running);
    let account = Account {
        id: AccountId::new(ACCOUNT),
        identity: String::new(),
        site: Site::China,
        is_site_assumed: false,
        regions: regions().into_iter().map(Region::new).collect(),
        is_every_region: true,
        reader: Arc::new(Reader::new(reader)),
    };
    let options = ScanOptions {
        types: RESOURCE_TYPES.to_vec(),
    };
    let begin = Instant::now();
    let inventory = scan(&context, &[account], &options, &|_| {}).await;
    (inventory, begin.elapsed())
}

/// Sends the calls, as many at once as a scan does, and reads the answers.
async fn replayed(running: &Running, calls: &[SeenCall]) -> Duration {
    let (_, reader) = client(running);
    let begin = Instant::now();
    let failed = futures::stream::iter(calls)
        .map(|call| async {
            let region = Region::new(call.region.as_str());
            let operation = contracts::require(call.product, &call.action).expect("it is known");
            let mut request = Request::new(call.product, &call.action, &region);
            for (name, value) in &call.arguments {
                if operation.place(name).is_some() {
                    request = request.argument(name, value);
                }
            }
            reader.read(request).await.is_err()
        })
        .buffer_unordered(AT_ONCE)
        .filter(|failed| std::future::ready(*failed))
        .count()
        .await;
    assert_eq!(failed, 0, "every call of the scan can be sent again");
    begin.elapsed()
}

async fn against_replay(folder: &Path) {
    let path = scenario(folder, 5_000);
    let watch = Arc::new(Watch::default());
    let running = start(&path, &watch).await;
    let (inventory, scan) = scanned(&running).await;
    let calls = std::mem::take(&mut *watch.calls.lock().expect("no panic"));
    let throttled = *watch.throttled.lock().expect("no panic");
    running.stop().await;
    let running = start(&path, &Arc::new(Watch::default())).await;
    let replay = replayed(&running, &calls).await;
    running.stop().await;
    let mut by_action: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for call in &calls {
        *by_action.entry((call.product, &call.action)).or_default() += 1;
    }
    let busiest = by_action.iter().max_by_key(|(_, count)| **count);
    println!(
        "{} regions, {} resources, {} calls; throttled answers: {throttled}; holes: {}",
        REGIONS,
        inventory.resources.len(),
        calls.len(),
        inventory.holes().count(),
    );
    if let Some(((product, action), count)) = busiest {
        println!("busiest action: {product}:{action}, {count} calls");
    }
    println!(
        "scan {:.1} s, replay {:.1} s: {:.2} times the replay",
        scan.as_secs_f64(),
        replay.as_secs_f64(),
        scan.as_secs_f64() / replay.as_secs_f64()
    );
}

/// The emulator in a process of its own, so that the client's memory is the client's alone.
struct Served {
    server: Child,
    variables: BTreeMap<String, String>,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It has nothing to lose.
        let _ended = self.server.kill().and_then(|()| self.server.wait());
    }
}

const BINARY: &str = env!("CARGO_BIN_EXE_yunsweep");

fn serve(path: &Path) -> Served {
    let mut server = Command::new(BINARY)
        .args(["emulator", "serve", "--lang", "en", "--scenario"])
        .arg(path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the emulator starts");
    let lines = BufReader::new(server.stdout.take().expect("its output is piped")).lines();
    let variables = lines
        .map_while(Result::ok)
        .filter_map(|line| {
            let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        })
        .take(3)
        .collect();
    Served { server, variables }
}

/// Peak memory of a process in MiB and its processor time in seconds, from /proc; `None` on other systems.
fn usage(id: u32) -> Option<(f64, f64)> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = peak.trim().trim_end_matches(" kB").trim().parse().ok()?;
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some((kib / 1024.0, (ticks(11)? + ticks(12)?) / 100.0))
}

fn memory(folder: &Path) {
    println!("resources  peak memory  per 1,000  processor time  per 1,000");
    for size in [1_000_u32, 10_000, 100_000] {
        let path = scenario(folder, size as usize);
        let served = serve(&path);
        let save = folder.join("scan.json");
        let mut client = Command::new(BINARY)
            .args([
                "inventory",
                "-q",
                "-q",
                "--no-progress",
                "-o",
                "csv",
                "--save",
            ])
            .arg(&save)
            .env_clear()
            .env("HOME", folder)
            .envs(&served.variables)
            .stdout(Stdio::null())
            .spawn()
            .expect("the client starts");
        let mut last = None;
        let status = loop {
            last = usage(client.id()).or(last);
            if let Some(status) = client.try_wait().expect("it is a child") {
                break status;
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        assert!(status.success(), "the scan is complete: {status}");
        let thousands = f64::from(size) / 1000.0;
        match last {
            Some((peak, processor)) => println!(
                "{size:>9} {peak:>8.0} MiB {:>10.2} {processor:>13.2} s {:>10.3}",
                peak / thousands,
                processor / thousands
            ),
            None => println!("{size:>9}  not known on this system"),
        }
    }
}
