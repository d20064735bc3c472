//! Answers in XML (OSS), read into the JSON form that the contracts have of them.
//!
//! The contract's shape decides: what it calls a list is one, also with a single item or none, and what it calls a number is
//! one. Names differ in case only (`Buckets` is `buckets` in the official SDK's model); what the contract does not know is left
//! out. A document type declaration is refused by the parser, so no entity can grow or reach outside.

use roxmltree::{Document, Node};
use serde_json::{Map, Value};

use crate::contracts::{Scalar, Shape};

/// The answer in the contract's form; `None` where it is no XML document.
pub fn read(shape: &Shape, body: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(body).ok()?;
    let document = Document::parse(text).ok()?;
    Some(value(shape, &[document.root_element()]))
}

/// What elements of one name are. Several of them are the items of a list without an element around them.
fn value(shape: &Shape, elements: &[Node<'_, '_>]) -> Value {
    let Some(first) = elements.first() else {
        return Value::Null;
    };
    match shape {
        Shape::Object(fields) => {
            let found = fields.iter().filter_map(|(name, shape)| {
                let children: Vec<_> = first
                    .children()
                    .filter(|child| child.tag_name().name().eq_ignore_ascii_case(name))
                    .collect();
                (!children.is_empty()).then(|| (name.clone(), value(shape, &children)))
            });
            Value::Object(found.collect::<Map<_, _>>())
        }
        Shape::Array(item) => {
            let inner: Vec<_> = first.children().filter(Node::is_element).collect();
            // `<Buckets><Bucket/><Bucket/></Buckets>` names its items; otherwise the elements are the items.
            let is_wrapper =
                elements.len() == 1 && (inner.is_empty() || is_name_of_items(*first, &inner));
            let items = if is_wrapper { &inner } else { elements };
            items.iter().map(|one| value(item, &[*one])).collect()
        }
        Shape::Scalar(scalar) => scalar_of(*scalar, &content(*first)),
        Shape::Map(_) | Shape::JsonString(_) | Shape::Any => Value::from(content(*first)),
    }
}

/// Whether the inner elements are called like the outer one, in the singular.
fn is_name_of_items(outer: Node<'_, '_>, inner: &[Node<'_, '_>]) -> bool {
    let outer = outer.tag_name().name();
    let singular = outer.strip_suffix('s').unwrap_or(outer);
    inner
        .iter()
        .all(|node| node.tag_name().name().eq_ignore_ascii_case(singular))
}

fn content(element: Node<'_, '_>) -> String {
    element
        .descendants()
        .filter(Node::is_text)
        .filter_map(|node| node.text())
        .collect::<String>()
        .trim()
        .to_owned()
}

/// A text that is not of its type stays a text: reading the item decides what that means.
fn scalar_of(scalar: Scalar, text: &str) -> Value {
    let parsed = match scalar {
        Scalar::Integer => text.parse::<i64>().ok().map(Value::from),
        Scalar::Boolean => text.parse::<bool>().ok().map(Value::from),
        Scalar::String | Scalar::Number => None,
    };
    parsed.unwrap_or_else(|| Value::from(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contracts;

    fn buckets(inner: &str) -> Option<Value> {
        let operation = contracts::operation("oss", "ListBuckets").unwrap();
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListAllMyBucketsResult>{inner}</ListAllMyBucketsResult>"
        );
        read(operation.response.as_ref().unwrap(), text.as_bytes())
    }

    #[test]
    fn a_list_of_buckets_has_the_contracts_names_and_types() {
        let found = buckets(
            "<Owner><ID>42</ID><DisplayName>lab</DisplayName></Owner><IsTruncated>true</IsTruncated>\
             <MaxKeys>1</MaxKeys><NextMarker>b</NextMarker>\
             <Buckets><Bucket><Name>a&lt;b</Name><Region>cn-hangzhou</Region><Comment>x</Comment></Bucket></Buckets>",
        );
        let expected = json!({
            "owner": {"ID": "42", "DisplayName": "lab"}, "isTruncated": true, "maxKeys": 1, "nextMarker": "b",
            "buckets": [{"Name": "a<b", "Region": "cn-hangzhou"}],
        });
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn no_bucket_is_an_empty_list_and_a_missing_list_is_missing() {
        assert_eq!(buckets("<Buckets></Buckets>"), Some(json!({"buckets": []})));
        assert_eq!(buckets("<Buckets/>"), Some(json!({"buckets": []})));
        assert_eq!(buckets(""), Some(json!({})));
        let two =
            "<Buckets><Bucket><Name>a</Name></Bucket><Bucket><Name>b</Name></Bucket></Buckets>";
        let two = buckets(two).unwrap();
        assert_eq!(two["buckets"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn what_is_no_xml_and_what_declares_entities_is_refused() {
        let shape = contracts::operation("oss", "ListBuckets").unwrap();
        let shape = shape.response.as_ref().unwrap();
        let entities = "<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>";
        for text in ["", "{}", "<a>", "<html><body>no</html>", entities] {
            assert_eq!(read(shape, text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_number_that_is_none_stays_a_text() {
        let found = buckets("<MaxKeys>many</MaxKeys>").unwrap();
        assert_eq!(found["maxKeys"], "many");
    }
}
