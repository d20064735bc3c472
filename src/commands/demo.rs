//! `yunsweep demo`: the commands of a first day, run for real against the embedded emulator.

use std::collections::BTreeMap;
use std::path::Path;

use clap::{Args, Parser};

use super::arguments::Arguments;
use super::failure::Failure;
use super::run::Run;
use crate::emulator::{Emulator, Options, Running, Scenario};
use crate::output::ExitStatus;

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

/// One step: the key of its explanation, and the command line.
struct Step {
    key: &'static str,
    words: Vec<String>,
}

/// Runs it.
pub(super) async fn run(run: &Run, _arguments: &DemoArguments) -> Result<ExitStatus, Failure> {
    let internal = |error: std::io::Error| Failure::new(ExitStatus::Internal, error);
    let scenario = Scenario::load(SCENARIO).map_err(Failure::usage)?;
    let account = scenario.account.id.clone();
    let example = first_instance(&scenario);
    let emulator = Emulator::start(scenario, Options::default())
        .await
        .map_err(|error| Failure::new(ExitStatus::Internal, error))?;
    let folder = tempfile::tempdir().map_err(internal)?;
    let environment = environment(run, &emulator, folder.path());
    say(run, "demo-welcome", &[])?;
    let endpoint = emulator.endpoint();
    say(
        run,
        "demo-emulator",
        &[("endpoint", &endpoint), ("account", &account)],
    )?;
    let steps = steps(&folder.path().join("lab.json"), &example);
    let total = steps.len();
    for (index, step) in steps.into_iter().enumerate() {
        let heading = run.messages.text_with(
            "demo-step",
            &[
                ("number", (index + 1).into()),
                ("total", total.into()),
                (
                    "command",
                    format!("yunsweep {}", step.words.join(" ")).into(),
                ),
            ],
        );
        run.print(&format!("\n== {heading}\n"))?;
        say(run, &format!("demo-{}-1", step.key), &[])?;
        say(run, &format!("demo-{}-2", step.key), &[])?;
        run.print("\n")?;
        let status = execute(&step.words, run, environment.clone()).await?;
        if status != ExitStatus::Done {
            return Ok(status);
        }
    }
    run.print("\n")?;
    say(run, "demo-end", &[])?;
    Ok(ExitStatus::Done)
}

fn steps(snapshot: &Path, example: &str) -> Vec<Step> {
    let snapshot = snapshot.display().to_string();
    let step = |key, words: &[&str]| Step {
        key,
        words: words.iter().map(|word| (*word).to_owned()).collect(),
    };
    vec![
        step("whoami", &["whoami"]),
        step("inventory", &["inventory", "--save", &snapshot]),
        step("cost", &["cost", "--from", &snapshot]),
        step("why", &["why", example, "--from", &snapshot]),
    ]
}

/// Runs one command line as the shell would, in the demo's environment.
async fn execute(
    words: &[String],
    run: &Run,
    environment: BTreeMap<String, String>,
) -> Result<ExitStatus, Failure> {
    let words = std::iter::once("yunsweep").chain(words.iter().map(String::as_str));
    let mut arguments = Arguments::try_parse_from(words)
        .map_err(|error| Failure::new(ExitStatus::Internal, error))?;
    arguments.global.language = Some(run.messages.language().tag().to_owned());
    arguments.global.no_progress = true;
    // Boxed, because the demo runs commands and is one itself.
    Ok(Box::pin(super::execute(&arguments, environment)).await)
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
