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
