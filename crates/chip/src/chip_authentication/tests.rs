use mibun_crypto::curve::Curve;
use mibun_crypto::entropy::SeededEntropy;

use super::*;
use crate::security_info::{ChipAuthenticationInfo, SecurityInfo};

fn key(point: Option<Point>, key_id: Option<u8>) -> SecurityInfo {
    let key_id = key_id.map(|id| vec![id]);
    SecurityInfo::ChipAuthenticationPublicKey(ChipAuthenticationPublicKeyInfo {
        agreement: Agreement::Ecdh,
        point,
        key_id,
    })
}

fn way(cipher: BlockCipher, version: u32, key_id: Option<u8>) -> SecurityInfo {
    let protocol = [&CHIP_AUTHENTICATION_ECDH[..], &[crate::security_info::cipher_number(cipher)]].concat();
    let key_id = key_id.map(|id| vec![id]);
    SecurityInfo::ChipAuthentication(ChipAuthenticationInfo {
        protocol,
        agreement: Agreement::Ecdh,
        cipher,
        version,
        key_id,
    })
}

fn choose(infos: Vec<SecurityInfo>) -> Offer {
    Offer::choose(&SecurityInfos(infos))
}

fn point() -> Option<Point> {
    Some(Curve::P384.generator())
}

#[test]
fn nothing_without_a_key() {
    assert_eq!(choose(vec![]), Offer::None);
    assert_eq!(choose(vec![way(BlockCipher::Aes128, 1, None)]), Offer::None);
}

#[test]
fn a_key_without_a_way_means_3des() {
    let Offer::Usable(chosen) = choose(vec![key(point(), None)]) else { panic!("usable") };
    assert_eq!((chosen.cipher, chosen.public_key), (BlockCipher::TripleDes, Curve::P384.generator()));
}

#[test]
fn a_way_takes_the_key_of_its_number() {
    let other = Some(Curve::P256.generator());
    let infos = vec![key(other, Some(1)), key(point(), Some(2)), way(BlockCipher::Aes256, 1, Some(2))];
    let Offer::Usable(chosen) = choose(infos) else { panic!("usable") };
    assert_eq!((chosen.public_key, chosen.key_id), (Curve::P384.generator(), Some(vec![2])));
}

#[test]
fn what_is_not_spoken_is_not_chosen() {
    assert_eq!(choose(vec![key(None, None)]), Offer::Unsupported);
    assert_eq!(choose(vec![key(point(), None), way(BlockCipher::Aes128, 2, None)]), Offer::Unsupported);
    assert_eq!(choose(vec![key(point(), Some(1)), way(BlockCipher::Aes128, 1, Some(2))]), Offer::Unsupported);
    assert_eq!(choose(vec![key(None, None), way(BlockCipher::Aes128, 1, None)]), Offer::Unsupported);
}

#[test]
fn a_refusal_and_a_malformed_answer_have_names() {
    let run = |cipher| {
        let Offer::Usable(chosen) = choose(vec![key(point(), None), way(cipher, 1, None)]) else { panic!("usable") };
        ChipAuthentication::new(chosen, &mut SeededEntropy::new("reader"))
    };
    let refused = run(BlockCipher::TripleDes).receive(&Response::of(Status::IncorrectData)).map(|_| ());
    assert_eq!(refused, Err(ChipAuthenticationError::Refused(Status::IncorrectData)));
    let Ok(ChipAuthenticationOutcome::Next(next)) = run(BlockCipher::Aes128).receive(&Response::of(Status::Success))
    else {
        panic!("another exchange")
    };
    let malformed = next.receive(&Response::of(Status::Success)).map(|_| ());
    assert_eq!(malformed, Err(ChipAuthenticationError::Form(TlvError::Truncated)));
}

#[test]
fn keys_do_not_show_in_debug() {
    let Offer::Usable(chosen) = choose(vec![key(point(), None)]) else { panic!("usable") };
    let run = ChipAuthentication::new(chosen, &mut SeededEntropy::new("reader"));
    assert_eq!(format!("{run:?}"), "ChipAuthentication(P384, TripleDes)");
}
