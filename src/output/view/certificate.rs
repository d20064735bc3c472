//! The certificate of a teardown, for whoever was not there and does not take our word for it: what is said of each thing
//! and on which evidence, what stays and costs, what is not proven, what was opened on the way and not closed, what was
//! assumed, and where nobody looked.

use std::collections::BTreeMap;

use super::plan::{action, amount, total};
use super::verify::{VerifyView, kept_table, left, missing, unproven, verdict};
use crate::i18n::Messages;
use crate::model::{ResourceId, time};
use crate::output::answer::Block;
use crate::output::coverage;
use crate::output::table::{Cell, Column, Shown, Table};
use crate::resources::teardown::{Call, Purpose};
use crate::teardown::history::{Answer, Sent, StepHistory};
use crate::teardown::plan::Action;
use crate::teardown::verify::{Evidence, LeftBecause};
use crate::teardown::{Step, StepId};

/// The page.
pub(super) fn page(view: &VerifyView<'_>, messages: &Messages) -> Vec<Block> {
    let found = view.found;
    let heading = |key: &str| Block::Heading(messages.text(key));
    let mut page = vec![
        heading("verify-heading"),
        verdict(view, messages),
        Block::Pairs(facts(view, messages)),
        heading("certificate-method-heading"),
        Block::Text(messages.text("certificate-method")),
        Block::Text(run(view, messages)),
        heading("certificate-planned-heading"),
        Block::Table(planned(view, messages)),
    ];
    page.extend(left(view, messages));
    page.extend(missing(view, messages));
    page.extend(unproven(view, messages));
    page.push(heading("plan-kept-heading"));
    page.push(if found.kept.is_empty() {
        Block::Text(messages.text("plan-kept-nothing"))
    } else {
        Block::Table(kept_table(found, Shown::Always, messages))
    });
    page.push(heading("plan-money-heading"));
    page.push(Block::Pairs(vec![
        (
            messages.text("plan-before"),
            Cell::text(total(&found.before, messages)),
        ),
        (
            messages.text("certificate-now"),
            Cell::text(total(&found.after, messages)),
        ),
    ]));
    page.push(Block::Text(messages.text("certificate-money")));
    page.push(heading("certificate-protections-heading"));
    page.extend(protections(view, messages));
    page.push(heading("plan-assumptions-heading"));
    page.extend(assumptions(view, messages));
    page.push(heading("certificate-limits-heading"));
    page.push(Block::List(limits(view, messages)));
    page.extend(coverage::page(&found.coverage, messages));
    page
}

fn facts(view: &VerifyView<'_>, messages: &Messages) -> Vec<(String, Cell)> {
    let binding = &view.plan.binding;
    [
        ("plan-scope", view.plan.scope.join(" ")),
        ("plan-account", binding.account.to_string()),
        ("plan-endpoint", binding.endpoint.to_string()),
        ("plan-digest", view.digest.to_owned()),
        ("certificate-planned-by", binding.identity.clone()),
        ("plan-read-at", time::format(binding.read_at)),
        ("certificate-verified-by", view.verifier.to_owned()),
        ("verify-at", time::format(view.found.verified_at)),
        (
            "certificate-program",
            format!("yunsweep {}", env!("CARGO_PKG_VERSION")),
        ),
    ]
    .into_iter()
    .map(|(key, text)| (messages.text(key), Cell::text(text)))
    .collect()
}

/// Where the calls and their request ids come from, or that nobody here knows them.
fn run(view: &VerifyView<'_>, messages: &Messages) -> String {
    let told = view
        .history
        .and_then(|history| Some((history, history.openings.first()?, history.last_at?)));
    match told {
        None => messages.text("certificate-no-run"),
        Some((history, first, last)) => messages.text_with(
            "certificate-run",
            &[
                ("identity", (&first.identity).into()),
                ("program", (&first.program).into()),
                ("from", time::format(first.at).into()),
                ("to", time::format(last).into()),
                ("count", history.openings.len().into()),
            ],
        ),
    }
}

/// One row a planned thing: what is said of it, on which evidence, and the calls that were sent for it.
fn planned(view: &VerifyView<'_>, messages: &Messages) -> Table {
    let title = |key: &str| messages.text(key);
    let mut table = Table::new(vec![
        Column::new("number", "#").number(),
        Column::new("type", title("column-type")),
        Column::new("id", title("column-id")),
        Column::new("name", title("column-name")),
        Column::new("born", title("column-born")),
        Column::new("result", title("column-result")),
        Column::new("code", title("column-code")),
        Column::new("evidence", title("column-evidence")),
        Column::new("calls", title("column-sent")),
        Column::new("seen", title("column-seen-gone")),
        Column::new("amount", title("column-amount-before")).number(),
    ]);
    let gone: BTreeMap<&StepId, &Evidence> = view
        .found
        .gone
        .iter()
        .map(|gone| (&gone.step, &gone.evidence))
        .collect();
    let left: BTreeMap<&ResourceId, LeftBecause> = view
        .found
        .left
        .iter()
        .map(|left| (&left.id, left.because))
        .collect();
    for (number, step) in view.plan.steps.iter().enumerate() {
        let id = &step.fingerprint.id;
        let (result, code, said) = match (gone.get(&step.id), left.get(id)) {
            (Some(evidence), _) => (
                "certificate-gone",
                evidence.as_str(),
                self::evidence(id, evidence, messages),
            ),
            (None, Some(LeftBecause::Recreated)) => (
                "certificate-left",
                "listed",
                messages.text("verify-recreated"),
            ),
            (None, Some(_)) => (
                "certificate-left",
                "listed",
                messages.text("verify-still-there"),
            ),
            (None, None) => (
                "certificate-unproven",
                "unread",
                messages.text("verify-kept-unknown"),
            ),
        };
        let told = view.history.and_then(|history| history.step(&step.id));
        table.push(vec![
            Cell::count(number + 1),
            id.type_id.as_str().into(),
            id.id.as_str().into(),
            Cell::maybe(step.name.as_deref()),
            Cell::maybe(step.fingerprint.born.as_deref()),
            messages.text(result).into(),
            code.into(),
            said.into(),
            calls(view, step, told, messages).into(),
            Cell::time(told.and_then(|told| told.gone_at)),
            amount(&step.cost),
        ]);
    }
    table
}

/// What proves an absence, in words.
fn evidence(id: &ResourceId, evidence: &Evidence, messages: &Messages) -> String {
    match evidence {
        Evidence::NotListed {
            region,
            parent,
            others,
        } => messages.text_with(
            "evidence-not-listed",
            &[
                ("type", id.type_id.as_str().into()),
                (
                    "place",
                    parent
                        .as_deref()
                        .map_or_else(
                            || region.to_string(),
                            |parent| format!("{parent} ({region})"),
                        )
                        .into(),
                ),
                ("others", (*others).into()),
            ],
        ),
        Evidence::InNoParent {
            parent_type,
            parents,
        } => messages.text_with(
            "evidence-in-no-parent",
            &[
                ("type", id.type_id.as_str().into()),
                ("parent", (*parent_type).into()),
                ("count", (*parents).into()),
            ],
        ),
        Evidence::ParentGone { parent, .. } => messages.text_with(
            "evidence-parent-gone",
            &[("parent", format!("{}/{}", parent.type_id, parent.id).into())],
        ),
    }
}

/// The calls that were sent for a step, each with when, how it was answered, and its request id.
fn calls(
    view: &VerifyView<'_>,
    step: &Step,
    told: Option<&StepHistory>,
    messages: &Messages,
) -> String {
    let sent: Vec<String> = told
        .into_iter()
        .flat_map(|told| &told.sent)
        .map(|sent| self::sent(step, sent, messages))
        .collect();
    if !sent.is_empty() {
        return sent.join("; ");
    }
    match &step.action {
        Action::Manager { manager, .. } => messages.text_with(
            "certificate-with-manager",
            &[("manager", manager.as_str().into())],
        ),
        Action::Calls { .. } if view.history.is_none() => messages.text("certificate-not-known"),
        Action::Calls { .. } => messages.text("certificate-no-call"),
    }
}

/// `DeleteCluster 2026-02-14T02:00:00Z accepted [request id R-1]`.
fn sent(step: &Step, sent: &Sent, messages: &Messages) -> String {
    let (answer, request_id) = match &sent.answer {
        Answer::None => (messages.text("certificate-unanswered"), None),
        Answer::Lost { .. } => (messages.text("certificate-answer-lost"), None),
        Answer::Accepted { request_id, .. } => {
            (messages.text("certificate-accepted"), request_id.as_deref())
        }
        Answer::Refused {
            class,
            code,
            request_id,
        } => {
            let class = serde_json::json!(class);
            let code = code.as_deref().or(class.as_str()).unwrap_or_default();
            let said = messages.text_with("certificate-refused", &[("code", code.into())]);
            (said, request_id.as_deref())
        }
    };
    let request_id = request_id.map_or_else(String::new, |id| format!(" [request id {id}]"));
    format!(
        "{} {} {answer}{request_id}",
        call_name(step, sent),
        time::format(sent.at)
    )
}

/// The name of what was sent: the call, or what takes it back.
fn call_name(step: &Step, sent: &Sent) -> String {
    let planned = step.calls().get(sent.call);
    let call: Option<&Call> = planned.and_then(|planned| {
        if sent.is_undo {
            planned.undo.as_ref()
        } else {
            Some(&planned.call)
        }
    });
    call.map_or_else(|| sent.call.to_string(), action)
}

/// The protections that the run lifted, and what has become of them.
fn protections(view: &VerifyView<'_>, messages: &Messages) -> Vec<Block> {
    let Some(history) = view.history else {
        return vec![Block::Warning(
            messages.text("certificate-protections-unknown"),
        )];
    };
    let mut is_left_off = false;
    let mut lifted = Vec::new();
    for step in &view.plan.steps {
        let Some(told) = history.step(&step.id) else {
            continue;
        };
        let is_gone = view.found.gone.iter().any(|gone| gone.step == step.id);
        for sent in told.sent.iter().filter(|sent| !sent.is_undo) {
            let is_opening = step
                .calls()
                .get(sent.call)
                .is_some_and(|planned| planned.purpose != Purpose::Delete);
            if !is_opening || matches!(sent.answer, Answer::Refused { .. }) {
                continue;
            }
            let is_open = told.open.contains(&sent.call)
                || told.stop.as_ref().is_some_and(|stop| stop.left_open);
            let key = match (is_gone, is_open) {
                (true, _) => "certificate-lifted-gone",
                (false, true) => "certificate-left-off",
                (false, false) => "certificate-restored",
            };
            is_left_off |= !is_gone && is_open;
            lifted.push(format!(
                "{}: {}: {}",
                step.id,
                self::sent(step, sent, messages),
                messages.text(key)
            ));
        }
    }
    if lifted.is_empty() {
        return vec![Block::Text(messages.text("certificate-protections-none"))];
    }
    let mut blocks = Vec::new();
    if is_left_off {
        blocks.push(Block::Warning(
            messages.text("certificate-left-off-warning"),
        ));
    }
    blocks.push(Block::List(lifted));
    blocks
}

/// What the steps rest on and no source confirms: by assumption, with the steps that rest on it.
fn assumptions(view: &VerifyView<'_>, messages: &Messages) -> Vec<Block> {
    let mut by_assumption: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for step in &view.plan.steps {
        for assumption in &step.assumptions {
            by_assumption
                .entry(assumption)
                .or_default()
                .push(step.id.as_str());
        }
    }
    if by_assumption.is_empty() {
        return vec![Block::Text(messages.text("certificate-assumptions-none"))];
    }
    let named = by_assumption
        .into_iter()
        .map(|(assumption, steps)| format!("{assumption}: {}", steps.join(", ")));
    vec![
        Block::Text(messages.text("certificate-assumptions")),
        Block::List(named.collect()),
    ]
}

/// What the certificate does not say.
fn limits(view: &VerifyView<'_>, messages: &Messages) -> Vec<String> {
    let regions: Vec<String> = crate::teardown::verify::regions(view.plan)
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut limits = vec![
        messages.text_with(
            "certificate-limit-regions",
            &[("regions", regions.join(", ").into())],
        ),
        messages.text_with(
            "certificate-limit-types",
            &[("count", crate::resources::RESOURCE_TYPES.len().into())],
        ),
        messages.text("certificate-limit-bills"),
    ];
    if !view.plan.implied.is_empty() {
        limits.push(messages.text_with(
            "certificate-limit-implied",
            &[("count", view.plan.implied.len().into())],
        ));
    }
    limits.extend(
        view.plan
            .holes
            .iter()
            .map(|hole| messages.text_with("certificate-limit-hole", &[("hole", hole.into())])),
    );
    limits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;
    use crate::model::CoverageState;
    use crate::output::format::{Format, render};
    use crate::teardown::history::History;
    use crate::teardown::journal::{Entry, Line};
    use crate::teardown::state::{Cause, End, Event, Stop};
    use crate::teardown::testing;
    use crate::teardown::verify::{LeftOver, Unproven, Unread, Verification};

    /// A run that lifted the cluster's protection, was denied the deletion, and could not restore it; an address that
    /// nobody could look at; everything else gone.
    fn found() -> (crate::teardown::Plan, Verification, History) {
        let mut plan = testing::plan();
        plan.holes = vec!["ecs.disk cn-hangzhou denied".to_owned()];
        let cluster = testing::id("ack.cluster/c1");
        let address = testing::id("vpc.eip/eip-1");
        let verification = Verification {
            verified_at: testing::read_at(),
            gone: Vec::new(),
            left: vec![LeftOver {
                id: cluster.clone(),
                name: None,
                status: Some("running".to_owned()),
                because: LeftBecause::StillThere,
                cost: crate::teardown::plan::Cost::default(),
            }],
            unproven: vec![Unproven {
                id: address.clone(),
                name: None,
                is_planned: true,
                cost: crate::teardown::plan::Cost::default(),
                unread: vec![Unread {
                    type_id: address.type_id.clone(),
                    region: address.region.clone(),
                    parent: None,
                    state: Some(CoverageState::Denied),
                    missing_permission: Some("vpc:DescribeEipAddresses".to_owned()),
                    permission_confirmed: Some(true),
                    code: None,
                    request_id: Some("R-5".to_owned()),
                }],
            }],
            kept: Vec::new(),
            coverage: Vec::new(),
            before: plan.before(),
            after: plan.before(),
        };
        let refusal = |call| Event::Refused {
            call,
            class: crate::openapi::ErrorClass::Denied,
            code: Some("Forbidden.RAM".to_owned()),
            request_id: Some("R-2".to_owned()),
        };
        let intended = |call| Event::Intended {
            call,
            client_token: None,
        };
        let events = [
            intended(0),
            Event::Accepted {
                call: 0,
                request_id: Some("R-1".to_owned()),
                task: None,
            },
            intended(1),
            refusal(1),
            Event::TakingBack,
            Event::UndoIntended {
                call: 0,
                client_token: None,
            },
            Event::NotUndone {
                call: 0,
                class: crate::openapi::ErrorClass::Denied,
                code: Some("Forbidden.RAM".to_owned()),
            },
            Event::Stopped {
                stop: Stop {
                    end: End::Failed,
                    cause: Cause::Denied,
                    facts: Vec::new(),
                    request_id: None,
                    left_open: true,
                },
            },
        ];
        let lines: Vec<Line> = events
            .into_iter()
            .zip(1..)
            .map(|(event, sequence)| Line {
                sequence,
                at: testing::read_at(),
                entry: Entry::Step {
                    step: StepId::of(&cluster),
                    event,
                },
            })
            .collect();
        let history = History::of(&plan, &lines);
        (plan, verification, history)
    }

    fn markdown(language: Language, has_journal: bool) -> String {
        let (plan, found, history) = found();
        let view = VerifyView {
            plan: &plan,
            digest: "d1",
            found: &found,
            history: has_journal.then_some(&history),
            verifier: "acs:ram::0000000000000042:user/auditor",
        };
        let answer = super::super::verify::certificate(&view, &Messages::new(language));
        let surface = crate::output::format::Surface::PLAIN;
        render(&answer, Format::Markdown, surface).unwrap()
    }

    #[test]
    fn what_was_opened_and_not_closed_is_said_loudly() {
        for (language, wanted) in [
            (
                Language::English,
                [
                    "Not clean",
                    "LEFT OFF",
                    "unprotected",
                    "refused: Forbidden.RAM",
                    "not proven",
                    "still there",
                ],
            ),
            (
                Language::Chinese,
                [
                    "未清理干净",
                    "未恢复",
                    "没有保护",
                    "被拒绝：Forbidden.RAM",
                    "未能证明",
                    "仍然存在",
                ],
            ),
        ] {
            let text = markdown(language, true);
            let always = [
                "request id R-1",
                "request id R-2",
                "vpc:DescribeEipAddresses",
                "user/auditor",
                "ecs.disk cn-hangzhou denied",
            ];
            for word in wanted.into_iter().chain(always) {
                assert!(text.contains(word), "{word}: {text}");
            }
        }
    }

    #[test]
    fn without_a_journal_nothing_is_claimed_of_calls_and_protections() {
        let text = markdown(Language::English, false);
        assert!(text.contains("has no journal"), "{text}");
        assert!(text.contains("not known here"), "{text}");
        assert!(!text.contains("None was switched off"), "{text}");
        assert!(!text.contains("R-1"), "{text}");
    }
}
