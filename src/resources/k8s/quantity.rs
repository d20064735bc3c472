//! Kubernetes quantities: `500m`, `1.5`, `20Gi`, `128M`, `1e3`.
//!
//! Source: <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>.

use rust_decimal::Decimal;
use serde_json::Value;

/// One GiB in bytes.
const GIB: i64 = 1 << 30;

/// Digits after the point that are kept of a size in GiB.
const GIB_DIGITS: u32 = 6;

/// Reads a quantity in its base unit (cores, bytes). `None` for anything else, negative amounts and
/// amounts too large to compute with.
pub(super) fn parse(text: &str) -> Option<Decimal> {
    let end = text
        .find(|character: char| !(character.is_ascii_digit() || character == '.'))
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at_checked(end)?;
    let number: Decimal = number.parse().ok()?;
    let factor = match suffix {
        "n" => Decimal::new(1, 9),
        "u" => Decimal::new(1, 6),
        "m" => Decimal::new(1, 3),
        "" => Decimal::ONE,
        "k" => power(1000, 1)?,
        "M" => power(1000, 2)?,
        "G" => power(1000, 3)?,
        "T" => power(1000, 4)?,
        "P" => power(1000, 5)?,
        "E" => power(1000, 6)?,
        "Ki" => power(1024, 1)?,
        "Mi" => power(1024, 2)?,
        "Gi" => power(1024, 3)?,
        "Ti" => power(1024, 4)?,
        "Pi" => power(1024, 5)?,
        "Ei" => power(1024, 6)?,
        exponent => {
            let exponent = exponent.strip_prefix(['e', 'E'])?;
            return Decimal::from_scientific(&format!("{number}e{exponent}")).ok();
        }
    };
    number.checked_mul(factor).map(|value| value.normalize())
}

fn power(base: i64, exponent: u32) -> Option<Decimal> {
    base.checked_pow(exponent).map(Decimal::from)
}

/// Reads a JSON value that is a quantity: text, or a bare number.
pub(super) fn of(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => parse(text),
        Value::Number(number) => parse(&number.to_string()),
        _ => None,
    }
}

/// Bytes as GiB.
pub(super) fn gib(bytes: Decimal) -> Option<Decimal> {
    let gib = bytes.checked_div(Decimal::from(GIB))?;
    Some(gib.round_dp(GIB_DIGITS).normalize())
}

/// The quantity at a JSON pointer, bytes as GiB.
pub(super) fn gib_at(raw: &Value, pointer: &str) -> Option<Decimal> {
    gib(of(raw.pointer(pointer)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_in_every_spelling() {
        for (text, expected) in [
            ("0", Some("0")),
            ("2", Some("2")),
            ("0.5", Some("0.5")),
            (".5", Some("0.5")),
            ("500m", Some("0.5")),
            ("100u", Some("0.0001")),
            ("5n", Some("0.000000005")),
            ("1k", Some("1000")),
            ("128M", Some("128000000")),
            ("1Ki", Some("1024")),
            ("1.5Gi", Some("1610612736")),
            ("1E", Some("1000000000000000000")),
            ("12e6", Some("12000000")),
            ("12E3", Some("12000")),
            ("1e-3", Some("0.001")),
            ("", None),
            ("Gi", None),
            ("-1", None),
            ("1 Gi", None),
            ("1GiB", None),
            ("1gi", None),
            ("1.2.3", None),
            ("1e99", None),
            ("99999999999999999999999999999Ei", None),
            ("９", None),
        ] {
            let expected: Option<Decimal> = expected.map(|text| text.parse().unwrap());
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn sizes_become_gib() {
        let gib_of = |text: &str| parse(text).and_then(gib).unwrap().to_string();
        assert_eq!(gib_of("20Gi"), "20");
        assert_eq!(gib_of("512Mi"), "0.5");
        assert_eq!(gib_of("20G"), "18.626451");
    }
}
