//! Which accounts and regions a run reads: that of its credential and, where asked for, those of other profiles, of roles, and the members of
//! the Resource Directory. One that cannot be opened is a hole of the coverage and stops none of the others.

use std::collections::BTreeSet;
use std::sync::Arc;

use clap::Args;
use futures::StreamExt as _;

use super::failure::Failure;
use super::run::Run;
use super::session::{ClusterAccess, Session};
use crate::config::setting::{Provenance, Setting};
use crate::credentials::{self, Found};
use crate::inventory::Account;
use crate::inventory::index::resources_by_region;
use crate::inventory::members::list_members;
use crate::model::{AccountId, Cell, CoverageRow, CoverageState, Region, TypeId};
use crate::openapi::CredentialProvider;
use crate::output::ExitStatus;

/// Accounts that are opened at once.
const OPENED_AT_ONCE: usize = 8;

/// What stands in the coverage for an account that could not be opened.
const IDENTITY: TypeId = TypeId::from_static("ram.identity");
/// What stands there for members that could not be listed.
const MEMBERS: TypeId = TypeId::from_static("resourcemanager.account");

/// What stands there for regions that were left out.
const REGIONS: TypeId = TypeId::from_static("ecs.region");

/// Which accounts to read besides that of the run's credential.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Accounts and regions")]
pub(super) struct AccountsArguments {
    /// Read the account of this credential profile, too; repeat it for several
    #[arg(long = "also-profile", value_name = "PROFILE", conflicts_with_all = ["from", "at"])]
    profiles: Vec<String>,
    /// Read the account of this role, too, which the run's identity assumes; repeat it for several
    #[arg(long = "also-role", value_name = "ROLE_ARN", value_parser = role_arn, conflicts_with_all = ["from", "at"])]
    roles: Vec<String>,
    /// Read every member of the Resource Directory, too, each by the role of this name
    ///
    /// Take a role that may only read. `ResourceDirectoryAccountAccessRole`, which each member has, may do everything.
    #[arg(long = "members", value_name = "ROLE_NAME", conflicts_with_all = ["from", "at"])]
    member_role: Option<String>,
    /// Ask only the regions in which Resource Center lists something: a first look, never the whole (exit status 4)
    ///
    /// The index lags behind, and shows only what the identity may read. Where the account keeps none, every region is asked.
    #[arg(long, conflicts_with_all = ["from", "at"])]
    quick: bool,
}

/// One more account, by how it is reached.
enum Another {
    Profile(String),
    Role(String),
}

/// Accounts that can be read, and what stands in the coverage for the others.
pub(super) struct Opened {
    pub(super) accounts: Vec<Account>,
    pub(super) holes: Vec<CoverageRow>,
}

impl AccountsArguments {
    /// Opens them, the run's own first.
    pub(super) async fn open(
        &self,
        run: &Run,
        own: &Session,
        clusters: ClusterAccess,
    ) -> Result<Opened, Failure> {
        let mut opened = Opened {
            accounts: vec![own.account(run, clusters.clone()).await?],
            holes: own.unseen_regions().into_iter().collect(),
        };
        let others = self.others(own, &mut opened.holes).await;
        let mut tried = futures::stream::iter(others)
            .map(|another| async {
                let found = open(run, own, &another, clusters.clone()).await;
                (another, found)
            })
            .buffered(OPENED_AT_ONCE);
        let mut known: BTreeSet<AccountId> = opened
            .accounts
            .iter()
            .map(|account| account.id.clone())
            .collect();
        while let Some((another, found)) = tried.next().await {
            match found {
                Ok((account, _)) if !known.insert(account.id.clone()) => {
                    // The first identity reads it.
                    let arguments = [
                        ("account", account.id.to_string().into()),
                        ("how", another.name().into()),
                    ];
                    let said = run.messages.text_with("accounts-twice", &arguments);
                    run.printer.warning(&said, &run.messages);
                }
                Ok((account, hole)) => {
                    opened.accounts.push(account);
                    opened.holes.extend(hole);
                }
                Err(failure) => opened.holes.push(another.hole(own, &failure)),
            }
        }
        if self.quick {
            for account in &mut opened.accounts {
                opened.holes.extend(narrow(run, account).await);
            }
        }
        Ok(opened)
    }

    /// The others, in the order of the flags; members that are named by a flag, or are the run's own account, only once.
    async fn others(&self, own: &Session, holes: &mut Vec<CoverageRow>) -> Vec<Another> {
        let profiles = self.profiles.iter().cloned().map(Another::Profile);
        let mut others: Vec<Another> = profiles.collect();
        others.extend(self.roles.iter().cloned().map(Another::Role));
        if let Some(role) = &self.member_role {
            match list_members(&own.reader).await {
                Ok(members) => {
                    let members = members
                        .iter()
                        .filter(|member| **member != own.caller.account);
                    let arns = members.map(|member| format!("acs:ram::{member}:role/{role}"));
                    let new: Vec<String> = arns.filter(|arn| !self.roles.contains(arn)).collect();
                    others.extend(new.into_iter().map(Another::Role));
                }
                Err(error) => {
                    let missing = error.missing_permission.as_ref();
                    let (action, confirmed) = missing.map_or((None, None), |missing| {
                        (Some(missing.action.clone()), Some(missing.confirmed))
                    });
                    let (code, request_id) = (error.code.clone(), error.request_id.clone());
                    let failure = Failure::from(error);
                    holes.push(CoverageRow {
                        missing_permission: action,
                        permission_confirmed: confirmed,
                        code,
                        request_id,
                        ..hole(MEMBERS, own.caller.account.clone(), &failure)
                    });
                }
            }
        }
        others
    }
}

impl Another {
    fn name(&self) -> String {
        match self {
            Self::Profile(name) => format!("profile {name}"),
            Self::Role(arn) => arn.clone(),
        }
    }

    /// What stands in the coverage for it. The account of a profile that does not work is not known; the row then stands with
    /// the run's own account and says which profile it is about.
    fn hole(&self, own: &Session, failure: &Failure) -> CoverageRow {
        let account = match self {
            Self::Role(arn) => account_of(arn),
            Self::Profile(_) => None,
        };
        let account = account.unwrap_or_else(|| own.caller.account.clone());
        let mut row = hole(IDENTITY, account, failure);
        row.reason = row
            .reason
            .map(|reason| format!("{}: {reason}", self.name()));
        row
    }
}

/// The account of a role, by its ARN: `acs:ram::1234567890123456:role/reader`.
fn account_of(arn: &str) -> Option<AccountId> {
    let (account, role) = arn.strip_prefix("acs:ram::")?.split_once(":role/")?;
    let is_account = !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit());
    (is_account && !role.is_empty()).then(|| AccountId::new(account))
}

fn role_arn(text: &str) -> Result<String, String> {
    match account_of(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err("write it like acs:ram::1234567890123456:role/reader".to_owned()),
    }
}

fn hole(type_id: TypeId, account: AccountId, failure: &Failure) -> CoverageRow {
    CoverageRow {
        type_id,
        cell: Cell {
            account,
            region: Region::GLOBAL,
            parent: None,
        },
        state: match failure.status {
            ExitStatus::NoAccess => CoverageState::Denied,
            _ => CoverageState::Failed,
        },
        count: 0,
        reason: Some(failure.causes().join(": ")),
        missing_permission: None,
        permission_confirmed: None,
        code: None,
        request_id: None,
    }
}

/// Leaves the regions in which the index lists something, and tells what was left out. Without an index all stay.
async fn narrow(run: &Run, account: &mut Account) -> Option<CoverageRow> {
    let found = resources_by_region(account.reader.openapi()).await;
    // One that was activated just now is empty.
    let Some(counts) = found.ok().flatten().filter(|counts| !counts.is_empty()) else {
        let name = [("account", account.id.to_string().into())];
        let said = run.messages.text_with("accounts-no-index", &name);
        run.printer.warning(&said, &run.messages);
        return None;
    };
    let (asked, skipped): (Vec<Region>, Vec<Region>) = account
        .regions
        .drain(..)
        .partition(|region| counts.contains_key(region));
    account.regions = asked;
    if skipped.is_empty() {
        return None;
    }
    account.is_every_region = false;
    let names: Vec<&str> = skipped.iter().map(Region::as_str).collect();
    Some(CoverageRow {
        type_id: REGIONS,
        cell: Cell {
            account: account.id.clone(),
            region: Region::GLOBAL,
            parent: None,
        },
        state: CoverageState::Incomplete,
        count: account.regions.len(),
        reason: Some(format!(
            "--quick: not asked, as Resource Center lists nothing there: {}",
            names.join(", ")
        )),
        missing_permission: None,
        permission_confirmed: None,
        code: None,
        request_id: None,
    })
}

async fn open(
    run: &Run,
    own: &Session,
    another: &Another,
    clusters: ClusterAccess,
) -> Result<(Account, Option<CoverageRow>), Failure> {
    let endpoints = run.settings.endpoints();
    let found = match another {
        Another::Profile(name) => {
            let profile = Setting::new(name.clone(), Provenance::Flag("--also-profile"));
            credentials::find(&run.context, &endpoints, Some(&profile)).await?
        }
        Another::Role(arn) => {
            let base: Arc<dyn CredentialProvider> = Arc::clone(&own.found.provider);
            Found {
                provider: credentials::assume(&run.context, &endpoints, base, arn)?,
                region: None,
                site: own.found.site,
                warnings: Vec::new(),
            }
        }
    };
    let session = Session::of(run, found).await?;
    let account = session.account(run, clusters).await?;
    Ok((account, session.unseen_regions()))
}
