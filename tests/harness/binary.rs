//! The built program, killed like `kill -9` does it, at calls that the emulator counts; then resumed until it is done.
//!
//! A process waits by the real clock, so its plan looks every second and the world moves faster; several laboratories are
//! taken down at the same time.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use yunsweep::emulator::{
    Effect, Emulator, Onlooker, Options, Running, Scenario, SeenCall, Throttling,
};
use yunsweep::teardown::{Place, plan_file};

use super::case::say;
use super::combined::Random;
use super::laboratory::{ALL, Haste, Laboratory, Planned, planned};
use super::oracle::planned as call_of_plan;
use super::reference::WITH_ALL;
use super::wire::{Fate, Sent, What};

/// Laboratories, and kills in each.
const LABORATORIES: u64 = 10;
const KILLS: usize = 5;
/// Calls of one process after which it has died for certain, if it is to die.
const LONGEST_LIFE: usize = 25;
/// Seconds of the world in one real one.
const TIME_SCALE: u32 = 200;
/// Real seconds that the plan waits.
const HASTE: Haste = Haste { poll: 1, left: 40 };

/// Counts the calls of the program, and kills it at one of them.
#[derive(Default)]
struct Killer(Mutex<Aim>);

#[derive(Default)]
struct Aim {
    program: Option<Child>,
    /// Calls that it may still send; `None`: it may live.
    left: Option<usize>,
    /// Whether it dies after the call was done.
    is_after: bool,
    kills: usize,
    seen: Vec<SeenCall>,
}

impl Aim {
    fn kill(&mut self) {
        if let Some(program) = &mut self.program {
            // One that has ended by itself cannot be killed any more.
            if program.kill().is_ok() {
                self.kills += 1;
            }
        }
        self.left = None;
    }
}

impl Onlooker for Killer {
    fn arrives(&self, call: &SeenCall) -> Vec<Effect> {
        let mut aim = self.0.lock().unwrap();
        aim.seen.push(call.clone());
        match aim.left {
            Some(0) if !aim.is_after => {
                aim.kill();
                vec![Effect::CutBefore]
            }
            _ => Vec::new(),
        }
    }

    fn is_done(&self, _call: &SeenCall, _status: u16) {
        let mut aim = self.0.lock().unwrap();
        match &mut aim.left {
            Some(0) => aim.kill(),
            Some(left) => *left -= 1,
            None => {}
        }
    }
}

/// One laboratory, its program and its killer.
struct Hunt {
    running: Running,
    killer: Arc<Killer>,
    planned: Planned,
    home: tempfile::TempDir,
}

impl Hunt {
    async fn begin() -> Self {
        let killer = Arc::new(Killer::default());
        let options = Options {
            time_scale: TIME_SCALE,
            throttling: Throttling::Off,
            onlooker: Some(Arc::clone(&killer) as _),
            ..Options::default()
        };
        let scenario = Scenario::load("ack-sop").unwrap();
        let running = Emulator::start(scenario, options).await.unwrap();
        // It is the same laboratory in each world: what one plans fits all that listen at that address.
        let inventory = Laboratory::start(Vec::new(), &[]).await.scan().await;
        let planned = planned(&inventory, ALL, &Place::at(&running.endpoint()), HASTE);
        let home = tempfile::tempdir().unwrap();
        let configuration = home.path().join(".config/yunsweep");
        std::fs::create_dir_all(&configuration).unwrap();
        let account = running.account();
        let allowed = format!("[accounts.\"{account}\"]\nteardown = true\n");
        std::fs::write(configuration.join("config.toml"), allowed).unwrap();
        plan_file::save(&planned.plan, &home.path().join("plan.json")).unwrap();
        Self {
            running,
            killer,
            planned,
            home,
        }
    }

    /// Runs the program until it ends or is killed; its status, and what it said.
    fn run(
        &self,
        arguments: &[&str],
        dies_after: Option<usize>,
        is_after: bool,
    ) -> (Option<i32>, String) {
        let mut program = Command::new(env!("CARGO_BIN_EXE_yunsweep"))
            .args(arguments)
            .current_dir(self.home.path())
            .env_clear()
            .env("HOME", self.home.path())
            .envs(self.running.environment())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut talk = program.stderr.take().unwrap();
        {
            let mut aim = self.killer.0.lock().unwrap();
            aim.program = Some(program);
            aim.left = dies_after;
            aim.is_after = is_after;
        }
        let mut said = String::new();
        talk.read_to_string(&mut said).unwrap();
        let mut aim = self.killer.0.lock().unwrap();
        aim.left = None;
        let status = aim.program.take().unwrap().wait().unwrap();
        (status.code(), said)
    }

    /// Takes the laboratory down with kills; what is wrong afterwards, and how often it died.
    fn hunt(&self, seed: u64) -> (Vec<String>, usize) {
        let mut random = Random(seed);
        let digest = self.planned.digest.clone();
        let begin = ["teardown", "apply", "plan.json", "--confirm", &digest];
        let resume = ["teardown", "resume", &digest];
        let mut faults = Vec::new();
        for round in 0.. {
            let died = self.killer.0.lock().unwrap().kills;
            let life = (died < KILLS).then(|| random.below(LONGEST_LIFE));
            // A run that died before it had a folder is begun again.
            let has_begun = self
                .home
                .path()
                .join(".local/state/yunsweep/runs")
                .join(&digest)
                .join("plan.json")
                .exists();
            let arguments: &[&str] = if has_begun { &resume } else { &begin };
            let (status, said) = self.run(arguments, life, random.below(2) == 0);
            let was_killed = self.killer.0.lock().unwrap().kills > died;
            match status {
                Some(0) => break,
                None if was_killed => {}
                _ => faults.push(format!("process {round} ended with {status:?}: {said}")),
            }
            if round > 4 * KILLS {
                faults.push("it does not come to an end".to_owned());
                break;
            }
        }
        let (status, said) = self.run(&["teardown", "verify", "plan.json"], None, false);
        if status != Some(0) {
            faults.push(format!("verify ended with {status:?}: {said}"));
        }
        let mut now = self.running.contents();
        now.retain(|name, items| name != "cs/task" && !items.is_empty());
        let mut after = WITH_ALL.after.clone();
        after.retain(|name, items| name != "cs/task" && !items.is_empty());
        if now != after {
            faults.push(format!("the world ended with {now:?}"));
        }
        let aim = self.killer.0.lock().unwrap();
        for seen in aim.seen.iter().filter(|seen| seen.changes) {
            let sent = Sent {
                lines: 0,
                at: Some(seen.at),
                what: What::Cloud(seen.action.clone(), Some(seen.clone())),
                fate: Fate::Lost,
            };
            if call_of_plan(&self.planned.plan, &sent).is_none() {
                faults.push(format!("outside the plan: {seen:?}"));
            }
        }
        let named = faults
            .into_iter()
            .map(|fault| format!("seed {seed}: {fault}"));
        (named.collect(), aim.kills)
    }
}

#[test]
fn a_killed_program_is_gone_on_with() {
    yunsweep::tls::install();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let hunts: Vec<(u64, Hunt)> = (0..LABORATORIES)
        .map(|seed| (seed, runtime.block_on(Hunt::begin())))
        .collect();
    let ends: Vec<(Vec<String>, usize)> = std::thread::scope(|scope| {
        let threads: Vec<_> = hunts
            .iter()
            .map(|(seed, hunt)| scope.spawn(|| hunt.hunt(*seed)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let kills: usize = ends.iter().map(|(_, kills)| kills).sum();
    let wrong: Vec<String> = ends.into_iter().flat_map(|(faults, _)| faults).collect();
    say(&format!(
        "harness kill -9 (b): {LABORATORIES} laboratories, {kills} kills of the program, all taken down in the end, {} wrong",
        wrong.len()
    ));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(kills >= 45, "only {kills} kills");
}
