//! `ecs.launch_template`: what new instances are to be like, in numbered versions.
//!
//! Never billed. Images, security groups and key pairs that any of its versions names are still needed, though nothing runs
//! with them.
//!
//! <https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describelaunchtemplates>
//!
//! Traps: the list has no settings: they are in the versions, which are read per template, all of them. A version holds
//! `UserData`, which may hold passwords: not kept. Its `Tags` are those of instances to come. Instances that run do not need
//! their template.

use futures::stream::{self, BoxStream, StreamExt as _};
use serde_json::{Value, json};

use crate::model::{Attribute, Cell, Link, LinkKind, Region, Resource, TypeId};
use crate::openapi::Request;
use crate::resources::removal::{Operation, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, DecodeError, Field, Fields, LinkRule, ListError, ListedPer, Listing, Reader,
    ResourceType, Risk, Spec, Tags, Title, decode, field, listing,
};

/// `ecs.launch_template`
pub struct LaunchTemplate;

/// Templates of a cell whose versions are read at the same time.
const AT_ONCE: usize = 4;

/// Keys under which a template's item carries its versions, as in their own answer; no template has them.
const VERSIONS: (&str, &str) = ("LaunchTemplateVersionSets", "LaunchTemplateVersionSet");

const LISTING: Listing = Listing {
    product: "ecs",
    action: "DescribeLaunchTemplates",
    arguments: &[("RegionId", Argument::Region)],
    items: "LaunchTemplateSets.LaunchTemplateSet",
    id: "LaunchTemplateId",
};

/// Of one template.
static ALL_VERSIONS: Listing = Listing {
    product: "ecs",
    action: "DescribeLaunchTemplateVersions",
    arguments: &[],
    items: "LaunchTemplateVersionSets.LaunchTemplateVersionSet",
    id: "VersionNumber",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ecs.launch_template"),
    title: Title {
        en: "Launch template",
        zh: "实例启动模板",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &["ecs:DescribeLaunchTemplateVersions"],
    docs: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describelaunchtemplates",
    billing: Billing::Free,
    risk: Risk::None,
    fields: Fields {
        id: "LaunchTemplateId",
        name: "LaunchTemplateName",
        created: "CreateTime",
        resource_group: "ResourceGroupId",
        tags: Tags::TAG_KEY,
        attributes: &[
            Field::integer("default_version", "DefaultVersionNumber"),
            Field::integer("latest_version", "LatestVersionNumber"),
            Field::time("modified", "ModifiedTime"),
            Field::text_list(
                "instance_types",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.InstanceType",
            ),
            Field::text_list(
                "spot_strategies",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.SpotStrategy",
            ),
            Field::text_list(
                "image_ids",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.ImageId",
            ),
            Field::text_list(
                "snapshot_ids",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.DataDisks.DataDisk.SnapshotId",
            ),
            Field::text_list(
                "key_pair_names",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.KeyPairName",
            ),
            Field::text_list(
                "role_names",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.RamRoleName",
            ),
            Field::text_list(
                "deployment_set_ids",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.DeploymentSetId",
            ),
            Field::text_list(
                "system_disk_policy_ids",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.SystemDisk.AutoSnapshotPolicyId",
            ),
            Field::text_list(
                "data_disk_policy_ids",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.DataDisks.DataDisk.AutoSnapshotPolicyId",
            ),
            Field::text_list(
                "vpc_ids",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.VpcId",
            ),
            Field::text_list(
                "vswitch_ids",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.VSwitchId",
            ),
            Field::text_list(
                "interface_vswitch_ids",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.NetworkInterfaces.NetworkInterface.VSwitchId",
            ),
            Field::text_list(
                "security_group_id",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.SecurityGroupId",
            ),
            Field::text_list(
                "security_group_ids",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.SecurityGroupIds.SecurityGroupId",
            ),
            Field::text_list(
                "interface_security_group_id",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.NetworkInterfaces.NetworkInterface.SecurityGroupId",
            ),
            Field::text_list(
                "interface_security_group_ids",
                "LaunchTemplateVersionSets.LaunchTemplateVersionSet.LaunchTemplateData.NetworkInterfaces.NetworkInterface.SecurityGroupIds.SecurityGroupId",
            ),
        ],
        ..Fields::NONE
    },
    links: &[
        LinkRule::uses("ecs.image", "image_ids", "LaunchTemplateData.ImageId"),
        LinkRule::uses(
            "ecs.snapshot",
            "snapshot_ids",
            "LaunchTemplateData.DataDisks.DataDisk.SnapshotId",
        ),
        LinkRule::uses(
            "ecs.key_pair",
            "key_pair_names",
            "LaunchTemplateData.KeyPairName",
        ),
        LinkRule::uses(
            "ecs.deployment_set",
            "deployment_set_ids",
            "LaunchTemplateData.DeploymentSetId",
        ),
        LinkRule::uses(
            "ecs.auto_snapshot_policy",
            "system_disk_policy_ids",
            "LaunchTemplateData.SystemDisk.AutoSnapshotPolicyId",
        ),
        LinkRule::uses(
            "ecs.auto_snapshot_policy",
            "data_disk_policy_ids",
            "LaunchTemplateData.DataDisks.DataDisk.AutoSnapshotPolicyId",
        ),
        LinkRule::uses("vpc.vpc", "vpc_ids", "LaunchTemplateData.VpcId"),
        LinkRule::uses("vpc.vswitch", "vswitch_ids", "LaunchTemplateData.VSwitchId"),
        LinkRule::uses(
            "vpc.vswitch",
            "interface_vswitch_ids",
            "LaunchTemplateData.NetworkInterfaces.NetworkInterface.VSwitchId",
        ),
        LinkRule::uses(
            "ecs.security_group",
            "security_group_id",
            "LaunchTemplateData.SecurityGroupId",
        ),
        LinkRule::uses(
            "ecs.security_group",
            "security_group_ids",
            "LaunchTemplateData.SecurityGroupIds.SecurityGroupId",
        ),
        LinkRule::uses(
            "ecs.security_group",
            "interface_security_group_id",
            "LaunchTemplateData.NetworkInterfaces.NetworkInterface.SecurityGroupId",
        ),
        LinkRule::uses(
            "ecs.security_group",
            "interface_security_group_ids",
            "LaunchTemplateData.NetworkInterfaces.NetworkInterface.SecurityGroupIds.SecurityGroupId",
        ),
    ],
    unverified: &[
        "whether the API refuses to delete a launch template that a scaling group uses; by its link the group goes first",
    ],
};

impl ResourceType for LaunchTemplate {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        listing::list(&SPEC, api, cell)
            .map(move |item| complete(api, cell, item))
            .buffered(AT_ONCE)
            .flat_map(stream::iter)
            .boxed()
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut template = decode::decode(&SPEC, raw, cell)?;
        // Versions mostly repeat each other.
        for field in SPEC.fields.attributes {
            if let Some(values) = template.attributes.text_list(field.name) {
                let mut values = values.to_vec();
                values.sort();
                values.dedup();
                template
                    .attributes
                    .set(field.name, Attribute::TextList(values));
            }
        }
        Ok(template)
    }

    fn also_links_to(&self) -> &'static [&'static str] {
        &["ram.role"]
    }

    fn links(&self, resource: &Resource) -> Vec<Link> {
        let roles = resource.attributes.text_list("role_names");
        let roles = roles.unwrap_or_default().iter().map(|role| {
            let via = "LaunchTemplateData.RamRoleName";
            let link = field::link(resource, LinkKind::Uses, "ram.role", role, via);
            field::in_region(link, Region::GLOBAL)
        });
        let mut links = field::links(SPEC.links, resource);
        links.extend(roles);
        links
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    gone: &["InvalidLaunchTemplate.NotFound"],
    pace: pace(5, 600),
    loses: Some(Title {
        en: "all versions of the template; instances that run stay",
        zh: "模板的全部版本；运行中的实例不受影响",
    }),
    ..Removal::new(
        &LaunchTemplate,
        Operation::new(
            "ecs",
            "DeleteLaunchTemplate",
            &[
                ("RegionId", Source::Region),
                ("LaunchTemplateId", Source::Id),
            ],
        ),
        listed(LISTING, "LaunchTemplateId.1", Source::Id),
    )
};

/// The template with its versions. One that cannot be read is a hole, and the template stays without what it names.
async fn complete(
    api: &Reader,
    cell: &Cell,
    item: Result<Value, ListError>,
) -> Vec<Result<Value, ListError>> {
    let mut item = match item {
        Ok(item) => item,
        Err(error) => return vec![Err(error)],
    };
    // Without an id nothing can be asked; reading the item fails and is seen.
    let Some(id) = decode::text_at(&item, SPEC.fields.id) else {
        return vec![Ok(item)];
    };
    let request = Request::new(ALL_VERSIONS.product, ALL_VERSIONS.action, &cell.region)
        .argument("RegionId", cell.region.to_string())
        .argument("LaunchTemplateId", id.clone());
    let mut versions = Vec::new();
    let mut hole = None;
    let mut answers = listing::items(api, &ALL_VERSIONS, request);
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(version) => versions.push(version),
            Err(error) => hole = Some(error),
        }
    }
    if let Some(object) = item.as_object_mut() {
        let versions = json!({VERSIONS.1: versions});
        object.insert(VERSIONS.0.to_owned(), versions);
    }
    let hole = hole.map(|error| {
        Err(ListError::Part {
            operation: ALL_VERSIONS.action,
            id,
            error: Box::new(error),
        })
    });
    std::iter::once(Ok(item)).chain(hole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeType, CoverageState};
    use crate::resources::testing::{cell, context, reader};

    fn template(versions: &Value) -> Resource {
        let raw = json!({
            "LaunchTemplateId": "lt-1", "LaunchTemplateName": "spot", "CreateTime": "2026-01-15T02:07:00Z",
            "DefaultVersionNumber": 1, "LatestVersionNumber": 2,
            "LaunchTemplateVersionSets": {"LaunchTemplateVersionSet": versions},
            "Tags": {"Tag": [{"TagKey": "team", "TagValue": "lab"}]},
        });
        LaunchTemplate.decode(&raw, &cell("cn-hangzhou")).unwrap()
    }

    #[test]
    fn every_version_says_what_is_still_needed_and_no_secret_is_kept() {
        let template = template(&json!([
            {"VersionNumber": 1, "LaunchTemplateData": {
                "ImageId": "m-1", "InstanceType": "ecs.c7.large", "SecurityGroupId": "sg-1", "KeyPairName": "lab",
                "UserData": "cGFzc3dvcmQ=", "RamRoleName": "KubernetesWorkerRole-1",
                "Tags": {"InstanceTag": [{"Key": "ack.aliyun.com", "Value": "c1"}]},
            }},
            {"VersionNumber": 2, "LaunchTemplateData": {
                "ImageId": "m-2", "InstanceType": "ecs.c7.large", "SecurityGroupIds": {"SecurityGroupId": ["sg-1", "sg-2"]},
                "VSwitchId": "vsw-1", "DataDisks": {"DataDisk": [{"SnapshotId": "s-1", "Size": 40}]},
                "NetworkInterfaces": {"NetworkInterface": [{"VSwitchId": "vsw-2", "SecurityGroupId": "sg-3"}]},
            }},
        ]));
        assert_eq!(template.charge_type, ChargeType::Free);
        assert_eq!(template.tag("team"), Some("lab"));
        assert_eq!(
            template.tag("ack.aliyun.com"),
            None,
            "those are tags of instances to come"
        );
        assert_eq!(
            template.attributes.text_list("instance_types"),
            Some(&["ecs.c7.large".to_owned()][..])
        );
        let text = serde_json::to_string(&template).unwrap();
        assert!(!text.contains("cGFzc3dvcmQ"));
        let links = LaunchTemplate.links(&template);
        let mut used: Vec<_> = links.iter().map(|link| link.to.id.as_str()).collect();
        used.sort_unstable();
        used.dedup();
        let expected = [
            "KubernetesWorkerRole-1",
            "lab",
            "m-1",
            "m-2",
            "s-1",
            "sg-1",
            "sg-2",
            "sg-3",
            "vsw-1",
            "vsw-2",
        ];
        assert_eq!(used, expected);
        let role = links
            .iter()
            .find(|link| link.to.type_id.as_str() == "ram.role");
        assert!(role.unwrap().to.region.is_global());
        assert!(links.iter().all(|link| link.kind == LinkKind::Uses));
    }

    #[test]
    fn without_versions_nothing_is_named() {
        let raw = json!({"LaunchTemplateId": "lt-1"});
        let bare = LaunchTemplate.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(bare.attributes.text_list("image_ids"), None);
        assert!(LaunchTemplate.links(&bare).is_empty());
        let error = LaunchTemplate.decode(&json!({}), &cell("cn-hangzhou"));
        assert_eq!(error.unwrap_err().path, "LaunchTemplateId");
    }

    #[tokio::test(start_paused = true)]
    async fn versions_that_cannot_be_read_are_a_hole_and_the_template_stays() {
        let context = context(|_, target| {
            if target.contains("LaunchTemplateId") {
                let denied = json!({"Code": "Forbidden.RAM", "Message": "no", "RequestId": "r"});
                return (403, denied);
            }
            let sets = json!({"LaunchTemplateSet": [{"LaunchTemplateId": "lt-1"}]});
            (200, json!({"LaunchTemplateSets": sets, "TotalCount": 1}))
        });
        let api = reader(&context);
        let cell = cell("cn-hangzhou");
        let items: Vec<_> = LaunchTemplate.list(&api, &cell).collect().await;
        assert_eq!(items.len(), 2);
        assert_eq!(items[0].as_ref().unwrap()["LaunchTemplateId"], "lt-1");
        let error = items[1].as_ref().unwrap_err();
        assert_eq!(error.coverage_state(), CoverageState::Incomplete);
        assert!(!error.hides_items());
    }
}
