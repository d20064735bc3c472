//! What a run says: answers in every format, talk, errors and the exit status.
//!
//! Commands hand in an [`Answer`]; nothing here asks the cloud or decides anything. The builders of answers
//! ([`view`]) are pure functions over the inventory and what was computed from it.

pub mod answer;
pub mod color;
pub mod console;
pub mod coverage;
mod csv_file;
pub mod exit;
pub mod format;
mod json;
pub mod log;
mod markdown;
pub mod money;
pub mod printer;
pub mod progress;
pub mod report;
pub mod sanitize;
pub mod table;
mod terminal;
pub mod view;
pub mod width;

pub use answer::{Answer, Block, Record, Warning};
pub use color::ColorChoice;
pub use exit::ExitStatus;
pub use format::{Format, Surface};
pub use printer::{Printer, PrinterOptions, Streams};
pub use progress::Progress;
pub use report::Report;
