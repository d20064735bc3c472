//! The client.

use serde_json::Value;

use super::{ApiError, ErrorClass, Request};

/// A client that sends only operations classed as reads.
pub struct Reader {}

impl Reader {
    /// Sends one read.
    #[expect(clippy::unused_async, reason = "being written")]
    pub async fn read(&self, request: Request) -> Result<Value, ApiError> {
        Err(ApiError::local(
            ErrorClass::Invalid,
            &request,
            "",
            "not written yet",
        ))
    }
}
