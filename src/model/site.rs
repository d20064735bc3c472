//! The two sites of Alibaba Cloud. An account belongs to one of them, and each has its own price list.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Currency;

/// The site that an account was opened on. It decides currency and prices; no API field says it.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Site {
    /// aliyun.com, billed in CNY, also for regions outside China.
    #[default]
    China,
    /// alibabacloud.com, price list in USD, also for regions in China.
    International,
}

impl Site {
    /// The code shown to people, in JSON and in price tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::China => "china",
            Self::International => "international",
        }
    }

    /// Currency of the site's price list.
    pub fn currency(self) -> Currency {
        match self {
            Self::China => Currency::CNY,
            Self::International => Currency::USD,
        }
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text names no site.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a site (china or international)")]
pub struct SiteError(String);

impl FromStr for Site {
    type Err = SiteError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "china" => Ok(Self::China),
            "international" => Ok(Self::International),
            _ => Err(SiteError(text.to_owned())),
        }
    }
}
