//! Elastic Container Instance, API version 2018-08-08.

mod container_group;
mod image_cache;

pub use container_group::ContainerGroup;
pub use image_cache::ImageCache;
