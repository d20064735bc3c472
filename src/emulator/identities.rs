//! Who may call: the RAM user of the scenario, and temporary identities that STS hands out.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use chrono::{DateTime, Utc};

use super::scenario::Account;

/// The keys of the scenario's RAM user. They open nothing anywhere else and look like it.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// AccessKey id.
    pub access_key_id: String,
    /// Its secret.
    pub access_key_secret: String,
}

impl Keys {
    /// Those of another account's RAM user.
    pub(super) fn of_account(&self, account: &str) -> Self {
        Self {
            access_key_id: format!("{}-{account}", self.access_key_id),
            access_key_secret: format!("{}-{account}", self.access_key_secret),
        }
    }
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            access_key_id: "emulator-access-key-id".to_owned(),
            access_key_secret: "emulator-access-key-secret".to_owned(),
        }
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// Keys that are good for a time, with the token that must come with them.
#[derive(Clone, PartialEq, Eq)]
pub struct TemporaryKeys {
    /// AccessKey id.
    pub access_key_id: String,
    /// Its secret.
    pub access_key_secret: String,
    /// Security token.
    pub security_token: String,
    /// Until when.
    pub expires: DateTime<Utc>,
}

impl std::fmt::Debug for TemporaryKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TemporaryKeys")
            .field("access_key_id", &self.access_key_id)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// What an AccessKey id stands for.
#[derive(Clone)]
pub(super) struct Identity {
    /// Id of the account.
    pub(super) account: String,
    /// The secret.
    pub(super) secret: String,
    /// The token that must come with it.
    pub(super) security_token: Option<String>,
    /// When the token ends.
    pub(super) expires: Option<DateTime<Utc>>,
    /// Who that is.
    pub(super) principal: Principal,
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Principal {
    /// A RAM user.
    User {
        /// Id.
        id: String,
        /// Name.
        name: String,
    },
    /// An assumed role.
    Role {
        /// Name of the role.
        role: String,
        /// Name of the session.
        session: String,
    },
}

/// Scenarios have no roles, so every one has this id; nothing in the account depends on it.
const ROLE_ID: &str = "300000000000000042";

impl Principal {
    /// Its ARN.
    pub(super) fn arn(&self, account: &str) -> String {
        match self {
            Self::User { name, .. } => format!("acs:ram::{account}:user/{name}"),
            Self::Role { role, session } => {
                format!("acs:ram::{account}:assumed-role/{role}/{session}")
            }
        }
    }

    /// `IdentityType` of `GetCallerIdentity`.
    pub(super) fn identity_type(&self) -> &'static str {
        match self {
            Self::User { .. } => "RAMUser",
            Self::Role { .. } => "AssumedRoleUser",
        }
    }

    /// `AuthPrincipalType` of a refusal.
    pub(super) fn auth_type(&self) -> &'static str {
        match self {
            Self::User { .. } => "SubUser",
            Self::Role { .. } => "AssumedRoleUser",
        }
    }

    /// `AuthPrincipalDisplayName` of a refusal: user id, or role and session.
    pub(super) fn display_name(&self) -> String {
        match self {
            Self::User { id, .. } => id.clone(),
            Self::Role { role, session } => format!("{role}:{session}"),
        }
    }

    /// `PrincipalId` of `GetCallerIdentity`, `AssumedRoleId` of `AssumeRole`.
    pub(super) fn principal_id(&self) -> String {
        match self {
            Self::User { id, .. } => id.clone(),
            Self::Role { session, .. } => format!("{ROLE_ID}:{session}"),
        }
    }

    /// `UserId` of a user.
    pub(super) fn user_id(&self) -> Option<&str> {
        match self {
            Self::User { id, .. } => Some(id),
            Self::Role { .. } => None,
        }
    }

    /// `RoleId` of a role.
    pub(super) fn role_id(&self) -> Option<&'static str> {
        matches!(self, Self::Role { .. }).then_some(ROLE_ID)
    }
}

/// All keys that are valid here, of all accounts.
pub(super) struct Identities {
    accounts: Vec<String>,
    known: RwLock<HashMap<String, Identity>>,
}

impl Identities {
    /// The keys of each account's RAM user.
    pub(super) fn new(users: &[(Keys, &Account)]) -> Self {
        let identity = |(keys, account): &(Keys, &Account)| {
            let identity = Identity {
                account: account.id.clone(),
                secret: keys.access_key_secret.clone(),
                security_token: None,
                expires: None,
                principal: account.user(),
            };
            (keys.access_key_id.clone(), identity)
        };
        Self {
            accounts: users
                .iter()
                .map(|(_, account)| account.id.clone())
                .collect(),
            known: RwLock::new(users.iter().map(identity).collect()),
        }
    }

    /// Whether there is such an account.
    pub(super) fn has_account(&self, account: &str) -> bool {
        self.accounts.iter().any(|known| known == account)
    }

    /// What this key stands for.
    pub(super) fn find(&self, access_key_id: &str) -> Option<Identity> {
        self.known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(access_key_id)
            .cloned()
    }

    /// Hands out temporary keys of that principal of an account. `random` gives a text that nobody can guess.
    pub(super) fn issue(
        &self,
        account: &str,
        principal: Principal,
        expires: DateTime<Utc>,
        random: impl Fn() -> String,
    ) -> TemporaryKeys {
        let keys = TemporaryKeys {
            access_key_id: format!("STS.{}", random()),
            access_key_secret: random(),
            security_token: format!("{}{}", random(), random()),
            expires,
        };
        let identity = Identity {
            account: account.to_owned(),
            secret: keys.access_key_secret.clone(),
            security_token: Some(keys.security_token.clone()),
            expires: Some(expires),
            principal,
        };
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(keys.access_key_id.clone(), identity);
        keys
    }
}
