//! Network Load Balancer, API version 2022-04-30.

mod load_balancer;
mod server_group;

pub use load_balancer::LoadBalancer;
pub use server_group::ServerGroup;
