use super::*;

#[test]
fn a_unit_whose_statements_went_well_goes_on() {
    let mut standing = Standing::default();
    standing.ask().expect("sound");
    standing.answered(Ok(())).expect("well");
    standing.check().expect("sound");
}

#[test]
fn a_failed_statement_fails_the_commit_with_its_own_error() {
    let mut standing = Standing::default();
    standing.ask().expect("sound");
    standing.answered::<()>(Err(StoreError::ReadOnly)).expect_err("failed");
    assert!(matches!(standing.ask(), Err(StoreError::ReadOnly)));
    assert!(matches!(standing.check(), Err(StoreError::ReadOnly)));
}

#[test]
fn a_statement_without_an_answer_fails_the_commit() {
    let mut standing = Standing::default();
    standing.ask().expect("sound");
    assert!(matches!(standing.check(), Err(StoreError::Busy)));
}
