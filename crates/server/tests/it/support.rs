//! What the tests share: a small town, its wire, its holders and its counters.

pub(crate) mod asking;
pub(crate) mod calling;
pub(crate) mod holders;
pub(crate) mod issuing;
pub(crate) mod lists;
pub(crate) mod reader;
pub(crate) mod record;
pub(crate) mod showing;
pub(crate) mod staff;
pub(crate) mod town;
pub(crate) mod vault;
pub(crate) mod wallets;
pub(crate) mod wire;

pub(crate) use town::Town;
