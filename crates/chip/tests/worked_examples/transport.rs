//! Secure messaging.

use mibun_chip::apdu::{Command, Response, Status};
use mibun_chip::secure_messaging::{SecureMessaging, SecureMessagingError};
use mibun_chip::tlv;
use mibun_crypto::cipher::{BlockCipher, MacKey};
use mibun_vectors::Test;

use crate::{Example, Outcome, equal, said};

pub fn tests(example: &Example) -> Vec<Test> {
    match example.case.as_str() {
        "SSCIncrement" => {
            (0..8).map(|part| example.test(&part.to_string(), move |example| increment(example, 4 * part))).collect()
        }
        "SecureMessageEncode" => vec![
            example.test("3des", |example| {
                let select = Command::new(0xa4, 0x02, 0x0c).with_data(vec![0x01, 0x1e]);
                encode(example, 0, &select, 3)
            }),
            example.test("aes", |example| {
                let set_at = Command::new(0x22, 0x41, 0xa4).with_data(example.bytes(8, "cApdu"));
                encode(example, 5, &set_at, 9)
            }),
        ],
        "SecureMessageDecode" => vec![
            example.test("3des", |example| decode(example, 0, &[])),
            example.test("aes", |example| decode(example, 5, &example.bytes(10, "expRApdu"))),
        ],
        "DecodeSmRApduData" => vec![
            example.test("3des", |example| equal(cryptogram(example, 0)?, Ok(example.bytes(4, "expData")))),
            example.test("aes", |example| equal(cryptogram(example, 5)?, Ok(example.bytes(9, "expData")))),
            example.test("unknown_padding", |example| {
                equal(cryptogram(example, 10)?, Err(SecureMessagingError::Decryption))
            }),
        ],
        _ => Vec::new(),
    }
}

/// A session of three values: keys and counter; the cipher is told by their lengths.
fn session(example: &Example, place: usize) -> Result<SecureMessaging, String> {
    let (keys, counter) =
        ([example.bytes(place, "ksEnc"), example.bytes(place + 1, "ksMac")], counter(example, place + 2, "ssc"));
    let cipher = cipher(keys[0].len(), example.bytes(place + 2, "ssc").len());
    SecureMessaging::with_keys(cipher, &keys[0], &keys[1], counter).map_err(said)
}

fn cipher(key: usize, block: usize) -> BlockCipher {
    match (key, block) {
        (16, 8) => BlockCipher::TripleDes,
        (16, _) => BlockCipher::Aes128,
        (24, _) => BlockCipher::Aes192,
        _ => BlockCipher::Aes256,
    }
}

fn counter(example: &Example, place: usize, name: &str) -> u128 {
    example.bytes(place, name).iter().fold(0, |counter, byte| counter << 8 | u128::from(*byte))
}

/// A counter that comes round ends the session here, for the same one must never be used twice.
fn increment(example: &Example, place: usize) -> Outcome {
    let mut session = session(example, place)?;
    let protected = session.protect(&Command::new(0x84, 0, 0).expecting(8));
    let expected = counter(example, place + 3, "expSsc");
    equal(session.counter(), expected)?;
    if expected == 0 {
        equal(protected, Err(SecureMessagingError::CounterExhausted))?;
        return equal(session.is_alive(), false);
    }
    equal(protected.is_ok(), true)
}

fn encode(example: &Example, place: usize, command: &Command, next: usize) -> Outcome {
    let mut session = session(example, place)?;
    let protected = session.protect(command).and_then(|protected| Ok(protected.encode()?)).map_err(said)?;
    equal(protected, example.bytes(next + 1, "expEncCApdu"))?;
    equal(session.counter(), counter(example, next, "expSsc"))
}

fn decode(example: &Example, place: usize, expected: &[u8]) -> Outcome {
    let mut session = session(example, place)?;
    let response = Response::parse(&example.bytes(place + 3, "rApduBytes")).map_err(said)?;
    let opened = session.unprotect(&response).map_err(said)?;
    equal(opened, Response { data: expected.to_vec(), status: Status::Success })?;
    equal(session.counter(), counter(example, place + 4, "expSsc"))?;
    // Any changed byte is noticed, and ends the session.
    for changed in 0..response.data.len() {
        let mut session = self::session(example, place)?;
        let mut response = response.clone();
        response.data[changed] ^= 1;
        equal(session.unprotect(&response).is_err(), true)?;
        equal(session.unprotect(&response), Err(SecureMessagingError::Ended))?;
    }
    Ok(())
}

/// The data of a bare cryptogram: a response is built around it with the session's own keys.
fn cryptogram(example: &Example, place: usize) -> Result<Result<Vec<u8>, SecureMessagingError>, String> {
    // The value is the counter of the response itself.
    let bytes = example.bytes(place + 2, "ssc");
    let (encryption, authentication) = (example.bytes(place, "ksEnc"), example.bytes(place + 1, "ksMac"));
    let cipher = cipher(encryption.len(), bytes.len());
    let mac = MacKey::new(cipher, &authentication).map_err(said)?;
    let before = counter(example, place + 2, "ssc") - 1;
    let mut session = SecureMessaging::with_keys(cipher, &encryption, &authentication, before).map_err(said)?;
    let mut body = tlv::encode(0x87, &example.bytes(place + 3, "encodedData"));
    tlv::write(&mut body, 0x99, &[0x90, 0x00]);
    let tag = mac.padded_tag(&[&bytes[..], &body].concat());
    tlv::write(&mut body, 0x8e, &tag);
    let response = Response { data: body, status: Status::Success };
    Ok(session.unprotect(&response).map(|opened| opened.data.clone()))
}
