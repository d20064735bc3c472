//! Vendor codes to classes, in one table. The code decides, then the HTTP status; message text never does.
//!
//! Sources: the error pages of the official documentation, the official SDKs and CLI, and code lists of the API metadata; for
//! deletions also the codes that the official Terraform provider and the controllers of ACK wait for (tests name them).

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
    ("Forbidden.SubUser", ErrorClass::Denied),
    ("NoPrivilege", ErrorClass::Denied),
    // Gone.
    ("ErrorClusterNotFound", ErrorClass::Gone),
    ("ErrorNodePoolNotFound", ErrorClass::Gone),
    ("AddonNotFound", ErrorClass::Gone),
    ("INSTANCE_NOT_EXISTS", ErrorClass::Gone),
    ("Forbidden.VpcNotFound", ErrorClass::Gone),
    ("Forbidden.NasNotFound", ErrorClass::Gone),
    ("AclNotExist", ErrorClass::Gone),
    ("EndpointNotFound", ErrorClass::Gone),
    ("Zone.NotExists", ErrorClass::Gone),
    // What was to be loosened is loose.
    ("InvalidDisk.AlreadyDetached", ErrorClass::Gone),
    ("OperationUnsupported.IpNotInCbwp", ErrorClass::Gone),
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
    ("ServerBusy", ErrorClass::Server),
    ("RequestTimeout", ErrorClass::Server),
    // Another change is running on the resource, or next to it: the same call may work in a moment.
    ("LastTokenProcessing", ErrorClass::Busy),
    ("OperationFailed.LastTokenProcessing", ErrorClass::Busy),
    ("OperationConflict", ErrorClass::Busy),
    ("Operation.Conflict", ErrorClass::Busy),
    ("InvalidOperation.Conflict", ErrorClass::Busy),
    ("Conflict.Lock", ErrorClass::Busy),
    ("IdempotenceProcessing", ErrorClass::Busy),
    ("SystemBusy", ErrorClass::Busy),
    ("System.Busy", ErrorClass::Busy),
    ("System.ServiceBusy", ErrorClass::Busy),
    ("OperationFailed.SystemBusy", ErrorClass::Busy),
    ("OperationBusy", ErrorClass::Busy),
    ("ServiceIsStopping", ErrorClass::Busy),
    ("ServiceIsConfiguring", ErrorClass::Busy),
    ("BackendServer.configuring", ErrorClass::Busy),
    ("BandwidthPackageOperation.conflict", ErrorClass::Busy),
    ("OperationDenied.OtherSubnetProcessing", ErrorClass::Busy),
    (
        "OperationDenied.NetworkAclAttachmentInMiddleStatus",
        ErrorClass::Busy,
    ),
    ("OperationDenied.ImageCopying", ErrorClass::Busy),
    ("OperationDenied.InvalidState", ErrorClass::Busy),
    ("ImageIsImporting", ErrorClass::Busy),
    ("ImageIsExporting", ErrorClass::Busy),
    ("DiskCreatingSnapshot", ErrorClass::Busy),
    ("DisksDetachingOnEcsExceeded", ErrorClass::Busy),
    ("InvalidOperation.InvalidEcsState", ErrorClass::Busy),
    ("InvalidOperation.InvalidEniState", ErrorClass::Busy),
    (
        "InvalidOperation.RelatedSnapshotNotFinished",
        ErrorClass::Busy,
    ),
    ("InvalidBindingStatus", ErrorClass::Busy),
    // The vendor's spelling.
    ("IncorretSnatEntryStatus", ErrorClass::Busy),
    ("VolumeStatusForbidOperation", ErrorClass::Busy),
    (
        "OperationFailed.ResourceGroupStatusCheckFail",
        ErrorClass::Busy,
    ),
    // Something else has to go first.
    ("DiskStillAttached", ErrorClass::WaitDependency),
    ("SnapshotCreatedImage", ErrorClass::WaitDependency),
    ("SnapshotCreatedDisk", ErrorClass::WaitDependency),
    ("ImageUsingByInstance", ErrorClass::WaitDependency),
    ("InvalidOperation.EniLinked", ErrorClass::WaitDependency),
    (
        "InvalidOperation.HasMemberEniAttached",
        ErrorClass::WaitDependency,
    ),
    (
        "InvalidOperation.HasSlaveEniBonded",
        ErrorClass::WaitDependency,
    ),
    (
        "InvalidIpStatus.HasBeenUsedBySnatTable",
        ErrorClass::WaitDependency,
    ),
    (
        "InvalidIpStatus.HasBeenUsedByForwardEntry",
        ErrorClass::WaitDependency,
    ),
    (
        "OperationDenied.GatewayAssociated",
        ErrorClass::WaitDependency,
    ),
    ("OperationDenied.VpcPeerExists", ErrorClass::WaitDependency),
    (
        "OperationFailed.Ipv6InstanceExist",
        ErrorClass::WaitDependency,
    ),
    (
        "InvalidParameter.KeypairAlreadyAttachedInstance",
        ErrorClass::WaitDependency,
    ),
    ("EndpointDependenceViolation", ErrorClass::WaitDependency),
    ("Zone.VpcExists", ErrorClass::WaitDependency),
    ("HasMountTarget", ErrorClass::WaitDependency),
    ("DeleteConflict.Role.Policy", ErrorClass::WaitDependency),
    // Protection against deletion.
    (
        "OperationDenied.DeleteProtectionIsOn",
        ErrorClass::Protected,
    ),
    (
        "OperationDenied.DeletionProtectionEnabled",
        ErrorClass::Protected,
    ),
    ("InvalidOperation.DeletionProtection", ErrorClass::Protected),
    ("InvalidDiskStatus.DeleteProtection", ErrorClass::Protected),
    ("OperationDenied.EndpointProtected", ErrorClass::Protected),
    ("EndpointProtected", ErrorClass::Protected),
    // A cloud service manages it.
    (
        "InvalidOperation.EniServiceManaged",
        ErrorClass::ServiceManaged,
    ),
    (
        "InvalidOperation.ResourceManagedByCloudProduct",
        ErrorClass::ServiceManaged,
    ),
    // Money.
    ("InsufficientBalance", ErrorClass::Billing),
    ("Account.Arrearage", ErrorClass::Billing),
    ("InvalidAccountStatus.NotEnoughBalance", ErrorClass::Billing),
    ("ProjectForbidden", ErrorClass::Billing),
    // Paid ahead: it is not released before its term ends.
    ("ChargeTypeViolation", ErrorClass::Billing),
    ("Forbidden.ChargeTypeIsPrepaid", ErrorClass::Billing),
    ("Forbidden.PrePaidNatGateway", ErrorClass::Billing),
    ("DeletionProtection.PrePaidNotSupport", ErrorClass::Billing),
    (
        "OperationUnsupported.DeleteProtectionForPrePayInstance",
        ErrorClass::Billing,
    ),
    // A dry run that passed.
    ("DryRunOperation", ErrorClass::DryRunOk),
    // DeleteInstances and StopInstances of ECS, in their error tables.
    ("DRYRUN.SUCCESS", ErrorClass::DryRunOk),
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
    (Match::Prefix("ResourceInConfiguring"), ErrorClass::Busy),
    (Match::Prefix("ResourceInCreating"), ErrorClass::Busy),
    (Match::Prefix("TaskConflict"), ErrorClass::Busy),
    // `IncorrectStatus.NatGateway`, `IncorrectVpcStatus`, `DeleteVSwitch.IncorrectStatus.cbnStatus`.
    (Match::Around("Incorrect", "Status"), ErrorClass::Busy),
    (Match::Prefix("InvalidStatus."), ErrorClass::Busy),
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
    /// One, and later the other.
    Around(&'static str, &'static str),
}

impl Match {
    fn is_met_by(&self, code: &str) -> bool {
        match self {
            Self::Prefix(prefix) => code.starts_with(prefix),
            Self::Suffix(suffix) => code.ends_with(suffix),
            Self::Contains(part) => code.contains(part),
            Self::Around(first, then) => code
                .split_once(first)
                .is_some_and(|(_, rest)| rest.contains(then)),
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
        // Whoever gave up, the server or something in front of it: the call may have done its work.
        408 | 500..=599 => ErrorClass::Server,
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
            ("MissingParameter", ErrorClass::Invalid),
            ("InvalidParameter", ErrorClass::Invalid),
        ] {
            assert_eq!(classify(Some(code), 400), class, "{code}");
        }
    }

    /// What refuses a deletion, by class, with where the code is documented or waited for.
    #[test]
    fn what_refuses_a_deletion_has_its_class_and_its_source() {
        const CODES: &[(&str, u16, ErrorClass, &str)] = &[
            (
                "OperationConflict",
                400,
                ErrorClass::Busy,
                "Terraform provider, connection errors",
            ),
            (
                "Operation.Conflict",
                403,
                ErrorClass::Busy,
                "ECS DeleteSnapshot",
            ),
            (
                "InvalidOperation.Conflict",
                403,
                ErrorClass::Busy,
                "CSI driver, DetachDisk",
            ),
            ("TaskConflict", 400, ErrorClass::Busy, "VPC DeleteVSwitch"),
            (
                "TaskConflict.AssociateGlobalAccelerationInstance",
                400,
                ErrorClass::Busy,
                "VPC ReleaseEipAddress",
            ),
            (
                "SystemBusy",
                400,
                ErrorClass::Busy,
                "Terraform provider, ALB",
            ),
            (
                "OperationFailed.SystemBusy",
                400,
                ErrorClass::Busy,
                "VPC DeleteVSwitch",
            ),
            ("System.ServiceBusy", 400, ErrorClass::Busy, "VPC DeleteVpc"),
            (
                "System.Busy",
                400,
                ErrorClass::Busy,
                "Terraform provider, PrivateZone",
            ),
            (
                "LastTokenProcessing",
                400,
                ErrorClass::Busy,
                "Terraform provider, ECS",
            ),
            (
                "OperationFailed.LastTokenProcessing",
                400,
                ErrorClass::Busy,
                "Terraform provider, VPC",
            ),
            (
                "IdempotenceProcessing",
                400,
                ErrorClass::Busy,
                "Terraform provider, ALB",
            ),
            (
                "IncorrectStatus",
                404,
                ErrorClass::Busy,
                "VPC DeleteVSwitch",
            ),
            (
                "IncorrectStatus.LoadBalancer",
                400,
                ErrorClass::Busy,
                "ALB DeleteLoadBalancer",
            ),
            (
                "IncorrectStatus.loadbalancer",
                400,
                ErrorClass::Busy,
                "NLB DeleteLoadBalancer",
            ),
            (
                "IncorrectStatus.NatGateway",
                404,
                ErrorClass::Busy,
                "VPC DeleteNatGateway",
            ),
            (
                "IncorrectBusinessStatus.LoadBalancer",
                400,
                ErrorClass::Busy,
                "ALB DeleteLoadBalancer",
            ),
            (
                "IncorrectInstanceStatus.Initializing",
                403,
                ErrorClass::Busy,
                "ECS DeleteInstance",
            ),
            (
                "IncorrectDiskStatus",
                403,
                ErrorClass::Busy,
                "ECS DeleteDisk",
            ),
            (
                "IncorrectEipStatus",
                400,
                ErrorClass::Busy,
                "VPC ReleaseEipAddress",
            ),
            ("IncorrectVpcStatus", 400, ErrorClass::Busy, "VPC DeleteVpc"),
            (
                "IncorrectVSwitchStatus",
                400,
                ErrorClass::Busy,
                "VPC DeleteVSwitch",
            ),
            (
                "IncorrectRouteEntryStatus",
                400,
                ErrorClass::Busy,
                "VPC DeleteVSwitch",
            ),
            (
                "DeleteVSwitch.IncorrectStatus.cbnStatus",
                400,
                ErrorClass::Busy,
                "VPC DeleteVSwitch",
            ),
            (
                "ResourceInConfiguring",
                400,
                ErrorClass::Busy,
                "ALB DeleteServerGroup",
            ),
            (
                "ResourceInConfiguring.loadbalancer",
                400,
                ErrorClass::Busy,
                "NLB DeleteLoadBalancer",
            ),
            (
                "ResourceInCreating.loadbalancer",
                400,
                ErrorClass::Busy,
                "NLB DeleteLoadBalancer",
            ),
            (
                "Conflict.Lock",
                400,
                ErrorClass::Busy,
                "NLB DeleteLoadBalancer",
            ),
            (
                "OperationDenied.OtherSubnetProcessing",
                400,
                ErrorClass::Busy,
                "VPC DeleteVSwitch",
            ),
            (
                "OperationDenied.ImageCopying",
                403,
                ErrorClass::Busy,
                "ECS DeleteImage",
            ),
            ("ImageIsImporting", 403, ErrorClass::Busy, "ECS DeleteImage"),
            ("ImageIsExporting", 403, ErrorClass::Busy, "ECS DeleteImage"),
            (
                "DiskCreatingSnapshot",
                403,
                ErrorClass::Busy,
                "ECS DeleteDisk",
            ),
            (
                "DisksDetachingOnEcsExceeded",
                400,
                ErrorClass::Busy,
                "ECS DetachDisk",
            ),
            (
                "InvalidOperation.InvalidEniState",
                400,
                ErrorClass::Busy,
                "ECS DeleteNetworkInterface",
            ),
            (
                "InvalidOperation.InvalidEcsState",
                400,
                ErrorClass::Busy,
                "ECS DetachNetworkInterface",
            ),
            (
                "InvalidOperation.RelatedSnapshotNotFinished",
                403,
                ErrorClass::Busy,
                "ECS DeleteSnapshot",
            ),
            (
                "InvalidBindingStatus",
                400,
                ErrorClass::Busy,
                "VPC UnassociateEipAddress",
            ),
            (
                "InvalidStatus.EcsStatusNotSupport",
                400,
                ErrorClass::Busy,
                "VPC UnassociateEipAddress",
            ),
            (
                "IncorretSnatEntryStatus",
                400,
                ErrorClass::Busy,
                "Terraform provider, SNAT entry",
            ),
            (
                "BackendServer.configuring",
                400,
                ErrorClass::Busy,
                "Terraform provider, CLB",
            ),
            (
                "DependencyViolation",
                403,
                ErrorClass::WaitDependency,
                "ECS DeleteSecurityGroup",
            ),
            (
                "DependencyViolation.VSwitch",
                400,
                ErrorClass::WaitDependency,
                "VPC DeleteVpc",
            ),
            (
                "DependencyViolation.Resource",
                400,
                ErrorClass::WaitDependency,
                "Terraform provider, ACK",
            ),
            (
                "DependencyViolation.EIPS",
                400,
                ErrorClass::WaitDependency,
                "VPC DeleteNatGateway",
            ),
            (
                "ResourceInUse.ServerGroup",
                400,
                ErrorClass::WaitDependency,
                "ALB DeleteServerGroup",
            ),
            (
                "ResourceInUse.Acl",
                400,
                ErrorClass::WaitDependency,
                "ALB DeleteAcl",
            ),
            (
                "DiskStillAttached",
                403,
                ErrorClass::WaitDependency,
                "ECS DeleteDisk",
            ),
            (
                "SnapshotCreatedImage",
                403,
                ErrorClass::WaitDependency,
                "ECS DeleteSnapshot",
            ),
            (
                "SnapshotCreatedDisk",
                403,
                ErrorClass::WaitDependency,
                "ECS DeleteSnapshot",
            ),
            (
                "ImageUsingByInstance",
                403,
                ErrorClass::WaitDependency,
                "ECS DeleteImage",
            ),
            (
                "InvalidOperation.EniLinked",
                403,
                ErrorClass::WaitDependency,
                "ECS DeleteInstance",
            ),
            (
                "InvalidOperation.HasMemberEniAttached",
                403,
                ErrorClass::WaitDependency,
                "ECS DetachNetworkInterface",
            ),
            (
                "InvalidOperation.HasSlaveEniBonded",
                400,
                ErrorClass::WaitDependency,
                "ECS DeleteNetworkInterface",
            ),
            (
                "InvalidIpStatus.HasBeenUsedBySnatTable",
                400,
                ErrorClass::WaitDependency,
                "VPC UnassociateEipAddress",
            ),
            (
                "OperationDenied.VpcPeerExists",
                400,
                ErrorClass::WaitDependency,
                "VPC DeleteVpc",
            ),
            (
                "Zone.VpcExists",
                400,
                ErrorClass::WaitDependency,
                "OpenShift installer",
            ),
            (
                "HasMountTarget",
                400,
                ErrorClass::WaitDependency,
                "NAS DeleteFileSystem",
            ),
            (
                "DeleteConflict.Role.Policy",
                409,
                ErrorClass::WaitDependency,
                "Terraform provider, RAM role",
            ),
            (
                "OperationDenied.DeleteProtectionIsOn",
                400,
                ErrorClass::Protected,
                "CLB DeleteLoadBalancer",
            ),
            (
                "OperationDenied.DeletionProtectionEnabled",
                400,
                ErrorClass::Protected,
                "ALB and NLB DeleteLoadBalancer",
            ),
            (
                "InvalidOperation.DeletionProtection",
                403,
                ErrorClass::Protected,
                "ECS DeleteInstance",
            ),
            (
                "InvalidDiskStatus.DeleteProtection",
                403,
                ErrorClass::Protected,
                "ECS DeleteDisk",
            ),
            (
                "OperationDenied.EndpointProtected",
                400,
                ErrorClass::Protected,
                "PrivateLink DeleteVpcEndpoint",
            ),
            (
                "ChargeTypeViolation",
                403,
                ErrorClass::Billing,
                "ECS DeleteInstance",
            ),
            (
                "Forbidden.ChargeTypeIsPrepaid",
                400,
                ErrorClass::Billing,
                "VPC ReleaseEipAddress",
            ),
            (
                "Forbidden.PrePaidNatGateway",
                400,
                ErrorClass::Billing,
                "VPC DeleteNatGateway",
            ),
            (
                "InvalidOperation.EniServiceManaged",
                403,
                ErrorClass::ServiceManaged,
                "ECS DeleteNetworkInterface",
            ),
            (
                "InvalidOperation.ResourceManagedByCloudProduct",
                403,
                ErrorClass::ServiceManaged,
                "ECS DeleteSecurityGroup",
            ),
            (
                "ErrorNodePoolNotFound",
                404,
                ErrorClass::Gone,
                "Terraform provider, ACK node pool",
            ),
            (
                "INSTANCE_NOT_EXISTS",
                404,
                ErrorClass::Gone,
                "VPC DeleteNatGateway",
            ),
            (
                "Forbidden.VpcNotFound",
                400,
                ErrorClass::Gone,
                "VPC DeleteVpc",
            ),
            (
                "ResourceNotFound.loadBalancer",
                404,
                ErrorClass::Gone,
                "NLB DeleteLoadBalancer",
            ),
            (
                "InvalidDisk.AlreadyDetached",
                404,
                ErrorClass::Gone,
                "ECS DetachDisk",
            ),
            (
                "NoPrivilege",
                403,
                ErrorClass::Denied,
                "CR DeleteRepository",
            ),
            (
                "Forbidden.SubUser",
                403,
                ErrorClass::Denied,
                "ECS DeleteNetworkInterface",
            ),
        ];
        for (code, status, class, source) in CODES {
            assert_eq!(classify(Some(code), *status), *class, "{code} ({source})");
        }
    }

    #[test]
    fn what_only_looks_like_a_status_is_none() {
        for (code, class) in [
            ("IncorrectVSwitchId", ErrorClass::Unexpected),
            ("InvalidStatus", ErrorClass::Invalid),
            ("StatusForbidden", ErrorClass::Denied),
            ("ResourceInUse", ErrorClass::Unexpected),
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
