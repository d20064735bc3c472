//! RPC signature version 1: HMAC-SHA1 over all parameters, carried in the query. Older tools, gateways and private clouds.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::encode::{encode, query_string};
use super::{Signature, hmac_sha1};

/// Signs the complete parameter set: protocol, operation and form parameters, without `Signature`.
pub fn sign(method: &str, parameters: &[(String, Option<String>)], secret: &str) -> Signature {
    let given: Vec<_> = parameters
        .iter()
        .filter(|(key, _)| key != "Signature")
        .map(|(key, value)| (key.clone(), Some(value.clone().unwrap_or_default())))
        .collect();
    let canonical_query = query_string(&given);
    let string_to_sign = format!("{method}&%2F&{}", encode(&canonical_query));
    let signature = STANDARD.encode(hmac_sha1(
        format!("{secret}&").as_bytes(),
        string_to_sign.as_bytes(),
    ));
    Signature {
        string_to_sign,
        signature,
        ..Signature::default()
    }
}
