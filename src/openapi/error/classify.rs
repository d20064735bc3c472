//! Vendor codes to classes, in one table. The code decides, then the HTTP status; message text never does.
//!
//! Sources: the error pages of the official documentation, the official SDKs and CLI, and code lists of the API metadata.

use super::ErrorClass;

/// Codes that mean one thing in every product. Exact, case-sensitive.
const EXACT: &[(&str, ErrorClass)] = &[
    // Credentials: every further call would fail alike.
    ("InvalidAccessKeyId.NotFound", ErrorClass::Credentials),
    ("InvalidAccessKeyId.Inactive", ErrorClass::Credentials),
    ("InvalidAccessKeyId", ErrorClass::Credentials),
    ("InvalidAccessKeySecret", ErrorClass::Credentials),
    ("SignatureDoesNotMatch", ErrorClass::Credentials),
    ("SignatureNotMatch", ErrorClass::Credentials),
    ("IncompleteSignature", ErrorClass::Credentials),
    ("InvalidSecurityToken.Expired", ErrorClass::Credentials),
    ("SecurityTokenExpired", ErrorClass::Credentials),
    ("InvalidSecurityToken.Malformed", ErrorClass::Credentials),
    (
        "InvalidSecurityToken.MismatchWithAccessKey",
        ErrorClass::Credentials,
    ),
    ("InvalidSecurityToken", ErrorClass::Credentials),
    ("MissingSecurityToken", ErrorClass::Credentials),
    // Clock.
    ("InvalidTimeStamp.Expired", ErrorClass::ClockSkew),
    ("InvalidTimeStamp.Format", ErrorClass::ClockSkew),
    ("IllegalTimestamp", ErrorClass::ClockSkew),
    ("RequestTimeTooSkewed", ErrorClass::ClockSkew),
    // A lower layer repeated the request: once more with a new nonce.
    ("SignatureNonceUsed", ErrorClass::Server),
    // Not there: product or region, not a resource.
    ("InvalidRegionId", ErrorClass::NotOffered),
    ("InvalidRegionId.NotFound", ErrorClass::NotOffered),
    ("IllegalParam.Region", ErrorClass::NotOffered),
    ("InvalidApi.NotFound", ErrorClass::NotOffered),
    ("NotApplicable", ErrorClass::NotOffered),
    ("NotSupport.Account.Site", ErrorClass::NotOffered),
    ("InvalidProduct.NotFound", ErrorClass::Invalid),
    // Never opened.
    ("USER_NOT_EXIST", ErrorClass::NotActivated),
    ("ServiceNotEnabled", ErrorClass::NotActivated),
    ("MultiAccountServiceNotEnabled", ErrorClass::NotActivated),
    (
        "ServiceNotEnabled.SpecifiedAccount",
        ErrorClass::NotActivated,
    ),
    // Permission.
    ("Forbidden", ErrorClass::Denied),
    ("Forbidden.RAM", ErrorClass::Denied),
    ("Forbidden.NotSupportRAM", ErrorClass::Denied),
    ("Forbedden.NotSupportRAM", ErrorClass::Denied),
    ("Forbidden.RiskControl", ErrorClass::Denied),
    ("ActionUnauthorized", ErrorClass::Denied),
    ("AccessDenied", ErrorClass::Denied),
    ("NotAuthorized", ErrorClass::Denied),
    ("StatusForbidden", ErrorClass::Denied),
    ("ErrorCheckAcl", ErrorClass::Denied),
    ("Unauthorized", ErrorClass::Denied),
    // Gone.
    ("ErrorClusterNotFound", ErrorClass::Gone),
    ("Forbidden.InstanceNotFound", ErrorClass::Gone),
    ("INSTANCE_NOT_EXIST", ErrorClass::Gone),
    ("NAMESPACE_NOT_EXIST", ErrorClass::Gone),
    ("REPO_NOT_EXIST", ErrorClass::Gone),
    ("ProjectNotExist", ErrorClass::Gone),
    ("LogStoreNotExist", ErrorClass::Gone),
    ("StackNotFound", ErrorClass::Gone),
    // Throttling under other names.
    ("ReadQuotaExceed", ErrorClass::Throttled),
    ("WriteQuotaExceed", ErrorClass::Throttled),
    ("TooManyRequests", ErrorClass::Throttled),
    ("Rejected.Throttling", ErrorClass::Throttled),
    // Server.
    ("ServiceUnavailable", ErrorClass::Server),
    ("InternalError", ErrorClass::Server),
    ("InternalServerError", ErrorClass::Server),
    ("UnknownError", ErrorClass::Server),
    ("SystemError", ErrorClass::Server),
    ("SystemBusy", ErrorClass::Server),
    ("ServerBusy", ErrorClass::Server),
    ("RequestTimeout", ErrorClass::Server),
    // Another change is running.
    ("LastTokenProcessing", ErrorClass::Busy),
    ("OperationConflict", ErrorClass::Busy),
    ("IdempotenceProcessing", ErrorClass::Busy),
    ("Operation.Conflict", ErrorClass::Busy),
    ("InvalidOperation.Conflict", ErrorClass::Busy),
    ("OperationFailed.LastTokenProcessing", ErrorClass::Busy),
    ("OperationDenied.OtherSubnetProcessing", ErrorClass::Busy),
    ("InvalidOperation.InvalidEniState", ErrorClass::Busy),
    ("IncorretSnatEntryStatus", ErrorClass::Busy),
    ("OperationBusy", ErrorClass::Busy),
    ("System.Busy", ErrorClass::Busy),
    ("ServiceIsConfiguring", ErrorClass::Busy),
    // Something else has to go first.
    ("DiskStillAttached", ErrorClass::WaitDependency),
    ("SnapshotCreatedImage", ErrorClass::WaitDependency),
    ("ImageUsingByInstance", ErrorClass::WaitDependency),
    ("InvalidOperation.EniLinked", ErrorClass::WaitDependency),
    ("Zone.VpcExists", ErrorClass::WaitDependency),
    ("HasMountTarget", ErrorClass::WaitDependency),
    ("HasMemberEniAttached", ErrorClass::WaitDependency),
    (
        "InvalidIpStatus.HasBeenUsedBySnatTable",
        ErrorClass::WaitDependency,
    ),
    // Protection.
    (
        "OperationDenied.DeleteProtectionIsOn",
        ErrorClass::Protected,
    ),
    (
        "OperationDenied.DeletionProtectionEnabled",
        ErrorClass::Protected,
    ),
    ("InvalidOperation.DeletionProtection", ErrorClass::Protected),
    ("DeletionProtectionConfig.Enabled", ErrorClass::Protected),
    // A cloud service's own.
    (
        "InvalidOperation.EniServiceManaged",
        ErrorClass::ServiceManaged,
    ),
    (
        "InvalidOperation.ResourceManagedByCloudProduct",
        ErrorClass::ServiceManaged,
    ),
    // Money.
    ("ChargeTypeViolation", ErrorClass::Billing),
    ("Forbidden.ChargeTypeIsPrepaid", ErrorClass::Billing),
    ("InsufficientBalance", ErrorClass::Billing),
    ("Account.Arrearage", ErrorClass::Billing),
    ("InvalidAccountStatus.NotEnoughBalance", ErrorClass::Billing),
    ("ProjectForbidden", ErrorClass::Billing),
    // A dry run that passed.
    ("DryRunOperation", ErrorClass::DryRunOk),
    // A stale page token: the listing starts again.
    ("InvalidNextToken", ErrorClass::Invalid),
];

/// Families of codes, after [`EXACT`]. First match wins.
const FAMILIES: &[(Match, ErrorClass)] = &[
    (Match::Prefix("Throttling"), ErrorClass::Throttled),
    (Match::Prefix("QpsLimit"), ErrorClass::Throttled),
    (Match::Contains("FlowControl"), ErrorClass::Throttled),
    (Match::Prefix("NoPermission"), ErrorClass::Denied),
    (Match::Prefix("EntityNotExist."), ErrorClass::Gone),
    (Match::Prefix("ResourceNotFound."), ErrorClass::Gone),
    (
        Match::Prefix("DependencyViolation"),
        ErrorClass::WaitDependency,
    ),
    (Match::Prefix("ResourceInUse."), ErrorClass::WaitDependency),
    (Match::Prefix("TaskConflict"), ErrorClass::Busy),
    (Match::Prefix("ResourceInConfiguring"), ErrorClass::Busy),
    // `IncorrectStatus.LoadBalancer`, `IncorrectEipStatus`, `IncorrectInstanceStatus.Initializing`.
    (Match::Prefix("Incorrect"), ErrorClass::Busy),
    (Match::Suffix(".NotFound"), ErrorClass::Gone),
    (Match::Prefix("Missing"), ErrorClass::Invalid),
    (Match::Prefix("Invalid"), ErrorClass::Invalid),
    (Match::Prefix("UnsupportedHTTPMethod"), ErrorClass::Invalid),
    (Match::Prefix("ParameterInvalid"), ErrorClass::Invalid),
];

enum Match {
    Prefix(&'static str),
    Suffix(&'static str),
    Contains(&'static str),
}

impl Match {
    fn is_met_by(&self, code: &str) -> bool {
        match self {
            Self::Prefix(prefix) => code.starts_with(prefix),
            Self::Suffix(suffix) => code.ends_with(suffix),
            Self::Contains(part) => code.contains(part),
        }
    }
}

/// The class of an answer that is an error.
pub fn classify(code: Option<&str>, http_status: u16) -> ErrorClass {
    if let Some(code) = code {
        if let Some((_, class)) = EXACT.iter().find(|(known, _)| *known == code) {
            return *class;
        }
        if let Some((_, class)) = FAMILIES.iter().find(|(family, _)| family.is_met_by(code)) {
            return *class;
        }
    }
    match http_status {
        429 => ErrorClass::Throttled,
        // A bare 404 proves nothing about a resource: proxies and gateways send it too.
        401 | 403 if code.is_some() => ErrorClass::Denied,
        500 | 502 | 503 | 504 => ErrorClass::Server,
        _ => ErrorClass::Unexpected,
    }
}

/// Whether the code says that a temporary credential has run out, so that a refresh can help.
pub fn is_expired_token(code: &str) -> bool {
    matches!(
        code,
        "InvalidSecurityToken.Expired" | "SecurityTokenExpired"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_of_the_table_has_its_class() {
        for (code, class) in EXACT {
            assert_eq!(classify(Some(code), 400), *class, "{code}");
        }
        for (index, (code, _)) in EXACT.iter().enumerate() {
            assert!(
                EXACT[index + 1..].iter().all(|(other, _)| other != code),
                "{code} stands twice"
            );
        }
    }

    #[test]
    fn families_of_codes() {
        for (code, class) in [
            ("Throttling", ErrorClass::Throttled),
            ("Throttling.User", ErrorClass::Throttled),
            ("Throttling.ConcurrentLimitExceeded", ErrorClass::Throttled),
            ("NoPermission.AccountScope", ErrorClass::Denied),
            ("InvalidInstanceId.NotFound", ErrorClass::Gone),
            ("InvalidLoadBalancerId.NotFound", ErrorClass::Gone),
            ("EntityNotExist.Role", ErrorClass::Gone),
            ("DependencyViolation.Kvstore", ErrorClass::WaitDependency),
            ("ResourceInUse.ServerGroup", ErrorClass::WaitDependency),
            ("TaskConflict", ErrorClass::Busy),
            ("IncorrectEipStatus", ErrorClass::Busy),
            ("IncorrectStatus.NatGateway", ErrorClass::Busy),
            ("MissingParameter", ErrorClass::Invalid),
            ("InvalidParameter", ErrorClass::Invalid),
        ] {
            assert_eq!(classify(Some(code), 400), class, "{code}");
        }
    }

    #[test]
    fn suffix_not_found_does_not_make_keys_apis_or_regions_gone() {
        for code in [
            "InvalidAccessKeyId.NotFound",
            "InvalidApi.NotFound",
            "InvalidProduct.NotFound",
            "InvalidRegionId.NotFound",
        ] {
            assert_ne!(classify(Some(code), 404), ErrorClass::Gone, "{code}");
        }
    }

    #[test]
    fn a_bare_404_is_not_gone() {
        assert_eq!(classify(None, 404), ErrorClass::Unexpected);
        assert_eq!(classify(Some("NeverSeen"), 404), ErrorClass::Unexpected);
    }

    #[test]
    fn read_quota_exceed_is_throttling_despite_403() {
        assert_eq!(
            classify(Some("ReadQuotaExceed"), 403),
            ErrorClass::Throttled
        );
    }
}
