//! Auto Scaling, API version 2022-02-22.

mod scaling_group;

pub use scaling_group::ScalingGroup;
