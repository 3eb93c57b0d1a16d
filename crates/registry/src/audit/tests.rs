use super::*;

fn draft(action: &str) -> AuditDraft {
    AuditDraft {
        at: Timestamp(1_700_000_000),
        actor: "officer:1".into(),
        action: action.into(),
        subject: "card:2".into(),
        detail: None,
    }
}

fn chain() -> Vec<AuditEntry> {
    let first = AuditEntry::chained((0, GENESIS), draft("a"));
    let second = AuditEntry::chained((1, first.hash), draft("b"));
    vec![first, second]
}

fn head_of(entries: &[AuditEntry]) -> Result<(u64, Hash), ChainBreak> {
    entries.iter().try_fold((0, GENESIS), follow)
}

#[test]
fn a_chain_as_written_holds() {
    let chain = chain();
    assert_eq!(head_of(&chain), Ok((2, chain[1].hash)));
}

#[test]
fn an_altered_field_is_found_where_it_is() {
    let mut chain = chain();
    chain[1].draft.subject = "card:3".into();
    assert_eq!(head_of(&chain), Err(ChainBreak::Altered(2)));
}

#[test]
fn an_entry_hashed_anew_is_found_at_the_next() {
    let mut chain = chain();
    chain[0] = AuditEntry::chained((0, GENESIS), draft("other"));
    assert_eq!(head_of(&chain), Err(ChainBreak::Unlinked(2)));
}

#[test]
fn a_missing_entry_is_named() {
    assert_eq!(head_of(&chain()[1..]), Err(ChainBreak::Missing(1)));
}

#[test]
fn text_cannot_move_from_one_field_to_the_next() {
    let mut other = draft("ab");
    other.action = "a".into();
    other.subject = "bcard:2".into();
    assert_ne!(entry_hash(1, GENESIS, &draft("ab")), entry_hash(1, GENESIS, &other));
}

#[test]
fn an_empty_detail_is_not_a_missing_one() {
    let mut other = draft("a");
    other.detail = Some(Sealed::new(Vec::new()));
    assert_ne!(entry_hash(1, GENESIS, &draft("a")), entry_hash(1, GENESIS, &other));
}
