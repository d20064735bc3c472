//! Cloud Enterprise Network (CEN), API version 2017-09-12.

mod cen;
mod transit_router_attachment;

pub use cen::Cen;
pub use transit_router_attachment::TransitRouterAttachment;
