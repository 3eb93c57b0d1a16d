//! SQLite keeps the contract.

mod support;

use mibun_registry::contract::Fixture;
use mibun_registry_sql::open;
use support::Folder;

async fn empty() -> Fixture {
    let folder = Folder::new();
    let registry = open(&folder.address()).await.expect("the record opens");
    Fixture { registry, keep: Box::new(folder) }
}

mibun_registry::contract_tests!(empty);
