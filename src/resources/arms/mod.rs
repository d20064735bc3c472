//! Application Real-Time Monitoring Service, API version 2019-08-08: managed Prometheus.

mod environment;

pub use environment::Environment;
