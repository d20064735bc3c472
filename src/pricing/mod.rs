//! Prices: the price book (tables of `pricing/`) and the estimate (charges x price book).
//!
//! Everything here is a pure function of its inputs: no file, clock, network or environment is read. The tables are part
//! of the binary, or are handed in as text. What the book does not know is *unknown*, never zero.
//! Columns, units and the choice of a row are described in `pricing/units.md`.

mod amount;
pub mod book;
pub mod error;
pub mod estimate;
pub mod line;
pub mod lookup;
mod note;
pub mod quota;
pub mod region;
pub mod row;
mod row_set;
pub mod source;
mod table;
pub mod unit;

#[cfg(test)]
mod tests;

pub use book::{PriceBook, TableText};
pub use error::{BookError, BookErrors};
pub use estimate::{Charged, Estimate, Options, estimate};
pub use line::{Line, Outcome, PriceRow};
pub use lookup::{Found, Lookup, Missing, Query};
pub use row::{Row, Status};
pub use source::{Grade, Source};
pub use unit::Unit;
