use std::sync::Arc;

use super::Memory;
use crate::contract::Fixture;

async fn empty() -> Fixture {
    Fixture { registry: Arc::new(Memory::new()), keep: Box::new(()) }
}

crate::contract_tests!(empty);
