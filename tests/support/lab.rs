//! A served lab and the binary run against it, as a user does it in two shells.

#![allow(
    dead_code,
    reason = "each test program uses its part of what they share"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// The binary under test.
const BINARY: &str = env!("CARGO_BIN_EXE_yunsweep");

/// What another shell needs to use the server.
const NEEDED: &[&str] = &[
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "YUNSWEEP_ENDPOINT",
];

/// `yunsweep emulator serve` in a process of its own; ends with the value.
pub(crate) struct Lab {
    server: Child,
    variables: BTreeMap<String, String>,
    home: tempfile::TempDir,
}

impl Lab {
    /// Serves a scenario with these faults.
    pub(crate) fn serve(scenario: &str, faults: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new(BINARY);
        command.args(["emulator", "serve", "--scenario", scenario, "--lang", "en"]);
        for fault in faults {
            command.args(["--fault", fault]);
        }
        let mut server = command
            .env_clear()
            .env("HOME", home.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let printed = BufReader::new(server.stdout.take().unwrap());
        let mut variables = BTreeMap::new();
        for line in printed.lines() {
            let line = line.unwrap();
            if let Some((name, value)) = line
                .strip_prefix("export ")
                .and_then(|rest| rest.split_once('='))
            {
                variables.insert(name.to_owned(), value.to_owned());
                if NEEDED.iter().all(|name| variables.contains_key(*name)) {
                    break;
                }
            }
        }
        for name in NEEDED {
            assert!(variables.contains_key(*name), "{name} was not printed");
        }
        Self {
            server,
            variables,
            home,
        }
    }

    /// Another value for one of the printed variables, or a further one.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// A folder that ends with the lab.
    pub(crate) fn folder(&self) -> &Path {
        self.home.path()
    }

    /// Runs the binary with the printed variables and nothing else.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(BINARY)
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .envs(&self.variables)
            .output()
            .unwrap()
    }

    /// The data of a command's `-o json`, which must exit with that code.
    pub(crate) fn json(&self, arguments: &[&str], code: i32) -> Value {
        let output = self.run(&[arguments, &["-o", "json"]].concat());
        let talk = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {talk}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // A server that has ended by itself is no reason to fail.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
