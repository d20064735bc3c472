//! Sessions that the aliyun CLI logged in to: modes `CloudSSO` and `OAuth`. Their AccessKey stands in the profile until it ends.
//!
//! The login itself is never renewed here: a refresh token is replaced when it is used, so using it would end the CLI's own
//! login. The file is read again for every fetch, so a renewal by the CLI is seen at once.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::DateTime;
use futures::future::BoxFuture;

use super::failure::broken;
use super::profile_file::{Profile, ProfileFile};
use super::renewing::{Renewing, Source};
use super::{Reach, key};
use crate::openapi::{Credential, CredentialError, CredentialProvider};

/// How the CLI logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Login {
    /// Mode `CloudSSO`.
    CloudSso,
    /// Mode `OAuth`.
    OAuth,
}

impl Login {
    fn mode(self) -> &'static str {
        match self {
            Self::CloudSso => "CloudSSO",
            Self::OAuth => "OAuth",
        }
    }
}

struct CachedLogin {
    reach: Reach,
    path: PathBuf,
    profile: String,
    login: Login,
    name: String,
}

/// A provider of the session that this profile holds.
pub(super) fn provider(
    reach: &Reach,
    file: &ProfileFile,
    profile: &Profile,
    login: Login,
) -> Arc<dyn CredentialProvider> {
    let clock = Arc::clone(&reach.context.wall_clock);
    let source = CachedLogin {
        reach: reach.clone(),
        path: file.path.clone(),
        profile: profile.name.clone(),
        login,
        name: profile.source_name.clone(),
    };
    Arc::new(Renewing::new(source, clock))
}

impl CachedLogin {
    fn hint(&self) -> String {
        format!(
            "any call of the aliyun CLI renews it, such as `aliyun sts GetCallerIdentity --profile {0}`; if that fails, log in again with `aliyun configure --profile {0} --mode {1}`",
            self.profile,
            self.login.mode()
        )
    }

    fn read(&self) -> Result<Credential, CredentialError> {
        let gone = |what: &str| broken(&self.name, what, self.hint());
        let file = ProfileFile::read(&self.reach, &self.path)?
            .ok_or_else(|| gone("its file is no longer there"))?;
        let profile = file
            .profile(&self.profile)
            .ok_or_else(|| gone("it is no longer in its file"))?;
        let token = profile.text("sts_token")?;
        let ends = profile.number("sts_expiration")?;
        let (Some(token), Some(ends)) = (token, ends) else {
            return Err(gone("nobody is logged in"));
        };
        let expires_at = DateTime::from_timestamp(ends, 0)
            .ok_or_else(|| profile.wrong("`sts_expiration` is no time"))?;
        if expires_at <= self.reach.context.wall_clock.now() {
            let what = format!("its session ended at {}", expires_at.format("%FT%TZ"));
            return Err(gone(&what));
        }
        key::credential(
            &self.name,
            profile.text("access_key_id")?,
            profile.text("access_key_secret")?,
            Some(token),
            Some(expires_at),
        )
    }
}

impl Source for CachedLogin {
    fn fetch(&self) -> BoxFuture<'_, Result<Credential, CredentialError>> {
        Box::pin(async { self.read() })
    }

    fn name(&self) -> &str {
        &self.name
    }
}

#[cfg(test)]
mod tests;
