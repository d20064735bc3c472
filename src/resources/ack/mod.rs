//! Container Service for Kubernetes, API version 2015-12-15.

mod cluster;
mod cluster_resources;
mod node_pool;

pub use cluster::Cluster;
pub use node_pool::NodePool;
