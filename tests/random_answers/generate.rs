//! Random values of official shapes, and what spoils them. The same seed gives the same values, on every machine.

use serde_json::{Map, Value, json};
use yunsweep::contracts::{Scalar, Shape};

/// Objects deeper than this are empty: the largest contracts nest lists of objects many times over.
const DEEPEST: usize = 6;

/// `SplitMix64`, which needs no crate and never changes.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below that.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.number() % (limit.max(1) as u64)).unwrap()
    }

    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub(crate) fn one<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }
}

/// Texts that have broken readers before: escapes of terminals and JSON, text that runs the other way, what looks like another
/// type, what looks like a path.
const ODD_TEXTS: &[&str] = &[
    "\u{202e}\u{2066}desrever",
    "\u{1b}[31mred\u{1b}[0m\u{7}",
    "\0\u{1}\r\n\t",
    "\u{feff}",
    "名称-実例-🧨\u{200d}🧨",
    "e\u{301}\u{301}\u{301}",
    "\"'\\`$(x){{x}}",
    "=1+1",
    "../../etc",
    "a/b?c#d&e=f%2f",
    "null",
    "NaN",
    "Infinity",
    "-",
    "1e999",
    "0x10",
    "99999999999999999999999999999999999999",
    "2026-13-45T99:99:99Z",
    "9999-99-99",
    "-0001-01-01T00:00:00Z",
    " ",
];

/// Codes that types decide by, wherever they stand.
const CODES: &[&str] = &[
    "PostPaid",
    "PrePaid",
    "PayOnDemand",
    "PayBySpec",
    "PayByCLCU",
    "PayByTraffic",
    "PayByBandwidth",
    "paybytraffic",
    "paybybandwidth",
    "InUse",
    "In_use",
    "Available",
    "Active",
    "Running",
    "Stopped",
    "Enhanced",
    "internet",
    "intranet",
    "cloud_essd",
    "cloud_efficiency",
    "PL1",
    "system",
    "data",
    "ManagedKubernetes",
    "ack.standard",
    "ack.pro.small",
    "ecs.c7.large",
    "Nat",
    "SlbInstance",
    "EcsInstance",
    "BGP",
    "Basic",
    "Standard",
    "StandardWithWaf",
    "Enterprise_Basic",
    "archive",
    "standard",
    "ChargeByFunction",
    "ChargeByDataIngest",
    "None",
    "Metrics",
    "CS",
    "Internet",
    "SpotAsPriceGo",
    "NoSpot",
    "StopCharging",
];

/// What a generator may do.
#[derive(Clone, Copy)]
pub(crate) struct Habits {
    /// Nothing that reads as zero, false, empty or free of charge: what of that comes out was invented on the way.
    pub(crate) without_zero: bool,
    /// How often a field is missing, in percent.
    pub(crate) missing: usize,
}

/// A value of that shape.
pub(crate) fn value(shape: &Shape, random: &mut Random, habits: Habits, depth: usize) -> Value {
    match shape {
        Shape::Object(fields) => {
            let mut object = Map::new();
            for (name, field) in fields {
                if depth > DEEPEST || random.percent(habits.missing) {
                    continue;
                }
                let is_null = random.percent(3);
                let value = value(field, random, habits, depth + 1);
                object.insert(name.clone(), if is_null { Value::Null } else { value });
            }
            Value::Object(object)
        }
        Shape::Map(item) => {
            let mut object = Map::new();
            for _ in 0..random.below(3) {
                let name = text(random, habits);
                object.insert(name, value(item, random, habits, depth + 1));
            }
            Value::Object(object)
        }
        Shape::Array(item) => {
            let least = usize::from(habits.without_zero);
            let count = if depth > DEEPEST {
                0
            } else {
                least + random.below(3)
            };
            (0..count)
                .map(|_| value(item, random, habits, depth + 1))
                .collect()
        }
        Shape::Scalar(Scalar::String) => text(random, habits).into(),
        Shape::Scalar(Scalar::Integer) => integer(random, habits),
        Shape::Scalar(Scalar::Number) => number(random, habits),
        Shape::Scalar(Scalar::Boolean) => (habits.without_zero || random.percent(50)).into(),
        Shape::JsonString(document) => value(document, random, habits, depth + 1)
            .to_string()
            .into(),
        Shape::Any => any(random, habits),
    }
}

fn text(random: &mut Random, habits: Habits) -> String {
    match random.below(10) {
        0..=3 => (*random.one(CODES)).to_owned(),
        4 | 5 => format!("id-{:x}", random.number() % 0xffff),
        6 => (*random.one(ODD_TEXTS)).to_owned(),
        7 => format!("{}", 1 + random.below(100)),
        8 => {
            let year = 2019 + random.below(90);
            (*random.one(&[
                format!("{year}-01-15T02:02:00Z"),
                format!("{year}-01-15T02:02Z"),
                format!("{year}-01-15 10:20:00 +0800"),
                format!("{year}-01-15T10:00:00+08:00"),
                "1768442520000".to_owned(),
            ]))
            .clone()
        }
        _ if habits.without_zero => "true".to_owned(),
        _ => (*random.one(&["", "0", "false", "true", "FALSE", "0.0"])).to_owned(),
    }
}

fn integer(random: &mut Random, habits: Habits) -> Value {
    match random.below(8) {
        0 if !habits.without_zero => json!(0),
        1 if !habits.without_zero => json!(-1_i64),
        2 => json!(i64::MAX),
        3 => json!(u64::MAX),
        4 => json!(1_768_442_520_000_u64),
        _ => json!(1 + random.below(2000)),
    }
}

fn number(random: &mut Random, habits: Habits) -> Value {
    match random.below(6) {
        0 if !habits.without_zero => json!(0.0),
        1 => json!(1e300),
        2 => json!(0.300_000_000_000_000_04),
        3 if !habits.without_zero => json!(-1.5),
        _ => integer(random, habits),
    }
}

fn any(random: &mut Random, habits: Habits) -> Value {
    match random.below(4) {
        0 => integer(random, habits),
        1 => json!({text(random, habits): [text(random, habits)]}),
        2 => json!(true),
        _ => text(random, habits).into(),
    }
}

/// A value of another type than the one that stands there. Nothing that could be read as zero, false or an empty list.
pub(crate) fn odd_value(random: &mut Random) -> Value {
    match random.below(10) {
        0 => Value::Null,
        1 => json!({"Unknown": {"Deep": [1, "x"]}}),
        2 => json!([{"Unknown": 1}]),
        3 => json!([[["x"]]]),
        4 => json!("9".repeat(10_000)),
        5 => json!(-9_007_199_254_740_993_i64),
        6 => json!(1e308),
        7 => json!([null]),
        8 => json!(*random.one(ODD_TEXTS)),
        _ => json!(u64::MAX),
    }
}

/// Spoils one place of a value, anywhere: another type, nothing, the number as text, a list of one without its list, a field that
/// nobody knows.
pub(crate) fn spoil(value: &mut Value, random: &mut Random) {
    let places = count(value);
    let mut wanted = random.below(places);
    spoil_at(value, &mut wanted, random);
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Object(object) => object.values().map(count).sum(),
        Value::Array(items) => items.iter().map(count).sum::<usize>(),
        _ => 0,
    }
}

fn spoil_at(value: &mut Value, wanted: &mut usize, random: &mut Random) -> bool {
    if *wanted == 0 {
        spoil_here(value, random);
        return true;
    }
    *wanted -= 1;
    match value {
        Value::Object(object) => object
            .values_mut()
            .any(|inner| spoil_at(inner, wanted, random)),
        Value::Array(items) => items
            .iter_mut()
            .any(|inner| spoil_at(inner, wanted, random)),
        _ => false,
    }
}

fn spoil_here(value: &mut Value, random: &mut Random) {
    let changed = match (&*value, random.below(4)) {
        (Value::Number(number), 0 | 1) => Value::from(number.to_string()),
        (Value::Bool(flag), 0) => Value::from(flag.to_string()),
        (Value::Bool(true), 1) => json!(1),
        (Value::Array(items), 0 | 1) if items.len() == 1 => items[0].clone(),
        (Value::Object(object), 0..=2) => {
            let mut more = object.clone();
            more.insert((*random.one(ODD_TEXTS)).to_owned(), odd_value(random));
            Value::Object(more)
        }
        _ => odd_value(random),
    };
    *value = changed;
}
