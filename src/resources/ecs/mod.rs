//! Elastic Compute Service, API version 2014-05-26.

mod disk;
mod image;
mod instance;
mod network_interface;
mod security_group;
mod snapshot;

pub use disk::Disk;
pub use image::Image;
pub use instance::Instance;
pub use network_interface::NetworkInterface;
pub use security_group::{DEFAULT_GROUP_DESCRIPTION, SecurityGroup};
pub use snapshot::Snapshot;
