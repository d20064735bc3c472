//! Which source is used: one that is named, or the first that is configured.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::profile::Profiles;
use super::profile_file::{self, Profile, ProfileFile, named_by_environment};
use super::shared_file::SharedFile;
use super::{Found, Reach, Warning, ecs_metadata, environment, oidc, uri};
use crate::config::{Setting, did_you_mean, environment as names};
use crate::context::Context;
use crate::model::{Region, Site};
use crate::openapi::{CredentialError, CredentialProvider, Endpoints, StaticCredential};

/// Profile or section that stands for "no name given".
const DEFAULT_PROFILE: &str = "default";

/// Finds the identity of a run. `profile` is the setting of yunsweep; the vendor's own variables are looked at here.
///
/// Nothing is signed and no role assumed yet: that happens when the credential is first asked for. Only the metadata service is
/// asked whether it is there, when no other source is configured.
pub async fn find(
    context: &Context,
    endpoints: &Endpoints,
    profile: Option<&Setting<String>>,
) -> Result<Found, CredentialError> {
    let reach = Reach {
        context: context.clone(),
        endpoints: endpoints.clone(),
    };
    let mut search = Search {
        reach: &reach,
        warnings: Vec::new(),
        looked_at: Vec::new(),
    };
    match profile {
        Some(profile) if profile.provenance.is_of_this_run() => search.named(&profile.value),
        Some(profile) => search.chain(Some(&profile.value)).await,
        None => search.chain(None).await,
    }
}

/// A region that a credential source names; it becomes part of host names, so nothing else may pass.
pub(super) fn region(source_name: &str, text: &str) -> Result<Region, CredentialError> {
    let is_label = (1..=63).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if is_label {
        Ok(Region::new(text))
    } else {
        Err(super::failure::broken(
            source_name,
            "its region is not one",
            "write a region id such as cn-hangzhou",
        ))
    }
}

struct Search<'a> {
    reach: &'a Reach,
    warnings: Vec<Warning>,
    /// Sources that are not configured, and why.
    looked_at: Vec<String>,
}

impl Search<'_> {
    /// Only the profile of that name, in either of the vendor's files.
    fn named(&mut self, name: &str) -> Result<Found, CredentialError> {
        let file = ProfileFile::find(self.reach)?;
        if let Some(file) = &file
            && let Some(profile) = file.profile(name)
        {
            return match self.of_profile(file, profile)? {
                Some(found) => Ok(found),
                None => Err(profile.wrong("it holds no key yet")),
            };
        }
        let shared = SharedFile::find(self.reach)?;
        if let Some(shared) = &shared
            && let Some(found) = self.of_section(shared, name, true)?
        {
            return Ok(found);
        }
        Err(unknown_profile(name, file.as_ref(), shared.as_ref()))
    }

    /// The sources in their order. `preferred`: the profile that yunsweep's configuration file names.
    async fn chain(&mut self, preferred: Option<&str>) -> Result<Found, CredentialError> {
        if let Some((credential, name)) = environment::find(self.reach)? {
            self.compare_with_profile(&credential.access_key_id, &name, preferred);
            let provider = Arc::new(StaticCredential::new(credential, name));
            return self.found(provider, None, None);
        }
        self.skip("environment", "ALIBABA_CLOUD_ACCESS_KEY_ID is not set");
        if let Some(provider) = oidc::find(self.reach)? {
            return self.found(provider, None, None);
        }
        self.skip("OIDC", "ALIBABA_CLOUD_OIDC_TOKEN_FILE is not set");
        let wanted = named_by_environment(self.reach).or(preferred);
        if let Some(found) = self.files(wanted)? {
            return Ok(found);
        }
        if let Some(found) = self.metadata().await? {
            return Ok(found);
        }
        if let Some(provider) = uri::find(self.reach)? {
            return self.found(provider, None, None);
        }
        self.skip(
            "credentials URI",
            "ALIBABA_CLOUD_CREDENTIALS_URI is not set",
        );
        Err(super::failure::broken(
            "credentials",
            format!(
                "none are configured; looked at: {}",
                self.looked_at.join("; ")
            ),
            "run `aliyun configure`, or set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        ))
    }

    /// The vendor's two files. A profile that is named must be in one of them.
    fn files(&mut self, wanted: Option<&str>) -> Result<Option<Found>, CredentialError> {
        let file = self.profile_file()?;
        if let Some(file) = &file {
            let name = wanted.or(file.current.as_deref());
            match file.profile(name.unwrap_or(DEFAULT_PROFILE)) {
                Some(profile) => match self.of_profile(file, profile)? {
                    Some(found) => return Ok(Some(found)),
                    None if wanted.is_some() => return Err(profile.wrong("it holds no key yet")),
                    None => self.skip(&profile.source_name, "it holds no key yet"),
                },
                // `current` points nowhere: the file is broken, and another identity would take its place.
                None if wanted.is_none() && name.is_some() && !file.profiles.is_empty() => {
                    return Err(unknown_profile(name.unwrap_or_default(), Some(file), None));
                }
                None => {
                    let shown = file.shown.clone();
                    self.skip(&shown, "it has no such profile");
                }
            }
        }
        let shared = SharedFile::find(self.reach)?;
        match &shared {
            Some(shared) => {
                let name = wanted.unwrap_or(DEFAULT_PROFILE);
                if let Some(found) = self.of_section(shared, name, wanted.is_some())? {
                    return Ok(Some(found));
                }
                let shown = shared.shown.clone();
                self.skip(&shown, "it has no such section, or one with enable = false");
            }
            None => self.skip("~/.alibabacloud/credentials", "there is no such file"),
        }
        match wanted {
            Some(name) => Err(unknown_profile(name, file.as_ref(), shared.as_ref())),
            None => Ok(None),
        }
    }

    fn profile_file(&mut self) -> Result<Option<ProfileFile>, CredentialError> {
        for variable in [&names::CLI_PROFILE_DISABLED, &names::IGNORE_PROFILE] {
            if names::is_on(self.reach.context.variable(variable.name)) {
                self.skip("aliyun CLI profile", &format!("{} is set", variable.name));
                return Ok(None);
            }
        }
        let file = ProfileFile::find(self.reach)?;
        if file.is_none() {
            self.skip("~/.aliyun/config.json", "there is no such file");
        }
        Ok(file)
    }

    async fn metadata(&mut self) -> Result<Option<Found>, CredentialError> {
        let read = |name: &str| self.reach.context.variable(name);
        if names::is_on(read(names::ECS_METADATA_DISABLED.name)) {
            let reason = format!("{} is set", names::ECS_METADATA_DISABLED.name);
            self.skip("ECS metadata service", &reason);
            return Ok(None);
        }
        if let Some(role) = read(names::ECS_METADATA.name) {
            let name = format!("ECS metadata service ({})", names::ECS_METADATA.name);
            let provider = ecs_metadata::provider(self.reach, Some(role), name)?;
            return self.found(provider, None, None).map(Some);
        }
        match ecs_metadata::probe(self.reach).await {
            ecs_metadata::Probe::Role(provider) => self.found(provider, None, None).map(Some),
            ecs_metadata::Probe::Nothing(why) => {
                self.skip("ECS metadata service", &why);
                Ok(None)
            }
        }
    }

    fn of_profile(
        &mut self,
        file: &ProfileFile,
        profile: &Profile,
    ) -> Result<Option<Found>, CredentialError> {
        let mut profiles = Profiles {
            reach: self.reach,
            file,
            warnings: &mut self.warnings,
        };
        let Some(provider) = profiles.provider(profile)? else {
            return Ok(None);
        };
        profile_file::warn_of_readers(&file.path, &mut self.warnings);
        let own_region = match profile.text("region_id")? {
            Some(text) => Some(region(&profile.source_name, text)?),
            None => None,
        };
        let site = match profile.text("oauth_site_type")? {
            Some("CN") => Some(Site::China),
            Some("INTL") => Some(Site::International),
            _ => None,
        };
        self.found(provider, own_region, site).map(Some)
    }

    fn of_section(
        &mut self,
        file: &SharedFile,
        name: &str,
        is_named: bool,
    ) -> Result<Option<Found>, CredentialError> {
        let Some(section) = file.sections.get(name) else {
            return Ok(None);
        };
        if section.is_disabled() {
            if is_named {
                return Err(super::failure::broken(
                    section.source_name(),
                    "it says enable = false",
                    "enable it, or choose another with --profile",
                ));
            }
            return Ok(None);
        }
        let provider = section.provider(self.reach)?;
        profile_file::warn_of_readers(&file.path, &mut self.warnings);
        self.found(provider, None, None).map(Some)
    }

    fn found(
        &mut self,
        provider: Arc<dyn CredentialProvider>,
        own_region: Option<Region>,
        site: Option<Site>,
    ) -> Result<Found, CredentialError> {
        let region = match (
            own_region,
            self.reach.context.variable(names::REGION_ID.name),
        ) {
            (Some(own), _) => Some(own),
            (None, Some(text)) => Some(region(names::REGION_ID.name, text)?),
            (None, None) => None,
        };
        Ok(Found {
            provider,
            region,
            site,
            warnings: std::mem::take(&mut self.warnings),
        })
    }

    /// Tells where the aliyun CLI would act as somebody else. A file that cannot be read is no concern here.
    fn compare_with_profile(&mut self, used_id: &str, used: &str, preferred: Option<&str>) {
        let Ok(Some(file)) = self.profile_file() else {
            return;
        };
        let wanted = named_by_environment(self.reach).or(preferred);
        let name = wanted
            .or(file.current.as_deref())
            .unwrap_or(DEFAULT_PROFILE);
        let Some(profile) = file.profile(name) else {
            return;
        };
        if let Ok(Some(other_id)) = profile.text("access_key_id")
            && other_id != used_id
        {
            self.warnings.push(Warning::TwoIdentities {
                used: used.to_owned(),
                other: profile.source_name.clone(),
            });
        }
    }

    fn skip(&mut self, source: &str, reason: &str) {
        self.looked_at.push(format!("{source} ({reason})"));
    }
}

/// The profile is in neither file: says which ones there are.
fn unknown_profile(
    name: &str,
    file: Option<&ProfileFile>,
    shared: Option<&SharedFile>,
) -> CredentialError {
    const MOST_LISTED: usize = 20;
    let known: BTreeSet<&str> = file
        .into_iter()
        .flat_map(|file| file.profiles.iter().map(|profile| profile.name.as_str()))
        .chain(
            shared
                .into_iter()
                .flat_map(|shared| shared.sections.keys().map(String::as_str)),
        )
        .collect();
    let hint = match did_you_mean(name, known.iter().copied()) {
        Some(hint) => hint,
        None if known.is_empty() => {
            format!("there is no profile at all; run `aliyun configure --profile {name}`")
        }
        None => {
            let listed: Vec<&str> = known.iter().take(MOST_LISTED).copied().collect();
            format!("the profiles are {}", listed.join(", "))
        }
    };
    let places = [
        file.map_or("~/.aliyun/config.json", |file| file.shown.as_str()),
        shared.map_or("~/.alibabacloud/credentials", |file| file.shown.as_str()),
    ];
    super::failure::broken(
        &format!("profile `{name}`"),
        format!("it is neither in {} nor in {}", places[0], places[1]),
        hint,
    )
}

#[cfg(test)]
mod tests;
