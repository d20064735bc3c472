//! yunsweep: what runs on an Alibaba Cloud account, what it costs, what was left behind, and how it is taken down.
//!
//! The library exists for the binary beside it and for its tests; it promises no stable interface.
//!
//! Layers, each importing only what stands to its left (`tests/layers.rs` holds this):
//! `model`, `contracts` <- `openapi`, `kubernetes` <- `config` <- `credentials` <- `resources` <- `inventory` <- `pricing`, `graph` <- `teardown` <- `output` <- `commands` <- `main`.
//! The `emulator` stands apart: it uses `contracts` and the signature code, and only `commands` and tests use it.

pub mod commands;
pub mod config;
pub mod context;
pub mod contracts;
pub mod credentials;
pub mod emulator;
pub mod graph;
pub mod i18n;
pub mod inventory;
pub mod kubernetes;
pub mod model;
pub mod openapi;
pub mod output;
pub mod pricing;
pub mod resources;
pub mod store;
pub mod teardown;
pub mod tls;
pub mod transport;
