//! A request as the emulator reads it: decoded once, kept beside the bytes that were signed.

use crate::openapi::sign::encode::parse_query;
use crate::transport::HttpRequest;

/// One request, taken apart.
#[derive(Debug)]
pub(super) struct Received {
    /// Method in capitals.
    pub(super) method: String,
    /// `Host` in lower case, as it was sent (with port).
    pub(super) host: String,
    /// Path as on the wire.
    pub(super) path: String,
    /// Query, decoded, in the order of the wire; `None` for a parameter without `=`.
    pub(super) query: Vec<(String, Option<String>)>,
    /// Form fields of the body, decoded.
    pub(super) form: Vec<(String, String)>,
    /// Headers, `host` among them; names in lower case.
    pub(super) headers: Vec<(String, String)>,
    /// Body.
    pub(super) body: Vec<u8>,
}

impl Received {
    /// Takes a request apart.
    pub(super) fn read(request: HttpRequest) -> Self {
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        let mut headers: Vec<(String, String)> = request
            .headers
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        headers.retain(|(name, _)| name != "host");
        headers.push(("host".to_owned(), request.host.clone()));
        let form = first(&headers, "content-type")
            .filter(|kind| kind.starts_with("application/x-www-form-urlencoded"))
            .and_then(|_| std::str::from_utf8(&request.body).ok())
            .map(|text| present(&parse_query(text)))
            .unwrap_or_default();
        Self {
            method: request.method.to_ascii_uppercase(),
            host: request.host.to_ascii_lowercase(),
            path: if path.is_empty() { "/" } else { path }.to_owned(),
            query: parse_query(query),
            form,
            headers,
            body: request.body,
        }
    }

    /// The first header of that (lower-case) name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// The first parameter of that name, in the query or the form.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_deref().unwrap_or_default())
            .or_else(|| first(&self.form, name))
    }

    /// The query with an empty text for parameters without value.
    pub(super) fn query_pairs(&self) -> Vec<(String, String)> {
        present(&self.query)
    }
}

fn present(pairs: &[(String, Option<String>)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| (name.clone(), value.clone().unwrap_or_default()))
        .collect()
}

/// The value of the first pair of that name.
pub(super) fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_form_and_headers_are_taken_apart() {
        let mut request = HttpRequest::new("post", "https", "H:1", "/p?a=1%2B2&b&c=%E4%BA%91");
        request.headers = vec![(
            "Content-Type".into(),
            "application/x-www-form-urlencoded".into(),
        )];
        request.body = b"d=1+2%2B".to_vec();
        let received = Received::read(request);
        assert_eq!(received.parameter("a"), Some("1+2"));
        assert_eq!(received.parameter("b"), Some(""));
        assert_eq!(received.query[1].1, None);
        assert_eq!(received.parameter("c"), Some("云"));
        assert_eq!(received.parameter("d"), Some("1 2+"));
        assert_eq!(received.header("host"), Some("H:1"));
        assert_eq!(
            (
                received.method.as_str(),
                received.host.as_str(),
                received.path.as_str()
            ),
            ("POST", "h:1", "/p")
        );
    }
}
