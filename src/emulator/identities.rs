//! Who may call: the test keys, and temporary identities that STS hands out.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use chrono::{DateTime, Utc};

/// The fixed keys of the emulator. They open nothing anywhere else and look like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestKeys {
    /// AccessKey id of the RAM user `emulator`.
    pub access_key_id: String,
    /// Its secret.
    pub access_key_secret: String,
    /// AccessKey id of a temporary identity (role `emulator`).
    pub sts_access_key_id: String,
    /// Its secret.
    pub sts_access_key_secret: String,
    /// Its token.
    pub sts_security_token: String,
}

impl Default for TestKeys {
    fn default() -> Self {
        Self {
            access_key_id: "emulator-access-key-id".to_owned(),
            access_key_secret: "emulator-access-key-secret".to_owned(),
            sts_access_key_id: "STS.emulator-access-key-id".to_owned(),
            sts_access_key_secret: "emulator-temporary-secret".to_owned(),
            sts_security_token: "emulator-security-token".to_owned(),
        }
    }
}

/// What an AccessKey id stands for.
#[derive(Clone, Debug)]
pub(super) struct Identity {
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

/// Ids that nothing in the account depends on; the RAM API would tell them.
const USER_ID: &str = "200000000000000042";
const ROLE_ID: &str = "300000000000000042";

impl Principal {
    /// Its ARN.
    pub(super) fn arn(&self, account: &str) -> String {
        match self {
            Self::User { name } => format!("acs:ram::{account}:user/{name}"),
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

    /// `PrincipalId` of `GetCallerIdentity`.
    pub(super) fn principal_id(&self) -> String {
        match self {
            Self::User { .. } => USER_ID.to_owned(),
            Self::Role { session, .. } => format!("{ROLE_ID}:{session}"),
        }
    }

    /// `UserId` of a user.
    pub(super) fn user_id(&self) -> Option<&'static str> {
        matches!(self, Self::User { .. }).then_some(USER_ID)
    }

    /// `RoleId` of a role.
    pub(super) fn role_id(&self) -> Option<&'static str> {
        matches!(self, Self::Role { .. }).then_some(ROLE_ID)
    }
}

/// All AccessKeys that are valid here.
#[derive(Debug)]
pub(super) struct Identities {
    keys: TestKeys,
    known: RwLock<HashMap<String, Identity>>,
}

impl Identities {
    /// The test keys.
    pub(super) fn new(keys: TestKeys) -> Self {
        let user = Identity {
            secret: keys.access_key_secret.clone(),
            security_token: None,
            expires: None,
            principal: Principal::User {
                name: "emulator".to_owned(),
            },
        };
        let role = Identity {
            secret: keys.sts_access_key_secret.clone(),
            security_token: Some(keys.sts_security_token.clone()),
            expires: None,
            principal: Principal::Role {
                role: "emulator".to_owned(),
                session: "test".to_owned(),
            },
        };
        let known = HashMap::from([
            (keys.access_key_id.clone(), user),
            (keys.sts_access_key_id.clone(), role),
        ]);
        Self {
            keys,
            known: RwLock::new(known),
        }
    }

    /// The fixed keys.
    pub(super) fn keys(&self) -> &TestKeys {
        &self.keys
    }

    /// What this key stands for.
    pub(super) fn find(&self, access_key_id: &str) -> Option<Identity> {
        self.known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(access_key_id)
            .cloned()
    }

    /// Hands out a temporary identity.
    pub(super) fn issue(&self, access_key_id: String, identity: Identity) {
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(access_key_id, identity);
    }

    /// Ends every temporary identity at that time.
    pub(super) fn expire_tokens(&self, at: DateTime<Utc>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for identity in known.values_mut() {
            if identity.security_token.is_some() {
                identity.expires = Some(at);
            }
        }
    }
}
