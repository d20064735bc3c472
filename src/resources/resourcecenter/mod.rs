//! Resource Center, API version 2022-12-01: the account's own index of what it has.

mod modelled;
mod unmodelled;

pub use unmodelled::Unmodelled;
