//! An emulator in this process and the binary run against it: what a user types, and what the cloud heard of it.

#![allow(
    dead_code,
    reason = "each test program uses its part of what they share"
)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tokio::runtime::Runtime;
use yunsweep::emulator::{Emulator, Options, Running, Scenario, Throttling};
use yunsweep::output::ExitStatus;

/// The binary under test.
const BINARY: &str = env!("CARGO_BIN_EXE_yunsweep");
/// The laboratory.
const SCENARIO: &str = include_str!("../../src/emulator/scenarios/ack-sop.json");

pub(crate) const ACCOUNT: &str = "0000000000000042";
pub(crate) const CLUSTER: &str = "c7e1a0c5b2d94f6e8a3b1c0d9e8f70042";
pub(crate) const ALLOWED: &str = "[accounts.\"0000000000000042\"]\nteardown = true\n";

pub(crate) struct Stage {
    runtime: Runtime,
    /// The emulator; `None` only while it is replaced.
    running: Option<Running>,
    home: tempfile::TempDir,
}

impl Stage {
    /// The laboratory, and a configuration that allows to take its account down.
    pub(crate) fn open() -> Self {
        Self::with(|_| {}, &[])
    }

    /// The laboratory with a change and faults.
    pub(crate) fn with(change: impl FnOnce(&mut Value), faults: &[String]) -> Self {
        yunsweep::tls::install();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let home = tempfile::tempdir().unwrap();
        let mut stage = Self {
            runtime,
            running: None,
            home,
        };
        stage.start(change, faults, Options::default().listen);
        stage.configure(ALLOWED);
        stage
    }

    /// Another world at the same address: what may have happened between two commands.
    pub(crate) fn replace(&mut self, change: impl FnOnce(&mut Value), faults: &[String]) {
        let before = self.running.take().unwrap();
        let address = before.address();
        self.runtime.block_on(before.stop());
        self.start(change, faults, address);
    }

    fn start(&mut self, change: impl FnOnce(&mut Value), faults: &[String], listen: SocketAddr) {
        let mut world: Value = serde_json::from_str(SCENARIO).unwrap();
        change(&mut world);
        let path = self.home.path().join("world.json");
        std::fs::write(&path, world.to_string()).unwrap();
        let scenario = Scenario::load(path.to_str().unwrap()).unwrap();
        let options = Options {
            listen,
            faults: faults.iter().map(|fault| fault.parse().unwrap()).collect(),
            throttling: Throttling::Off,
            time_scale: 0,
            ..Options::default()
        };
        let started = self.runtime.block_on(Emulator::start(scenario, options));
        self.running = Some(started.unwrap_or_else(|error| panic!("{error}")));
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.home.path()
    }

    /// The path of a file in the home folder, as an argument.
    pub(crate) fn path(&self, name: &str) -> String {
        self.home.path().join(name).display().to_string()
    }

    /// The folder of the runs.
    pub(crate) fn runs(&self) -> PathBuf {
        self.home.path().join(".local/state/yunsweep/runs")
    }

    pub(crate) fn configure(&self, text: &str) {
        let folder = self.home.path().join(".config/yunsweep");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), text).unwrap();
    }

    fn environment(&self) -> BTreeMap<String, String> {
        let reached = self.running().environment().into_iter();
        reached
            .map(|(name, value)| (name.to_owned(), value))
            .chain([("HOME".to_owned(), self.home.path().display().to_string())])
            .collect()
    }

    /// Runs the binary.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, &[])
    }

    /// Runs the binary with further variables.
    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        Command::new(BINARY)
            .args(arguments)
            .env_clear()
            .envs(self.environment())
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }

    /// What the binary prints; it must exit with that code.
    pub(crate) fn text(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let talk = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {talk}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The document of a command's `-o json`; it must exit with that code.
    pub(crate) fn json(&self, arguments: &[&str], code: i32) -> Value {
        let text = self.text(&[arguments, &["-o", "json"]].concat(), code);
        serde_json::from_str(&text).unwrap()
    }

    /// Runs a command in this process, by the clock of the world: its waits move the world on and take no time.
    pub(crate) fn run_here(&self, arguments: &[&str]) -> ExitStatus {
        let words = std::iter::once("yunsweep").chain(arguments.iter().copied());
        let words: Vec<OsString> = words.map(OsString::from).collect();
        let clock = self.running().clock();
        self.runtime.block_on(yunsweep::commands::run_by_clock(
            words,
            self.environment(),
            clock,
        ))
    }

    /// Makes and saves a plan, and tells its path and digest.
    pub(crate) fn plan(&self, selection: &[&str]) -> (String, String) {
        let path = self.path("plan.json");
        let arguments = [&["teardown", "plan"], selection, &["--save", path.as_str()]].concat();
        let plan = self.json(&arguments, 0);
        let digest = plan["data"]["digest"].as_str().unwrap().to_owned();
        (path, digest)
    }

    /// Everything that the cloud and the clusters have, by collection and kind.
    pub(crate) fn everything(&self) -> BTreeMap<String, Vec<String>> {
        let world: Value = serde_json::from_str(SCENARIO).unwrap();
        let collections = world["collections"].as_object().unwrap().keys();
        let mut found: BTreeMap<String, Vec<String>> = collections
            .map(|collection| (collection.clone(), self.running().holds(collection)))
            .collect();
        if let Some(api) = self.running().kubernetes(CLUSTER) {
            let all = yunsweep::emulator::kubernetes::ListOptions::default();
            for kind in api.store().kinds() {
                let items = api.store().list(&kind, &all).unwrap().items;
                let named = items.iter().map(|item| {
                    format!("{} {}", item["metadata"]["name"], item["metadata"]["uid"])
                });
                found.insert(kind.plural.clone(), named.collect());
            }
        }
        found
    }

    /// Whether any journal of this home says that something is gone.
    pub(crate) fn says_gone(&self) -> bool {
        let Ok(runs) = std::fs::read_dir(self.runs()) else {
            return false;
        };
        runs.flatten().any(|run| {
            let journal = std::fs::read_to_string(run.path().join("journal.jsonl"));
            journal.is_ok_and(|text| text.contains("\"event\":\"gone\""))
        })
    }
}
