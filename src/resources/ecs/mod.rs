//! Elastic Compute Service, API version 2014-05-26.

mod auto_snapshot_policy;
mod dedicated_host;
mod deployment_set;
mod disk;
mod image;
mod instance;
mod key_pair;
mod launch_template;
mod network_interface;
mod reserved_instance;
mod security_group;
mod snapshot;

pub use auto_snapshot_policy::AutoSnapshotPolicy;
pub use dedicated_host::DedicatedHost;
pub use deployment_set::DeploymentSet;
pub use disk::Disk;
pub use image::Image;
pub use instance::Instance;
pub use key_pair::KeyPair;
pub use launch_template::LaunchTemplate;
pub use network_interface::NetworkInterface;
pub use reserved_instance::ReservedInstance;
pub use security_group::{DEFAULT_GROUP_DESCRIPTION, SecurityGroup};
pub use snapshot::Snapshot;
