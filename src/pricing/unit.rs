//! The units of prices: what is counted, in which lots, over which time.

use rust_decimal::Decimal;

use crate::model::Said;

/// Time that one unit of a price covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// A second.
    Second,
    /// An hour.
    Hour,
    /// A day of 24 hours.
    Day,
    /// A month: of a term, or, for pay-as-you-go capacity, 720 hours.
    Month,
    /// No time: each unit of use once.
    Use,
}

/// A unit of a price, such as `per GiB-hour`. The list is closed: [`Unit::parse`].
#[derive(Debug, PartialEq, Eq)]
pub struct Unit {
    /// As written in the tables.
    pub text: &'static str,
    /// The same in Chinese, without its `每`.
    pub zh: &'static str,
    /// What is counted: `GiB`, `LCU`; `None` for things (instances, addresses, clusters).
    pub thing: Option<&'static str>,
    /// How many of these one price covers: 100 in `per 100 GiB-hour`.
    pub lot: u32,
    /// Time that one price covers.
    pub period: Period,
}

const fn unit(
    text: &'static str,
    zh: &'static str,
    thing: Option<&'static str>,
    lot: u32,
    period: Period,
) -> Unit {
    Unit {
        text,
        zh,
        thing,
        lot,
        period,
    }
}

static UNITS: &[Unit] = &[
    unit("per hour", "小时", None, 1, Period::Hour),
    unit("per day", "天", None, 1, Period::Day),
    unit("per month", "月", None, 1, Period::Month),
    unit("per GiB-hour", "GiB·小时", Some("GiB"), 1, Period::Hour),
    unit(
        "per 100 GiB-hour",
        "100 GiB·小时",
        Some("GiB"),
        100,
        Period::Hour,
    ),
    unit("per GiB-month", "GiB·月", Some("GiB"), 1, Period::Month),
    unit(
        "per 100 GiB-month",
        "100 GiB·月",
        Some("GiB"),
        100,
        Period::Month,
    ),
    unit("per GiB-second", "GiB·秒", Some("GiB"), 1, Period::Second),
    unit("per GB-month", "GB·月", Some("GB"), 1, Period::Month),
    unit("per GB-day", "GB·天", Some("GB"), 1, Period::Day),
    unit("per GB", "GB", Some("GB"), 1, Period::Use),
    unit("per Mbps-hour", "Mbps·小时", Some("Mbps"), 1, Period::Hour),
    unit("per Mbps-day", "Mbps·天", Some("Mbps"), 1, Period::Day),
    unit("per shard-day", "Shard·天", Some("shard"), 1, Period::Day),
    unit(
        "per vCPU-second",
        "vCPU·秒",
        Some("vCPU"),
        1,
        Period::Second,
    ),
    unit("per vCPU-day", "vCPU·天", Some("vCPU"), 1, Period::Day),
    unit("per LCU-hour", "LCU·小时", Some("LCU"), 1, Period::Hour),
    unit("per CU-hour", "CU·小时", Some("CU"), 1, Period::Hour),
    unit("per core-hour", "核·小时", Some("core"), 1, Period::Hour),
    unit(
        "per million requests",
        "百万次请求",
        Some("million requests"),
        1,
        Period::Use,
    ),
];

/// How a charge's unit fits a price's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The same thing is counted.
    Same,
    /// One says GB, the other GiB: counted one for one, see `pricing/units.md`.
    GigabyteAsGibibyte,
    /// Different things are counted.
    Different,
}

impl Unit {
    /// The unit of this text.
    pub fn parse(text: &str) -> Option<&'static Unit> {
        UNITS.iter().find(|unit| unit.text == text)
    }

    /// What stands after `per `: `GiB-hour`.
    pub fn short(&self) -> Said {
        Said::new(self.text.strip_prefix("per ").unwrap_or(self.text), self.zh)
    }

    /// What is counted, for people; nothing for things that a count names well enough.
    pub(super) fn counted(&self) -> Option<Said> {
        self.thing.map(|thing| match thing {
            "shard" => Said::new("shard", "Shard"),
            "core" => Said::new("core", "核"),
            "million requests" => Said::new("million requests", "百万次请求"),
            // Signs of units are the same in both languages.
            sign => Said::new(sign, sign),
        })
    }

    /// `per GiB-hour`, for people.
    pub fn said(&self) -> Said {
        let space = if self.zh.starts_with(|c: char| c.is_ascii()) {
            " "
        } else {
            ""
        };
        Said::made(self.text.to_owned(), format!("每{space}{}", self.zh))
    }

    /// Whether a quantity counted in `counted_in` can be priced with this unit.
    pub fn fits(&self, counted_in: &str) -> Fit {
        match (self.thing, counted_in) {
            (Some(thing), counted) if thing == counted => Fit::Same,
            (Some("GiB"), "GB") | (Some("GB"), "GiB") => Fit::GigabyteAsGibibyte,
            (Some(_), _) => Fit::Different,
            // Things have many names (instance, address, cluster); what is measured has one.
            (None, counted) if UNITS.iter().any(|unit| unit.thing == Some(counted)) => {
                Fit::Different
            }
            (None, _) => Fit::Same,
        }
    }
}

impl Period {
    /// How many of these periods lie in `hours`, as a fraction, so that exact values stay exact.
    ///
    /// `None` where time does not matter ([`Period::Use`]). A month has 720 hours: capacity with a price per month is
    /// settled each hour at 1/720 of it (ECS snapshot billing, documentation of 2021: month price / 30 / 24).
    pub(super) fn count(self, hours: Decimal) -> Option<(Decimal, Decimal)> {
        let one = Decimal::ONE;
        match self {
            Self::Second => Some((hours.checked_mul(Decimal::from(3600))?, one)),
            Self::Hour => Some((hours, one)),
            Self::Day => Some((hours, Decimal::from(24))),
            Self::Month => Some((hours, Decimal::from(720))),
            Self::Use => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_listed_once_and_reads_back() {
        for unit in UNITS {
            assert_eq!(Unit::parse(unit.text), Some(unit));
            assert_eq!(
                UNITS.iter().filter(|other| other.text == unit.text).count(),
                1
            );
        }
        for unknown in ["", "hour", "per Hour", "per GiB", "per hour "] {
            assert_eq!(Unit::parse(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_fee_per_hour_is_for_things_and_not_for_gibibytes() {
        let hour = Unit::parse("per hour").unwrap();
        assert_eq!(hour.fits("instance"), Fit::Same);
        assert_eq!(hour.fits("cluster"), Fit::Same);
        assert_eq!(hour.fits("GiB"), Fit::Different);
        let capacity = Unit::parse("per GiB-hour").unwrap();
        assert_eq!(capacity.fits("GiB"), Fit::Same);
        assert_eq!(capacity.fits("GB"), Fit::GigabyteAsGibibyte);
        assert_eq!(capacity.fits("instance"), Fit::Different);
        assert_eq!(capacity.fits("Mbps"), Fit::Different);
    }
}
