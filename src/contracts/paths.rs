//! Path templates: `/clusters/{cluster_id}/nodepools`.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The name in a `{name}` segment.
pub(super) fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// Whether a value can stand as one path segment without changing what the path addresses.
fn usable(value: &str) -> bool {
    !matches!(value, "" | "." | "..") && !value.contains(char::is_control)
}

/// Fills `template`; the error is the name of the parameter that is missing, not in the template, or not usable.
pub(super) fn expand(template: &str, parameters: &[(&str, &str)]) -> Result<String, String> {
    let mut path = String::new();
    let mut used = Vec::new();
    for segment in template.split('/').skip(1) {
        path.push('/');
        match parameter(segment) {
            None => path.push_str(segment),
            Some(name) => {
                let value = parameters
                    .iter()
                    .find(|(given, _)| *given == name)
                    .map(|(_, value)| *value)
                    .filter(|value| usable(value))
                    .ok_or_else(|| name.to_owned())?;
                used.push(name);
                path.extend(utf8_percent_encode(value, SEGMENT));
            }
        }
    }
    match parameters.iter().find(|(name, _)| !used.contains(name)) {
        Some((name, _)) => Err((*name).to_owned()),
        None => Ok(path),
    }
}

/// The number of literal segments and the parameter values, if `path` fits `template`.
pub(super) fn matches(template: &str, path: &str) -> Option<(usize, BTreeMap<String, String>)> {
    let mut literals = 0;
    let mut values = BTreeMap::new();
    let mut given = path.split('/');
    for segment in template.split('/') {
        let found = given.next()?;
        if let Some(name) = parameter(segment) {
            let value = percent_decode_str(found).decode_utf8().ok()?;
            if !usable(&value) {
                return None;
            }
            values.insert(name.to_owned(), value.into_owned());
        } else if found == segment {
            literals += 1;
        } else {
            return None;
        }
    }
    given.next().is_none().then_some((literals, values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filled_template_matches_with_the_same_values() {
        let template = "/clusters/{cluster_id}/nodepools/{nodepool_id}";
        for id in ["c1", "a/b", "ü %2F", "~-._", "?x=1#y"] {
            let path = expand(template, &[("cluster_id", id), ("nodepool_id", "np1")]).unwrap();
            let (literals, values) = matches(template, &path).unwrap();
            assert_eq!(values["cluster_id"], id);
            assert_eq!(literals, 3);
        }
    }

    #[test]
    fn values_that_would_address_something_else_are_refused() {
        for id in ["", ".", "..", "a\nb", "\0"] {
            assert_eq!(
                expand("/clusters/{cluster_id}", &[("cluster_id", id)]),
                Err("cluster_id".to_owned())
            );
        }
        assert_eq!(
            expand("/clusters/{cluster_id}", &[]),
            Err("cluster_id".to_owned())
        );
        assert_eq!(
            expand(
                "/clusters/{cluster_id}",
                &[("cluster_id", "c"), ("other", "x")]
            ),
            Err("other".to_owned())
        );
    }

    #[test]
    fn other_paths_do_not_match() {
        for path in [
            "",
            "/",
            "/clusters",
            "/clusters/",
            "/clusters/c1/",
            "/clusters/..",
            "/clusters/%2e%2e",
            "/clusters/%ff",
            "clusters/c1",
            "//clusters/c1",
            "/Clusters/c1",
        ] {
            assert_eq!(matches("/clusters/{cluster_id}", path), None, "{path}");
        }
    }
}
