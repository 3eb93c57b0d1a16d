use mibun_crypto::entropy::SeededEntropy;

use super::*;
use crate::password::CardAccessNumber;
use crate::security_info::SecurityInfos;
use crate::virtual_chip::files;

const CURVE: Curve = Curve::BrainpoolP256r1;

fn begin() -> (Pace, SeededEntropy) {
    let infos = SecurityInfos::parse(&files::card_access(CURVE, BlockCipher::Aes128)).expect("EF.CardAccess");
    let password = Password::Can(CardAccessNumber::new("123456").expect("six digits"));
    let pace = Pace::new(infos.usable_pace().expect("PACE"), &password).expect("one of ours");
    (pace, SeededEntropy::new("reader"))
}

fn success(object: Option<(u32, &[u8])>) -> Response {
    Response { data: dynamic_authentication(object), status: Status::Success }
}

fn next(pace: Pace, response: &Response, entropy: &mut SeededEntropy) -> Pace {
    match pace.receive(response, entropy).expect("accepted") {
        PaceOutcome::Next(pace) => pace,
        PaceOutcome::Done(_) => panic!("over too early"),
    }
}

fn error(pace: Pace, response: &Response, entropy: &mut SeededEntropy) -> PaceError {
    pace.receive(response, entropy).map(|_| ()).expect_err("refused")
}

/// A run that waits for the answer to this step, given by a chip that maps and agrees with fixed points.
fn until(step: PaceStep) -> (Pace, SeededEntropy) {
    let (mut pace, mut entropy) = begin();
    let public = |seed: &str| CURVE.random_scalar(&mut SeededEntropy::new(seed)).public_point();
    while pace.step() != step {
        let response = match pace.step() {
            PaceStep::SetAt => Response::of(Status::Success),
            PaceStep::Nonce => success(Some((0x80, &[7; 16]))),
            PaceStep::Mapping => success(Some((0x82, public("one").as_bytes()))),
            PaceStep::Agreement | PaceStep::Tokens => success(Some((0x84, public("two").as_bytes()))),
        };
        pace = next(pace, &response, &mut entropy);
    }
    (pace, entropy)
}

#[test]
fn points_that_are_none_are_refused_in_both_steps() {
    for (step, tag) in [(PaceStep::Mapping, 0x82), (PaceStep::Agreement, 0x84)] {
        let mut off = CURVE.generator().as_bytes().to_vec();
        off[40] ^= 1;
        let other_curve = Curve::P256.generator();
        let refused = |point: &[u8], fault| {
            let (pace, mut entropy) = until(step);
            let found = error(pace, &success(Some((tag, point))), &mut entropy);
            assert_eq!(found, PaceError::Point { step, error: fault });
        };
        refused(&[0], CurveError::Infinity);
        refused(&off, CurveError::NotOnCurve);
        refused(other_curve.as_bytes(), CurveError::NotOnCurve);
        refused(&off[..64], CurveError::Encoding);
        refused(&[], CurveError::Encoding);
    }
}

#[test]
fn the_readers_own_key_sent_back_is_refused_in_both_steps() {
    for (step, tag) in [(PaceStep::Mapping, 0x82), (PaceStep::Agreement, 0x84)] {
        let (pace, mut entropy) = until(step);
        let command = pace.command();
        // 7C, length, tag, length, then the point.
        let own = command.data[4..].to_vec();
        assert_eq!(error(pace, &success(Some((tag, &own))), &mut entropy), PaceError::Echo);
    }
}

/// A chip that knew the nonce and the reader's key could have both cancel out; nothing is computed on what is left.
#[test]
fn a_mapping_that_cancels_out_is_refused() {
    let order_less_one = "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a6";
    let minus_one = CURVE.scalar(&mibun_vectors::from_hex(order_less_one).expect("hex")).expect("below the order");
    let one = CURVE.reduced_scalar(&[1]).expect("one");
    let nonce = CURVE.reduced_scalar(&[9; 16]).expect("a nonce");
    let opposite = nonce.public_point().multiply(&minus_one).expect("same curve");
    assert_eq!(map_nonce(&nonce, &opposite, &one), Err(CurveError::Infinity));
}

#[test]
fn nonces_that_are_none_are_refused() {
    for encrypted in [&[][..], &[7; 15], &[7; 48]] {
        let (pace, mut entropy) = until(PaceStep::Nonce);
        assert_eq!(error(pace, &success(Some((0x80, encrypted))), &mut entropy), PaceError::Nonce);
    }
    let (pace, mut entropy) = until(PaceStep::Nonce);
    // What decrypts to zero.
    let zero = password_key(&pace.password, BlockCipher::Aes128).encrypt_cbc(&[0; 16], &[0; 16]).expect("a block");
    assert_eq!(error(pace, &success(Some((0x80, &zero))), &mut entropy), PaceError::Nonce);
}

#[test]
fn answers_of_another_form_are_refused() {
    for step in [PaceStep::Nonce, PaceStep::Mapping, PaceStep::Agreement, PaceStep::Tokens] {
        let (pace, mut entropy) = until(step);
        let found = error(pace, &success(Some((0x99, &[7; 16]))), &mut entropy);
        assert!(matches!(found, PaceError::Form { step: named, .. } if named == step), "{found:?}");
        let (pace, mut entropy) = until(step);
        let found = error(pace, &Response::of(Status::Success), &mut entropy);
        assert!(matches!(found, PaceError::Form { step: named, .. } if named == step), "{found:?}");
    }
}

#[test]
fn a_wrong_token_is_refused() {
    for token in [&[0; 8][..], &[], &[0; 16]] {
        let (pace, mut entropy) = until(PaceStep::Tokens);
        assert_eq!(error(pace, &success(Some((0x86, token))), &mut entropy), PaceError::Token);
    }
    // Our own token sent back is not the chip's.
    let (pace, mut entropy) = until(PaceStep::Tokens);
    let own = pace.command().data[4..].to_vec();
    assert_eq!(error(pace, &success(Some((0x86, &own))), &mut entropy), PaceError::Token);
}

#[test]
fn every_way_to_say_a_wrong_password() {
    for status in [Status::AuthenticationFailed, Status::TriesLeft(1), Status::Blocked, Status::SecurityStatus] {
        let (pace, mut entropy) = until(PaceStep::Tokens);
        assert_eq!(error(pace, &Response::of(status), &mut entropy), PaceError::WrongPassword(status));
    }
    let (pace, mut entropy) = until(PaceStep::Nonce);
    let (step, status) = (PaceStep::Nonce, Status::AuthenticationFailed);
    assert_eq!(error(pace, &Response::of(status), &mut entropy), PaceError::Refused { step, status });
}

#[test]
fn keys_do_not_show_in_debug() {
    assert_eq!(format!("{:?}", until(PaceStep::Tokens).0), "Pace(BrainpoolP256r1, Aes128, Tokens)");
}
