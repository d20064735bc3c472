//! Finds the identity that a run uses, and keeps its credential fresh.
//!
//! One file per source; `chain` asks them in the order of the official SDKs: environment, OIDC (RRSA), profile of the aliyun
//! CLI, shared credentials file, ECS metadata, credentials URI. Everything here only reads: no file of the user is written, not
//! even a renewed token, because two programs that renew the same token end each other's session.
//!
//! Where this differs from the official SDKs, and why:
//!
//! - **A source that is configured but broken stops the search.** The SDKs hand over to the next source, so a typo in one place
//!   makes a program act as somebody else. A program that deletes things must not; the error says what to repair.
//! - **A profile that is named for the run (`--profile`, `YUNSWEEP_PROFILE`) is used and nothing else is looked at**, not even
//!   keys in the environment. The SDKs let the environment win over a profile named in code. A profile that only yunsweep's
//!   configuration file names stands below the environment, as every file does.
//! - **The profile is that of `ALIBABA_CLOUD_PROFILE`, else the file's `current`**, as in the SDKs; the CLI looks at the variable
//!   only where `current` says nothing.
//! - **The metadata service that merely answers is asked only last but one, within a second**; a service that is named
//!   (`ALIBABA_CLOUD_ECS_METADATA`, mode `EcsRamRole`) must work.
//! - **A profile without any key is not configured** (the aliyun CLI leaves such a `default` behind) and is skipped; with half
//!   a key it is broken.
//! - **Older spellings** (`ALIBABACLOUD_`, `ALICLOUD_`) of the key variables count, as in the aliyun CLI, each as a group: an id
//!   of one spelling never meets a secret of another. Bare `ACCESS_KEY_ID`, which the CLI takes too, does not: other clouds'
//!   tools use that name.
//! - **A token in a `RamRoleArn` profile is used**, as by the CLI; the SDKs drop it and sign with half a credential.
//! - **Session tokens of `CloudSSO` and `OAuth` are used until they end**, never renewed here (see above).
//! - **A credentials URI with plain http must be on this machine**: its answer is an AccessKey.

pub mod identity;

mod chain;
mod ecs_metadata;
mod environment;
mod external;
mod failure;
mod key;
mod login;
mod oidc;
mod profile;
mod profile_file;
mod renewing;
mod role;
mod shared_file;
mod sts;
#[cfg(test)]
mod testing;
mod uri;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

pub use chain::find;
pub use identity::{Caller, IdentityError, SiteFound};

use crate::context::Context;
use crate::model::{Region, Site};
use crate::openapi::{CredentialError, CredentialProvider, Endpoints};

/// The identity of a run.
pub struct Found {
    /// Gives its credential.
    pub provider: Arc<dyn CredentialProvider>,
    /// Region that the profile or the environment names.
    pub region: Option<Region>,
    /// Site of the account, where the source says it (`oauth_site_type`).
    pub site: Option<Site>,
    /// What the user should know.
    pub warnings: Vec<Warning>,
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found")
            .field("source", &self.provider.describe())
            .field("region", &self.region)
            .field("site", &self.site)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

/// What the user should know about the credentials that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// Others on this machine can read a file with secrets.
    ReadableByOthers(PathBuf),
    /// The environment and a profile name different keys; the aliyun CLI would use the profile, as the SDKs do not.
    TwoIdentities {
        /// Source that is used.
        used: String,
        /// Source that is not.
        other: String,
    },
    /// A profile's own program is run.
    RunsProgram {
        /// The profile.
        profile: String,
        /// The program, without its arguments.
        program: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadableByOthers(path) => write!(
                f,
                "others on this machine can read {0}; chmod 600 {0}",
                path.display()
            ),
            Self::TwoIdentities { used, other } => write!(
                f,
                "{used} and {other} name different keys; yunsweep uses {used}, the aliyun CLI {other}"
            ),
            Self::RunsProgram { profile, program } => {
                write!(
                    f,
                    "profile `{profile}` gets its credential from the program `{program}`"
                )
            }
        }
    }
}

/// A provider of the credential of a role that another identity assumes. Nothing is asked yet.
pub fn assume(
    context: &Context,
    endpoints: &Endpoints,
    base: Arc<dyn CredentialProvider>,
    arn: &str,
) -> Result<Arc<dyn CredentialProvider>, CredentialError> {
    let reach = Reach {
        context: context.clone(),
        endpoints: endpoints.clone(),
    };
    let role = role::RoleSettings {
        arn: arn.to_owned(),
        ..role::RoleSettings::default()
    };
    let name = format!("role {arn}");
    role::provider(&reach, base, &role, &sts::StsSettings::default(), name)
}

/// How sources reach the outside.
#[derive(Clone)]
struct Reach {
    context: Context,
    endpoints: Endpoints,
}

impl Reach {
    /// A path as a person writes it: with `~` for the home folder.
    fn shown(&self, path: &std::path::Path) -> String {
        let below_home = self
            .context
            .home
            .as_ref()
            .and_then(|home| path.strip_prefix(home).ok());
        match below_home {
            Some(rest) => format!("~/{}", rest.display()),
            None => path.display().to_string(),
        }
    }
}
