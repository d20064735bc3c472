//! The words that every stage shares. Result types of a single stage (an estimate, a finding) live with that stage.

pub mod attributes;
pub mod causes;
pub mod charge;
pub mod coverage;
pub mod id;
pub mod link;
pub mod money;
pub mod owner;
pub mod resource;
pub mod said;
pub mod site;
pub mod time;

pub use attributes::{Attribute, Attributes};
pub use causes::causes;
pub use charge::{Charge, ChargeKind, Per, Quantity};
pub use coverage::{Cell, CoverageRow, CoverageState};
pub use id::{AccountId, Region, ResourceId, TypeId};
pub use link::{Link, LinkKind};
pub use money::{Currency, Money};
pub use owner::{Confidence, Evidence, Owner, OwnerKind};
pub use resource::{ChargeType, Resource};
pub use said::Said;
pub use site::Site;
