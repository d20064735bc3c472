//! Object Storage Service (OSS), API version 2019-05-17.

mod bucket;

pub use bucket::Bucket;
