//! Network Load Balancer, API version 2022-04-30.

mod load_balancer;

pub use load_balancer::LoadBalancer;
