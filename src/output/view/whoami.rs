//! The answer of `yunsweep whoami`.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;

use crate::i18n::Messages;
use crate::model::{AccountId, Site, time};
use crate::output::answer::{Answer, Block, Record};
use crate::output::table::{Cell, Column, Table};

/// Name and version of the data.
pub const SCHEMA: &str = "yunsweep.whoami/1";

/// Who calls, as the cloud and the credential source say.
#[derive(Clone, Debug, Serialize)]
pub struct WhoAmI {
    /// Account id.
    pub account: AccountId,
    /// ARN of the identity.
    pub identity: String,
    /// `Account`, `RAMUser`, `AssumedRoleUser`.
    pub kind: String,
    /// Where the credential comes from.
    pub source: String,
    /// AccessKey id, masked.
    pub access_key_id: String,
    /// Site of the account.
    pub site: Site,
    /// Whether the site was only assumed.
    pub is_site_assumed: bool,
    /// End of a temporary credential.
    pub expires_at: Option<DateTime<Utc>>,
    /// The endpoint override, where there is one.
    pub endpoint: Option<String>,
}

/// The answer.
pub fn answer(who: &WhoAmI, now: DateTime<Utc>, messages: &Messages) -> Answer<'static> {
    let text = |key: &str| messages.text(key);
    let site_name = text(match who.site {
        Site::China => "whoami-site-china",
        Site::International => "whoami-site-international",
    });
    let site = if who.is_site_assumed {
        messages.text_with("whoami-site-assumed", &[("site", site_name.into())])
    } else {
        site_name
    };
    let expires = who
        .expires_at
        .map_or_else(|| text("whoami-never-expires"), time::format);
    let mut pairs = vec![
        (text("whoami-account"), Cell::text(who.account.as_str())),
        (text("whoami-identity"), Cell::text(&who.identity)),
        (text("whoami-kind"), Cell::text(&who.kind)),
        (text("whoami-source"), Cell::text(&who.source)),
        (text("whoami-key"), Cell::text(&who.access_key_id)),
        (text("whoami-site"), Cell::text(site)),
        (text("whoami-expires"), Cell::text(expires)),
    ];
    if let Some(endpoint) = &who.endpoint {
        let shown = messages.text_with("whoami-emulator", &[("endpoint", endpoint.into())]);
        pairs.push((text("whoami-endpoint"), Cell::text(shown)));
    }
    let mut rows = Table::new(vec![
        Column::new("account", ""),
        Column::new("identity", ""),
        Column::new("kind", ""),
        Column::new("source", ""),
        Column::new("access_key_id", ""),
        Column::new("site", ""),
        Column::new("expires_at", ""),
        Column::new("endpoint", ""),
    ]);
    rows.push(vec![
        who.account.as_str().into(),
        who.identity.as_str().into(),
        who.kind.as_str().into(),
        who.source.as_str().into(),
        who.access_key_id.as_str().into(),
        who.site.as_str().into(),
        Cell::time(who.expires_at),
        Cell::maybe(who.endpoint.as_deref()),
    ]);
    Answer {
        schema: SCHEMA,
        command: "whoami",
        generated_at: now,
        coverage: None,
        page: vec![Block::Pairs(pairs)].into(),
        rows: rows.into(),
        data: json!(who).into(),
        records: vec![Record {
            record: "identity",
            value: json!(who),
        }]
        .into(),
        warnings: Vec::new(),
    }
}
