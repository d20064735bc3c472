//! `yunsweep emulator`

use std::net::SocketAddr;

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::run::Run;
use crate::emulator::{Emulator, Fault, Options, Scenario};
use crate::output::ExitStatus;

/// Variables that would lead away from the emulator's keys.
const IN_THE_WAY: &[&str] = &["ALIBABA_CLOUD_SECURITY_TOKEN", "YUNSWEEP_PROFILE"];

/// Arguments of `emulator`.
#[derive(Debug, Args)]
pub struct EmulatorArguments {
    #[command(subcommand)]
    command: EmulatorCommand,
}

#[derive(Debug, Subcommand)]
enum EmulatorCommand {
    /// Serve a scenario until Ctrl-C, and print what another shell needs to use it
    Serve(ServeArguments),
}

/// Arguments of `emulator serve`.
#[derive(Debug, Args)]
struct ServeArguments {
    /// World to serve: a built-in scenario (ack-sop, ack-sop-pro, ack-sop-spot) or the path of a scenario file; repeat it for worlds
    /// of other accounts
    #[arg(long = "scenario", value_name = "NAME|FILE", default_value = "ack-sop")]
    scenarios: Vec<String>,
    /// Loopback address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Let calls fail; repeat it for several. Example: 'ecs:DescribeDisks=deny'
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<Fault>,
    /// How many times faster than the real time the world goes: a deletion that takes five minutes then takes less
    #[arg(long, value_name = "N", default_value_t = 1)]
    time_scale: u32,
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &EmulatorArguments) -> Result<ExitStatus, Failure> {
    let EmulatorCommand::Serve(serve) = &arguments.command;
    let scenarios: Result<Vec<Scenario>, _> = serve
        .scenarios
        .iter()
        .map(|name| Scenario::load(name))
        .collect();
    let mut scenarios = scenarios.map_err(Failure::usage)?;
    let names: Vec<String> = scenarios.iter().map(|world| world.name.clone()).collect();
    // There is a default, so that there is one.
    let scenario = scenarios.remove(0);
    let options = Options {
        listen: serve.listen,
        faults: serve.faults.clone(),
        time_scale: serve.time_scale,
        others: scenarios,
        ..Options::default()
    };
    let emulator = Emulator::start(scenario, options)
        .await
        .map_err(Failure::usage)?;
    let listening = run.messages.text_with(
        "emulator-listening",
        &[
            ("endpoint", emulator.endpoint().into()),
            ("scenario", names.join(", ").into()),
        ],
    );
    run.print(&format!(
        "# {listening}\n# {}\n",
        run.messages.text("emulator-try")
    ))?;
    // What the other shell may have set would win over the keys, or be sent with them.
    run.print(&format!("unset {}\n", IN_THE_WAY.join(" ")))?;
    for (name, value) in emulator.environment() {
        run.print(&format!("export {name}={value}\n"))?;
    }
    // Ctrl-C ends the process from above.
    std::future::pending().await
}
