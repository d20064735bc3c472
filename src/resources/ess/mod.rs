//! Auto Scaling, API version 2022-02-22.

mod scaling_configuration;
mod scaling_group;

pub use scaling_configuration::ScalingConfiguration;
pub use scaling_group::ScalingGroup;
pub(crate) use scaling_group::{ATTACHED, CREATED};
