use mibun_crypto::entropy::SeededEntropy;

use super::*;

/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn challenge() -> Challenge {
    Challenge::parse(Some(CHALLENGE), Some("S256")).expect("the appendix is right")
}

#[test]
fn the_verifier_of_the_appendix_meets_its_challenge() {
    assert!(challenge().is_met_by(&Secret::new(VERIFIER)));
    assert_eq!(challenge().as_text(), CHALLENGE);
}

#[test]
fn what_is_drawn_fits_together() {
    let (verifier, challenge) = draw(&mut SeededEntropy::new("pkce"));
    assert!(challenge.is_met_by(&verifier));
    assert!(VERIFIER_LENGTH.contains(&verifier.expose().len()));
}

#[test]
fn another_verifier_does_not() {
    for verifier in ["", "short", CHALLENGE, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK"] {
        assert!(!challenge().is_met_by(&Secret::new(verifier)), "{verifier}");
    }
}

#[test]
fn a_verifier_has_only_its_letters_and_lengths() {
    for verifier in ["x".repeat(42), "x".repeat(129), format!("{}!", "x".repeat(43))] {
        let challenge = Challenge(SecretHash::of(&verifier));
        assert!(!challenge.is_met_by(&Secret::new(verifier)));
    }
}

#[test]
fn a_missing_challenge_is_refused() {
    assert_eq!(Challenge::parse(None, Some("S256")), Err(ChallengeError::Missing));
}

#[test]
fn plain_is_refused_said_or_meant() {
    for method in [Some("plain"), None, Some("s256"), Some("")] {
        assert_eq!(Challenge::parse(Some(CHALLENGE), method), Err(ChallengeError::Method));
    }
}

#[test]
fn what_is_no_digest_is_refused() {
    for text in ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "AA"] {
        assert_eq!(Challenge::parse(Some(text), Some("S256")), Err(ChallengeError::Malformed), "{text}");
    }
}
