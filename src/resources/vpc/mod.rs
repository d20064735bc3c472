//! Virtual Private Cloud and what its API covers, API version 2016-04-28.

mod eip;
mod nat_gateway;
#[expect(
    clippy::module_inception,
    reason = "a file is named like its type, and this type like its product"
)]
mod vpc;
mod vswitch;

pub use eip::Eip;
pub use nat_gateway::NatGateway;
pub use vpc::Vpc;
pub use vswitch::VSwitch;

pub(super) use eip::unseen_addresses;

use crate::model::Resource;
use crate::resources::removal::{is_this_account, kept};
use crate::resources::teardown::{Kept, Refusal};

/// Why a VPC or vSwitch is nobody's to delete: it is the account's default, or another account's that was shared.
fn kept_as_default_or_of_others(network: &Resource) -> Option<Refusal> {
    if network.attributes.boolean("is_default") == Some(true) {
        return Some(kept(Kept::Always, "default", "IsDefault=true"));
    }
    let owner = network.text("owner_account_id")?;
    (!is_this_account(network, owner)).then(|| {
        let because = format!("OwnerId={owner}");
        kept(Kept::Always, "shared", because)
    })
}
