//! The command line: global flags, and the list of subcommands. What a subcommand takes stands in its own file.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{ArgAction, Args, Parser, Subcommand};

use super::{
    completions, cost, demo, diff, emulator, graph, history, inventory, lab, ledger, policy, spot,
    teardown, types, whoami, why,
};
use crate::model::Site;
use crate::openapi::EndpointType;
use crate::output::{ColorChoice, Format};

/// See, price and take down Alibaba Cloud Kubernetes (ACK) labs.
///
/// Reads with the credential that the aliyun CLI and the official SDKs would use. Only `teardown apply` and
/// `teardown resume` change anything in the cloud.
#[derive(Debug, Parser)]
#[command(
    name = "yunsweep",
    version,
    max_term_width = 100,
    styles = STYLES,
    after_help = "Exit status: 0 done, 1 internal error, 2 wrong usage, 3 findings, 4 incomplete answer, 5 refused, 6 no access, 7 unfinished run, 130 interrupted.\n\nTry it without an account: yunsweep demo"
)]
pub struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub global: GlobalArguments,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// What holds for every command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArguments {
    /// Profile of ~/.aliyun/config.json, and section of ~/.alibabacloud/credentials
    ///
    /// Without it the credential chain decides: environment, OIDC, profile file, credentials file, instance role,
    /// credentials URI.
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Region to look at; repeat it for several [default: every region that the account may use]
    #[arg(long = "region", global = true, value_name = "REGION")]
    pub regions: Vec<String>,
    /// Site of the account, which decides currency and price list [default: found out, else china]
    #[arg(long, global = true, value_name = "SITE")]
    pub site: Option<Site>,
    /// Connect here instead of the official hosts; the signed host stays official
    ///
    /// Plain http only for loopback addresses. Example: `http://127.0.0.1:8080`
    #[arg(long, global = true, value_name = "URL")]
    pub endpoint: Option<String>,
    /// Ask the official hosts over the internet or from inside a VPC [default: public]
    #[arg(long, global = true, value_name = "TYPE")]
    pub endpoint_type: Option<EndpointType>,
    /// PEM file of certificate authorities to trust besides the system's
    #[arg(long, global = true, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Language of what people read: en or zh-CN [default: by the locale]
    #[arg(long = "lang", global = true, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// Colour: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// No progress display
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// Say less: once without information, twice without warnings
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub quiet: u8,
    /// Log to stderr: -v information, -vv every call, -vvv everything
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct OutputArguments {
    /// Format of the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub output: Format,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the account, the identity and where its credential comes from
    Whoami(whoami::WhoamiArguments),
    /// List what is running, and who owns it
    #[command(visible_alias = "ls")]
    Inventory(inventory::InventoryArguments),
    /// Estimate what it costs per month
    Cost(cost::CostArguments),
    /// Explain one resource: its owner, links, and each charge with formula, price and source
    Why(why::WhyArguments),
    /// Compare two scans: what appeared, vanished and changed, with money
    Diff(diff::DiffArguments),
    /// List the scans that are kept
    History(history::HistoryArguments),
    /// List labs: clusters and what belongs to them
    Lab(lab::LabArguments),
    /// Show spot pools and instances, those being taken back, and what their nodes left behind
    Spot(spot::SpotArguments),
    /// Keep what a cluster owns, and say later what became of it
    Ledger(ledger::LedgerArguments),
    /// Draw what must be gone before what
    Graph(graph::GraphArguments),
    /// Take a lab down: plan, apply, resume, status, verify
    Teardown(teardown::TeardownArguments),
    /// List the resource types, the operations that read them and their documentation
    Types(types::TypesArguments),
    /// Print the least RAM policy, or Kubernetes role, that reading or a plan needs
    Policy(policy::PolicyArguments),
    /// Run the built-in Alibaba Cloud on this machine
    Emulator(emulator::EmulatorArguments),
    /// See everything at work on the built-in emulator; needs no account
    Demo(demo::DemoArguments),
    /// Print a completion script for a shell
    Completions(completions::CompletionsArguments),
}
