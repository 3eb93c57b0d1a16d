use mibun_crypto::entropy::SeededEntropy;

use super::*;

fn mrz() -> MrzPassword {
    MrzPassword::new("L898902C", "690806", "940623").expect("fields")
}

fn challenged() -> Bac {
    let challenge = Response { data: vec![3; NONCE], status: Status::Success };
    Bac::answer_challenge(&mrz(), &challenge, &mut SeededEntropy::new("reader")).expect("a challenge")
}

#[test]
fn a_challenge_of_another_length_or_none_is_refused() {
    let answer = |data: Vec<u8>, status| {
        let challenge = Response { data, status };
        Bac::answer_challenge(&mrz(), &challenge, &mut SeededEntropy::new("reader")).map(|_| ())
    };
    for found in [0, 7, 9, 300] {
        let expected = BacError::Length { expected: NONCE, found };
        assert_eq!(answer(vec![1; found], Status::Success), Err(expected));
    }
    let refused = answer(vec![1; NONCE], Status::SecurityStatus);
    assert_eq!(refused, Err(BacError::Refused(Status::SecurityStatus)));
}

#[test]
fn the_readers_own_message_sent_back_is_refused() {
    let bac = challenged();
    let response = Response { data: bac.command().data.clone(), status: Status::Success };
    assert_eq!(bac.finish(&response).map(|_| ()), Err(BacError::Nonce));
}

#[test]
fn a_changed_message_is_refused() {
    let bac = challenged();
    for place in 0..MESSAGE + TAG_LENGTH {
        let mut data = bac.command().data.clone();
        data[place] ^= 0x80;
        let found = bac.finish(&Response { data, status: Status::Success }).map(|_| ());
        assert_eq!(found, Err(BacError::Checksum), "{place}");
    }
}

#[test]
fn every_way_to_say_a_wrong_password() {
    for status in [Status::AuthenticationFailed, Status::TriesLeft(0), Status::Blocked, Status::ConditionsOfUse] {
        let found = challenged().finish(&Response::of(status)).map(|_| ());
        assert_eq!(found, Err(BacError::WrongPassword(status)));
    }
    let found = challenged().finish(&Response::of(Status::NotFound)).map(|_| ());
    assert_eq!(found, Err(BacError::Refused(Status::NotFound)));
}

#[test]
fn keys_do_not_show_in_debug() {
    assert_eq!(format!("{:?}", challenged()), "Bac([redacted])");
}
