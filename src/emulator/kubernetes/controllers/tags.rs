//! Tags of the cloud's items, in the shapes that the products have.

use serde_json::Value;

/// The value of a tag; `None` where the item has none of this key.
pub(super) fn tag<'i>(item: &'i Value, key: &str) -> Option<&'i str> {
    let tags = item.get("Tags")?;
    // ECS and CLB wrap the list, ALB and NLB do not.
    let tags = tags.get("Tag").unwrap_or(tags).as_array()?;
    tags.iter().find_map(|tag| {
        let text = |names: [&str; 2]| names.iter().find_map(|name| tag.get(*name)?.as_str());
        (text(["TagKey", "Key"])? == key)
            .then(|| text(["TagValue", "Value"]))
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_shapes_are_read() {
        let wrapped = json!({"Tags": {"Tag": [{"TagKey": "a", "TagValue": "1"}]}});
        let plain = json!({"Tags": [{"Key": "b", "Value": "2"}]});
        assert_eq!(tag(&wrapped, "a"), Some("1"));
        assert_eq!(tag(&wrapped, "b"), None);
        assert_eq!(tag(&plain, "b"), Some("2"));
        assert_eq!(tag(&json!({}), "a"), None);
    }
}
