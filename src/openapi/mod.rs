//! The signed client. It knows how to reach, sign, limit, retry, page and read, and nothing of what a product means.
//!
//! A request is data ([`Request`]); the client's `send` does everything else. Commands that only look hold a [`Reader`],
//! which refuses every operation that the official contracts do not class as a read.

pub mod client;
pub mod error;
pub mod page;
pub mod request;

pub use client::Reader;
pub use error::{ApiError, ErrorClass};
pub use request::Request;
