use std::collections::BTreeSet;

use super::*;
use crate::decision::Language;

#[test]
fn every_code_is_its_own_and_the_same_in_json() {
    let codes: BTreeSet<&str> = ChipReason::ALL.iter().map(|reason| reason.as_str()).collect();
    assert_eq!(codes.len(), ChipReason::ALL.len());
    for reason in ChipReason::ALL {
        assert_eq!(serde_json::to_value(reason).expect("a code"), reason.as_str());
    }
}

#[test]
fn every_code_has_a_sentence_of_its_own_in_every_language() {
    for language in [Language::En, Language::Ja, Language::ZhHans] {
        let texts: BTreeSet<&str> = ChipReason::ALL.iter().map(|reason| reason.message().text(language)).collect();
        assert_eq!(texts.len(), ChipReason::ALL.len(), "{language:?}");
        assert!(texts.iter().all(|text| !text.is_empty()));
    }
}

#[test]
fn what_lies_in_the_document_is_not_tried_again() {
    for reason in [ChipReason::ChipCopied, ChipReason::DocumentExpired, ChipReason::OtherPerson] {
        assert!(!reason.retry_may_help(), "{reason}");
    }
    assert!(ChipReason::ChipUnreachable.retry_may_help());
}
