//! The way from settings to an account that can be read: endpoints, credential, identity, regions.

use std::sync::{Arc, OnceLock};

use super::failure::Failure;
use super::run::Run;
use crate::config::error::did_you_mean;
use crate::credentials::{self, Caller, Found, SiteFound};
use crate::inventory::Account;
use crate::inventory::regions::list_regions;
use crate::kubernetes::ClientOptions;
use crate::model::{Cell, CoverageRow, CoverageState, Region, TypeId};
use crate::openapi::endpoint::{public_regions, region_row};
use crate::openapi::{self, ApiError, Client, Endpoints, ErrorClass, Limiter};
use crate::resources::Reader;
use crate::resources::cluster::Clusters;

/// Where STS is asked who calls. Its answer is the same everywhere.
const ASKED: Region = Region::from_static("cn-hangzhou");

/// An identity that answered.
pub(super) struct Session {
    /// The credential and where it comes from.
    pub found: Found,
    /// Who it is.
    pub caller: Caller,
    /// On which site its account is.
    pub site: SiteFound,
    /// Reads as that identity.
    pub reader: openapi::Reader,
    /// The client behind the reader, which the teardown alone makes a mutator of.
    pub client: Arc<Client>,
    /// That the account's regions could not be listed, and nobody named the wanted ones.
    regions_hole: OnceLock<CoverageRow>,
}

impl Session {
    /// Finds the credential and asks who it is.
    pub(super) async fn open(run: &Run) -> Result<Self, Failure> {
        let settings = &run.settings;
        let endpoints = settings.endpoints();
        let found = credentials::find(&run.context, &endpoints, settings.profile.as_ref()).await?;
        Self::of(run, found).await
    }

    /// Asks who a credential belongs to.
    pub(super) async fn of(run: &Run, found: Found) -> Result<Self, Failure> {
        let settings = &run.settings;
        let endpoints = settings.endpoints();
        for warning in &found.warnings {
            run.printer.warning(&warning.to_string(), &run.messages);
        }
        // Until the account is known, its budget is kept under no name.
        let limiter = Arc::new(Limiter::default());
        let stranger = openapi::Reader::new(client(run, &endpoints, &found, &limiter, ""));
        let caller = credentials::identity::caller(&stranger, &ASKED).await?;
        let client = client(run, &endpoints, &found, &limiter, caller.account.as_str());
        let reader = openapi::Reader::new(Arc::clone(&client));
        let stated = settings.site.as_ref().map(|site| site.value).or(found.site);
        let site = credentials::identity::site(&reader, &endpoints, stated).await;
        Ok(Self {
            found,
            caller,
            site,
            reader,
            client,
            regions_hole: OnceLock::new(),
        })
    }

    /// What is missing in the coverage of every scan of this session: a region that the built-in table does not know yet
    /// is not asked, and nothing else would say so.
    pub(super) fn unseen_regions(&self) -> Option<CoverageRow> {
        self.regions_hole.get().cloned()
    }

    fn regions_unlisted(&self, error: &ApiError) -> CoverageRow {
        let missing = error.missing_permission.as_ref();
        CoverageRow {
            type_id: TypeId::from_static("ecs.region"),
            cell: Cell {
                account: self.caller.account.clone(),
                region: Region::GLOBAL,
                parent: None,
            },
            state: CoverageState::Denied,
            count: 0,
            reason: Some(format!(
                "{error}; only the regions of the built-in table were asked"
            )),
            missing_permission: missing.map(|missing| missing.action.clone()),
            permission_confirmed: missing.map(|missing| missing.confirmed),
            code: error.code.clone(),
            request_id: error.request_id.clone(),
        }
    }

    /// The regions to look at: those of the settings, else every one that the account may use.
    pub(super) async fn regions(&self, run: &Run) -> Result<Vec<Region>, Failure> {
        let wanted = run.settings.regions.as_ref().map(|regions| &regions.value);
        if let Some(wanted) = wanted
            && wanted.iter().all(|region| region_row(region).is_some())
        {
            return Ok(wanted.clone());
        }
        let usable = list_regions(&self.reader).await;
        match (wanted, usable) {
            (Some(wanted), Ok(usable)) => {
                // A region that does not exist has nothing in it, which would look like a clean answer.
                match wanted.iter().find(|region| !usable.contains(region)) {
                    Some(unknown) => Err(no_such_region(unknown, &usable)),
                    None => Ok(wanted.clone()),
                }
            }
            (None, Ok(usable)) => Ok(usable),
            // Who may not ask for the regions may still read what is in them.
            (wanted, Err(error)) if error.class == ErrorClass::Denied => {
                let key = match wanted {
                    Some(_) => "inventory-regions-unchecked",
                    None => "inventory-no-regions",
                };
                if wanted.is_none() {
                    let _ = self.regions_hole.set(self.regions_unlisted(&error));
                }
                let regions = wanted
                    .cloned()
                    .unwrap_or_else(|| public_regions().collect());
                let arguments = [
                    ("reason", error.to_string().into()),
                    ("count", regions.len().into()),
                ];
                run.printer
                    .warning(&run.messages.text_with(key, &arguments), &run.messages);
                Ok(regions)
            }
            (_, Err(error)) => Err(error.into()),
        }
    }

    /// The account of this session, its clusters readable.
    pub(super) async fn account(
        &self,
        run: &Run,
        clusters: ClusterAccess,
    ) -> Result<Account, Failure> {
        let opened = clusters.open(run);
        let regions = self.regions(run).await?;
        Ok(Account {
            id: self.caller.account.clone(),
            identity: self.caller.arn.clone(),
            site: self.site.site,
            is_site_assumed: self.site.is_assumed,
            regions,
            is_every_region: run.settings.regions.is_none() && self.regions_hole.get().is_none(),
            reader: Arc::new(Reader::new(self.reader.clone()).with_clusters(opened)),
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("`{0}` is none of the account's regions")]
struct NoSuchRegion(Region);

fn no_such_region(unknown: &Region, usable: &[Region]) -> Failure {
    let failure = Failure::usage(NoSuchRegion(unknown.clone()));
    match did_you_mean(unknown.as_str(), usable.iter().map(Region::as_str)) {
        Some(hint) => failure.advice(hint),
        None => failure,
    }
}

/// How the API servers of clusters are reached.
#[derive(Clone, Debug, Default)]
pub(super) struct ClusterAccess {
    /// Over their private endpoints.
    pub private_endpoint: bool,
    /// With kubeconfigs of this machine, by cluster id.
    pub local: Vec<(String, crate::resources::cluster::LocalKubeconfig)>,
}

impl ClusterAccess {
    /// The clusters, reached so.
    pub(super) fn open(&self, run: &Run) -> Clusters {
        let options = ClientOptions::new(&run.context);
        let opened = Clusters::new(
            options,
            Arc::clone(&run.context.wall_clock),
            self.private_endpoint,
        );
        self.local.iter().fold(opened, |opened, (cluster, local)| {
            opened.with_local(cluster, local.clone())
        })
    }
}

fn client(
    run: &Run,
    endpoints: &Endpoints,
    found: &Found,
    limiter: &Arc<Limiter>,
    account: &str,
) -> Arc<Client> {
    Arc::new(Client::new(
        run.context.clone(),
        endpoints.clone(),
        Arc::clone(&found.provider),
        Arc::clone(limiter),
        account,
    ))
}
