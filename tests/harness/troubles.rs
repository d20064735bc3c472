//! What can go wrong with one request, by the class that the client sorts it into.

use yunsweep::emulator::Effect;

use super::wire::{Sent, Trouble, What};

/// Whether every combination is run, and not only the first of each kind: minutes in release, most of an hour in debug.
#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration of their own"
)]
pub(crate) fn is_whole() -> bool {
    std::env::var("YUNSWEEP_HARNESS").is_ok_and(|value| value == "all")
}

/// Codes of `documented_codes.json` and of the error centre that mean the same in every product, with their status. One for
/// each class that a code can lead to.
const CODES: &[(&str, u16)] = &[
    ("OperationConflict", 400),
    ("DependencyViolation", 403),
    ("OperationDenied.DeletionProtectionEnabled", 400),
    ("Forbidden.ChargeTypeIsPrepaid", 400),
    ("InvalidOperation.ResourceManagedByCloudProduct", 403),
    ("InvalidAccessKeyId.NotFound", 404),
    ("InvalidTimeStamp.Expired", 400),
    ("InvalidRegionId.NotFound", 404),
    ("ServiceNotEnabled", 403),
    ("DryRunOperation", 400),
    ("InvalidParameter", 400),
    ("SomethingThatNobodyKnows", 400),
];

/// The code by which an operation says that the resource is not there.
fn not_found(action: &str) -> &'static str {
    const BY_WORD: &[(&str, &str)] = &[
        ("Disk", "InvalidDiskId.NotFound"),
        ("Snapshot", "InvalidSnapshotId.NotFound"),
        ("Image", "InvalidImageId.NotFound"),
        ("SecurityGroup", "InvalidSecurityGroup.NotFound"),
        ("NetworkInterface", "InvalidEniId.NotFound"),
        ("ScalingGroup", "InvalidScalingGroupId.NotFound"),
        ("ServerGroup", "ResourceNotFound.ServerGroup"),
        ("ListLoadBalancer", "ResourceNotFound.LoadBalancer"),
        ("DescribeLoadBalancer", "InvalidLoadBalancerId.NotFound"),
        ("Instance", "InvalidInstanceId.NotFound"),
        ("Eip", "InvalidAllocationId.NotFound"),
        ("NatGateway", "InvalidNatGatewayId.NotFound"),
        ("VSwitch", "InvalidVswitchID.NotFound"),
        ("Vpc", "InvalidVpcID.NotFound"),
        ("Cluster", "ErrorClusterNotFound"),
        ("LogStore", "LogStoreNotExist"),
        ("Project", "ProjectNotExist"),
        ("Repo", "REPO_NOT_EXIST"),
        ("Namespace", "NAMESPACE_NOT_EXIST"),
    ];
    let found = BY_WORD.iter().find(|(word, _)| action.contains(word));
    found.map_or("EntityNotExist.Thing", |(_, code)| code)
}

/// Each class once, of those that leave open or deny that the call was done.
pub(crate) fn failures(sent: &Sent) -> Vec<Trouble> {
    match &sent.what {
        What::Cloud(..) => {
            let code = |(code, status): (&str, u16)| {
                Trouble::Answers(Effect::Code {
                    code: code.to_owned(),
                    status,
                })
            };
            let own = [
                Effect::Throttle,
                Effect::ServerError,
                Effect::Deny,
                Effect::Html,
                Effect::Garbage,
            ];
            let own = own.into_iter().map(Trouble::Answers);
            let codes = CODES.iter().copied().map(code);
            let mut all: Vec<Trouble> = own.chain(codes).collect();
            all.push(code((not_found(&sent.label()), 404)));
            if !sent.changes() {
                all.push(Trouble::Answers(Effect::EmptyPage));
            }
            all
        }
        What::Object(..) => [
            (401, Some("Unauthorized")),
            (403, Some("Forbidden")),
            // One that is no answer of the API server.
            (404, None),
            (404, Some("NotFound")),
            (409, Some("Conflict")),
            (410, Some("Expired")),
            (422, Some("Invalid")),
            (429, Some("TooManyRequests")),
            (500, Some("InternalError")),
            (503, None),
        ]
        .into_iter()
        .map(|(status, reason)| Trouble::ServerAnswers(status, reason))
        .chain([Trouble::Unreadable])
        .collect(),
    }
}

/// The ways in which a connection can end.
pub(crate) fn cuts() -> Vec<Trouble> {
    vec![Trouble::NoConnection, Trouble::CutBefore, Trouble::CutAfter]
}
