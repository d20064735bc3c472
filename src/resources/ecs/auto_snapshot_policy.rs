//! `ecs.auto_snapshot_policy`: when snapshots of disks are made by themselves, and how long they stay.
//!
//! Never billed itself; the snapshots are, those of copies to other regions too. While it exists it makes new ones in place
//! of those that were deleted, so it goes before them where a plan has both.
//!
//! <https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeautosnapshotpolicyex>
//!
//! Traps: it can be deleted while disks use it; they stop being backed up, and nothing says so. Hours and days are lists in a
//! text (`["1"]`). A `RetentionDays` of -1 means that snapshots stay until somebody deletes them.

use crate::model::{Resource, TypeId};
use crate::resources::removal::{Operation, Removal, Source, kept, listed, pace};
use crate::resources::teardown::{Kept, Refusal, Teardown};
use crate::resources::{
    Argument, Billing, Field, Fields, ListedPer, Listing, Neighbours, ResourceType, Risk, Spec,
    Tags, Title,
};

/// `ecs.auto_snapshot_policy`
pub struct AutoSnapshotPolicy;

const LISTING: Listing = Listing {
    product: "ecs",
    action: "DescribeAutoSnapshotPolicyEx",
    arguments: &[("RegionId", Argument::Region)],
    items: "AutoSnapshotPolicies.AutoSnapshotPolicy",
    id: "AutoSnapshotPolicyId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ecs.auto_snapshot_policy"),
    title: Title {
        en: "Automatic snapshot policy",
        zh: "自动快照策略",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeautosnapshotpolicyex",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "AutoSnapshotPolicyId",
        name: "AutoSnapshotPolicyName",
        status: "Status",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::TAG_KEY,
        attributes: &[
            Field::integer("disk_count", "DiskNums"),
            Field::integer("volume_count", "VolumeNums"),
            Field::integer("retention_days", "RetentionDays"),
            Field::text("hours", "TimePoints"),
            Field::text("weekdays", "RepeatWeekdays"),
            Field::text("policy_type", "Type"),
            Field::boolean("copies_to_other_regions", "EnableCrossRegionCopy"),
            Field::text("copy_regions", "TargetCopyRegions"),
            Field::integer("copy_retention_days", "CopiedSnapshotsRetentionDays"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[
        "that DiskNums counts every disk of the policy, those of other accounts too; one with disks is only deleted when it is named",
    ],
};

impl ResourceType for AutoSnapshotPolicy {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    pace: pace(5, 600),
    loses: Some(Title {
        en: "the backup of the disks that use it; snapshots that exist stay",
        zh: "所关联云盘的自动备份；已有快照会保留",
    }),
    needs: &["disk_count", "volume_count"],
    refuse: keeps,
    ..Removal::new(
        &AutoSnapshotPolicy,
        Operation::new(
            "ecs",
            "DeleteAutoSnapshotPolicy",
            &[
                ("regionId", Source::Region),
                ("autoSnapshotPolicyId", Source::Id),
            ],
        ),
        listed(LISTING, "AutoSnapshotPolicyId", Source::Id),
    )
};

fn keeps(policy: &Resource, _near: &Neighbours<'_>) -> Option<Refusal> {
    for (attribute, field) in [("disk_count", "DiskNums"), ("volume_count", "VolumeNums")] {
        let count = policy.attributes.integer(attribute).unwrap_or_default();
        if count > 0 {
            return Some(kept(
                Kept::UnlessNamed,
                "shared",
                format!("{field}={count}"),
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeType;
    use crate::resources::testing::{cell, only_resource};
    use serde_json::{Value, json};

    fn policy(raw: &Value) -> Resource {
        AutoSnapshotPolicy
            .decode(raw, &cell("cn-hangzhou"))
            .unwrap()
    }

    #[test]
    fn a_policy_says_what_it_makes_and_for_how_many_disks() {
        let policy = policy(&json!({
            "AutoSnapshotPolicyId": "sp-1", "AutoSnapshotPolicyName": "nightly", "Status": "Normal", "DiskNums": 3,
            "VolumeNums": 0, "RetentionDays": -1, "TimePoints": "[\"1\"]", "RepeatWeekdays": "[\"1\", \"7\"]",
            "EnableCrossRegionCopy": true, "TargetCopyRegions": "[\"cn-shanghai\"]", "CopiedSnapshotsRetentionDays": 30,
            "CreationTime": "2026-01-15T02:07Z", "Type": "Custom",
        }));
        assert_eq!(policy.charge_type, ChargeType::Free);
        assert_eq!(policy.attributes.integer("retention_days"), Some(-1));
        assert_eq!(policy.text("weekdays"), Some("[\"1\", \"7\"]"));
        let refused = REMOVAL.refuse(&policy, &only_resource(&policy)).unwrap();
        assert_eq!(
            (refused.kept, refused.because.as_str()),
            (Kept::UnlessNamed, "DiskNums=3")
        );
    }

    #[test]
    fn one_without_disks_may_go_and_one_that_does_not_say_stays() {
        let idle = json!({"AutoSnapshotPolicyId": "sp-1", "Status": "Normal", "DiskNums": 0, "VolumeNums": 0});
        let idle = policy(&idle);
        assert!(REMOVAL.refuse(&idle, &only_resource(&idle)).is_none());
        let silent = policy(&json!({"AutoSnapshotPolicyId": "sp-1", "Status": "Normal"}));
        let refused = REMOVAL.refuse(&silent, &only_resource(&silent)).unwrap();
        assert_eq!(
            (refused.kept, refused.code.as_str()),
            (Kept::Always, "unreadable")
        );
        let error = AutoSnapshotPolicy.decode(&json!({}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "AutoSnapshotPolicyId");
    }
}
