//! The column that says whose account a row is of.

use crate::i18n::Messages;
use crate::model::AccountId;
use crate::output::table::{Column, Shown};

/// On the page where there are several accounts; of one everybody knows which.
pub(super) fn column<'a>(
    accounts: impl IntoIterator<Item = &'a AccountId>,
    messages: &Messages,
) -> Column {
    let column = Column::new("account", messages.text("column-account"));
    let mut accounts = accounts.into_iter();
    let first = accounts.next();
    if accounts.any(|account| Some(account) != first) {
        column
    } else {
        column.shown(Shown::Wide)
    }
}
