//! Container Service for Kubernetes, API version 2015-12-15.

mod claims;
mod cluster;
mod cluster_kind;
mod cluster_resources;
mod node_pool;
mod removal;
mod versions;

pub use cluster::Cluster;
pub use node_pool::NodePool;

pub(in crate::resources) use claims::{
    CLUSTER_TAG, is_dedicated_master, is_in_front_of_an_api_server, said_by_clusters,
};
