//! A request as the emulator reads it: decoded once, kept beside the bytes that were signed.

use percent_encoding::percent_decode_str;

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
    /// Query, decoded, in the order of the wire.
    pub(super) query: Vec<(String, String)>,
    /// Headers without `Host`; names in lower case.
    pub(super) headers: Vec<(String, String)>,
    /// Body.
    pub(super) body: Vec<u8>,
}

impl Received {
    /// Takes a request apart. `None` where the target or a form is not UTF-8.
    pub(super) fn read(request: HttpRequest) -> Option<Self> {
        let (path, query) = match request.target.split_once('?') {
            Some((path, query)) => (path.to_owned(), pairs(query, false)?),
            None => (request.target.clone(), Vec::new()),
        };
        Some(Self {
            method: request.method.to_ascii_uppercase(),
            host: request.host.to_ascii_lowercase(),
            path: if path.is_empty() { "/".to_owned() } else { path },
            query,
            headers: request
                .headers
                .into_iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect(),
            body: request.body,
        })
    }

    /// The first header of that (lower-case) name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// The first query parameter of that name.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }

    /// The fields of a form body; `None` where the body is no form.
    pub(super) fn form(&self) -> Option<Vec<(String, String)>> {
        let kind = self.header("content-type")?;
        if !kind.starts_with("application/x-www-form-urlencoded") || self.body.is_empty() {
            return None;
        }
        pairs(std::str::from_utf8(&self.body).ok()?, true)
    }
}

/// The value of the first pair of that name.
pub(super) fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

/// Decodes `a=1&b=2`. In a query a plus sign is a plus sign: the signatures say so; in a form it is a space.
fn pairs(text: &str, plus_is_space: bool) -> Option<Vec<(String, String)>> {
    let decode = |part: &str| {
        let part = if plus_is_space {
            part.replace('+', " ")
        } else {
            part.to_owned()
        };
        percent_decode_str(&part)
            .decode_utf8()
            .ok()
            .map(std::borrow::Cow::into_owned)
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_is_a_space_in_a_form_only() {
        let mut request = HttpRequest::new("post", "https", "H:1", "/p?a=1%2B+2&b&c=%E4%BA%91");
        request.headers = vec![(
            "Content-Type".into(),
            "application/x-www-form-urlencoded".into(),
        )];
        request.body = b"a=1+2%2B".to_vec();
        let received = Received::read(request).unwrap();
        assert_eq!(received.query("a"), Some("1++2"));
        assert_eq!(received.query("b"), Some(""));
        assert_eq!(received.query("c"), Some("云"));
        assert_eq!(received.form().unwrap(), [("a".into(), "1 2+".into())]);
        assert_eq!(
            (received.method.as_str(), received.host.as_str()),
            ("POST", "h:1")
        );
    }

    #[test]
    fn what_is_not_utf8_is_not_read() {
        assert!(Received::read(HttpRequest::new("GET", "https", "h", "/?a=%ff")).is_none());
    }
}
