//! What resource types read through: the OpenAPI client that cannot send mutations, and the API servers of clusters.

use std::sync::Arc;

use super::cluster::{ClusterError, Clusters};
use crate::kubernetes::ClusterClient;
use crate::model::{CoverageState, ResourceId};
use crate::openapi::{self, ApiError, ErrorClass};

/// Reads an account's cloud and its clusters.
pub struct Reader {
    openapi: openapi::Reader,
    clusters: Option<Clusters>,
}

impl Reader {
    /// Reads through that client.
    pub fn new(openapi: openapi::Reader) -> Self {
        Self {
            openapi,
            clusters: None,
        }
    }

    /// Reads clusters too.
    #[must_use]
    pub fn with_clusters(mut self, clusters: Clusters) -> Self {
        self.clusters = Some(clusters);
        self
    }

    /// The OpenAPI client.
    pub fn openapi(&self) -> &openapi::Reader {
        &self.openapi
    }

    /// The API server of a cluster.
    pub async fn cluster(&self, cluster: &ResourceId) -> Result<Arc<ClusterClient>, ListError> {
        let Some(clusters) = &self.clusters else {
            return Err(ListError::Unusable("clusters are not read".to_owned()));
        };
        clusters
            .client(&self.openapi, cluster)
            .await
            .map_err(ListError::Cluster)
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
    /// The API server of a cluster, or the way to it.
    #[error(transparent)]
    Cluster(Arc<ClusterError>),
    /// The type or its cell cannot be listed like this.
    #[error("{0}")]
    Unusable(String),
}

impl From<ApiError> for ListError {
    fn from(error: ApiError) -> Self {
        Self::Api(Box::new(error))
    }
}

impl From<ClusterError> for ListError {
    fn from(error: ClusterError) -> Self {
        Self::Cluster(Arc::new(error))
    }
}

impl ListError {
    /// How the coverage matrix shows it.
    pub fn coverage_state(&self) -> CoverageState {
        match self {
            Self::Incomplete(_) => CoverageState::Incomplete,
            Self::Unusable(_) => CoverageState::Failed,
            Self::Cluster(error) => error.coverage_state(),
            Self::Api(error) => state_of(error.class),
        }
    }
}

/// How the coverage matrix shows an error of the OpenAPI.
pub(super) fn state_of(class: ErrorClass) -> CoverageState {
    match class {
        ErrorClass::Denied => CoverageState::Denied,
        ErrorClass::NotOffered => CoverageState::NotOffered,
        ErrorClass::NotActivated => CoverageState::NotActivated,
        ErrorClass::Throttled => CoverageState::Throttled,
        ErrorClass::TransportBeforeSend | ErrorClass::TransportAmbiguous => {
            CoverageState::Unreachable
        }
        ErrorClass::Decode => CoverageState::Incomplete,
        _ => CoverageState::Failed,
    }
}
