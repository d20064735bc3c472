//! Who the credential belongs to, and on which site the account is.

use serde_json::Value;

use crate::model::{AccountId, Region, Site};
use crate::openapi::{ApiError, Endpoints, Reader, Request};

/// Product code of the billing API.
const BILLING: &str = "bssopenapi";
/// A region whose billing host is that of the China site.
const CHINA: Region = Region::from_static("cn-hangzhou");

/// Who calls, as STS says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// ARN of the identity.
    pub arn: String,
    /// `Account`, `RAMUser` or `AssumedRoleUser`.
    pub kind: String,
}

/// Nobody can be told.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// STS refused or did not answer.
    #[error("the identity was not found out")]
    Api(#[source] Box<ApiError>),
    /// STS answered something else.
    #[error("the answer of sts GetCallerIdentity has no usable `{0}`")]
    Unreadable(&'static str),
}

/// The site of an account, and how sure that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFound {
    /// The site.
    pub site: Site,
    /// Whether nothing tells, and China was assumed.
    pub is_assumed: bool,
}

/// Asks STS who calls. Needs no permission. Call it once per run: its rate limit is low.
pub async fn caller(reader: &Reader, region: &Region) -> Result<Caller, IdentityError> {
    let answer = reader
        .read(Request::new("sts", "GetCallerIdentity", region))
        .await
        .map_err(|error| IdentityError::Api(Box::new(error)))?;
    let text = |field: &'static str| {
        answer
            .get(field)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .ok_or(IdentityError::Unreadable(field))
    };
    let account = text("AccountId")?;
    // It becomes part of file names and of what a plan is bound to.
    if !account.chars().all(|c| c.is_ascii_digit()) {
        return Err(IdentityError::Unreadable("AccountId"));
    }
    Ok(Caller {
        account: AccountId::new(account),
        arn: text("Arn")?.to_owned(),
        kind: text("IdentityType")?.to_owned(),
    })
}

/// Finds out the site of the account. `stated`: what a flag, the configuration or the credential's source says.
///
/// No API field tells the site. The billing API does, by answering `NotApplicable` to accounts of the other site: the method
/// of the Terraform provider. An identity without permission for billing gets no answer that tells; then China is assumed.
pub async fn site(reader: &Reader, endpoints: &Endpoints, stated: Option<Site>) -> SiteFound {
    let sure = |site| SiteFound {
        site,
        is_assumed: false,
    };
    let assumed = SiteFound {
        site: Site::default(),
        is_assumed: true,
    };
    if let Some(site) = stated {
        return sure(site);
    }
    // The keys of a private cloud are nothing to the public one's billing.
    if !endpoints.hosts.is_empty() && !endpoints.hosts.contains_key(BILLING) {
        return assumed;
    }
    let request = Request::new(BILLING, "QueryAvailableInstances", &CHINA)
        .argument("PageNum", "1")
        .argument("PageSize", "1");
    match reader.read(request).await {
        Ok(_) => sure(Site::China),
        Err(error) if error.code.as_deref() == Some("NotApplicable") => sure(Site::International),
        Err(error) => {
            tracing::info!(error = %error, "the billing API does not tell the account's site");
            assumed
        }
    }
}

#[cfg(test)]
mod tests;
