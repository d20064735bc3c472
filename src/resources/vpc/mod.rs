//! Virtual Private Cloud and what its API covers, API version 2016-04-28.

mod common_bandwidth_package;
mod dhcp_options_set;
mod eip;
mod flow_log;
mod ha_vip;
mod ipv4_gateway;
mod ipv6_gateway;
mod nat_gateway;
mod network_acl;
mod route_table;
mod router_interface;
#[expect(
    clippy::module_inception,
    reason = "a file is named like its type, and this type like its product"
)]
mod vpc;
mod vpn_gateway;
mod vswitch;

pub use common_bandwidth_package::CommonBandwidthPackage;
pub use dhcp_options_set::DhcpOptionsSet;
pub use eip::Eip;
pub use flow_log::FlowLog;
pub use ha_vip::HaVip;
pub use ipv4_gateway::Ipv4Gateway;
pub use ipv6_gateway::Ipv6Gateway;
pub use nat_gateway::NatGateway;
pub use network_acl::NetworkAcl;
pub use route_table::RouteTable;
pub use router_interface::RouterInterface;
pub use vpc::Vpc;
pub use vpn_gateway::VpnGateway;
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
