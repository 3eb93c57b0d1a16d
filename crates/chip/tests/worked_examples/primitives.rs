//! Passwords, key derivation, padding, checksums.

use mibun_chip::password::{KeyUse, MrzPassword, derive};
use mibun_crypto::cipher::{BlockCipher, CipherError, MacKey, pad, unpad};
use mibun_vectors::Test;

use crate::{Example, Outcome, equal, said};

pub fn tests(example: &Example) -> Vec<Test> {
    match example.case.as_str() {
        "GenerateKseed" => vec![example.test("", |example| {
            let mrz = MrzPassword::new("L898902C<", "690806", "940623").map_err(said)?;
            equal(mrz.seed().to_vec(), example.bytes(0, "exp"))
        })],
        "KDF" => key_derivation(example),
        "ISO9797Method2Pad" => padding(example),
        "ISO9797Method2Unpad" => vec![
            example.test("padded", |example| {
                let padded = example.bytes(0, "in");
                equal(unpad(&padded, padded.len()), Ok(&example.bytes(1, "exp")[..]))
            }),
            example.test("not_whole_blocks", |example| {
                equal(unpad(&example.bytes(2, "in"), 8), Err(CipherError::Padding))
            }),
        ],
        "ISO9797RetailMacDes" => {
            (0..4).map(|part| example.test(&part.to_string(), move |example| retail_mac(example, part))).collect()
        }
        _ => passwords(example),
    }
}

fn passwords(example: &Example) -> Vec<Test> {
    match example.case.as_str() {
        "NewPasswordMrzTD2" => vec![example.test("", |example| {
            // The number overflows into the optional data.
            let line = &example.text(0)[36..];
            let number = format!("{}{}", &line[..9], &line[28..31]);
            information(&number, &line[13..19], &line[21..27], &example.text(1))
        })],
        "NewPasswordMrzOcrTolerance" => vec![example.test("", |example| {
            let line = &example.text(0)[44..];
            information(&line[..9], &line[13..19], &line[21..27], &example.text(1))
        })],
        "NewPasswordMrzi" => {
            vec![example.test("", |example| information(&example.text(0), "340712", "950712", &example.text(1)))]
        }
        "NewDG1" => vec![
            example.test("mrzi_td2", |example| {
                let line = &example.text(2)[36..];
                information(&line[..9], &line[13..19], &line[21..27], &example.text(1))
            }),
            example.test("mrzi_td3", |example| {
                let line = &example.text(5)[44..];
                information(&line[..9], &line[13..19], &line[21..27], &example.text(4))
            }),
        ],
        _ => Vec::new(),
    }
}

fn information(number: &str, birth: &str, expiry: &str, expected: &str) -> Outcome {
    let mrz = MrzPassword::new(number, birth, expiry).map_err(said)?;
    equal(mrz.information(), expected)
}

/// Cipher and counter of each derivation are in the source's code, not in its values.
fn key_derivation(example: &Example) -> Vec<Test> {
    [
        (BlockCipher::TripleDes, KeyUse::Encryption),
        (BlockCipher::TripleDes, KeyUse::Authentication),
        (BlockCipher::Aes128, KeyUse::Encryption),
        (BlockCipher::Aes128, KeyUse::Authentication),
        (BlockCipher::Aes128, KeyUse::Password),
        (BlockCipher::Aes192, KeyUse::Password),
        (BlockCipher::Aes256, KeyUse::Password),
    ]
    .into_iter()
    .enumerate()
    .map(|(place, (cipher, key_use))| {
        example.test(&place.to_string(), move |example| {
            let derived = derive(&example.bytes(2 * place, "key"), cipher, key_use);
            equal(derived.to_vec(), example.bytes(2 * place + 1, "expKDF"))
        })
    })
    .collect()
}

/// Of two of them the data is a part of the expected value.
fn padding(example: &Example) -> Vec<Test> {
    let padded = |data: Vec<u8>, expected: Vec<u8>| equal(pad(&data, 8).to_vec(), expected);
    vec![
        example.test("0", move |example| padded(example.bytes(0, "data"), example.bytes(1, "exp"))),
        example.test("1", move |example| padded(vec![0x12, 0x34], example.bytes(2, "exp"))),
        example.test("2", move |example| padded(Vec::new(), example.bytes(3, "exp"))),
        example.test("3", move |example| padded(example.bytes(4, "data"), example.bytes(5, "exp"))),
    ]
}

/// The data is padded already.
fn retail_mac(example: &Example, part: usize) -> Outcome {
    let key = MacKey::new(BlockCipher::TripleDes, &example.bytes(3 * part, "key")).map_err(said)?;
    let padded = example.bytes(3 * part + 1, "data");
    let data = unpad(&padded, 8).map_err(said)?;
    let expected = example.bytes(3 * part + 2, "expMac");
    equal(key.tag(data).to_vec(), expected.clone())?;
    equal(key.verify(data, &expected), Ok(()))?;
    equal(key.verify(&padded, &expected), Err(CipherError::Tag))
}
