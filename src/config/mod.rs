//! What a run is set to: flags, then the environment, then the configuration file, then defaults; every value knows where it
//! comes from.
//!
//! `main` reads the environment once ([`environment::read`]), commands hand their flags to [`Settings::load`]. Nothing here
//! finds credentials or talks to a network, and no file is ever read from the current directory: the configuration names
//! accounts that may be torn down, so a checked-out folder must not be able to bring one along.

pub mod environment;
pub mod error;
pub mod file;
pub mod setting;
pub mod settings;

pub(crate) use error::did_you_mean;
pub use error::{ConfigError, Problem};
pub use file::ConfigFile;
pub use setting::{Provenance, Setting};
pub use settings::{Endpoint, Flags, Settings};
