//! The subcommands: each file has its arguments and `run`, from arguments to use case to output, and no other logic.

mod accounts;
mod arguments;
mod completions;
mod cost;
mod demo;
mod diff;
mod emulator;
mod failure;
mod graph;
mod history;
mod inventory;
mod lab;
mod ledger;
mod policy;
mod run;
mod scan;
mod session;
mod spot;
mod teardown;
mod types;
mod whoami;
mod why;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;

use clap::{CommandFactory, Parser};

pub use arguments::{Arguments, Command, GlobalArguments};

use crate::config::Flags;
use crate::context::Clock;
use crate::i18n::{Language, Messages};
use crate::output::{ExitStatus, Printer, PrinterOptions, Streams, log};
use failure::Failure;
use run::Run;

/// The command line as clap knows it, for generated documentation.
pub fn command_line() -> clap::Command {
    Arguments::command()
}

/// Parses the command line and runs it. The one entry of the binary.
pub fn main(
    arguments: impl IntoIterator<Item = OsString>,
    environment: BTreeMap<String, String>,
) -> ExitStatus {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return parser_message(&error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            let messages = Messages::new(Language::detect(&environment));
            let failure = Failure::new(ExitStatus::Internal, error).hint("hint-report");
            printer(&arguments.global, &environment).error(&failure.report(&messages), &messages);
            return failure.status;
        }
    };
    let status = runtime.block_on(until_interrupted(&arguments, environment));
    // What still runs in the background (a request that nobody waits for) must not keep the shell waiting.
    runtime.shutdown_background();
    status
}

/// Help and usage errors, as clap words them: help is an answer, a usage error is talk.
fn parser_message(error: &clap::Error) -> ExitStatus {
    // Where stdout or stderr is gone there is nobody left to tell.
    let _ = error.print();
    if error.use_stderr() {
        ExitStatus::Usage
    } else {
        ExitStatus::Done
    }
}

async fn until_interrupted(
    arguments: &Arguments,
    environment: BTreeMap<String, String>,
) -> ExitStatus {
    log::start(arguments.global.verbose, arguments.global.quiet > 1);
    // What changes something ends in good order, by itself: an answer on its way has to be written down.
    if let Command::Teardown(teardown) = &arguments.command
        && teardown.ends_by_itself()
    {
        return execute(arguments, environment, None).await;
    }
    tokio::select! {
        status = execute(arguments, environment, None) => status,
        // Nothing of this changes anything, so it may end anywhere.
        _ = tokio::signal::ctrl_c() => match arguments.command {
            // A server has no other end.
            Command::Emulator(_) => ExitStatus::Done,
            _ => ExitStatus::Interrupted,
        },
    }
}

/// Runs one command in an environment and reports what went wrong. The demo runs its steps through this, too, by the clock of
/// its world.
async fn execute(
    arguments: &Arguments,
    environment: BTreeMap<String, String>,
    clock: Option<Arc<dyn Clock>>,
) -> ExitStatus {
    let printer = printer(&arguments.global, &environment);
    let outcome = match Run::prepare(&flags(&arguments.global), environment, printer) {
        Ok(mut run) => {
            if let Some(clock) = clock {
                run.context.clock = clock;
            }
            dispatch(&run, &arguments.command)
                .await
                .map_err(|failure| (failure, run.printer, run.messages))
        }
        Err(unprepared) => Err(unprepared),
    };
    match outcome {
        Ok(status) => status,
        Err((failure, printer, messages)) => {
            printer.error(&failure.report(&messages), &messages);
            failure.status
        }
    }
}

/// Runs one command line by another clock: that of an emulated world, which moves when somebody waits by it. For tests;
/// a user's commands go by the machine's clock.
pub async fn run_by_clock(
    arguments: impl IntoIterator<Item = OsString>,
    environment: BTreeMap<String, String>,
    clock: Arc<dyn Clock>,
) -> ExitStatus {
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => execute(&arguments, environment, Some(clock)).await,
        Err(error) => parser_message(&error),
    }
}

async fn dispatch(run: &Run, command: &Command) -> Result<ExitStatus, Failure> {
    match command {
        Command::Whoami(arguments) => whoami::run(run, arguments).await,
        Command::Inventory(arguments) => inventory::run(run, arguments).await,
        Command::Cost(arguments) => cost::run(run, arguments).await,
        Command::Why(arguments) => why::run(run, arguments).await,
        Command::Diff(arguments) => diff::run(run, arguments),
        Command::Lab(arguments) => lab::run(run, arguments).await,
        Command::Spot(arguments) => spot::run(run, arguments).await,
        Command::Ledger(arguments) => ledger::run(run, arguments).await,
        Command::History(arguments) => history::run(run, arguments),
        Command::Graph(arguments) => graph::run(run, arguments).await,
        Command::Teardown(arguments) => teardown::run(run, arguments).await,
        Command::Types(arguments) => types::run(run, arguments),
        Command::Policy(arguments) => policy::run(run, arguments),
        Command::Emulator(arguments) => emulator::run(run, arguments).await,
        Command::Demo(arguments) => demo::run(run, arguments).await,
        Command::Completions(arguments) => completions::run(run, arguments),
    }
}

fn flags(global: &GlobalArguments) -> Flags {
    Flags {
        profile: global.profile.clone(),
        regions: global.regions.clone(),
        site: global.site,
        endpoint: global.endpoint.clone(),
        endpoint_type: global.endpoint_type,
        ca_file: global.ca_file.clone(),
        language: global.language.clone(),
    }
}

fn printer(global: &GlobalArguments, environment: &BTreeMap<String, String>) -> Printer {
    let options = PrinterOptions {
        quiet: global.quiet,
        no_progress: global.no_progress,
        color: global.color,
    };
    Printer::new(options, Streams::system(), environment)
}
