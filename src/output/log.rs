//! Diagnostics for people who debug: tracing to stderr, off unless asked for with `-v`.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Starts logging: errors, `-v` information, `-vv` debugging, `-vvv` everything of ours.
///
/// Other libraries stay at warnings, because their lines may hold what we never log (URLs with signatures, headers).
pub fn start(verbosity: u8, is_quiet: bool) {
    let level = match (is_quiet, verbosity) {
        (true, _) => LevelFilter::OFF,
        (false, 0) => LevelFilter::ERROR,
        (false, 1) => LevelFilter::INFO,
        (false, 2) => LevelFilter::DEBUG,
        (false, _) => LevelFilter::TRACE,
    };
    let others = if verbosity > 0 { "warn" } else { "off" };
    let filter = EnvFilter::builder().parse_lossy(format!("{others},yunsweep={level}"));
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .try_init();
    // A second start (tests) keeps the first.
    drop(started);
}
