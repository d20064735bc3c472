//! Links -> order: what must be gone before what.
//!
//! Pure. [`mod@meaning`] is the written table of what each kind of link means for order; [`mod@edges`] applies it to an
//! inventory's links; [`mod@order`] sorts, or names the cycle. [`mod@volume`] knows what a volume's driver deletes. Deletion order is never a list: the phases that people expect
//! (app, load balancers, cluster, storage, network, VPC) fall out of the links, and tests assert them.

pub mod edges;
pub mod meaning;
pub mod order;
pub mod volume;

pub use edges::{Edge, edges};
pub use meaning::{MEANINGS, Meaning, Order, meaning};
pub use order::{Cycle, order};
