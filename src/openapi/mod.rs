//! The signed client. It knows how to reach, sign, limit, retry, page and read, and nothing of what a product means.
//!
//! A request is data ([`Request`]); the client's `send` does everything else. Commands that only look hold a [`Reader`],
//! which refuses every operation that the official contracts do not class as a read; only the teardown's apply holds a
//! [`Mutator`].

pub mod client;
pub mod credential;
pub mod endpoint;
pub mod error;
pub mod limit;
pub mod mutator;
pub mod page;
pub mod request;
pub mod retry;
pub mod sign;
pub mod xml;

pub use client::{Client, Reader};
pub use credential::{Credential, CredentialError, CredentialProvider, StaticCredential};
pub use endpoint::{EndpointType, Endpoints};
pub use error::{ApiError, ErrorClass};
pub use limit::Limiter;
pub use mutator::{Accepted, Mutator};
pub use request::Request;
