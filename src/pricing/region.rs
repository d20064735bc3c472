//! Region groups of the price tables.

/// `mainland-china`: the regions named `cn-<city>`, Hong Kong apart.
pub const MAINLAND_CHINA: &str = "mainland-china";
/// `outside-mainland-china`: Hong Kong and every region that is not named `cn-...`.
pub const OUTSIDE_MAINLAND_CHINA: &str = "outside-mainland-china";
/// `*`: the whole site.
pub const EVERYWHERE: &str = "*";

/// The groups that hold a region, nearest first.
///
/// Regions of finance, government and partner clouds (`cn-shanghai-finance-1`, `cn-north-2-gov-1`, `cn-wuhan-lr`) have
/// price lists of their own (Simple Log Service bills finance regions differently) and belong to no group.
pub fn groups(region: &str) -> &'static [&'static str] {
    const OUTSIDE: &[&str] = &[OUTSIDE_MAINLAND_CHINA, EVERYWHERE];
    const MAINLAND: &[&str] = &[MAINLAND_CHINA, EVERYWHERE];
    match region.strip_prefix("cn-") {
        Some("hongkong") => OUTSIDE,
        Some(city) if !city.is_empty() && city.bytes().all(|b| b.is_ascii_lowercase()) => MAINLAND,
        Some(_) => &[],
        None if region.contains("-gov") || region.contains("-finance") => &[],
        None if is_region_id(region) => OUTSIDE,
        None => &[],
    }
}

/// Whether a table may name this in its `region` column.
pub(super) fn is_region_or_group(text: &str) -> bool {
    [MAINLAND_CHINA, OUTSIDE_MAINLAND_CHINA, EVERYWHERE].contains(&text) || is_region_id(text)
}

/// `cn-hangzhou`, `ap-southeast-1`: a two-letter area, then words of lower-case letters and digits.
fn is_region_id(text: &str) -> bool {
    let mut parts = text.split('-');
    let area = parts.next().unwrap_or_default();
    let mut words = 0;
    for part in parts {
        if part.is_empty()
            || !part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        {
            return false;
        }
        words += 1;
    }
    area.len() == 2 && area.bytes().all(|b| b.is_ascii_lowercase()) && words > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_fall_into_their_groups() {
        assert_eq!(groups("cn-hangzhou"), [MAINLAND_CHINA, EVERYWHERE]);
        assert_eq!(groups("cn-hongkong"), [OUTSIDE_MAINLAND_CHINA, EVERYWHERE]);
        assert_eq!(
            groups("ap-southeast-1"),
            [OUTSIDE_MAINLAND_CHINA, EVERYWHERE]
        );
    }

    #[test]
    fn finance_government_and_partner_regions_have_no_group() {
        for region in [
            "cn-shanghai-finance-1",
            "cn-hangzhou-finance",
            "cn-north-2-gov-1",
            "cn-wuhan-lr",
            "cn-",
            "",
            "global",
        ] {
            assert!(groups(region).is_empty(), "{region}");
        }
    }
}
