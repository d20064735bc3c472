//! Coverage: what a scan could and could not read, cell by cell.

use serde::{Deserialize, Serialize};

use super::{AccountId, Region, ResourceId, TypeId};

/// One account x region (x parent) in which a type is listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Account asked.
    pub account: AccountId,
    /// Region asked.
    pub region: Region,
    /// Parent asked, for types that are listed per parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ResourceId>,
}

/// How the listing of one cell ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverageState {
    /// Listed whole.
    Ok,
    /// The product does not exist in this region, or the API is not installed in this cluster: nothing can be there.
    NotOffered,
    /// The account never opened the product: nothing can be there.
    NotActivated,
    /// Not asked: by the user's choice, or because the account keeps no index that could be asked.
    Skipped,
    /// The identity may not read it.
    Denied,
    /// Throttled until the retries ran out.
    Throttled,
    /// Cannot be reached (network, private endpoint).
    Unreachable,
    /// Listed, but not whole: pages missing, items that could not be read.
    Incomplete,
    /// Anything else.
    Failed,
}

impl CoverageState {
    /// Whether something may exist that the scan did not see.
    pub fn is_hole(self) -> bool {
        !matches!(
            self,
            Self::Ok | Self::NotOffered | Self::NotActivated | Self::Skipped
        )
    }

    /// Whether it says what is there, also where that is nothing for certain.
    pub fn is_read(self) -> bool {
        !self.is_hole() && self != Self::Skipped
    }

    /// The code shown to people and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotOffered => "not_offered",
            Self::NotActivated => "not_activated",
            Self::Skipped => "skipped",
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Unreachable => "unreachable",
            Self::Incomplete => "incomplete",
            Self::Failed => "failed",
        }
    }
}

/// One row of the coverage matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverageRow {
    /// Resource type asked for.
    #[serde(rename = "type")]
    pub type_id: TypeId,
    /// Where.
    pub cell: Cell,
    /// How it ended.
    pub state: CoverageState,
    /// Resources seen.
    pub count: usize,
    /// Why it is not `ok`, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The RAM action (or Kubernetes verb and resource) that is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_permission: Option<String>,
    /// Whether the permission was named by the server (`true`) or derived by us (`false`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission_confirmed: Option<bool>,
    /// The vendor's error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The vendor's request id, for support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}
