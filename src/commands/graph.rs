//! `yunsweep graph`

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::run::Run;
use super::scan::ScanArguments;
use crate::graph::{Edge, edges};
use crate::model::Resource;
use crate::output::ExitStatus;
use crate::output::view::graph;

/// Arguments of `graph`.
#[derive(Debug, Args)]
pub struct GraphArguments {
    /// What to read.
    #[command(flatten)]
    pub scan: ScanArguments,
    /// Draw only what is linked with this resource, directly or through others, by its id or name
    #[arg(long, value_name = "ID")]
    with: Option<String>,
    /// Language of the drawing
    #[arg(short, long, value_name = "FORMAT", default_value = "dot")]
    output: Drawing,
}

/// How the order is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Drawing {
    /// For Graphviz: `yunsweep graph | dot -Tsvg > order.svg`
    #[default]
    Dot,
    /// For Markdown that draws Mermaid
    Mermaid,
}

/// Runs it.
pub(super) async fn run(run: &Run, arguments: &GraphArguments) -> Result<ExitStatus, Failure> {
    let inventory = arguments.scan.inventory(run).await?;
    let all = edges(&inventory.resources, &inventory.links);
    let drawn: Vec<&Resource> = match &arguments.with {
        Some(text) => {
            let start = super::why::only(&inventory, text, run)?;
            crate::graph::edges::connected(&start.id, &all)
                .into_iter()
                .filter_map(|id| inventory.get(id))
                .collect()
        }
        None => inventory.resources.iter().collect(),
    };
    let lines: Vec<&Edge> = all.iter().collect();
    let text = match arguments.output {
        Drawing::Dot => graph::dot(&drawn, &lines),
        Drawing::Mermaid => graph::mermaid(&drawn, &lines),
    };
    run.print(&text)?;
    Ok(arguments.scan.status(&inventory))
}
