//! The inventory: what a scan saw, what it could not see, and who owns what.
//!
//! Everything below this stage is a pure function of an [`Inventory`]: it runs on a live scan or on a saved snapshot alike.

pub mod diff;
pub mod holdings;
pub mod idle;
pub mod index;
pub mod labs;
pub mod ledger;
pub mod members;
pub mod ownership;
pub mod regions;
pub mod scan;
pub mod sight;
pub mod snapshot;
pub mod spot;
pub mod surprise;
mod zones;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use ledger::Ledger;
pub use scan::{Account, Progress, ScanOptions, scan};

pub use crate::model::Site;

use crate::model::{
    AccountId, Attribute, CoverageRow, CoverageState, Link, Region, Resource, ResourceId,
};

/// Everything that one scan learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// When the scan began. Age and date-bound rules go by it.
    pub scanned_at: DateTime<Utc>,
    /// The accounts that were asked.
    pub accounts: Vec<ScannedAccount>,
    /// Resources, by id.
    pub resources: Vec<Resource>,
    /// Links, by their ends.
    pub links: Vec<Link>,
    /// The coverage matrix, by type and cell.
    pub coverage: Vec<CoverageRow>,
    /// What was fetched beyond listing; missing means unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<Observation>,
}

/// An account of a scan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScannedAccount {
    /// Account id.
    pub id: AccountId,
    /// The identity that asked, as an ARN.
    pub identity: String,
    /// Which price list and billing host it has, where known.
    pub site: Site,
    /// Whether nothing told the site, and the Chinese one was assumed.
    #[serde(default)]
    pub is_site_assumed: bool,
    /// Regions asked.
    pub regions: Vec<Region>,
    /// Whether those are all that the account may use. Where they are not, what is in none of them may be in another.
    #[serde(default)]
    pub is_every_region: bool,
}

/// Something fetched beyond listing: a metric, a health state, an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// What it is about.
    pub resource: ResourceId,
    /// Its name: `metrics.TrafficTX`.
    pub name: String,
    /// Its value.
    pub value: Attribute,
    /// When it was observed.
    pub observed_at: DateTime<Utc>,
}

impl Inventory {
    /// Cells that may hide something.
    pub fn holes(&self) -> impl Iterator<Item = &CoverageRow> {
        self.coverage.iter().filter(|row| row.state.is_hole())
    }

    /// Whether nothing at all could be listed.
    pub fn is_blind(&self) -> bool {
        !self
            .coverage
            .iter()
            .any(|row| matches!(row.state, CoverageState::Ok | CoverageState::Incomplete))
    }

    /// The resource of that id.
    pub fn get(&self, id: &ResourceId) -> Option<&Resource> {
        self.resources
            .binary_search_by(|candidate| candidate.id.cmp(id))
            .ok()
            .and_then(|index| self.resources.get(index))
    }

    /// The resources that a person may mean by `text`: a vendor id, the last part of one, `type/id`, or a name.
    pub fn named<'a>(&'a self, text: &'a str) -> Vec<&'a Resource> {
        let by_id = |resource: &&Resource| {
            let full = &resource.id;
            full.id == text || format!("{}/{}", full.type_id, full.id) == text
        };
        let exact: Vec<&Resource> = self.resources.iter().filter(by_id).collect();
        if !exact.is_empty() {
            return exact;
        }
        self.resources
            .iter()
            .filter(|resource| {
                resource.name.as_deref() == Some(text)
                    || resource
                        .id
                        .id
                        .strip_suffix(text)
                        .is_some_and(|head| head.ends_with('/'))
            })
            .collect()
    }
}
