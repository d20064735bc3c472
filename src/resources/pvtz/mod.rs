//! Private DNS (PrivateZone), API version 2018-01-01.

mod zone;

pub use zone::Zone;
