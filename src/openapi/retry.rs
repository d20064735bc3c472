//! When a call is sent again. Decided on the error; only reads are repeated from here: whoever sends a mutation writes down each
//! sending before it is made.

use std::time::Duration;

use super::error::classify::is_expired_token;
use super::{ApiError, ErrorClass};

/// Attempts of one call, for the classes where trying again can help.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// For throttled calls; the rate budget holds them back in between.
    pub throttled_attempts: u32,
    /// For failures of the server or the network.
    pub failed_attempts: u32,
    /// Pause before the second attempt; doubled for each further one.
    pub first_pause: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            throttled_attempts: 8,
            failed_attempts: 4,
            first_pause: Duration::from_millis(500),
        }
    }
}

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Report the error.
    GiveUp,
    /// Send again with a new nonce and date, after the pause.
    Again(Duration),
    /// Get a new temporary credential, then send again.
    RefreshCredential,
}

impl RetryPolicy {
    /// Decides. `is_read`: the operation changes nothing. `attempts` counts the one that failed. `random` in `0..=1000`
    /// spreads pauses of parallel callers.
    pub fn decide(&self, error: &ApiError, is_read: bool, attempts: u32, random: u32) -> Decision {
        // Also one that was refused, or never left: between two sendings the resource, the identity and the journal are looked at
        // again, and only its sender can do that.
        if !is_read {
            return Decision::GiveUp;
        }
        match error.class {
            ErrorClass::Throttled if attempts < self.throttled_attempts => {
                Decision::Again(Duration::ZERO)
            }
            ErrorClass::Server | ErrorClass::Busy | ErrorClass::TransportAmbiguous
                if attempts < self.failed_attempts =>
            {
                Decision::Again(self.pause(attempts, random))
            }
            // Nothing was sent; but a name that does not resolve or an untrusted certificate will not change by itself.
            ErrorClass::TransportBeforeSend if attempts < 2 => {
                Decision::Again(self.pause(attempts, random))
            }
            ErrorClass::Credentials
                if attempts < 2 && error.code.as_deref().is_some_and(is_expired_token) =>
            {
                Decision::RefreshCredential
            }
            _ => Decision::GiveUp,
        }
    }

    fn pause(&self, attempts: u32, random: u32) -> Duration {
        let full = self
            .first_pause
            .saturating_mul(1 << (attempts.saturating_sub(1)).min(6));
        // Half fixed, half spread.
        full / 2 + full * random.min(1000) / 2000
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Region;
    use crate::openapi::Request;

    fn error(class: ErrorClass, code: Option<&str>) -> ApiError {
        let request = Request::new("ecs", "DescribeDisks", &Region::new("cn-hangzhou"));
        let mut error = ApiError::local(class, &request, "h", "m");
        error.code = code.map(str::to_owned);
        error
    }

    #[test]
    fn a_mutation_is_never_repeated_from_here() {
        let policy = RetryPolicy::default();
        for (class, code) in [
            (ErrorClass::Server, None),
            (ErrorClass::TransportAmbiguous, None),
            (ErrorClass::TransportBeforeSend, None),
            (ErrorClass::Throttled, Some("Throttling.User")),
            (
                ErrorClass::Credentials,
                Some("InvalidSecurityToken.Expired"),
            ),
        ] {
            let error = error(class, code);
            let decided = policy.decide(&error, false, 1, 0);
            assert_eq!(decided, Decision::GiveUp, "{class:?}");
            let decided = policy.decide(&error, true, 1, 0);
            assert_ne!(decided, Decision::GiveUp, "{class:?}");
        }
    }

    #[test]
    fn attempts_end_and_pauses_grow() {
        let policy = RetryPolicy::default();
        let server = error(ErrorClass::Server, None);
        assert_eq!(
            policy.decide(&server, true, 1, 1000),
            Decision::Again(Duration::from_millis(500))
        );
        assert_eq!(
            policy.decide(&server, true, 2, 1000),
            Decision::Again(Duration::from_secs(1))
        );
        assert_eq!(
            policy.decide(&server, true, 2, 0),
            Decision::Again(Duration::from_millis(500))
        );
        assert_eq!(policy.decide(&server, true, 4, 0), Decision::GiveUp);
    }

    #[test]
    fn an_expired_token_is_refreshed_once() {
        let policy = RetryPolicy::default();
        let expired = error(
            ErrorClass::Credentials,
            Some("InvalidSecurityToken.Expired"),
        );
        assert_eq!(
            policy.decide(&expired, true, 1, 0),
            Decision::RefreshCredential
        );
        assert_eq!(policy.decide(&expired, true, 2, 0), Decision::GiveUp);
        let wrong = error(ErrorClass::Credentials, Some("SignatureDoesNotMatch"));
        assert_eq!(policy.decide(&wrong, true, 1, 0), Decision::GiveUp);
    }

    #[test]
    fn final_classes_are_final() {
        let policy = RetryPolicy::default();
        for class in [
            ErrorClass::Denied,
            ErrorClass::Gone,
            ErrorClass::Invalid,
            ErrorClass::ClockSkew,
            ErrorClass::Unexpected,
        ] {
            assert_eq!(
                policy.decide(&error(class, None), true, 1, 0),
                Decision::GiveUp,
                "{class:?}"
            );
        }
    }
}
