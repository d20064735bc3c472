//! `ecs.key_pair`: an SSH key pair, known by its name. ECS keeps the public half only.
//!
//! Never billed. One that an instance is bound to cannot be deleted
//! (`InvalidParameter.KeypairAlreadyAttachedInstance`); instances to come need it where a launch template, a scaling
//! configuration or a node pool names it.
//!
//! <https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describekeypairs>
//!
//! Traps: there is no id: the name is unique in its region. Neither the public key nor anything else of it is kept.

use crate::model::TypeId;
use crate::resources::removal::{Operation, Removal, Source, listed, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, Field, Fields, ListedPer, Listing, ResourceType, Risk, Spec, Tags, Title,
};

/// `ecs.key_pair`
pub struct KeyPair;

const LISTING: Listing = Listing {
    product: "ecs",
    action: "DescribeKeyPairs",
    arguments: &[("RegionId", Argument::Region)],
    items: "KeyPairs.KeyPair",
    id: "KeyPairName",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("ecs.key_pair"),
    title: Title {
        en: "Key pair",
        zh: "密钥对",
    },
    listed_per: ListedPer::Region,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describekeypairs",
    billing: Billing::Free,
    risk: Risk::Service,
    fields: Fields {
        id: "KeyPairName",
        name: "KeyPairName",
        created: "CreationTime",
        resource_group: "ResourceGroupId",
        tags: Tags::TAG_KEY,
        attributes: &[Field::text("fingerprint", "KeyPairFingerPrint")],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[
        "that DescribeKeyPairs takes the whole name for itself and not as a pattern; one of another name is never taken for it",
    ],
};

impl ResourceType for KeyPair {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

static REMOVAL: Removal = Removal {
    gone: &["InvalidKeyPair.NotFound"],
    pace: pace(5, 1200),
    loses: Some(Title {
        en: "the public key; who has the private one can import it again",
        zh: "公钥；持有私钥的人可以重新导入",
    }),
    ..Removal::new(
        &KeyPair,
        Operation::new(
            "ecs",
            "DeleteKeyPairs",
            &[
                ("RegionId", Source::Region),
                ("KeyPairNames", Source::IdInJson),
            ],
        ),
        listed(LISTING, "KeyPairName", Source::Id),
    )
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChargeType;
    use crate::resources::testing::{cell, only_resource};
    use serde_json::json;

    #[test]
    fn a_key_pair_is_known_by_its_name_and_no_key_is_kept() {
        let raw = json!({
            "KeyPairName": "lab", "KeyPairFingerPrint": "89f0ba62ac", "CreationTime": "2026-01-15T02:07Z",
            "PublicKey": "ssh-rsa AAAA", "ResourceGroupId": "rg-1",
            "Tags": {"Tag": [{"TagKey": "team", "TagValue": "lab"}]},
        });
        let pair = KeyPair.decode(&raw, &cell("cn-hangzhou")).unwrap();
        assert_eq!(pair.id.id, "lab");
        assert_eq!(pair.name.as_deref(), Some("lab"));
        assert_eq!(pair.charge_type, ChargeType::Free);
        assert_eq!(pair.tag("team"), Some("lab"));
        assert!(pair.created.is_some());
        assert!(!serde_json::to_string(&pair).unwrap().contains("ssh-rsa"));
        assert!(KeyPair.links(&pair).is_empty());
        assert!(KeyPair.charges(&pair, &only_resource(&pair)).is_empty());
        assert!(REMOVAL.refuse(&pair, &only_resource(&pair)).is_none());
    }

    #[test]
    fn without_a_name_it_is_an_error() {
        let error = KeyPair.decode(&json!({"KeyPairFingerPrint": "x"}), &cell("r"));
        assert_eq!(error.unwrap_err().path, "KeyPairName");
    }
}
