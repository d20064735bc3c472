//! Application Load Balancer, API version 2020-06-16.

mod acl;
mod load_balancer;
mod server_group;

pub use acl::Acl;
pub use load_balancer::LoadBalancer;
pub use server_group::ServerGroup;
