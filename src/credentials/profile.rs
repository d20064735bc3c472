//! What the modes of the aliyun CLI's profiles mean.
//!
//! Names of modes are compared without regard to case, as in the CLI; where a profile names none it is taken from the fields
//! that are there, in the CLI's order.

use std::path::PathBuf;
use std::sync::Arc;

use super::login::{self, Login};
use super::oidc::{self, OidcSettings};
use super::profile_file::{Profile, ProfileFile};
use super::role::{self, RoleSettings};
use super::sts::StsSettings;
use super::{Reach, Warning, ecs_metadata, external, key, uri};
use crate::openapi::{CredentialError, CredentialProvider, StaticCredential};

/// Longest chain of `source_profile`; a longer one is a mistake.
const LONGEST_CHAIN: usize = 8;

/// Modes that we know and do not use, and why.
const REFUSED: &[(&str, &str)] = &[
    ("RsaKeyPair", "Alibaba Cloud has retired key pairs"),
    ("BearerToken", "the APIs that yunsweep asks need signatures"),
    ("Anonymous", "the APIs that yunsweep asks need signatures"),
];

/// The modes that are used, as the CLI spells them.
const MODES: &str = "AK, StsToken, RamRoleArn, ChainableRamRoleArn, EcsRamRole, RamRoleArnWithRoleName, OIDC, External, CredentialsURI, CloudSSO, OAuth";

/// Makes providers of the profiles of one file.
pub(super) struct Profiles<'a> {
    pub(super) reach: &'a Reach,
    pub(super) file: &'a ProfileFile,
    pub(super) warnings: &'a mut Vec<Warning>,
}

impl Profiles<'_> {
    /// The provider of a profile; `None` where the profile holds nothing yet.
    pub(super) fn provider(
        &mut self,
        profile: &Profile,
    ) -> Result<Option<Arc<dyn CredentialProvider>>, CredentialError> {
        self.make(profile, &mut Vec::new())
    }

    fn make(
        &mut self,
        profile: &Profile,
        above: &mut Vec<String>,
    ) -> Result<Option<Arc<dyn CredentialProvider>>, CredentialError> {
        let mode = match profile.text("mode")? {
            Some(mode) => mode,
            None => match inferred(profile)? {
                Some(mode) => mode,
                None => return Ok(None),
            },
        };
        let name = profile.source_name.clone();
        let provider: Arc<dyn CredentialProvider> = match mode.to_ascii_lowercase().as_str() {
            "ak" => {
                if profile.text("access_key_id")?.is_none()
                    && profile.text("access_key_secret")?.is_none()
                {
                    return Ok(None);
                }
                keys(profile, None)?
            }
            "ststoken" => keys(profile, Some(profile.required("sts_token")?))?,
            "ramrolearn" => {
                let base = keys(profile, profile.text("sts_token")?)?;
                self.assume(profile, base)?
            }
            "chainableramrolearn" => {
                let base = self.source(profile, above)?;
                self.assume(profile, base)?
            }
            "ramrolearnwithrolename" => {
                let role = profile.required("ram_role_name")?;
                let base = ecs_metadata::provider(self.reach, Some(role), name)?;
                self.assume(profile, base)?
            }
            "ecsramrole" => {
                ecs_metadata::provider(self.reach, profile.text("ram_role_name")?, name)?
            }
            "oidc" => {
                let settings = OidcSettings {
                    provider_arn: profile.required("oidc_provider_arn")?.to_owned(),
                    token_file: PathBuf::from(profile.required("oidc_token_file")?),
                    role: role_settings(profile)?,
                };
                oidc::provider(self.reach, settings, &sts_settings(profile)?, name)?
            }
            "external" => {
                let command = profile.required("process_command")?;
                let (provider, program) = external::provider(self.reach, command, name)?;
                self.warnings.push(Warning::RunsProgram {
                    profile: profile.name.clone(),
                    program,
                });
                provider
            }
            "credentialsuri" => {
                uri::provider(self.reach, profile.required("credentials_uri")?, name)?
            }
            "cloudsso" => login::provider(self.reach, self.file, profile, Login::CloudSso),
            "oauth" => login::provider(self.reach, self.file, profile, Login::OAuth),
            _ => return Err(refused(profile, mode)),
        };
        Ok(Some(provider))
    }

    fn source(
        &mut self,
        profile: &Profile,
        above: &mut Vec<String>,
    ) -> Result<Arc<dyn CredentialProvider>, CredentialError> {
        above.push(profile.name.clone());
        let source = profile.required("source_profile")?;
        if above.iter().any(|name| name == source) || above.len() > LONGEST_CHAIN {
            return Err(profile.wrong(format!(
                "`source_profile` goes in a circle: {} -> {source}",
                above.join(" -> ")
            )));
        }
        let file = self.file;
        let Some(found) = file.profile(source) else {
            return Err(profile.wrong(format!("there is no `source_profile` `{source}`")));
        };
        self.make(found, above)?
            .ok_or_else(|| found.wrong("it holds no key yet"))
    }

    fn assume(
        &self,
        profile: &Profile,
        base: Arc<dyn CredentialProvider>,
    ) -> Result<Arc<dyn CredentialProvider>, CredentialError> {
        role::provider(
            self.reach,
            base,
            &role_settings(profile)?,
            &sts_settings(profile)?,
            profile.source_name.clone(),
        )
    }
}

/// The mode of a profile that names none.
fn inferred(profile: &Profile) -> Result<Option<&'static str>, CredentialError> {
    let has = |field: &str| profile.text(field).map(|text| text.is_some());
    let mode = if has("access_key_id")? || has("access_key_secret")? {
        if has("ram_role_arn")? {
            "RamRoleArn"
        } else if has("sts_token")? {
            "StsToken"
        } else {
            "AK"
        }
    } else if has("private_key")? {
        "RsaKeyPair"
    } else if has("ram_role_name")? {
        "EcsRamRole"
    } else if has("process_command")? {
        "External"
    } else if has("oidc_provider_arn")? {
        "OIDC"
    } else if has("cloud_sso_sign_in_url")? {
        "CloudSSO"
    } else if has("bearer_token")? {
        "BearerToken"
    } else {
        return Ok(None);
    };
    Ok(Some(mode))
}

fn refused(profile: &Profile, mode: &str) -> CredentialError {
    let mut shown: String = mode.chars().take(40).collect();
    shown = shown.escape_debug().to_string();
    let known = REFUSED
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(mode));
    let what = match known {
        Some((name, reason)) => format!("mode {name} is not used: {reason}"),
        None => format!("mode `{shown}` is not known"),
    };
    super::failure::broken(
        &profile.source_name,
        what,
        format!("choose a profile of another mode with --profile; the modes are {MODES}"),
    )
}

fn keys(
    profile: &Profile,
    token: Option<&str>,
) -> Result<Arc<dyn CredentialProvider>, CredentialError> {
    let name = &profile.source_name;
    let credential = key::credential(
        name,
        profile.text("access_key_id")?,
        profile.text("access_key_secret")?,
        token,
        None,
    )?;
    Ok(Arc::new(StaticCredential::new(credential, name)))
}

fn role_settings(profile: &Profile) -> Result<RoleSettings, CredentialError> {
    let text = |field: &str| profile.text(field).map(|text| text.map(str::to_owned));
    Ok(RoleSettings {
        arn: profile.required("ram_role_arn")?.to_owned(),
        session_name: match text("ram_session_name")? {
            Some(name) => Some(name),
            // What the Python SDK reads.
            None => text("role_session_name")?,
        },
        external_id: text("external_id")?,
        policy: text("policy")?,
        duration_seconds: profile.number("expired_seconds")?,
    })
}

fn sts_settings(profile: &Profile) -> Result<StsSettings, CredentialError> {
    let text = |field: &str| profile.text(field).map(|text| text.map(str::to_owned));
    Ok(StsSettings {
        endpoint: text("sts_endpoint")?,
        region: text("sts_region")?,
        is_vpc: profile.is_on("enable_vpc")?,
        profile_region: text("region_id")?,
    })
}

#[cfg(test)]
mod tests;
