//! Codes and texts.

use std::collections::BTreeSet;

use crate::decision::{Language, Outcome, ReasonCode};

#[test]
fn codes_are_stable_and_equal_their_json() {
    let codes: Vec<&str> = ReasonCode::ALL.iter().map(|reason| reason.as_str()).collect();
    let expected = [
        "matched",
        "match_uncertain",
        "face_mismatch",
        "presentation_attack",
        "liveness_uncertain",
        "challenge_failed",
        "face_changed",
        "two_faces",
        "no_face",
        "too_dark",
        "capture_timeout",
        "capture_interrupted",
        "portrait_unusable",
        "seen_at_counter",
        "person_not_eligible",
        "not_found_or_mismatch",
        "attempts_exhausted",
        "officer_accepted",
        "officer_rejected",
    ];
    assert_eq!(codes, expected);
    for reason in ReasonCode::ALL {
        let json = serde_json::to_string(&reason).expect("a code is data");
        assert_eq!(json, format!("\"{reason}\""));
        assert_eq!(serde_json::from_str::<ReasonCode>(&json).expect("as written"), reason);
    }
}

#[test]
fn every_reason_has_a_sentence_in_every_language() {
    for reason in ReasonCode::ALL {
        let message = reason.message();
        let ends = [(Language::En, '.'), (Language::Ja, '。'), (Language::ZhHans, '。')];
        for (language, full_stop) in ends {
            let text = message.text(language);
            assert!(text.ends_with(full_stop), "{reason} {language:?}: {text}");
            assert!(!text.contains("  ") && text.trim() == text, "{reason} {language:?}: {text}");
        }
        assert!(message.en.is_ascii(), "{reason}");
        assert!(message.ja.chars().any(|letter| ('ぁ'..='ん').contains(&letter)), "{reason}: no kana");
        assert!(!message.zh_hans.chars().any(|letter| ('ぁ'..='ヿ').contains(&letter)), "{reason}: kana in Chinese");
    }
}

#[test]
fn different_reasons_say_different_things_except_the_two_that_must_not() {
    for language in [Language::En, Language::Ja, Language::ZhHans] {
        let texts: BTreeSet<&str> = ReasonCode::ALL.iter().map(|reason| reason.message().text(language)).collect();
        assert_eq!(texts.len(), ReasonCode::ALL.len() - 1, "{language:?}");
    }
    assert_eq!(ReasonCode::FaceMismatch.message(), ReasonCode::NotFoundOrMismatch.message());
}

#[test]
fn texts_go_out_under_their_language_tags() {
    let json = serde_json::to_value(ReasonCode::TooDark.message()).expect("a text is data");
    let tags: Vec<&String> = json.as_object().expect("an object").keys().collect();
    assert_eq!(tags, ["en", "ja", "zh-Hans"]);
}

#[test]
fn another_try_is_offered_only_after_a_rejection_it_may_change() {
    for reason in ReasonCode::ALL {
        let told = crate::decision::Decision::rejected(reason).public();
        assert_eq!(told.outcome, Outcome::Rejected);
        assert_eq!(told.retry_allowed, reason.retry_may_help(), "{reason}");
    }
    assert!(!ReasonCode::AttemptsExhausted.retry_may_help());
    assert!(!ReasonCode::PersonNotEligible.retry_may_help());
    assert!(ReasonCode::TooDark.retry_may_help());
}
