//! Who sent a request, and whether they signed it: every scheme of the official SDKs, verified with the code that the client
//! signs with (both are pinned by vectors of the official packages).
//!
//! Times are the real ones always: the world's clock has no say over signatures and tokens.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::errors::{Family, Refusal};
use super::identities::{Identities, Identity, Principal};
use super::received::Received;
use super::route::Call;
use crate::contracts::Style;
use crate::openapi::sign::verify::{Claim, Refused, Scheme};
use crate::openapi::sign::{Unsigned, equal_in_constant_time};

/// How far signed times may be off (official signature pages).
const ALLOWED_SKEW: TimeDelta = TimeDelta::minutes(15);

/// Nonces seen within the allowed time. Two generations, so that old ones are forgotten without looking at each.
#[derive(Debug, Default)]
pub(super) struct Nonces {
    seen: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    since: Option<DateTime<Utc>>,
    current: HashSet<u64>,
    previous: HashSet<u64>,
}

impl Nonces {
    /// Remembers a nonce; false if it was there.
    fn take(&self, access_key_id: &str, nonce: &str, now: DateTime<Utc>) -> bool {
        let mut hasher = DefaultHasher::new();
        (access_key_id, nonce).hash(&mut hasher);
        let print = hasher.finish();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let since = *seen.since.get_or_insert(now);
        if now - since > ALLOWED_SKEW * 2 {
            seen.previous = std::mem::take(&mut seen.current);
            seen.since = Some(now);
        }
        !seen.previous.contains(&print) && seen.current.insert(print)
    }
}

/// Verifies the signature of a request; `None` where the operation is called without one.
pub(super) fn authenticate(
    received: &Received,
    call: &Call,
    identities: &Identities,
    nonces: &Nonces,
    now: DateTime<Utc>,
) -> Result<Option<Principal>, Refusal> {
    let family = call.family;
    let request = Unsigned {
        method: &received.method,
        path: &received.path,
        query: &received.query,
        headers: &received.headers,
        body: &received.body,
    };
    let claim = match Claim::read(&request) {
        Err(Refused::NotSigned) if call.operation.action == "AssumeRoleWithOIDC" => {
            return Ok(None);
        }
        read => read.map_err(|refused| refusal(family, None, refused))?,
    };
    check_scheme(received, call, &claim)?;
    let identity = identities
        .find(&claim.access_key_id)
        .ok_or_else(|| Refusal::unknown_key(family, &claim.access_key_id))?;
    check_token(family, &claim, &identity, now)?;
    let signed_at = claim
        .signed_at
        .ok_or_else(|| Refusal::malformed_time(family))?;
    if (now - signed_at).abs() > ALLOWED_SKEW {
        return Err(Refusal::expired_time(family));
    }
    verify(&claim, &request, &identity.secret)
        .map_err(|refused| refusal(family, Some(&claim), refused))?;
    check_nonce(family, &claim, nonces, now)?;
    Ok(Some(identity.principal))
}

/// Whether the product takes that scheme, and what else each scheme wants.
fn check_scheme(received: &Received, call: &Call, claim: &Claim) -> Result<(), Refusal> {
    let family = call.family;
    let fits = match call.operation.style {
        Style::Rpc => matches!(claim.scheme, Scheme::Acs3 | Scheme::Rpc1),
        Style::Roa => matches!(claim.scheme, Scheme::Acs3 | Scheme::Roa1),
        Style::Sls => matches!(claim.scheme, Scheme::Sls1(_) | Scheme::Sls4),
        Style::Oss => claim.scheme == Scheme::Oss4,
    };
    if !fits {
        let what = "no signature of a scheme that this product takes";
        return Err(Refusal::incomplete_signature(family, what));
    }
    let is_json = |format: &str| format.eq_ignore_ascii_case("json");
    if claim.scheme == Scheme::Rpc1 && !received.parameter("Format").is_some_and(is_json) {
        return Err(Refusal::not_emulated(
            "without Format=JSON several products answer XML, which the emulator does not write",
        ));
    }
    if call.operation.style == Style::Sls && received.header("x-log-apiversion").is_none() {
        return Err(Refusal::new(
            400,
            "MissingAPIVersion",
            "x-log-apiversion does not exist in http header when it is required.",
        ));
    }
    // A scope that names another region than the endpoint's signs with another key.
    if claim
        .region
        .as_ref()
        .is_some_and(|region| *region != call.region)
    {
        return Err(Refusal::signature(family, None));
    }
    Ok(())
}

fn check_token(
    family: Family,
    claim: &Claim,
    identity: &Identity,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let sent = claim
        .security_token
        .as_deref()
        .filter(|token| !token.is_empty());
    match (&identity.security_token, sent) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(Refusal::missing_token(family)),
        (Some(own), Some(token)) if equal_in_constant_time(own, token) => {
            if identity.expires.is_some_and(|expires| expires <= now) {
                Err(Refusal::expired_token(family))
            } else {
                Ok(())
            }
        }
        (_, Some(_)) => Err(Refusal::wrong_token(family)),
    }
}

fn verify(claim: &Claim, request: &Unsigned<'_>, secret: &str) -> Result<(), Refused> {
    let refused = match claim.verify(request, secret) {
        Err(refused @ Refused::Mismatch { .. }) if matches!(claim.scheme, Scheme::Sls1(_)) => {
            refused
        }
        done => return done,
    };
    // aliyun-log-python-sdk 0.9.52 adds `x-log-date` after signing.
    let headers: Vec<(String, String)> = request
        .headers
        .iter()
        .filter(|(name, _)| name != "x-log-date")
        .cloned()
        .collect();
    let without = Unsigned {
        headers: &headers,
        ..*request
    };
    claim.verify(&without, secret).map_err(|_| refused)
}

fn check_nonce(
    family: Family,
    claim: &Claim,
    nonces: &Nonces,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    if !matches!(claim.scheme, Scheme::Acs3 | Scheme::Rpc1 | Scheme::Roa1) {
        return Ok(());
    }
    match claim.nonce.as_deref().filter(|nonce| !nonce.is_empty()) {
        // aliyun-python-sdk-core 2.16 signs ROA requests without one.
        None if claim.scheme == Scheme::Roa1 => Ok(()),
        None => Err(Refusal::incomplete_signature(family, "no signature nonce")),
        Some(nonce) if nonces.take(&claim.access_key_id, nonce, now) => Ok(()),
        Some(_) => Err(Refusal::used_nonce()),
    }
}

fn refusal(family: Family, claim: Option<&Claim>, refused: Refused) -> Refusal {
    match refused {
        Refused::NotSigned | Refused::Incomplete(_) | Refused::HeaderNotSigned(_) => {
            Refusal::incomplete_signature(family, &refused.to_string())
        }
        Refused::BodyChanged(_) => Refusal::signature(family, None),
        Refused::Mismatch { string_to_sign } => {
            // With RPC version 1 the security token is part of the text: it is not repeated.
            let secret = claim.is_some_and(|claim| {
                claim.scheme == Scheme::Rpc1 && claim.security_token.is_some()
            });
            Refusal::signature(family, (!secret).then_some(string_to_sign.as_str()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_are_taken_once_and_forgotten_after_the_allowed_time() {
        let nonces = Nonces::default();
        let now = DateTime::UNIX_EPOCH;
        assert!(nonces.take("id", "n", now));
        assert!(!nonces.take("id", "n", now + TimeDelta::minutes(1)));
        assert!(nonces.take("other", "n", now));
        // One turn on it is still known; two turns on its time is long over.
        assert!(!nonces.take("id", "n", now + TimeDelta::minutes(31)));
        assert!(nonces.take("id", "m", now + TimeDelta::minutes(62)));
        assert!(nonces.take("id", "n", now + TimeDelta::minutes(93)));
    }
}
