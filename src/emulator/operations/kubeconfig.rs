//! `DescribeClusterUserKubeconfig`: a kubeconfig that leads to the cluster's own listener and is good for a while.
//!
//! Public or private address makes no difference here: both are the listener on this machine.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::errors::Refusal;
use super::super::faults::Effect;
use super::super::kubernetes::Endpoint;
use super::super::route::Call;
use super::{Scene, written};

/// Validity that can be asked for, in minutes (`alibabacloud_cs20151215` 7.2.3, parameter documentation).
const MINUTES: std::ops::RangeInclusive<i64> = 15..=4320;

/// Unverified: without a validity, a kubeconfig of ACK is good for three years.
const LONG: TimeDelta = TimeDelta::days(3 * 365);

/// `DescribeClusterUserKubeconfig`
pub(super) fn describe(scene: &Scene<'_>, call: &Call) -> Result<Value, Refusal> {
    let id = call.argument("cluster_id").unwrap_or_default();
    let server = scene.clusters.find(id).ok_or_else(|| {
        Refusal::new(
            404,
            "ErrorClusterNotFound",
            "The specified cluster is not found.",
        )
    })?;
    let validity = match call.argument("TemporaryDurationMinutes") {
        None => LONG,
        Some(text) => text
            .parse()
            .ok()
            .filter(|minutes| MINUTES.contains(minutes))
            .map(TimeDelta::minutes)
            .ok_or_else(|| {
                Refusal::invalid_parameter(
                    call.family,
                    "TemporaryDurationMinutes must be from 15 to 4320.",
                )
            })?,
    };
    let endpoint = scene
        .effects
        .iter()
        .find_map(|effect| match effect {
            Effect::ApiServerRefused => Some(Endpoint::Refused),
            Effect::ApiServerSilent => Some(Endpoint::Silent),
            _ => None,
        })
        .unwrap_or(Endpoint::Reachable);
    let until = scene.now + validity;
    let user = &scene.account.user_id;
    let config = server
        .temporary_kubeconfig(user, endpoint, scene.random(), until)
        .map_err(|error| Refusal::new(500, "InternalError", error.to_string()))?;
    Ok(json!({"config": config, "expiration": written(until)}))
}
