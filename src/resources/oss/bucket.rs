//! `oss.bucket`: a bucket of Object Storage Service.
//!
//! Billed for what it holds, by storage class and redundancy, for requests and for what it sends. How much it holds is in no
//! list: what it costs is unknown.
//!
//! <https://help.aliyun.com/zh/oss/developer-reference/listbuckets>
//!
//! Traps: one list gives the buckets of all regions, each with its own. Answers are XML. Deleting a bucket deletes data that is
//! nowhere else: the type is only listed.

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use serde_json::Value;

use crate::model::{Cell, Charge, Region, Resource, Said, TypeId};
use crate::resources::{
    Billing, DecodeError, Field, Fields, ListError, ListedPer, Listing, Neighbours, Reader,
    ResourceType, Risk, Spec, Tags, Title, decode, listing,
};

/// `oss.bucket`
pub struct Bucket;

const LISTING: Listing = Listing {
    product: "oss",
    action: "ListBuckets",
    arguments: &[],
    items: "buckets",
    id: "Name",
};

/// Where the list is asked for: it gives the buckets of all regions.
const ASKED_IN: Region = Region::from_static("cn-hangzhou");

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("oss.bucket"),
    title: Title {
        en: "OSS bucket",
        zh: "对象存储空间",
    },
    listed_per: ListedPer::Account,
    listing: Some(LISTING),
    also_reads: &[],
    docs: "https://help.aliyun.com/zh/oss/developer-reference/listbuckets",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "Name",
        name: "Name",
        created: "CreationDate",
        resource_group: "ResourceGroupId",
        tags: Tags::None,
        attributes: &[
            Field::text("storage_class", "StorageClass"),
            Field::text("location", "Location"),
            Field::text("internet_endpoint", "ExtranetEndpoint"),
        ],
        ..Fields::NONE
    },
    links: &[],
    unverified: &[
        "that the list that the endpoint of China (Hangzhou) gives has the buckets of all regions, for accounts of the international site too",
    ],
};

impl ResourceType for Bucket {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        let asked = Cell {
            region: ASKED_IN,
            ..cell.clone()
        };
        match listing::request(&SPEC, &LISTING, &asked) {
            Ok(request) => listing::items(api, &LISTING, request),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    }

    /// A bucket is of the region that it says, and not of the account's cell.
    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut resource = decode::decode(&SPEC, raw, cell)?;
        let location = decode::text_at(raw, "Location");
        let region = decode::text_at(raw, "Region")
            .or_else(|| Some(location?.strip_prefix("oss-")?.to_owned()));
        if let Some(region) = region {
            resource.id.region = Region::new(region);
        }
        Ok(resource)
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        let class = resource.text("storage_class").unwrap_or("?");
        vec![
            Charge::unknown(
                "oss",
                "storage",
                Said::made(
                    format!("how much it holds was not read (GetBucketStat); StorageClass={class}"),
                    format!("没有读取它的存储量（GetBucketStat）；StorageClass={class}"),
                ),
            ),
            Charge::unknown(
                "oss",
                "traffic",
                Said::new(
                    "what it sent and how often it was asked was not read; the bill has it",
                    "没有读取它的流量和请求次数，请查看账单",
                ),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::ChargeKind;
    use crate::resources::testing::{cell, only_resource};

    #[test]
    fn a_bucket_is_of_its_own_region_and_its_costs_are_unknown() {
        let cell = cell("global");
        for (place, region) in [
            (
                json!({"Region": "cn-beijing", "Location": "oss-cn-beijing"}),
                "cn-beijing",
            ),
            (json!({"Location": "oss-us-west-1"}), "us-west-1"),
            (json!({}), "global"),
        ] {
            let mut raw = json!({
                "Name": "lab", "CreationDate": "2026-01-15T11:18:32.000Z", "StorageClass": "Standard",
            });
            for (key, value) in place.as_object().unwrap() {
                raw[key] = value.clone();
            }
            let bucket = Bucket.decode(&raw, &cell).unwrap();
            assert_eq!(bucket.id.region.as_str(), region);
            assert!(bucket.created.is_some());
            let charges = Bucket.charges(&bucket, &only_resource(&bucket));
            assert!(
                charges
                    .iter()
                    .all(|charge| matches!(charge.kind, ChargeKind::Unknown(_)))
            );
        }
        let error = Bucket.decode(&json!({}), &cell).unwrap_err();
        assert_eq!(error.path, "Name");
    }
}
