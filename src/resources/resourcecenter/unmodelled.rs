//! `resourcecenter.unmodelled`: a resource of which no other type here knows anything, as Resource Center has it.
//!
//! Whether and how it is billed is not known: its cost is unknown, and never nothing.
//!
//! <https://www.alibabacloud.com/help/en/resource-management/resource-center/developer-reference/api-resourcecenter-2022-12-01-searchresources>
//!
//! Traps: the index is free, and has to be activated. It lags behind, has only what the identity may read, and not every product
//! takes part: that something is not in it proves nothing. One list for the whole account, asked for on the host of its site.
//! Ids are unique within a vendor's type and region only.

use std::future::ready;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use serde_json::Value;

use super::modelled::is_modelled;
use crate::model::{Cell, Charge, ChargeType, Region, Resource, Said, TypeId};
use crate::openapi::ErrorClass;
use crate::resources::{
    Billing, DecodeError, Field, Fields, ListError, ListedPer, Listing, Neighbours, Reader,
    ResourceType, Risk, Spec, Tags, Title, decode, listing,
};

/// `resourcecenter.unmodelled`
pub struct Unmodelled;

/// Where accounts of the international site are asked; the host that regions without one of their own have serves the others.
const INTERNATIONAL: Region = Region::from_static("ap-southeast-1");
/// What the host of the other site says.
const OTHER_SITE: &str = "NotSupport.Account.Site";

/// Told apart by no id: two vendor's types may have the same.
static ALL: Listing = Listing { id: "", ..LISTING };

const LISTING: Listing = Listing {
    product: "resourcecenter",
    action: "SearchResources",
    arguments: &[],
    items: "Resources",
    id: "ResourceId",
};

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("resourcecenter.unmodelled"),
    title: Title {
        en: "Other resource",
        zh: "其他资源",
    },
    listed_per: ListedPer::Account,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://www.alibabacloud.com/help/en/resource-management/resource-center/developer-reference/api-resourcecenter-2022-12-01-searchresources",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "ResourceId",
        name: "ResourceName",
        zone: "ZoneId",
        created: "CreateTime",
        resource_group: "ResourceGroupId",
        tags: Tags::FLAT_KEY,
        attributes: &[
            Field::text("resource_type", "ResourceType"),
            Field::text_list("ip_addresses", "IpAddresses"),
            Field::time("valid_until", "ExpireTime"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[
        "that Resource Center of the Chinese site is behind the host that the tables of endpoints have for regions without one of their own",
        "how long something that was deleted stays in the index",
        "that every Prometheus instance of the index belongs to an environment of arms.environment",
    ],
};

impl ResourceType for Unmodelled {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        stream::once(async move {
            let mut items = Box::pin(items(api, cell).peekable());
            let is_elsewhere = matches!(
                items.as_mut().peek().await,
                Some(Err(ListError::Api(error))) if error.code.as_deref() == Some(OTHER_SITE)
            );
            if is_elsewhere {
                let there = Cell {
                    region: INTERNATIONAL,
                    ..cell.clone()
                };
                self::items(api, &there)
            } else {
                items.boxed()
            }
        })
        .flatten()
        .filter(|item| ready(item.as_ref().map_or(true, is_wanted)))
        .map(|item| item.map_err(without_index))
        .boxed()
    }

    /// Of the region that it says, and told apart by the vendor's type and id.
    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut resource = decode::decode(&SPEC, raw, cell)?;
        if let Some(region) = decode::text_at(raw, "RegionId") {
            resource.id.region = Region::new(region);
        }
        if let Some(resource_type) = resource.text("resource_type") {
            resource.id.id = format!("{resource_type}/{}", resource.id.id);
        }
        resource.charge_type = ChargeType::Unknown;
        Ok(resource)
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let resource_type = resource.text("resource_type").unwrap_or("?");
        vec![Charge::unknown(
            "resourcecenter",
            "unmodelled",
            Said::made(
                format!(
                    "what a {resource_type} costs is not known here, nor whether it is billed; the bill has it"
                ),
                format!("这里不了解 {resource_type} 是否计费以及费用多少，请查看账单"),
            ),
        )]
    }
}

fn items<'a>(api: &'a Reader, cell: &Cell) -> BoxStream<'a, Result<Value, ListError>> {
    match listing::request(&SPEC, &ALL, cell) {
        Ok(request) => listing::items(api, &ALL, request),
        Err(error) => stream::once(async { Err(error) }).boxed(),
    }
}

fn is_wanted(item: &Value) -> bool {
    let is_deleted = item.get("Deleted").and_then(Value::as_bool) == Some(true);
    let is_known = decode::text_at(item, "ResourceType")
        .is_some_and(|resource_type| is_modelled(&resource_type));
    !is_deleted && !is_known
}

/// An index that the account does not keep says nothing of what there is: that is no hole in the other types.
fn without_index(error: ListError) -> ListError {
    match error {
        ListError::Api(error) if error.class == ErrorClass::NotActivated => {
            ListError::NoIndex(error)
        }
        error => error,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::json;

    use super::*;
    use crate::model::{ChargeKind, CoverageState};
    use crate::resources::testing::{cell, context, only_resource, reader};

    fn kafka(region: &str) -> Value {
        json!({
            "ResourceType": "ACS::AliKafka::Instance", "ResourceId": "alikafka-1", "RegionId": region,
            "ResourceName": "queue", "Tags": [{"Key": "team", "Value": "blue"}], "ExpireTime": "2026-07-15T16:00:00Z",
        })
    }

    #[test]
    fn it_is_of_its_own_region_and_what_it_costs_is_unknown() {
        let found = Unmodelled
            .decode(&kafka("cn-beijing"), &cell("global"))
            .unwrap();
        assert_eq!(found.id.id, "ACS::AliKafka::Instance/alikafka-1");
        assert_eq!(found.id.region.as_str(), "cn-beijing");
        assert_eq!(found.tag("team"), Some("blue"));
        assert_eq!(found.charge_type, ChargeType::Unknown);
        let charges = Unmodelled.charges(&found, &only_resource(&found));
        assert!(matches!(
            charges[..],
            [Charge {
                kind: ChargeKind::Unknown(_),
                ..
            }]
        ));
        let error = Unmodelled.decode(&json!({}), &cell("global")).unwrap_err();
        assert_eq!(error.path, "ResourceId");
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_no_other_type_lists_is_kept_and_equal_ids_stay_apart() {
        let context = context(|_, _| {
            let items = json!([
                kafka("cn-beijing"), kafka("cn-hangzhou"),
                {"ResourceType": "ACS::ECS::Instance", "ResourceId": "i-1"},
                {"ResourceType": "ACS::FC::Service", "ResourceId": "gone", "Deleted": true},
                {"ResourceType": "ACS::RAM::User", "ResourceId": "7"},
                {"ResourceId": "of-no-type"},
            ]);
            (200, json!({"Resources": items, "NextToken": ""}))
        });
        let (api, cell) = (reader(&context), cell("global"));
        let items: Vec<_> = Unmodelled.list(&api, &cell).collect().await;
        let ids: Vec<String> = items
            .iter()
            .map(|item| Unmodelled.decode(item.as_ref().unwrap(), &cell).unwrap())
            .map(|found| format!("{} {}", found.id.region, found.id.id))
            .collect();
        assert_eq!(
            ids,
            [
                "cn-beijing ACS::AliKafka::Instance/alikafka-1",
                "cn-hangzhou ACS::AliKafka::Instance/alikafka-1",
                "global of-no-type",
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_of_the_international_site_is_asked_on_its_host() {
        let asked = std::sync::Arc::new(Mutex::new(Vec::new()));
        let seen = std::sync::Arc::clone(&asked);
        let context = context(move |_, _| {
            let mut asked = seen.lock().unwrap();
            asked.push(());
            if asked.len() == 1 {
                return (409, json!({"Code": OTHER_SITE, "Message": "not here"}));
            }
            (200, json!({"Resources": [kafka("ap-southeast-1")]}))
        });
        let (api, cell) = (reader(&context), cell("global"));
        let items: Vec<_> = Unmodelled.list(&api, &cell).collect().await;
        assert!(matches!(items[..], [Ok(_)]), "{items:?}");
        assert_eq!(asked.lock().unwrap().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn without_an_index_nothing_was_asked_and_without_permission_something_is_hidden() {
        for (status, code, expected) in [
            (400, "ServiceNotEnabled", CoverageState::Skipped),
            (400, "NoPermission", CoverageState::Denied),
            (400, "DiscoveryInProgress", CoverageState::Failed),
        ] {
            let context = context(move |_, _| (status, json!({"Code": code, "Message": "no"})));
            let (api, cell) = (reader(&context), cell("global"));
            let items: Vec<_> = Unmodelled.list(&api, &cell).collect().await;
            let [Err(error)] = &items[..] else {
                panic!("{items:?}");
            };
            assert_eq!(error.coverage_state(), expected, "{code}");
        }
    }
}
