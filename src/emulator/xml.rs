//! Answers in XML, as OSS gives them.

use serde_json::Value;

/// A document with that root. Field names begin with a capital; a list `buckets` becomes `Buckets` with an element `Bucket` for
/// each item (OSS `ListBuckets`, official API reference).
pub(super) fn document(root: &str, answer: &Value) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    element(root, answer, &mut text);
    text
}

fn element(name: &str, value: &Value, text: &mut String) {
    text.extend(["<", name, ">"]);
    match value {
        Value::Null => {}
        Value::String(content) => text.push_str(&escape(content)),
        Value::Bool(_) | Value::Number(_) => text.push_str(&value.to_string()),
        Value::Array(items) => {
            let one = name.strip_suffix('s').unwrap_or(name);
            for item in items {
                element(one, item, text);
            }
        }
        Value::Object(fields) => {
            for (field, value) in fields {
                element(&capital(field), value, text);
            }
        }
    }
    text.extend(["</", name, ">"]);
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Text between tags.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_and_fields_are_named_as_oss_names_them() {
        let answer = json!({"buckets": [{"Name": "a<b"}], "isTruncated": false});
        assert_eq!(
            document("ListAllMyBucketsResult", &answer),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListAllMyBucketsResult><Buckets><Bucket><Name>a&lt;b</Name></Bucket></Buckets><IsTruncated>false</IsTruncated></ListAllMyBucketsResult>"
        );
    }
}
