//! The member accounts of a Resource Directory.

use futures::TryStreamExt as _;
use serde_json::Value;

use crate::model::{AccountId, Region};
use crate::openapi::page::Pages;
use crate::openapi::{ApiError, ErrorClass, Reader, Request};

/// Any region leads to the central host.
const ASKED: Region = Region::from_static("cn-hangzhou");

/// Asks Resource Management `ListAccounts` for the members, in their order. Only the management account and delegated
/// administrators may ask.
pub async fn list_members(reader: &Reader) -> Result<Vec<AccountId>, ApiError> {
    let request = || Request::new("resourcemanager", "ListAccounts", &ASKED);
    let items: Vec<Value> = Pages::new(reader, request(), "Accounts.Account", "AccountId")
        .into_stream()
        .try_collect()
        .await?;
    // A member without an id would not be scanned, and nothing would say so.
    items
        .iter()
        .map(|item| {
            let id = item.get("AccountId").and_then(Value::as_str);
            id.filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
                .map(AccountId::new)
                .ok_or_else(|| {
                    let said = "the answer has a member without an account id";
                    ApiError::local(ErrorClass::Decode, &request(), "", said)
                })
        })
        .collect()
}
