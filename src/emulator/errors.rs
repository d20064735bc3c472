//! Refusals, and the envelope in which each product family answers them.
//!
//! Codes and statuses: the vendor's error-code pages and the response handling of the official SDKs (tea-openapi for Python 0.4.6,
//! aliyun-log-python-sdk 0.9.52, alibabacloud-oss-v2 1.4.1).

use serde_json::{Map, Value, json};

use super::identities::Principal;
use super::xml;
use crate::contracts::{ContractViolation, Operation, Style};

/// How a product words its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// `Code`, `Message`, `RequestId`.
    Rpc,
    /// `code`, `message`, `requestId`.
    Roa,
    /// `errorCode`, `errorMessage`; the request id in a header.
    Sls,
    /// XML.
    Oss,
    /// Billing: RPC with `Success`.
    Billing,
    /// Container Registry Enterprise: RPC with `IsSuccess`.
    Registry,
}

impl Family {
    /// The family of a product.
    pub(super) fn of(product: &str, style: Style) -> Self {
        match (product, style) {
            ("bssopenapi", _) => Self::Billing,
            ("cr", _) => Self::Registry,
            (_, Style::Rpc) => Self::Rpc,
            (_, Style::Roa) => Self::Roa,
            (_, Style::Sls) => Self::Sls,
            (_, Style::Oss) => Self::Oss,
        }
    }

    /// The header that carries the request id.
    pub(super) fn request_id_header(self) -> &'static str {
        match self {
            Self::Sls => "x-log-requestid",
            Self::Oss => "x-oss-request-id",
            _ => "x-acs-request-id",
        }
    }

    fn is_gateway(self) -> bool {
        !matches!(self, Self::Sls | Self::Oss)
    }
}

/// A request that is not answered with data.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    /// HTTP status.
    pub(super) status: u16,
    /// The vendor's code.
    pub(super) code: String,
    /// For people.
    pub(super) message: String,
    /// `x-acs-retry-after`, milliseconds.
    pub(super) retry_after_ms: Option<u64>,
    /// `AccessDeniedDetail`.
    pub(super) denied: Option<Value>,
}

impl Refusal {
    /// A refusal with that status and code.
    pub(super) fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            retry_after_ms: None,
            denied: None,
        }
    }

    /// One of three, by the family: common gateway, SLS, OSS.
    fn by_family(
        family: Family,
        gateway: (u16, &str),
        sls: (u16, &str),
        oss: (u16, &str),
        message: impl Into<String>,
    ) -> Self {
        let (status, code) = match family {
            Family::Sls => sls,
            Family::Oss => oss,
            _ => gateway,
        };
        Self::new(status, code, message)
    }

    /// The AccessKey id is not known.
    pub(super) fn unknown_key(family: Family, key: &str) -> Self {
        let message = if family == Family::Sls {
            format!("AccessKeyId not found: {key}")
        } else {
            "Specified access key is not found.".to_owned()
        };
        Self::by_family(
            family,
            (404, "InvalidAccessKeyId.NotFound"),
            (401, "Unauthorized"),
            (403, "InvalidAccessKeyId"),
            message,
        )
    }

    /// The signature is not the one that the server computes.
    pub(super) fn signature(family: Family, string_to_sign: Option<&str>) -> Self {
        let message = match (family, string_to_sign) {
            (Family::Sls, _) => "signature does not match".to_owned(),
            (_, Some(text)) => format!(
                "Specified signature is not matched with our calculation. server string to sign is:{text}"
            ),
            (_, None) => "Specified signature is not matched with our calculation.".to_owned(),
        };
        Self::by_family(
            family,
            (400, "SignatureDoesNotMatch"),
            (401, "SignatureNotMatch"),
            (403, "SignatureDoesNotMatch"),
            message,
        )
    }

    /// The authorization is missing or cannot be read.
    pub(super) fn incomplete_signature(family: Family, what: &str) -> Self {
        Self::by_family(
            family,
            (400, "IncompleteSignature"),
            (401, "Unauthorized"),
            (403, "AccessDenied"),
            format!("The request signature does not conform to Aliyun standards: {what}."),
        )
    }

    /// The signed time is too far from ours.
    pub(super) fn expired_time(family: Family) -> Self {
        Self::by_family(
            family,
            (400, "InvalidTimeStamp.Expired"),
            (400, "RequestTimeTooSkewed"),
            (403, "RequestTimeTooSkewed"),
            "Specified time stamp or date value is expired.",
        )
    }

    /// The signed time cannot be read.
    pub(super) fn malformed_time(family: Family) -> Self {
        Self::by_family(
            family,
            (400, "InvalidTimeStamp.Format"),
            (400, "InvalidDateFormat"),
            (403, "AccessDenied"),
            "Specified time stamp or date value is not well formatted.",
        )
    }

    /// The nonce was used before.
    pub(super) fn used_nonce() -> Self {
        Self::new(
            400,
            "SignatureNonceUsed",
            "Specified signature nonce was used already.",
        )
    }

    /// The security token has expired.
    pub(super) fn expired_token(family: Family) -> Self {
        Self::by_family(
            family,
            (400, "InvalidSecurityToken.Expired"),
            (401, "Unauthorized"),
            (403, "SecurityTokenExpired"),
            "Specified SecurityToken is expired.",
        )
    }

    /// A temporary key without its token.
    pub(super) fn missing_token(family: Family) -> Self {
        Self::by_family(
            family,
            (400, "MissingSecurityToken"),
            (401, "Unauthorized"),
            (403, "InvalidAccessKeyId"),
            "SecurityToken is mandatory for this action; the security token is invalid.",
        )
    }

    /// A token that does not belong to the key.
    pub(super) fn wrong_token(family: Family) -> Self {
        Self::by_family(
            family,
            (400, "InvalidSecurityToken.MismatchWithAccessKey"),
            (401, "Unauthorized"),
            (403, "InvalidSecurityToken"),
            "Specified SecurityToken mismatch with the AccessKey; the security token is invalid.",
        )
    }

    /// The identity may not do this.
    pub(super) fn denied(
        family: Family,
        operation: &Operation,
        account: &str,
        principal: &Principal,
    ) -> Self {
        let action = ram_action(operation);
        let (status, code) = match (operation.product, family) {
            ("cs", _) => (403, "StatusForbidden"),
            ("alb" | "nlb" | "ram" | "privatelink", _) => (403, "NoPermission"),
            ("resourcecenter", _) => (400, "NoPermission"),
            (_, Family::Sls) => (401, "Unauthorized"),
            (_, Family::Oss) => (403, "AccessDenied"),
            (_, Family::Billing) => (403, "NotAuthorized"),
            _ => (403, "Forbidden.RAM"),
        };
        let message = if family == Family::Sls {
            format!(
                "denied by sts or ram, action: {action}, resource: acs:log:*:{account}:project/*"
            )
        } else {
            "User not authorized to operate on the specified resource, or this API doesn't support RAM."
                .to_owned()
        };
        Self {
            denied: Some(json!({
                "AuthAction": action,
                "AuthPrincipalDisplayName": principal.display_name(),
                "AuthPrincipalOwnerId": account,
                "AuthPrincipalType": principal.auth_type(),
                "NoPermissionType": "ImplicitDeny",
                "PolicyType": "AccountLevelIdentityBasedPolicy",
            })),
            ..Self::new(status, code, message)
        }
    }

    /// Too many calls.
    pub(super) fn throttled(family: Family, status: u16, wait_ms: u64) -> Self {
        let mut made = Self::by_family(
            family,
            (status, "Throttling.User"),
            (403, "ReadQuotaExceed"),
            (503, "RequestTimeout"),
            "Request was denied due to user flow control.",
        );
        if family.is_gateway() {
            made.retry_after_ms = Some(wait_ms.max(1));
        }
        made
    }

    /// The server failed.
    pub(super) fn unavailable(family: Family) -> Self {
        Self::by_family(
            family,
            (503, "ServiceUnavailable"),
            (503, "ServerBusy"),
            (503, "ServiceUnavailable"),
            "The request has failed due to a temporary failure of the server.",
        )
    }

    /// The region does not exist for this account.
    pub(super) fn unknown_region(region: &str) -> Self {
        Self::new(
            404,
            "InvalidRegionId.NotFound",
            format!("The specified RegionId does not exist: {region}."),
        )
    }

    /// No such operation.
    pub(super) fn unknown_operation(family: Family, what: &str) -> Self {
        Self::by_family(
            family,
            (404, "InvalidApi.NotFound"),
            (404, "InvalidAPI"),
            (405, "MethodNotAllowed"),
            format!("Specified api is not found, please check your url and method: {what}."),
        )
    }

    /// A value that the operation does not take.
    pub(super) fn invalid_parameter(family: Family, message: impl Into<String>) -> Self {
        Self::by_family(
            family,
            (400, "InvalidParameter"),
            (400, "ParameterInvalid"),
            (400, "InvalidArgument"),
            message,
        )
    }

    /// A continuation token that is not ours.
    pub(super) fn invalid_token(family: Family) -> Self {
        Self::by_family(
            family,
            (400, "InvalidNextToken"),
            (400, "ParameterInvalid"),
            (400, "InvalidArgument"),
            "The specified NextToken is not valid.",
        )
    }

    /// What the contract check found.
    pub(super) fn violation(family: Family, violation: &ContractViolation) -> Self {
        match violation {
            ContractViolation::MissingParameter { .. } if family.is_gateway() => {
                Self::new(400, "MissingParameter", violation.to_string())
            }
            _ => Self::invalid_parameter(family, violation.to_string()),
        }
    }

    /// Something the emulator does not do. Never mistaken for an answer of the cloud. No 501: clients repeat 5xx.
    pub(super) fn not_emulated(what: impl Into<String>) -> Self {
        Self::new(400, "Emulator.NotBuilt", what)
    }

    /// An answer of our own that the official contract does not know.
    pub(super) fn own_answer(violation: &ContractViolation) -> Self {
        Self::new(
            500,
            "Emulator.AnswerAgainstContract",
            format!(
                "the emulator made an answer that the official contract does not know: {violation}"
            ),
        )
    }

    /// The body: JSON, or XML for OSS.
    pub(super) fn body(&self, family: Family, request_id: &str, host: &str) -> String {
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| {
            body.insert(name.to_owned(), value);
        };
        match family {
            Family::Sls => {
                put("errorCode", json!(self.code));
                put("errorMessage", json!(self.message));
                if let Some(denied) = &self.denied {
                    put("accessDeniedDetail", denied.clone());
                }
            }
            Family::Roa => {
                put("code", json!(self.code));
                put("message", json!(self.message));
                put("requestId", json!(request_id));
                if let Some(denied) = &self.denied {
                    put("accessDeniedDetail", denied.clone());
                }
            }
            Family::Oss => {
                return format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message><RequestId>{request_id}</RequestId><HostId>{}</HostId></Error>",
                    xml::escape(&self.code),
                    xml::escape(&self.message),
                    xml::escape(host),
                );
            }
            Family::Rpc | Family::Billing | Family::Registry => {
                put("RequestId", json!(request_id));
                put("HostId", json!(host));
                put("Code", json!(self.code));
                put("Message", json!(self.message));
                put(
                    "Recommend",
                    json!(format!(
                        "https://api.aliyun.com/troubleshoot?q={}",
                        self.code
                    )),
                );
                if let Some(denied) = &self.denied {
                    put("AccessDeniedDetail", denied.clone());
                }
                match family {
                    Family::Billing => put("Success", json!(false)),
                    Family::Registry => put("IsSuccess", json!(false)),
                    _ => {}
                }
            }
        }
        Value::Object(body).to_string()
    }
}

/// The RAM action of an operation: the product's RAM code and the action's name.
fn ram_action(operation: &Operation) -> String {
    let code = match operation.product {
        "bssopenapi" => "bss",
        "cbn" => "cen",
        "cr-personal" => "cr",
        "r-kvstore" => "kvstore",
        "sls" => "log",
        other => other,
    };
    format!("{code}:{}", operation.action)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contracts::operation;

    fn json_body(refusal: &Refusal, family: Family) -> Value {
        serde_json::from_str(&refusal.body(family, "R", "h")).unwrap()
    }

    fn denied(family: Family, product: &str, action: &str) -> Refusal {
        let user = Principal::User {
            id: "7".into(),
            name: "lab".into(),
        };
        Refusal::denied(family, operation(product, action).unwrap(), "42", &user)
    }

    #[test]
    fn each_family_has_its_envelope() {
        let roa = json_body(
            &denied(Family::Roa, "cs", "DescribeClustersV1"),
            Family::Roa,
        );
        assert_eq!(roa["code"], "StatusForbidden");
        assert_eq!(roa["requestId"], "R");
        let detail = &roa["accessDeniedDetail"];
        assert_eq!(detail["AuthAction"], "cs:DescribeClustersV1");
        assert_eq!(detail["AuthPrincipalDisplayName"], "7");
        let rpc = json_body(&Refusal::expired_time(Family::Rpc), Family::Rpc);
        assert_eq!(
            (&rpc["Code"], &rpc["RequestId"], &rpc["HostId"]),
            (&json!("InvalidTimeStamp.Expired"), &json!("R"), &json!("h"))
        );
        let sls = denied(Family::Sls, "sls", "ListProject");
        assert_eq!(sls.status, 401);
        let sls = json_body(&sls, Family::Sls);
        let message = sls["errorMessage"].as_str().unwrap();
        assert!(message.contains("action: log:ListProject,"), "{message}");
        assert!(
            sls.get("RequestId").is_none(),
            "SLS answers it in a header only"
        );
        let billing = json_body(&Refusal::unavailable(Family::Billing), Family::Billing);
        assert_eq!(billing["Success"], false);
        let xml = Refusal::signature(Family::Oss, Some("a<b")).body(Family::Oss, "R", "h");
        assert!(xml.contains("<Code>SignatureDoesNotMatch</Code>") && xml.contains("a&lt;b"));
    }
}
