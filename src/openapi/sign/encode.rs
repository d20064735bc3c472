//! Percent-encoding as all schemes want it: `A-Z a-z 0-9 - _ . ~` stay, every other byte becomes `%XX` in capitals.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Encodes a text; `/` becomes `%2F`.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// Encodes a path, keeping `/`.
pub fn encode_path(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

/// Decodes `%XX`; `+` stays a plus. Bytes that are no UTF-8 are replaced.
pub fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The query string that is sent: sorted by raw key, keys and values encoded, empty values kept as `key=`, a parameter
/// without value as `key`.
pub fn query_string(query: &[(String, Option<String>)]) -> String {
    let pairs: Vec<String> = super::sorted_query(query)
        .into_iter()
        .map(|(key, value)| match value {
            Some(value) => format!("{}={}", encode(key), encode(value)),
            None => encode(key),
        })
        .collect();
    pairs.join("&")
}

/// Reads a query string as received. A `+` means a space, as form encoders write it.
pub fn parse_query(query: &str) -> Vec<(String, Option<String>)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((key, value)) => (
                decode(&key.replace('+', " ")),
                Some(decode(&value.replace('+', " "))),
            ),
            None => (decode(&pair.replace('+', " ")), None),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreserved_bytes_stay_and_all_others_are_encoded() {
        assert_eq!(encode("AZaz09-_.~"), "AZaz09-_.~");
        assert_eq!(encode(" *+/%云"), "%20%2A%2B%2F%25%E4%BA%91");
        assert_eq!(encode_path("/a b/c"), "/a%20b/c");
    }

    #[test]
    fn a_query_survives_the_wire() {
        let query = vec![
            ("Tag.2.Key".to_owned(), Some("a=b&c +".to_owned())),
            ("Tag.10.Key".to_owned(), Some(String::new())),
            ("acl".to_owned(), None),
        ];
        let wire = query_string(&query);
        assert_eq!(wire, "Tag.10.Key=&Tag.2.Key=a%3Db%26c%20%2B&acl");
        let mut back = parse_query(&wire);
        back.sort();
        let mut sorted = query;
        sorted.sort();
        assert_eq!(back, sorted);
    }
}
