//! Until when a Kubernetes version is supported, and to which ones it can be upgraded.
//!
//! `DescribeKubernetesVersionMetadata` tells the upgrades of a version only where it is asked for that version
//! (`alibabacloud_cs20151215` 7.2.3, `QueryUpgradableVersion`): it is asked once in a cell for each version, type and profile that a
//! cluster there has.

use std::collections::HashMap;

use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::model::{Attribute, Cell, Resource};
use crate::openapi::Request;
use crate::openapi::error::ErrorClass;
use crate::resources::{ListError, Reader, decode};

/// The operation.
pub(super) const OPERATION: &str = "DescribeKubernetesVersionMetadata";

/// Where a cluster's item keeps the answer. Begins with `+`, which no field of the vendor's does.
pub(super) const KEY: &str = "+version";

/// Version, type and profile of a cluster, in this order.
type Question = [String; 3];

/// What one cell was told already.
#[derive(Debug, Default)]
pub(super) struct Versions(Mutex<HashMap<Question, Option<Value>>>);

impl Versions {
    /// Adds to a cluster what ACK says about its version. Where ACK says nothing of it, nothing is added: not known is not
    /// "supported". A question that failed is reported once.
    pub(super) async fn add(
        &self,
        api: &Reader,
        cell: &Cell,
        cluster: &mut Value,
    ) -> Result<(), ListError> {
        let Some(question) = question(cluster) else {
            return Ok(());
        };
        // Whoever else has the same question meanwhile waits for this answer.
        let mut told = self.0.lock().await;
        if !told.contains_key(&question) {
            told.insert(question.clone(), None);
            let said = ask(api, cell, &question).await?;
            told.insert(question.clone(), said);
        }
        if let (Some(Some(said)), Some(cluster)) = (told.get(&question), cluster.as_object_mut()) {
            cluster.insert(KEY.to_owned(), said.clone());
        }
        Ok(())
    }
}

/// What is asked for a cluster; nothing for types and profiles that the parameters do not take: registered and Lingjun clusters.
fn question(cluster: &Value) -> Option<Question> {
    let cluster_type = decode::text_at(cluster, "cluster_type")?;
    let version = decode::text_at(cluster, "current_version").filter(|text| !text.is_empty())?;
    let profile = decode::text_at(cluster, "profile")
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| "Default".to_owned());
    let is_known = matches!(cluster_type.as_str(), "Kubernetes" | "ManagedKubernetes")
        && matches!(profile.as_str(), "Default" | "Edge" | "Serverless");
    is_known.then_some([version, cluster_type, profile])
}

async fn ask(api: &Reader, cell: &Cell, question: &Question) -> Result<Option<Value>, ListError> {
    let [version, cluster_type, profile] = question;
    let request = Request::new("cs", OPERATION, &cell.region)
        .argument("Region", cell.region.as_str())
        .argument("ClusterType", cluster_type.as_str())
        .argument("Profile", profile.as_str())
        .argument("KubernetesVersion", version.as_str())
        .argument("QueryUpgradableVersion", "true");
    let aside = |error: ListError| ListError::Aside {
        operation: OPERATION,
        id: version.clone(),
        error: Box::new(error),
    };
    let answer = match api.openapi().read(request).await {
        Ok(answer) => answer,
        // Unverified: what is answered for a version that ACK has given up; a refusal of the parameter is taken for "says nothing".
        Err(error) if error.class == ErrorClass::Invalid => return Ok(None),
        Err(error) => return Err(aside(error.into())),
    };
    let Value::Array(versions) = answer else {
        let what = format!("{OPERATION} answered something else");
        return Err(aside(ListError::Unusable(what)));
    };
    let said = versions
        .iter()
        .find(|said| said.get("version").and_then(Value::as_str) == Some(version));
    Ok(said.map(|said| {
        json!({
            "expiration_date": said.get("expiration_date"),
            "upgradable_versions": said.get("upgradable_versions"),
        })
    }))
}

/// What a cluster keeps of it: `version_ends` and `upgrades`.
pub(super) fn keep(raw: &Value, cluster: &mut Resource) {
    let Some(said) = raw.get(KEY) else {
        return;
    };
    if let Some(end) = decode::time_at(said, "expiration_date") {
        cluster.attributes.set("version_ends", Attribute::Time(end));
    }
    if let Some(mut upgrades) = decode::text_list_at(said, "upgradable_versions") {
        upgrades.retain(|version| !version.is_empty());
        let upgrades = Attribute::TextList(upgrades);
        cluster.attributes.set("upgrades", upgrades);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::model::CoverageState;
    use crate::resources::testing::{cell, context, reader, resource};

    const VERSION: &str = "1.34.1-aliyun.1";

    fn cluster(cluster_type: &str, profile: &str) -> Value {
        json!({"cluster_id": "c1", "cluster_type": cluster_type, "profile": profile, "current_version": VERSION})
    }

    /// What two equal clusters are told where that is answered, how often it was asked, and what failed.
    async fn told(status: u16, answer: Value) -> (Vec<Option<Value>>, usize, Vec<ListError>) {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let context = context(move |method, target| {
            assert_eq!(method, "GET");
            let expected = "/api/v1/metadata/versions?ClusterType=ManagedKubernetes&KubernetesVersion=1.34.1-aliyun.1&Profile=Default&QueryUpgradableVersion=true&Region=cn-hangzhou";
            assert_eq!(target, expected);
            counted.fetch_add(1, Ordering::Relaxed);
            (status, answer.clone())
        });
        let (api, cell, versions) = (reader(&context), cell("cn-hangzhou"), Versions::default());
        let (mut found, mut errors) = (Vec::new(), Vec::new());
        for profile in ["Default", ""] {
            let mut cluster = cluster("ManagedKubernetes", profile);
            errors.extend(versions.add(&api, &cell, &mut cluster).await.err());
            found.push(cluster.get(KEY).cloned());
        }
        (found, calls.load(Ordering::Relaxed), errors)
    }

    #[tokio::test(start_paused = true)]
    async fn a_version_is_asked_once_and_told_to_all_that_have_it() {
        let answer = json!([
            {"version": "1.35.1-aliyun.1", "expiration_date": "2027-02-28T00:00:00Z"},
            {"version": VERSION, "expiration_date": "2026-09-30T00:00:00Z", "upgradable_versions": ["", "1.35.1-aliyun.1"], "images": []},
        ]);
        let (found, calls, errors) = told(200, answer).await;
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(calls, 1);
        for said in found {
            let mut cluster = resource(&cell("cn-hangzhou"), "ack.cluster", "c1");
            keep(&json!({ KEY: said.unwrap() }), &mut cluster);
            let end = "2026-09-30T00:00:00Z".parse().unwrap();
            assert_eq!(cluster.attributes.time("version_ends"), Some(end));
            let upgrades = cluster.attributes.text_list("upgrades").unwrap();
            assert_eq!(upgrades, ["1.35.1-aliyun.1"]);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_be_read_is_one_hole_and_what_is_not_said_is_not_known() {
        let denied =
            json!({"code": "StatusForbidden", "message": "no", "requestId": "R", "status": 403});
        let (found, calls, errors) = told(403, denied).await;
        assert_eq!((found, calls), (vec![None, None], 1));
        let [error] = &errors[..] else {
            panic!("{errors:?}")
        };
        assert!(!error.hides_items());
        assert_eq!(error.coverage_state(), CoverageState::Ok);
        assert!(error.detail().unwrap().missing_permission.is_some());

        let (found, _, errors) = told(200, json!({"versions": []})).await;
        assert_eq!((found, errors.len()), (vec![None, None], 1));
        let (found, _, errors) = told(200, json!([{"version": "1.35.1-aliyun.1"}])).await;
        assert_eq!((found, errors.len()), (vec![None, None], 0));
    }

    #[test]
    fn a_version_without_dates_keeps_none() {
        let mut cluster = resource(&cell("cn-hangzhou"), "ack.cluster", "c1");
        let silent = json!({"expiration_date": null, "upgradable_versions": null});
        keep(&json!({ KEY: silent }), &mut cluster);
        assert_eq!(cluster.attributes.get("version_ends"), None);
        assert_eq!(cluster.attributes.get("upgrades"), None);
    }

    #[test]
    fn registered_lingjun_and_unfinished_clusters_are_not_asked_for() {
        for (cluster_type, profile, is_asked) in [
            ("Kubernetes", "Default", true),
            ("ManagedKubernetes", "Serverless", true),
            ("ManagedKubernetes", "Edge", true),
            ("ManagedKubernetes", "Lingjun", false),
            ("ExternalKubernetes", "Default", false),
        ] {
            let asked = question(&cluster(cluster_type, profile));
            assert_eq!(asked.is_some(), is_asked, "{cluster_type} {profile}");
        }
        assert_eq!(
            question(&json!({"cluster_type": "Kubernetes", "current_version": ""})),
            None
        );
    }
}
