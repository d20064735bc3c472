//! The spellings of time in vendor answers, and ours: RFC 3339 in UTC with seconds.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, TimeZone, Utc};

/// `2026-01-15T08:00:00Z`.
pub fn format(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Reads a point in time as Alibaba Cloud products write it.
///
/// Known spellings: ECS `2026-01-15T08:00Z` and `2026-01-15T08:00:00Z`; ACK RFC 3339 with offset and fractions; ROS
/// without zone (UTC); VPN and ACR Unix milliseconds; SLS Unix seconds, both also as text; ARMS
/// `2026-01-15 16:00:00 +0800`.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.with_timezone(&Utc));
    }
    if let Ok(time) = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z") {
        return Some(time.with_timezone(&Utc));
    }
    for pattern in ["%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, pattern) {
            return Some(time.and_utc());
        }
    }
    text.parse().ok().and_then(from_unix)
}

/// Reads Unix seconds or, from 10^11 on (the year 5138 in seconds), Unix milliseconds.
pub fn from_unix(number: i64) -> Option<DateTime<Utc>> {
    const FIRST_MILLISECONDS: i64 = 100_000_000_000;
    if number <= 0 {
        return None;
    }
    if number >= FIRST_MILLISECONDS {
        Utc.timestamp_millis_opt(number).single()
    } else {
        Utc.timestamp_opt(number, 0).single()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_spelling_is_read() {
        for (text, expected) in [
            ("2026-01-15T08:00Z", "2026-01-15T08:00:00Z"),
            ("2026-01-15T08:00:30Z", "2026-01-15T08:00:30Z"),
            ("2026-01-15T16:00:00+08:00", "2026-01-15T08:00:00Z"),
            ("2026-01-15T16:00:00.123+08:00", "2026-01-15T08:00:00Z"),
            ("2026-01-15T08:00:00", "2026-01-15T08:00:00Z"),
            ("2026-01-15 16:00:00 +0800", "2026-01-15T08:00:00Z"),
            ("1768464000", "2026-01-15T08:00:00Z"),
            ("1768464000000", "2026-01-15T08:00:00Z"),
        ] {
            assert_eq!(parse(text).map(format).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn nonsense_is_no_time() {
        for text in [
            "",
            "soon",
            "0",
            "-5",
            "2026-13-40T00:00Z",
            "99999999999999999999",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
