//! Reads an answer: the payload, or the error inside any of the vendor's envelopes.
//!
//! Envelopes differ by product family (RPC, ROA, SLS, ACR, BSS, OSS) and a gateway or proxy in front may answer XML or
//! HTML. So the body is read by content, not by what the product should send.

use std::time::Duration;

use serde_json::Value;

use super::classify::classify;
use super::{ApiError, ErrorClass, MissingPermission};
use crate::contracts::{self, Style};
use crate::openapi::endpoint::ram_code;
use crate::openapi::request::Request;
use crate::openapi::xml;
use crate::transport::HttpResponse;

/// Longest wait that a server's `x-acs-retry-after` can ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_mins(1);

/// What an envelope said.
#[derive(Debug, Default)]
struct Envelope {
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    auth_action: Option<String>,
    explicit_deny: bool,
}

/// The payload of an answer, or its error.
pub fn read(
    request: &Request,
    style: Style,
    host: &str,
    answer: &HttpResponse,
) -> Result<Value, ApiError> {
    let parsed: Option<Value> = serde_json::from_slice(&answer.body)
        .ok()
        .or_else(|| (answer.status < 300).then(|| from_xml(request, style, &answer.body))?);
    let is_failure = answer.status >= 400
        || parsed
            .as_ref()
            .is_some_and(|body| is_failed_body(style, body));
    if !is_failure {
        if answer.status >= 300 {
            let text = "a redirect, which is never followed with credentials";
            return Err(error(
                request,
                host,
                answer,
                ErrorClass::Unexpected,
                Envelope::saying(text),
            ));
        }
        if let Some(body) = parsed {
            return Ok(body);
        }
        if answer.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        let text = format!("the answer is no JSON: {}", first_line(&answer.body));
        return Err(error(
            request,
            host,
            answer,
            ErrorClass::Decode,
            Envelope::saying(text),
        ));
    }
    let envelope = match &parsed {
        Some(body) => json_envelope(body),
        None => text_envelope(&answer.body),
    };
    let class = classify_envelope(style, &envelope, answer.status);
    Err(error(request, host, answer, class, envelope))
}

/// An answer of OSS, which is XML, in the form of its contract.
fn from_xml(request: &Request, style: Style, body: &[u8]) -> Option<Value> {
    let operation = contracts::operation(request.product, &request.action)?;
    let shape = operation
        .response
        .as_ref()
        .filter(|_| style == Style::Oss)?;
    xml::read(shape, body)
}

/// SLS says `Unauthorized` for a missing permission, a bad key and an account that never opened the service alike; the
/// status and code agree, so only here the text has to tell them apart. Unknown text stays "denied", which claims least.
fn classify_envelope(style: Style, envelope: &Envelope, status: u16) -> ErrorClass {
    if style == Style::Sls && envelope.code.as_deref() == Some("Unauthorized") {
        let message = envelope.message.as_deref().unwrap_or_default();
        if message.contains("SLS service has not opened") {
            return ErrorClass::NotActivated;
        }
        if message.starts_with("AccessKeyId") || message.contains("security token") {
            return ErrorClass::Credentials;
        }
    }
    classify(envelope.code.as_deref(), status)
}

/// Whether a body that came with a success status is a failure all the same (ACR `IsSuccess`, BSS and ARMS `Success`).
fn is_failed_body(style: Style, body: &Value) -> bool {
    if style == Style::Sls {
        return body.get("errorCode").is_some();
    }
    for key in ["IsSuccess", "Success"] {
        match body.get(key) {
            Some(Value::Bool(success)) => return !success,
            Some(Value::String(text)) => return !text.eq_ignore_ascii_case("true"),
            _ => {}
        }
    }
    let code = match body.get("Code").or_else(|| body.get("code")) {
        Some(Value::String(code)) => code.to_ascii_lowercase(),
        Some(Value::Number(code)) => code.to_string(),
        _ => return false,
    };
    !matches!(code.as_str(), "" | "success" | "ok" | "200" | "0")
}

impl Envelope {
    fn saying(text: impl Into<String>) -> Self {
        Self {
            message: Some(text.into()),
            ..Self::default()
        }
    }
}

fn text_of(body: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| match body.get(key) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    })
}

fn json_envelope(body: &Value) -> Envelope {
    let mut envelope = Envelope {
        code: text_of(body, &["Code", "code", "errorCode", "ErrorCode"]),
        message: text_of(body, &["Message", "message", "errorMessage"]),
        request_id: text_of(body, &["RequestId", "requestId", "request_id", "requestid"]),
        ..Envelope::default()
    };
    let detail = body
        .get("AccessDeniedDetail")
        .or_else(|| body.get("accessDeniedDetail"));
    // The detail is an object, or a string that contains one.
    let parsed;
    let detail = match detail {
        Some(Value::String(text)) => {
            parsed = serde_json::from_str::<Value>(text).ok();
            parsed.as_ref()
        }
        other => other,
    };
    if let Some(detail) = detail {
        envelope.auth_action = text_of(detail, &["AuthAction"]);
        envelope.explicit_deny = text_of(detail, &["NoPermissionType"]).as_deref()
            == Some("ExplicitDeny")
            || text_of(detail, &["PolicyType"]).as_deref() == Some("ControlPolicy");
    }
    if envelope.auth_action.is_none() {
        envelope.auth_action = envelope.message.as_deref().and_then(sls_denied_action);
    }
    envelope
}

/// `denied by sts or ram, action: log:ListLogStores, resource: ...`
fn sls_denied_action(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("denied by sts or ram, action: ")?;
    let action = rest.split(',').next()?.trim();
    let is_action = action.split_once(':').is_some_and(|(service, name)| {
        [service, name].iter().all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
    });
    is_action.then(|| action.to_owned())
}

/// XML errors (OSS, old gateways); anything else keeps its first line only.
fn text_envelope(body: &[u8]) -> Envelope {
    let text = String::from_utf8_lossy(body);
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        let (value, _) = rest.split_once(&format!("</{name}>"))?;
        (!value.is_empty() && value.len() < 2000).then(|| value.trim().to_owned())
    };
    if text.contains("<Error>") {
        return Envelope {
            code: element("Code"),
            message: element("Message"),
            request_id: element("RequestId"),
            ..Envelope::default()
        };
    }
    Envelope::saying(first_line(body))
}

fn first_line(body: &[u8]) -> String {
    const SHOWN_CHARS: usize = 120;
    let text = String::from_utf8_lossy(body);
    let line = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("an empty body");
    line.chars().take(SHOWN_CHARS).collect()
}

fn error(
    request: &Request,
    host: &str,
    answer: &HttpResponse,
    class: ErrorClass,
    envelope: Envelope,
) -> ApiError {
    let header_id = ["x-acs-request-id", "x-log-requestid", "x-oss-request-id"]
        .iter()
        .find_map(|name| answer.header(name).map(str::to_owned));
    let missing_permission = (class == ErrorClass::Denied).then(|| MissingPermission {
        confirmed: envelope.auth_action.is_some(),
        action: envelope
            .auth_action
            .unwrap_or_else(|| format!("{}:{}", ram_code(request.product), request.action)),
        explicit_deny: envelope.explicit_deny,
    });
    ApiError {
        class,
        product: request.product,
        action: request.action.clone(),
        region: request.region.clone(),
        host: host.to_owned(),
        http_status: Some(answer.status),
        message: envelope
            .message
            .map(|message| redact(envelope.code.as_deref(), message)),
        code: envelope.code,
        request_id: envelope.request_id.or(header_id),
        missing_permission,
        retry_after: retry_after(answer),
        attempts: 1,
        cause: None,
    }
}

/// The message of a signature error repeats the server's string to sign, which with RPC v1 contains the security token.
fn redact(code: Option<&str>, message: String) -> String {
    match message.split_once("server string to sign is:") {
        Some((head, _)) if code.is_some() => {
            format!(
                "{}(the server's string to sign is left out)",
                head.trim_end_matches(',')
            )
        }
        _ => message,
    }
}

/// `x-acs-retry-after` in milliseconds, else `Retry-After` in seconds.
fn retry_after(answer: &HttpResponse) -> Option<Duration> {
    let number = |name: &str| {
        answer
            .header(name)
            .and_then(|text| text.trim().parse::<u64>().ok())
    };
    let asked = number("x-acs-retry-after")
        .filter(|ms| *ms > 0)
        .map(Duration::from_millis)
        .or_else(|| {
            number("retry-after")
                .filter(|s| *s > 0)
                .map(Duration::from_secs)
        })?;
    Some(asked.min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Region;

    fn answer(status: u16, body: &str) -> HttpResponse {
        HttpResponse {
            status,
            headers: vec![("x-acs-request-id".into(), "R-1".into())],
            body: body.into(),
        }
    }

    fn failure(style: Style, status: u16, body: &str) -> ApiError {
        let request = Request::new("ecs", "DescribeDisks", &Region::new("cn-hangzhou"));
        read(
            &request,
            style,
            "ecs.cn-hangzhou.aliyuncs.com",
            &answer(status, body),
        )
        .unwrap_err()
    }

    #[test]
    fn a_denied_rpc_call_names_the_missing_action() {
        let error = failure(
            Style::Rpc,
            403,
            r#"{"RequestId":"473469C7","Code":"Forbidden.RAM","Message":"User not authorized",
                "AccessDeniedDetail":{"AuthAction":"ecs:DescribeDisks","NoPermissionType":"ExplicitDeny"}}"#,
        );
        assert_eq!(error.class, ErrorClass::Denied);
        assert_eq!(error.request_id.as_deref(), Some("473469C7"));
        let missing = error.missing_permission.unwrap();
        assert_eq!(
            (
                missing.action.as_str(),
                missing.confirmed,
                missing.explicit_deny
            ),
            ("ecs:DescribeDisks", true, true)
        );
    }

    #[test]
    fn the_detail_may_be_a_string_containing_json() {
        let error = failure(
            Style::Rpc,
            403,
            r#"{"Code":"NoPermission","AccessDeniedDetail":"{\"AuthAction\":\"alb:ListLoadBalancers\"}"}"#,
        );
        assert_eq!(
            error.missing_permission.unwrap().action,
            "alb:ListLoadBalancers"
        );
    }

    #[test]
    fn a_derived_action_says_so() {
        let error = failure(
            Style::Roa,
            403,
            r#"{"code":"StatusForbidden","message":"x","requestId":"Q"}"#,
        );
        let missing = error.missing_permission.unwrap();
        assert_eq!(
            (missing.action.as_str(), missing.confirmed),
            ("ecs:DescribeDisks", false)
        );
        assert_eq!(error.request_id.as_deref(), Some("Q"));
    }

    #[test]
    fn sls_unauthorized_is_told_apart() {
        let denied = failure(
            Style::Sls,
            401,
            r#"{"errorCode":"Unauthorized","errorMessage":"denied by sts or ram, action: log:ListLogStores, resource: acs:log:x"}"#,
        );
        assert_eq!(denied.class, ErrorClass::Denied);
        assert_eq!(
            denied.missing_permission.unwrap().action,
            "log:ListLogStores"
        );
        let closed = failure(
            Style::Sls,
            401,
            r#"{"errorCode":"Unauthorized","errorMessage":"Your SLS service has not opened."}"#,
        );
        assert_eq!(closed.class, ErrorClass::NotActivated);
    }

    #[test]
    fn a_200_can_be_a_failure() {
        let acr = failure(
            Style::Rpc,
            200,
            r#"{"Code":"INSTANCE_NOT_EXIST","IsSuccess":false,"RequestId":"A"}"#,
        );
        assert_eq!(acr.class, ErrorClass::Gone);
        let bss = failure(
            Style::Rpc,
            200,
            r#"{"Code":"NotApplicable","Message":"m","Success":false}"#,
        );
        assert_eq!(bss.class, ErrorClass::NotOffered);
    }

    #[test]
    fn a_200_with_a_success_code_is_none() {
        let request = Request::new("arms", "ListEnvironments", &Region::new("cn-hangzhou"));
        for body in [
            r#"{"Code":200,"Success":true}"#,
            r#"{"Code":"success","IsSuccess":true}"#,
            r#"{"Code":"200"}"#,
        ] {
            assert!(
                read(&request, Style::Rpc, "h", &answer(200, body)).is_ok(),
                "{body}"
            );
        }
    }

    #[test]
    fn gateways_answer_xml_and_proxies_html() {
        let xml = failure(
            Style::Rpc,
            400,
            "<?xml version='1.0'?><Error><Code>Throttling.User</Code><Message>m</Message><RequestId>X</RequestId></Error>",
        );
        assert_eq!(
            (xml.class, xml.request_id.as_deref()),
            (ErrorClass::Throttled, Some("X"))
        );
        let html = failure(Style::Rpc, 200, "<!DOCTYPE html>\n<title>Sign in</title>");
        assert_eq!(html.class, ErrorClass::Decode);
        let proxy = failure(Style::Rpc, 502, "<html>Bad gateway</html>");
        assert_eq!(proxy.class, ErrorClass::Server);
        assert_eq!(failure(Style::Rpc, 302, "").class, ErrorClass::Unexpected);
    }

    #[test]
    fn the_string_to_sign_is_not_repeated() {
        let error = failure(
            Style::Rpc,
            400,
            r#"{"Code":"SignatureDoesNotMatch","Message":"Specified signature is not matched, server string to sign is:GET&%2F&SecurityToken%3Dsecret"}"#,
        );
        assert!(!error.to_string().contains("secret"), "{error}");
        assert_eq!(error.class, ErrorClass::Credentials);
    }

    #[test]
    fn retry_after_is_milliseconds() {
        let mut throttled = answer(429, r#"{"Code":"Throttling.User"}"#);
        throttled
            .headers
            .push(("x-acs-retry-after".into(), "1500".into()));
        let request = Request::new("ecs", "DescribeDisks", &Region::new("cn-hangzhou"));
        let error = read(&request, Style::Rpc, "h", &throttled).unwrap_err();
        assert_eq!(error.retry_after, Some(Duration::from_millis(1500)));
    }
}
