//! Classic Load Balancer (CLB, formerly SLB), API version 2014-05-15.

mod acl;
mod load_balancer;

pub use acl::Acl;
pub use load_balancer::LoadBalancer;
