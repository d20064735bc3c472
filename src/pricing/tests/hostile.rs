//! Tables with mistakes: each is refused, with file, line, column and what to do.

use super::{HEADER, SOURCES, book, table, text};
use crate::pricing::error::Problem;
use crate::pricing::{BookError, PriceBook};

/// A good row with one field replaced.
fn row_with(column: &str, value: &str) -> String {
    let names: Vec<&str> = HEADER.trim_end().split(',').collect();
    let mut fields: Vec<&str> =
        "china,cn-hangzhou,disk,capacity,category=cloud,0.1,CNY,per GiB-hour,,,,,page,2026-01-15,used,".split(',').collect();
    let position = names.iter().position(|name| *name == column).unwrap();
    fields[position] = value;
    format!("{}\n", fields.join(","))
}

fn mistakes(prices: &str) -> Vec<BookError> {
    let errors = book(prices).expect_err("the table has a mistake").0;
    for error in &errors {
        assert!(!error.hint().is_empty());
        assert_eq!(&*error.file, "prices.csv", "{error}");
    }
    errors
}

/// The single mistake in line 3, after a good line 2.
fn mistake_in(column: &str, value: &str) -> BookError {
    let good = "china,*,other,thing,,1,CNY,per hour,,,,,page,undated,used,\n";
    let found = mistakes(&table(&format!("{good}{}", row_with(column, value))));
    let [error] = found.as_slice() else {
        panic!("{found:#?}")
    };
    assert_eq!(error.line, 3, "{error}");
    error.clone()
}

fn invalid_in(column: &str, values: &[&str]) {
    for value in values {
        let error = mistake_in(column, value);
        assert_eq!(error.column.as_deref(), Some(column), "{value}: {error}");
        assert!(
            matches!(error.problem, Problem::Invalid { .. }),
            "{value}: {error}"
        );
    }
}

#[test]
fn messages_name_file_line_column_and_what_to_do() {
    let error = mistake_in("price", "0.1.2");
    assert_eq!(
        error.to_string(),
        "prices.csv:3: column `price`: `0.1.2` is not a plain decimal such as 0.147"
    );
    assert_eq!(
        error.hint(),
        "correct it; pricing/units.md says what each column holds"
    );
}

#[test]
fn unknown_columns_are_refused() {
    for (column, nearest) in [
        ("prize", Some("price")),
        ("Region", Some("region")),
        ("zzz", None),
    ] {
        let header = format!("{},{column}\n", HEADER.trim_end());
        let error = mistakes(&header).remove(0);
        assert_eq!((error.line, error.column.as_deref()), (1, Some(column)));
        assert_eq!(error.problem, Problem::UnknownColumn { nearest });
    }
}

#[test]
fn missing_and_repeated_columns_are_refused() {
    for column in ["price", "site", "note"] {
        let names: Vec<&str> = HEADER
            .trim_end()
            .split(',')
            .filter(|name| *name != column)
            .collect();
        let error = mistakes(&format!("{}\n", names.join(","))).remove(0);
        assert_eq!(
            (error.column.as_deref(), error.problem),
            (Some(column), Problem::MissingColumn)
        );
        let repeated = mistakes(&format!("{},{column}\n", HEADER.trim_end())).remove(0);
        assert_eq!(
            (repeated.column.as_deref(), repeated.problem),
            (Some(column), Problem::RepeatedColumn)
        );
    }
}

#[test]
fn columns_may_stand_in_another_order() {
    let mut names: Vec<&str> = HEADER.trim_end().split(',').collect();
    let good = row_with("price", "0.1");
    let mut fields: Vec<&str> = good.trim_end().split(',').collect();
    names.reverse();
    fields.reverse();
    assert!(book(&format!("{}\n{}\n", names.join(","), fields.join(","))).is_ok());
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_read() {
    let content = format!("\u{feff}{}", table(&row_with("price", "0.1"))).replace('\n', "\r\n");
    let book = book(&content).unwrap();
    assert_eq!(book.all_rows().count(), 1);
}

#[test]
fn empty_tables_are_refused() {
    for content in ["", "\n\n", "\u{feff}"] {
        assert_eq!(
            mistakes(content).remove(0).problem,
            Problem::MissingColumn,
            "{content:?}"
        );
    }
}

#[test]
fn bad_decimals_are_refused() {
    invalid_in(
        "price",
        &[
            "1e5",
            "+1",
            "\"0,5\"",
            "0x1",
            ".5",
            "1.",
            "NaN",
            "1 ",
            "１",
            "1234567890123",
            "0.1234567890123",
        ],
    );
    assert_eq!(mistake_in("price", "").problem, Problem::Empty);
}

#[test]
fn negative_prices_are_refused() {
    for value in ["-1", "-0.147", "-0"] {
        assert_eq!(
            mistake_in("price", value).problem,
            Problem::Negative(value.to_owned())
        );
    }
}

#[test]
fn unknown_units_are_refused() {
    invalid_in("unit", &["hour", "per GiB", "per Hour", "per hour "]);
}

#[test]
fn missing_sources_are_refused() {
    for value in ["nobody", "Page", "page "] {
        assert_eq!(
            mistake_in("source", value).problem,
            Problem::UnknownSource(value.to_owned())
        );
    }
    assert_eq!(mistake_in("source", "").problem, Problem::Empty);
}

#[test]
fn a_currency_of_the_other_site_is_refused() {
    for value in ["USD", "JPY", "EUR"] {
        assert!(
            matches!(
                mistake_in("currency", value).problem,
                Problem::Currency { site: "china", .. }
            ),
            "{value}"
        );
    }
    invalid_in("currency", &["cny", "￥", "CN"]);
}

#[test]
fn bad_sites_regions_and_names_are_refused() {
    invalid_in("site", &["China", "cn", "both"]);
    invalid_in("region", &["Hangzhou", "mainland", "cn_hangzhou", "cn-"]);
    invalid_in("item", &["Instance fee", "instance-fee", "fee;drop"]);
}

#[test]
fn bad_specifications_are_refused() {
    invalid_in(
        "spec",
        &[
            "category", "b=1;a=2", "a=1;a=2", "a=", "=1", "a=1;", "A=1", "a= 1", "a=b=c",
        ],
    );
}

#[test]
fn bad_dates_and_states_are_refused() {
    invalid_in("as_of", &["2026", "2026-13-01", "15.01.2026", "2026-1-15"]);
    invalid_in("valid_from", &["soon", "2026-02-30", "undated"]);
    invalid_in(
        "status",
        &["", "Used", "maybe"].map(|value| if value.is_empty() { "unused" } else { value }),
    );
}

#[test]
fn ranges_that_end_before_they_begin_are_refused() {
    let with = |fields: &str| {
        mistakes(&table(&format!(
            "china,*,a,b,,1,CNY,per hour,{fields},page,undated,used,\n"
        )))
        .remove(0)
        .problem
    };
    for fields in ["5,5,,", "5,1,,", ",,2026-02-01,2026-01-31"] {
        assert!(
            matches!(with(fields), Problem::EmptyRange { .. }),
            "{fields}"
        );
    }
}

/// The mistake between two rows that differ only in these fields (tiers, validity; price).
fn between(first: &str, second: &str) -> Option<Problem> {
    let row =
        |fields: &str| format!("china,*,a,b,,1,CNY,per Mbps-day,{fields},page,undated,used,\n");
    let content = table(&(row(first) + &row(second)));
    book(&content)
        .err()
        .map(|errors| errors.0[0].problem.clone())
}

#[test]
fn duplicate_keys_are_refused() {
    for fields in [",,,", "0,,,", ",,2026-01-01,2026-12-31"] {
        let problem = between(fields, fields);
        assert!(
            matches!(problem, Some(Problem::Duplicate(2))),
            "{fields}: {problem:?}"
        );
    }
    // Zero written and zero left out are the same tier.
    assert!(matches!(
        between("0,,,", ",,,"),
        Some(Problem::Duplicate(2))
    ));
}

#[test]
fn duplicates_in_different_tables_are_refused() {
    let row = table("china,*,a,b,,1,CNY,per hour,,,,,page,undated,used,\n");
    let tables = [
        text("one.csv", &row),
        text("two.csv", &row),
        text("sources.csv", SOURCES),
    ];
    let errors = PriceBook::from_tables(tables).unwrap_err().0;
    assert_eq!((&*errors[0].file, errors[0].line), ("two.csv", 2));
    assert_eq!(errors[0].problem, Problem::Duplicate(2));
}

#[test]
fn overlapping_tiers_are_refused() {
    for (first, second) in [("0,10,,", "5,,,"), ("0,,,", "5,,,"), ("0,5,,", "0,10,,")] {
        let problem = between(first, second);
        assert!(
            matches!(problem, Some(Problem::OverlappingTiers(2))),
            "{first} {second}: {problem:?}"
        );
    }
    assert_eq!(between("0,5,,", "5,,,"), None);
}

#[test]
fn tiers_with_a_gap_are_refused() {
    for (first, second, from) in [
        ("0,5,,", "6,,,", "5"),
        ("1,5,,", "5,,,", "0"),
        ("0,5,,", "5,10,,", "10"),
    ] {
        assert_eq!(
            between(first, second),
            Some(Problem::TierGap(from.to_owned())),
            "{first} {second}"
        );
    }
}

#[test]
fn overlapping_validity_is_refused() {
    for (first, second) in [
        (",,,", ",,2026-01-01,"),
        (",,,2026-06-30", ",,2026-06-30,"),
        (",,2026-01-01,2026-12-31", ",,2026-06-01,2027-06-01"),
    ] {
        let problem = between(first, second);
        assert!(
            matches!(problem, Some(Problem::OverlappingValidity(2))),
            "{first} {second}: {problem:?}"
        );
    }
    assert_eq!(between(",,,2026-06-30", ",,2026-07-01,"), None);
}

#[test]
fn tiers_of_different_units_are_refused() {
    let content = table(
        "china,*,a,b,,1,CNY,per Mbps-day,0,5,,,page,undated,used,\nchina,*,a,b,,1,CNY,per Mbps-hour,5,,,,page,undated,used,\n",
    );
    assert_eq!(mistakes(&content).remove(0).problem, Problem::MixedUnits(2));
}

#[test]
fn lines_with_missing_or_surplus_fields_are_refused() {
    let good = row_with("price", "0.1");
    for line in [
        "china\n",
        good.trim_end().rsplit_once(',').unwrap().0,
        &format!("{},,\n", good.trim_end()),
    ] {
        let error = mistakes(&table(line)).remove(0);
        assert!(
            matches!(error.problem, Problem::FieldCount { expected: 16, .. }),
            "{line}: {error}"
        );
    }
}

#[test]
fn an_open_quote_does_not_swallow_the_table_in_silence() {
    let content = table(&format!(
        "\"china,{}{}",
        row_with("price", "0.1"),
        row_with("price", "0.2")
    ));
    assert!(matches!(
        mistakes(&content).remove(0).problem,
        Problem::FieldCount { .. }
    ));
}

#[test]
fn many_mistakes_are_listed_up_to_a_limit() {
    let content = table(&row_with("price", "x").repeat(10_000));
    let found = mistakes(&content);
    assert!(found.len() < 100, "{}", found.len());
    assert_eq!(
        found.last().map(|error| &error.problem),
        Some(&Problem::TooMany)
    );
}

#[test]
fn rows_in_the_wrong_table_are_refused() {
    let instance = table(
        "china,*,ecs,instance,instance_type=x;os=linux,1,CNY,per hour,,,,,page,undated,used,\n",
    );
    let disk = table(&row_with("price", "0.1"));
    for (name, content) in [
        ("prices.csv", &instance),
        ("ecs-instance.csv", &disk),
        ("my/ecs-instance.csv", &disk),
    ] {
        let errors = PriceBook::from_tables([text(name, content), text("sources.csv", SOURCES)])
            .unwrap_err()
            .0;
        assert!(
            matches!(errors[0].problem, Problem::WrongTable { .. }),
            "{name}: {errors:?}"
        );
    }
}

#[test]
fn a_set_of_tables_needs_its_sources_and_holds_each_table_once() {
    let prices = text("prices.csv", HEADER);
    for tables in [
        vec![prices.clone()],
        vec![],
        vec![prices.clone(), prices, text("sources.csv", SOURCES)],
    ] {
        let errors = PriceBook::from_tables(tables).unwrap_err().0;
        assert!(
            matches!(errors[0].problem, Problem::Tables(_)),
            "{errors:?}"
        );
    }
}

#[test]
fn bad_sources_are_refused() {
    let with = |line: &str| {
        let sources = format!("{SOURCES}{line}\n");
        let errors =
            PriceBook::from_tables([text("prices.csv", HEADER), text("sources.csv", &sources)])
                .unwrap_err()
                .0;
        assert_eq!((&*errors[0].file, errors[0].line), ("sources.csv", 4));
        errors[0].problem.clone()
    };
    assert_eq!(with("page,x,y,,,,2026,free,A,"), Problem::Duplicate(2));
    assert_eq!(with("new,x,y,,,,2026,,A,"), Problem::Empty);
    assert!(matches!(
        with("new,x,y,,,,2026,free,D,"),
        Problem::Invalid { .. }
    ));
}

#[test]
fn bad_quotas_are_refused() {
    let header =
        "site,region,product,item,spec,quantity,unit,valid_from,valid_to,source,as_of,note\n";
    let good = "china,*,a,b,,31,shard-day,,,page,undated,\n";
    let with = |lines: &str| {
        let tables = [
            text("free-quota.csv", &format!("{header}{lines}")),
            text("sources.csv", SOURCES),
        ];
        PriceBook::from_tables(tables).unwrap_err().0[0]
            .problem
            .clone()
    };
    assert!(matches!(
        with("china,*,a,b,,many,shard-day,,,page,undated,\n"),
        Problem::Invalid { .. }
    ));
    assert!(matches!(
        with("china,*,a,b,,31,per shard-day,,,page,undated,\n"),
        Problem::Invalid { .. }
    ));
    assert_eq!(with(&format!("{good}{good}")), Problem::Duplicate(2));
}
