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
    /// The API server of a cluster, or the way to it.
    #[error(transparent)]
    Cluster(Arc<ClusterError>),
    /// The type or its cell cannot be listed like this.
    #[error("{0}")]
    Unusable(String),
    /// The account keeps no index that could be asked. Nothing is missing from the types that are listed by themselves, and what
    /// has none cannot be seen.
    #[error(
        "Resource Center is not activated, so that resources of types that have no list of their own here are not seen"
    )]
    NoIndex(#[source] Box<ApiError>),
    /// Something that only tells people more could not be read: nothing that decides about money, owners or order is missing.
    #[error("{operation} of {id} failed")]
    Aside {
        /// The operation that failed.
        operation: &'static str,
        /// What it was asked about.
        id: String,
        /// Why.
        #[source]
        error: Box<ListError>,
    },
    /// An item was listed, but a further operation that completes it failed: nothing is missing from the list, and part
    /// of that item is not known.
    #[error("{operation} of {id} failed")]
    Part {
        /// The operation that failed.
        operation: &'static str,
        /// Id of the item.
        id: String,
        /// Why.
        #[source]
        error: Box<ListError>,
    },
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
            Self::Unusable(_) => CoverageState::Failed,
            Self::NoIndex(_) => CoverageState::Skipped,
            Self::Aside { .. } => CoverageState::Ok,
            Self::Cluster(error) => error.coverage_state(),
            Self::Api(error) => state_of(error.class),
            // Whatever the reason, the cell was listed and lacks something: never "not offered" or "denied".
            Self::Part { .. } => CoverageState::Incomplete,
        }
    }

    /// Whether the list itself may lack items, and not only parts of the items that it has.
    pub fn hides_items(&self) -> bool {
        !matches!(self, Self::Part { .. } | Self::Aside { .. })
    }

    /// What the coverage matrix keeps of the error, where the server said something.
    pub fn detail(&self) -> Option<HoleDetail> {
        match self {
            Self::Api(error) | Self::NoIndex(error) => Some(HoleDetail {
                missing_permission: error
                    .missing_permission
                    .as_ref()
                    .map(|missing| missing.action.clone()),
                permission_confirmed: error
                    .missing_permission
                    .as_ref()
                    .map(|missing| missing.confirmed),
                code: error.code.clone(),
                request_id: error.request_id.clone(),
            }),
            Self::Cluster(error) => Some(HoleDetail {
                missing_permission: error.missing_permission(),
                ..HoleDetail::default()
            }),
            Self::Part { error, .. } | Self::Aside { error, .. } => error.detail(),
            Self::Unusable(_) => None,
        }
    }
}

/// The machine-readable part of a hole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoleDetail {
    /// RAM action, or Kubernetes verb and resource.
    pub missing_permission: Option<String>,
    /// Whether the server named it.
    pub permission_confirmed: Option<bool>,
    /// Error code.
    pub code: Option<String>,
    /// Request id.
    pub request_id: Option<String>,
}

/// How the coverage matrix shows an error of the OpenAPI.
pub(super) fn state_of(class: ErrorClass) -> CoverageState {
    match class {
        ErrorClass::Denied => CoverageState::Denied,
        ErrorClass::NotActivated => CoverageState::NotActivated,
        ErrorClass::Throttled => CoverageState::Throttled,
        ErrorClass::TransportBeforeSend | ErrorClass::TransportAmbiguous => {
            CoverageState::Unreachable
        }
        ErrorClass::Decode | ErrorClass::Incomplete => CoverageState::Incomplete,
        // "Not offered", too: a scan does not ask where the table of endpoints has none, so that such a code comes from where
        // the product should be, often from a wrong version or a gateway, and does not prove that nothing is there.
        _ => CoverageState::Failed,
    }
}
