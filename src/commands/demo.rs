//! `yunsweep demo`: the commands of a first day, run for real against the embedded emulator.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use clap::{Args, Parser};

use super::arguments::Arguments;
use super::failure::Failure;
use super::run::Run;
use crate::context::Clock;
use crate::emulator::{Emulator, Options, Running, Scenario};
use crate::output::ExitStatus;
use crate::teardown::plan_file;

/// Arguments of `demo`.
#[derive(Debug, Default, Args)]
pub struct DemoArguments {}

/// The world of the demo.
const SCENARIO: &str = "ack-sop";

/// What the steps keep of the user's environment: how to show things. Credentials and settings stay out, so that the demo
/// never touches a real account.
const KEPT_VARIABLES: &[&str] = &[
    "TERM",
    "COLUMNS",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "LC_ALL",
    "LC_MESSAGES",
    "LANG",
];

/// Runs it.
pub(super) async fn run(run: &Run, _arguments: &DemoArguments) -> Result<ExitStatus, Failure> {
    let internal = |error: std::io::Error| Failure::new(ExitStatus::Internal, error);
    let scenario = Scenario::load(SCENARIO).map_err(Failure::usage)?;
    let account = scenario.account.id.clone();
    let example = first_instance(&scenario);
    let cluster = first_cluster(&scenario);
    let options = Options {
        // The world moves when somebody waits for it, and not by itself.
        time_scale: 0,
        ..Options::default()
    };
    let emulator = Emulator::start(scenario, options)
        .await
        .map_err(|error| Failure::new(ExitStatus::Internal, error))?;
    let folder = tempfile::tempdir().map_err(internal)?;
    say(run, "demo-welcome", &[])?;
    let endpoint = emulator.endpoint();
    say(
        run,
        "demo-emulator",
        &[("endpoint", &endpoint), ("account", &account)],
    )?;
    let stage = Stage {
        run,
        environment: environment(run, &emulator, folder.path()),
        clock: emulator.clock(),
    };
    allow_teardown(folder.path(), &account).map_err(internal)?;
    let snapshot = folder.path().join("lab.json").display().to_string();
    let plan = folder.path().join("plan.json");
    let plan_path = plan.display().to_string();
    let looks: [(&str, &[&str]); 5] = [
        ("whoami", &["whoami"]),
        ("inventory", &["inventory", "--save", &snapshot]),
        ("cost", &["cost", "--from", &snapshot]),
        ("why", &["why", &example, "--from", &snapshot]),
        (
            "plan",
            &[
                "teardown",
                "plan",
                "--cluster",
                &cluster,
                "--save",
                &plan_path,
            ],
        ),
    ];
    for (index, (key, words)) in looks.iter().enumerate() {
        let status = stage.step(index + 1, key, words).await?;
        if status != ExitStatus::Done {
            return Ok(status);
        }
    }
    // A person reads the plan and types its digest; the demo has nobody to read it but you.
    let digest = plan_file::load(&plan)?.digest;
    let acts: [(&str, &[&str]); 2] = [
        (
            "apply",
            &[
                "teardown",
                "apply",
                &plan_path,
                "--confirm",
                digest.as_str(),
            ],
        ),
        ("verify", &["teardown", "verify", &plan_path]),
    ];
    for (index, (key, words)) in acts.iter().enumerate() {
        let status = stage.step(looks.len() + index + 1, key, words).await?;
        if status != ExitStatus::Done {
            return Ok(status);
        }
    }
    run.print("\n")?;
    say(run, "demo-end", &[])?;
    Ok(ExitStatus::Done)
}

/// How many steps there are.
const STEPS: usize = 7;

/// Where the steps run.
struct Stage<'a> {
    run: &'a Run,
    environment: BTreeMap<String, String>,
    /// The emulated world's clock: whoever waits by it moves the world instead of waiting.
    clock: Arc<dyn Clock>,
}

impl Stage<'_> {
    /// Says what comes, and runs the command line as the shell would.
    async fn step(&self, number: usize, key: &str, words: &[&str]) -> Result<ExitStatus, Failure> {
        let run = self.run;
        let heading = run.messages.text_with(
            "demo-step",
            &[
                ("number", number.into()),
                ("total", STEPS.into()),
                ("command", format!("yunsweep {}", words.join(" ")).into()),
            ],
        );
        run.print(&format!("\n== {heading}\n"))?;
        say(run, &format!("demo-{key}-1"), &[])?;
        say(run, &format!("demo-{key}-2"), &[])?;
        run.print("\n")?;
        let words = std::iter::once("yunsweep").chain(words.iter().copied());
        let mut arguments = Arguments::try_parse_from(words)
            .map_err(|error| Failure::new(ExitStatus::Internal, error))?;
        arguments.global.language = Some(run.messages.language().tag().to_owned());
        arguments.global.no_progress = true;
        let (environment, clock) = (self.environment.clone(), Some(Arc::clone(&self.clock)));
        // Boxed, because the demo runs commands and is one itself.
        Ok(Box::pin(super::execute(&arguments, environment, clock)).await)
    }
}

/// The configuration of the demo's own home: its account may be torn down. No real account has that id.
fn allow_teardown(home: &Path, account: &str) -> std::io::Result<()> {
    let text = format!("[accounts.\"{account}\"]\nteardown = true\n");
    let folder = home.join(".config/yunsweep");
    std::fs::create_dir_all(&folder)?;
    crate::store::write_whole(&folder.join("config.toml"), text.as_bytes())
}

/// What the commands of the demo see: the emulator's keys and an empty home.
fn environment(run: &Run, emulator: &Running, home: &Path) -> BTreeMap<String, String> {
    let kept = KEPT_VARIABLES.iter().filter_map(|name| {
        let value = run.context.variable(name)?;
        Some(((*name).to_owned(), value.to_owned()))
    });
    let home = home.display().to_string();
    let reached = emulator.environment().into_iter();
    kept.chain(reached.map(|(name, value)| (name.to_owned(), value)))
        .chain([("HOME".to_owned(), home)])
        .collect()
}

/// The cluster that the demo takes down.
fn first_cluster(scenario: &Scenario) -> String {
    scenario
        .clusters
        .first()
        .and_then(crate::emulator::scenario::Cluster::id)
        .unwrap_or_default()
        .to_owned()
}

/// The instance that the demo explains.
fn first_instance(scenario: &Scenario) -> String {
    scenario
        .collections
        .get("ecs/instance")
        .into_iter()
        .flatten()
        .find_map(|item| item.get("InstanceId")?.as_str())
        .unwrap_or_default()
        .to_owned()
}

fn say(run: &Run, key: &str, arguments: &[(&str, &str)]) -> Result<(), Failure> {
    let arguments: Vec<_> = arguments
        .iter()
        .map(|(name, value)| (*name, (*value).into()))
        .collect();
    let text = run.messages.text_with(key, &arguments);
    let width = run.printer.surface().width;
    run.print(&format!(
        "{}\n",
        crate::output::width::wrap(&text, width, "")
    ))
}
