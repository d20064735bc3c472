//! What resource types read through: the OpenAPI client that cannot send mutations, and the API servers of clusters.

use crate::model::CoverageState;
use crate::openapi::{self, ApiError, ErrorClass};

/// Reads an account's cloud and its clusters.
pub struct Reader {
    openapi: openapi::Reader,
}

impl Reader {
    /// Reads through that client.
    pub fn new(openapi: openapi::Reader) -> Self {
        Self { openapi }
    }

    /// The OpenAPI client.
    pub fn openapi(&self) -> &openapi::Reader {
        &self.openapi
    }
}

/// Why a cell, or a part of it, could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The OpenAPI.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// Pages did not add up: the total says more than was given.
    #[error("{0}")]
    Incomplete(String),
    /// The type or its cell cannot be listed like this.
    #[error("{0}")]
    Unusable(String),
}

impl From<ApiError> for ListError {
    fn from(error: ApiError) -> Self {
        Self::Api(Box::new(error))
    }
}

impl ListError {
    /// How the coverage matrix shows it.
    pub fn coverage_state(&self) -> CoverageState {
        match self {
            Self::Incomplete(_) => CoverageState::Incomplete,
            Self::Unusable(_) => CoverageState::Failed,
            Self::Api(error) => match error.class {
                ErrorClass::Denied => CoverageState::Denied,
                ErrorClass::NotOffered => CoverageState::NotOffered,
                ErrorClass::NotActivated => CoverageState::NotActivated,
                ErrorClass::Throttled => CoverageState::Throttled,
                ErrorClass::TransportBeforeSend | ErrorClass::TransportAmbiguous => {
                    CoverageState::Unreachable
                }
                ErrorClass::Decode => CoverageState::Incomplete,
                _ => CoverageState::Failed,
            },
        }
    }
}
