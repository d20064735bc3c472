//! The fault plan: what goes wrong, where, and from which call on.
//!
//! `product:Action[#n|#n+]=effect`, for users (`--fault`) and tests. `ecs:DescribeDisks=deny` fails always, `#2` the second call only,
//! `#2+` from the second on. `*` stands for any product or action.

use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::contracts::{self, ContractViolation};

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The identity may not do it.
    Deny,
    /// Too many calls.
    Throttle,
    /// The server fails (503).
    ServerError,
    /// The call is carried out, then the connection breaks within the answer.
    Cut,
    /// The connection breaks before anything is done.
    CutBefore,
    /// The answer comes this much later.
    Slow(Duration),
    /// The security token is expired.
    ExpiredToken,
    /// Any other refusal.
    Code {
        /// The vendor's code.
        code: String,
        /// HTTP status.
        status: u16,
    },
    /// A list without items whose total and token say that there are some.
    EmptyPage,
    /// An HTML page of something in between (502).
    Html,
    /// A 200 whose body ends in the middle.
    Garbage,
    /// `DescribeClusterUserKubeconfig` names an address that refuses connections.
    ApiServerRefused,
    /// `DescribeClusterUserKubeconfig` names an address that never answers.
    ApiServerSilent,
}

/// From which call on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Always,
    Only(u64),
    From(u64),
}

/// One line of the plan.
#[derive(Debug)]
pub struct Fault {
    product: String,
    action: String,
    when: When,
    effect: Effect,
    calls: AtomicU64,
}

impl Clone for Fault {
    /// The copy counts from the start.
    fn clone(&self) -> Self {
        Self {
            product: self.product.clone(),
            action: self.action.clone(),
            when: self.when,
            effect: self.effect.clone(),
            calls: AtomicU64::new(0),
        }
    }
}

/// A line of the plan that cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// Not `product:Action[#n|#n+]=effect`.
    #[error("`{0}` is not of the form product:Action[#n|#n+]=effect")]
    Form(String),
    /// No such effect.
    #[error(
        "`{0}` is no effect; known: deny, throttle, 5xx, cut, cut-before, slow:500ms, expired-token, code:Foo.Bar:403, empty-page, html, garbage, api-server-refused, api-server-silent"
    )]
    Effect(String),
    /// The n-th call is counted from 1.
    #[error("`{0}` is no call number: calls are counted from 1")]
    Number(String),
    /// No such product or operation.
    #[error(transparent)]
    Unknown(#[from] ContractViolation),
    /// The effect needs another operation.
    #[error("`{0}` applies to cs:DescribeClusterUserKubeconfig only")]
    OtherOperation(String),
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = || FaultError::Form(text.to_owned());
        let (target, effect) = text.split_once('=').ok_or_else(form)?;
        let (product, rest) = target.split_once(':').ok_or_else(form)?;
        let (action, when) = match rest.split_once('#') {
            None => (rest, When::Always),
            Some((action, number)) => (action, parse_when(number)?),
        };
        if product.is_empty() || action.is_empty() {
            return Err(form());
        }
        match (product, action) {
            ("*", _) => {}
            (product, "*") => {
                if contracts::version(product).is_none() {
                    contracts::require(product, "*")?;
                }
            }
            (product, action) => {
                contracts::require(product, action)?;
            }
        }
        let parsed = parse_effect(effect)?;
        let kubeconfig = matches!(parsed, Effect::ApiServerRefused | Effect::ApiServerSilent);
        if kubeconfig && (product, action) != ("cs", "DescribeClusterUserKubeconfig") {
            return Err(FaultError::OtherOperation(effect.to_owned()));
        }
        Ok(Self {
            product: product.to_owned(),
            action: action.to_owned(),
            when,
            effect: parsed,
            calls: AtomicU64::new(0),
        })
    }
}

fn parse_when(text: &str) -> Result<When, FaultError> {
    let (digits, from) = match text.strip_suffix('+') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    match digits.parse::<u64>() {
        Ok(number) if number > 0 => Ok(if from {
            When::From(number)
        } else {
            When::Only(number)
        }),
        _ => Err(FaultError::Number(text.to_owned())),
    }
}

fn parse_effect(text: &str) -> Result<Effect, FaultError> {
    let unknown = || FaultError::Effect(text.to_owned());
    if let Some(duration) = text.strip_prefix("slow:") {
        return parse_duration(duration)
            .map(Effect::Slow)
            .ok_or_else(unknown);
    }
    if let Some(rest) = text.strip_prefix("code:") {
        let (code, status) = rest.rsplit_once(':').ok_or_else(unknown)?;
        let status = status
            .parse()
            .ok()
            .filter(|status| (200..600).contains(status));
        return match (code.is_empty(), status) {
            (false, Some(status)) => Ok(Effect::Code {
                code: code.to_owned(),
                status,
            }),
            _ => Err(unknown()),
        };
    }
    Ok(match text {
        "deny" => Effect::Deny,
        "throttle" => Effect::Throttle,
        "5xx" => Effect::ServerError,
        "cut" => Effect::Cut,
        "cut-before" => Effect::CutBefore,
        "expired-token" => Effect::ExpiredToken,
        "empty-page" => Effect::EmptyPage,
        "html" => Effect::Html,
        "garbage" => Effect::Garbage,
        "api-server-refused" => Effect::ApiServerRefused,
        "api-server-silent" => Effect::ApiServerSilent,
        _ => return Err(unknown()),
    })
}

fn parse_duration(text: &str) -> Option<Duration> {
    if let Some(ms) = text.strip_suffix("ms") {
        return ms.parse().ok().map(Duration::from_millis);
    }
    text.strip_suffix('s')?
        .parse()
        .ok()
        .map(Duration::from_secs)
}

impl Fault {
    /// Counts the call if it is meant, and says whether the fault strikes it.
    fn strikes(&self, product: &str, action: &str) -> bool {
        let fits = |rule: &str, value: &str| rule == "*" || rule == value;
        if !fits(&self.product, product) || !fits(&self.action, action) {
            return false;
        }
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        match self.when {
            When::Always => true,
            When::Only(wanted) => number == wanted,
            When::From(wanted) => number >= wanted,
        }
    }
}

/// The effects that strike this call, in the plan's order. Every line counts the call, whether or not an earlier one strikes.
pub(super) fn effects(plan: &[Fault], product: &str, action: &str) -> Vec<Effect> {
    plan.iter()
        .filter(|fault| fault.strikes(product, action))
        .map(|fault| fault.effect.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Fault {
        text.parse().unwrap()
    }

    #[test]
    fn every_effect_is_read() {
        for (text, effect) in [
            ("deny", Effect::Deny),
            ("throttle", Effect::Throttle),
            ("5xx", Effect::ServerError),
            ("cut", Effect::Cut),
            ("cut-before", Effect::CutBefore),
            ("slow:500ms", Effect::Slow(Duration::from_millis(500))),
            ("slow:2s", Effect::Slow(Duration::from_secs(2))),
            ("expired-token", Effect::ExpiredToken),
            (
                "code:Foo.Bar:403",
                Effect::Code {
                    code: "Foo.Bar".into(),
                    status: 403,
                },
            ),
            ("empty-page", Effect::EmptyPage),
            ("html", Effect::Html),
            ("garbage", Effect::Garbage),
        ] {
            assert_eq!(fault(&format!("ecs:DescribeDisks={text}")).effect, effect);
        }
        let refused = fault("cs:DescribeClusterUserKubeconfig=api-server-refused");
        assert_eq!(refused.effect, Effect::ApiServerRefused);
    }

    #[test]
    fn slips_are_refused_with_what_was_meant() {
        for text in [
            "",
            "ecs",
            "ecs:DescribeDisks",
            ":DescribeDisks=deny",
            "ecs:=deny",
            "ecs:DescribeDisk=deny",
            "ecz:DescribeDisks=deny",
            "ecz:*=deny",
            "ecs:DescribeDisks#0=deny",
            "ecs:DescribeDisks#x=deny",
            "ecs:DescribeDisks=dney",
            "ecs:DescribeDisks=slow:fast",
            "ecs:DescribeDisks=code:Foo:99",
            "ecs:DescribeDisks=code:403",
            "ecs:DescribeDisks=api-server-silent",
        ] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
        let message = "ecs:DescribeDisk=deny"
            .parse::<Fault>()
            .unwrap_err()
            .to_string();
        assert!(message.contains("DescribeDisks"), "{message}");
    }

    #[test]
    fn calls_are_counted_per_line() {
        let plan = [
            fault("ecs:DescribeDisks#2=deny"),
            fault("ecs:*#3+=throttle"),
            fault("*:*#1=5xx"),
        ];
        let seen: Vec<Vec<Effect>> = (0..4)
            .map(|_| effects(&plan, "ecs", "DescribeDisks"))
            .collect();
        assert_eq!(
            seen,
            [
                vec![Effect::ServerError],
                vec![Effect::Deny],
                vec![Effect::Throttle],
                vec![Effect::Throttle],
            ]
        );
        assert!(effects(&plan, "vpc", "DescribeVpcs").is_empty());
    }
}
