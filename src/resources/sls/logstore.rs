//! `sls.logstore`: a Logstore or metric store of a project. Its id is `<project>/<name>`.
//!
//! Billed in one of two ways, by its metering mode. By function (`ChargeByFunction`): each shard per day (31 shard-days a
//! month are free for the account), stored data per day until its ttl, written and read traffic, index traffic, requests. By
//! ingested data (`ChargeByDataIngest`): what is written, and storage from day 31 on.
//!
//! <https://api.aliyun.com/document/Sls/2020-12-30/ListLogStores>
//!
//! Traps: the list has names only, of logs or of metrics but not of both, so each kind is asked for, and each name is completed
//! by `GetLogStore` and `GetLogStoreMeteringMode`. The project stands in the host. A `ttl` of 3650 days means for ever.
//! `telemetryType` of logs is `None`, empty or absent.

use futures::StreamExt;
use futures::stream::BoxStream;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::model::{Cell, Charge, Per, Quantity, Resource, Said, TypeId};
use crate::resources::removal::{Look, Operation, Removal, Source, pace};
use crate::resources::teardown::Teardown;
use crate::resources::{
    Argument, Billing, DecodeError, Field, Fields, LinkRule, ListError, ListedPer, Listing,
    Neighbours, Reader, ResourceType, Risk, Spec, Title, decode, detail, listing,
};

/// `sls.logstore`
pub struct Logstore;

/// What is listed; the words are the API's.
const LOGS: &str = "None";
const METRICS: &str = "Metrics";

/// Storage that the price of ingested data covers.
const DAYS_IN_INGEST_PRICE: i64 = 30;

const fn names_of(telemetry_type: &'static [(&'static str, Argument)]) -> Listing {
    Listing {
        product: "sls",
        action: "ListLogStores",
        arguments: telemetry_type,
        items: "logstores",
        id: "",
    }
}

static METRIC_STORES: Listing = names_of(&[
    ("project", Argument::Parent),
    ("telemetryType", Argument::Text(METRICS)),
]);

static SPEC: Spec = Spec {
    type_id: TypeId::from_static("sls.logstore"),
    title: Title {
        en: "SLS Logstore",
        zh: "日志库",
    },
    listed_per: ListedPer::Parent("sls.project"),
    listing: Some(names_of(&[
        ("project", Argument::Parent),
        ("telemetryType", Argument::Text(LOGS)),
    ])),
    also_reads: &["sls:GetLogStore", "sls:GetLogStoreMeteringMode"],
    docs: "https://api.aliyun.com/document/Sls/2020-12-30/ListLogStores",
    billing: Billing::Charged,
    risk: Risk::Data,
    fields: Fields {
        id: "logstoreName",
        name: "logstoreName",
        created: "createTime",
        resource_group: "resourceGroupId",
        attributes: &[
            Field::text("metering_mode", "meteringMode").money(),
            Field::integer("shard_count", "shardCount").money(),
            Field::integer("ttl_days", "ttl").money(),
            Field::integer("hot_ttl_days", "hot_ttl"),
            Field::integer("infrequent_access_ttl_days", "infrequentAccessTTL"),
            Field::text("telemetry_type", "telemetryType").money(),
            Field::text("mode", "mode"),
            Field::text("product_type", "productType"),
            Field::boolean("auto_split", "autoSplit"),
            Field::integer("max_split_shard", "maxSplitShard"),
            Field::time("modified_at", "lastModifyTime"),
        ],
        ..Fields::NONE
    },
    links: &[LinkRule::uses("sls.project", "project", "project")],
    unverified: &[
        "whether ListLogStores without telemetryType answers logs and metrics: both are asked for",
        "that a shard counts each day at the number that the Logstore has now",
    ],
};

impl ResourceType for Logstore {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn list<'a>(
        &'a self,
        api: &'a Reader,
        cell: &'a Cell,
    ) -> BoxStream<'a, Result<Value, ListError>> {
        let logs = named(listing::list(&SPEC, api, cell), LOGS);
        let metrics = match listing::request(&SPEC, &METRIC_STORES, cell) {
            Ok(request) => named(listing::items(api, &METRIC_STORES, request), METRICS),
            // The first listing has failed in the same way and said so.
            Err(_) => futures::stream::empty().boxed(),
        };
        let items = logs.chain(metrics).boxed();
        detail::complete(items, api, cell, SPEC.fields.id, |name, _| {
            let project = cell.parent.as_ref().map(|project| project.id.clone());
            let call = |action| detail::Call {
                product: "sls",
                action,
                arguments: vec![
                    ("project", project.clone().unwrap_or_default()),
                    ("logstore", name.to_owned()),
                ],
            };
            vec![call("GetLogStore"), call("GetLogStoreMeteringMode")]
        })
    }

    fn decode(&self, raw: &Value, cell: &Cell) -> Result<Resource, DecodeError> {
        let mut resource = decode::decode(&SPEC, raw, cell)?;
        let Some(project) = &cell.parent else {
            return Err(DecodeError {
                type_id: SPEC.type_id.to_string(),
                path: "project".to_owned(),
            });
        };
        // GetLogStore leaves it empty for logs.
        if raw.get("telemetryType").and_then(Value::as_str) == Some("") {
            resource.attributes.set_text("telemetry_type", LOGS);
            resource.unreadable.retain(|name| name != "telemetry_type");
        }
        resource.attributes.set_text("project", project.id.as_str());
        resource.id.id = format!("{}/{}", project.id, resource.id.id);
        Ok(resource)
    }

    fn charges(&self, resource: &Resource, _near: &Neighbours<'_>) -> Vec<Charge> {
        match resource.text("metering_mode") {
            Some("ChargeByFunction") => by_function(resource),
            Some("ChargeByDataIngest") => by_ingest(resource),
            _ => vec![Charge::unknown(
                "sls",
                "shard",
                Said::new(
                    "it is not known whether functions or ingested data are billed",
                    "不知道按使用功能计费还是按写入数据量计费",
                ),
            )],
        }
    }

    fn teardown(&self) -> Option<&dyn Teardown> {
        Some(&REMOVAL)
    }
}

/// Names as objects, so that details can be added. The kind that was asked for is kept: the detail of logs leaves it empty.
fn named<'a>(
    names: BoxStream<'a, Result<Value, ListError>>,
    telemetry_type: &'static str,
) -> BoxStream<'a, Result<Value, ListError>> {
    names
        .map(move |name| {
            name.map(|name| json!({"logstoreName": name, "telemetryType": telemetry_type}))
        })
        .boxed()
}

fn by_function(resource: &Resource) -> Vec<Charge> {
    let metering = |charge: Charge| charge.with("metering_mode", Some("ChargeByFunction"));
    let telemetry_type = resource.text("telemetry_type");
    let shards = Quantity::from_attribute(resource.attributes.decimal("shard_count"), "shardCount");
    let mut charges = vec![metering(Charge::billed(
        "sls",
        "shard",
        shards,
        "shard",
        Per::Day,
    ))];
    charges.extend(storage(
        resource,
        "ChargeByFunction",
        &Said::new(
            "stored data, until its ttl",
            "存储的数据量，直到保存时间结束",
        ),
    ));
    let traffic = Charge::usage(
        "sls",
        "read_write_traffic",
        "GB",
        Said::new(
            "compressed data written and read",
            "写入和读取的压缩后数据量",
        ),
    );
    charges.push(metering(traffic));
    charges.push(if resource.text("mode") == Some("query") {
        let reason = Said::new(
            "the price of index traffic of a query Logstore is not in the price book",
            "价格表中没有查询型日志库的索引流量价格",
        );
        Charge::unknown("sls", "index_traffic", reason)
    } else {
        let indexed = Charge::usage(
            "sls",
            "index_traffic",
            "GB",
            Said::new("raw data indexed", "建立索引的原始数据量"),
        );
        metering(indexed).with("telemetry_type", telemetry_type)
    });
    let requests = Charge::usage(
        "sls",
        "requests",
        "million requests",
        Said::new("write and read requests", "读写请求次数"),
    );
    charges.push(metering(requests));
    charges
}

fn by_ingest(resource: &Resource) -> Vec<Charge> {
    let ingested = Charge::usage(
        "sls",
        "ingest",
        "GB",
        Said::new("raw data written", "写入的原始数据量"),
    )
    .with("metering_mode", Some("ChargeByDataIngest"));
    let shards = Said::new(
        "shards cost nothing where ingested data is billed",
        "按写入数据量计费时，Shard 不收费",
    );
    let mut charges = vec![ingested, Charge::free("sls", "shard", shards)];
    match resource.attributes.integer("ttl_days") {
        Some(days) if days <= DAYS_IN_INGEST_PRICE => {
            let reason = Said::new(
                "the price of ingested data covers 30 days of storage",
                "写入数据量的价格已包含 30 天存储",
            );
            charges.push(Charge::free("sls", "storage", reason));
        }
        Some(_) => charges.extend(storage(
            resource,
            "ChargeByDataIngest",
            &Said::new(
                "data stored for more than 30 days, until its ttl",
                "存储超过 30 天的数据量，直到保存时间结束",
            ),
        )),
        None => {
            let reason = Said::new(
                "it is not known whether data is stored for more than 30 days",
                "不知道数据是否存储超过 30 天",
            );
            charges.push(Charge::unknown("sls", "storage", reason));
        }
    }
    charges
}

/// Storage by tier: hot, and infrequent access where the Logstore moves data there.
fn storage(resource: &Resource, metering_mode: &str, decides: &Said) -> Vec<Charge> {
    let tier = |tier: &str| {
        let stored = Quantity::Usage(decides.clone());
        Charge::billed("sls", "storage", stored, "GB", Per::Day)
            .with("metering_mode", Some(metering_mode))
            .with("storage", Some(tier))
            .with("telemetry_type", resource.text("telemetry_type"))
    };
    let infrequent = resource
        .attributes
        .decimal("infrequent_access_ttl_days")
        .is_some_and(|days| days > Decimal::ZERO);
    let mut charges = vec![tier("hot")];
    charges.extend(infrequent.then(|| tier("infrequent")));
    charges
}

static REMOVAL: Removal = Removal {
    gone: &["LogStoreNotExist"],
    gone_with_parent: &["ProjectNotExist"],
    pace: pace(5, 600),
    loses: Some(Title {
        en: "all logs of the Logstore",
        zh: "该日志库的全部日志",
    }),
    ..Removal::new(
        &Logstore,
        Operation::new(
            "sls",
            "DeleteLogStore",
            &[("project", Source::Parent), ("logstore", Source::Name)],
        ),
        Look::Described {
            product: "sls",
            action: "GetLogStore",
            arguments: &[("project", Source::Parent), ("logstore", Source::Name)],
        },
    )
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChargeKind, ChargeType, ResourceId};
    use crate::resources::testing::{cell, cell_of, only_resource};

    fn project() -> Cell {
        let cell = cell("cn-hangzhou");
        let project = ResourceId {
            account: cell.account.clone(),
            region: cell.region.clone(),
            type_id: TypeId::from_static("sls.project"),
            id: "logs-of-mine".to_owned(),
        };
        cell_of("cn-hangzhou", project)
    }

    fn logstore(more: &Value) -> Resource {
        let mut raw = json!({
            "logstoreName": "audit", "telemetryType": "None", "meteringMode": "ChargeByFunction",
            "ttl": 30, "shardCount": 2, "mode": "standard", "autoSplit": true, "maxSplitShard": 64,
            "createTime": 1_768_443_300, "lastModifyTime": 1_768_443_300,
        });
        for (key, value) in more.as_object().unwrap() {
            raw[key] = value.clone();
        }
        Logstore.decode(&raw, &project()).unwrap()
    }

    fn charges(more: &Value) -> Vec<Charge> {
        let logstore = logstore(more);
        Logstore.charges(&logstore, &only_resource(&logstore))
    }

    fn items(charges: &[Charge]) -> Vec<&str> {
        charges.iter().map(|charge| charge.item.as_str()).collect()
    }

    #[test]
    fn its_id_says_its_project_and_it_goes_before_it() {
        let logstore = logstore(&json!({}));
        assert_eq!(logstore.id.id, "logs-of-mine/audit");
        assert_eq!(logstore.name.as_deref(), Some("audit"));
        assert_eq!(logstore.charge_type, ChargeType::PayAsYouGo);
        let links = Logstore.links(&logstore);
        assert_eq!(
            (links[0].to.type_id.as_str(), links[0].to.id.as_str()),
            ("sls.project", "logs-of-mine")
        );
    }

    #[test]
    fn by_function_shards_are_known_and_the_rest_is_use() {
        let charges = charges(&json!({}));
        assert_eq!(
            items(&charges),
            [
                "shard",
                "storage",
                "read_write_traffic",
                "index_traffic",
                "requests"
            ]
        );
        assert_eq!(charges[0].quantity, Quantity::Known(Decimal::TWO));
        assert_eq!(
            (charges[0].unit.as_str(), charges[0].per),
            ("shard", Per::Day)
        );
        assert_eq!(charges[1].specification["telemetry_type"], "None");
        for charge in &charges[1..] {
            assert!(matches!(charge.quantity, Quantity::Usage(_)), "{charge:?}");
        }
    }

    #[test]
    fn tiers_metrics_and_query_logstores_differ() {
        let tiers = charges(&json!({"hot_ttl": 30, "infrequentAccessTTL": 60, "ttl": 90}));
        assert_eq!(tiers[1].specification["storage"], "hot");
        assert_eq!(tiers[2].specification["storage"], "infrequent");
        let metrics = charges(&json!({"telemetryType": "Metrics"}));
        assert_eq!(metrics[3].specification["telemetry_type"], "Metrics");
        let logs = charges(&json!({"telemetryType": ""}));
        assert_eq!(logs[3].specification["telemetry_type"], "None");
        let query = charges(&json!({"mode": "query"}));
        assert!(matches!(query[3].kind, ChargeKind::Unknown(_)));
    }

    #[test]
    fn by_ingest_shards_are_free_and_storage_is_billed_from_day_31_on() {
        for (ttl, is_free) in [(7, true), (30, true), (31, false), (3650, false)] {
            let charges = charges(&json!({"meteringMode": "ChargeByDataIngest", "ttl": ttl}));
            assert_eq!(items(&charges), ["ingest", "shard", "storage"]);
            assert!(matches!(charges[1].kind, ChargeKind::Free(_)));
            assert_eq!(
                matches!(charges[2].kind, ChargeKind::Free(_)),
                is_free,
                "{ttl}"
            );
        }
        let forever = charges(&json!({"meteringMode": "ChargeByDataIngest", "ttl": null}));
        assert!(matches!(forever[2].kind, ChargeKind::Unknown(_)));
    }

    #[test]
    fn without_its_details_everything_is_unknown() {
        let bare = Logstore
            .decode(&json!({"logstoreName": "audit"}), &project())
            .unwrap();
        assert_eq!(
            bare.unreadable,
            ["metering_mode", "shard_count", "ttl_days", "telemetry_type"]
        );
        let charges = Logstore.charges(&bare, &only_resource(&bare));
        assert!(matches!(charges[0].kind, ChargeKind::Unknown(_)));
        let no_shards = charges_of_no_shards();
        assert!(matches!(no_shards[0].quantity, Quantity::Unreadable(_)));
    }

    fn charges_of_no_shards() -> Vec<Charge> {
        charges(&json!({"shardCount": null}))
    }

    #[test]
    fn without_name_or_project_it_is_an_error() {
        let error = Logstore.decode(&json!({"ttl": 1}), &project()).unwrap_err();
        assert_eq!(error.path, "logstoreName");
        let orphan = Logstore.decode(&json!({"logstoreName": "audit"}), &cell("r"));
        assert_eq!(orphan.unwrap_err().path, "project");
    }
}
