//! BAC and PACE.

use mibun_chip::apdu::{Command, Response, Status};
use mibun_chip::bac::{Bac, BacError, get_challenge};
use mibun_chip::pace::{Pace, PaceOutcome, decrypt_nonce, map_nonce, token_input};
use mibun_chip::password::{KeyUse, MrzPassword, Password, derive};
use mibun_chip::secure_messaging::SecureMessaging;
use mibun_chip::security_info::SecurityInfos;
use mibun_crypto::cipher::{BlockCipher, BlockKey, CipherError, MacKey};
use mibun_crypto::curve::Curve;
use mibun_vectors::Test;

use crate::{Example, Outcome, Scripted, equal, said};

pub fn tests(example: &Example) -> Vec<Test> {
    let test = |check: fn(&Example) -> Outcome| vec![example.test("", check)];
    match example.case.as_str() {
        "BuildRequest" => test(build_request),
        "ProcessResponse" => test(process_response),
        "ProcessResponseRApduLenErr" => {
            test(|example| equal(answered(example)?.map(|_| ()), Err(BacError::Length { expected: 40, found: 39 })))
        }
        "ProcessResponseKMacKeyLenErr" => test(|example| {
            let key = MacKey::new(BlockCipher::TripleDes, &example.bytes(1, "kMac"));
            equal(key.map(|_| ()), Err(CipherError::KeyLength))
        }),
        "ProcessResponseKEncKeyLenErr" => test(|example| {
            let key = BlockKey::new(BlockCipher::TripleDes, &example.bytes(0, "kEnc"));
            equal(key.map(|_| ()), Err(CipherError::KeyLength))
        }),
        "ProcessResponseKMacKeyMismatchErr" => test(|example| {
            // Keys come out of the MRZ here; the mismatch is shown on the checksum itself.
            let data = example.bytes(4, "rApduData");
            let (message, tag) = data.split_at(32);
            let key = MacKey::new(BlockCipher::TripleDes, &example.bytes(1, "kMac")).map_err(said)?;
            equal(key.verify(message, tag), Err(CipherError::Tag))
        }),
        "ProcessResponseRndIfcMismatchErr" | "ProcessResponseRndIccMismatchErr" => {
            test(|example| equal(answered(example)?.map(|_| ()), Err(BacError::Nonce)))
        }
        "DoBAC" => test(do_bac),
        "DecryptNonce" => test(nonce),
        "DoGenericMappingEC" => test(mapping),
        "Build7F49" => test(|example| {
            let input =
                |x, y| token_input(&PROTOCOL, &[&[4][..], &example.bytes(x, ""), &example.bytes(y, "")].concat());
            equal(input(2, 3), example.bytes(4, "expTifdData"))?;
            equal(input(0, 1), example.bytes(5, "expTicData"))
        }),
        "DoPace_GM_ECDH" => test(do_pace),
        _ => Vec::new(),
    }
}

/// `id-PACE-ECDH-GM-AES-CBC-CMAC-128`.
const PROTOCOL: [u8; 10] = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02];

/// The MRZ of the examples for BAC.
fn bac_mrz() -> Result<MrzPassword, String> {
    MrzPassword::new("L898902C", "690806", "940623").map_err(said)
}

/// The MRZ of the examples for PACE (ICAO Doc 9303 part 11, appendix G.1).
fn pace_password() -> Result<Password, String> {
    Ok(Password::Mrz(MrzPassword::new("T22000129", "640812", "101031").map_err(said)?))
}

fn success(data: Vec<u8>) -> Response {
    Response { data, status: Status::Success }
}

/// The state of BAC after the challenge, with the random numbers of the example.
fn challenged(example: &Example) -> Result<Bac, String> {
    let script = vec![example.bytes(3, "rndIfd"), example.bytes(4, "kIfd")];
    Bac::answer_challenge(&bac_mrz()?, &success(example.bytes(2, "rndIcc")), &mut Scripted(script)).map_err(said)
}

fn build_request(example: &Example) -> Outcome {
    let seed = bac_mrz()?.seed();
    let derived = |key_use| derive(seed.as_slice(), BlockCipher::TripleDes, key_use).to_vec();
    equal(derived(KeyUse::Encryption), example.bytes(0, "kEnc"))?;
    equal(derived(KeyUse::Authentication), example.bytes(1, "kMac"))?;
    equal(challenged(example)?.command().data.clone(), example.bytes(5, "exp"))
}

/// What the chip's answer leads to. The reader's key share is not in every case, and does not matter in those.
fn answered(example: &Example) -> Result<Result<SecureMessaging, BacError>, String> {
    let script = vec![example.bytes(3, "rndIfd"), vec![0; 16]];
    let challenge = success(example.bytes(2, "rndIcc"));
    let bac = Bac::answer_challenge(&bac_mrz()?, &challenge, &mut Scripted(script)).map_err(said)?;
    Ok(bac.finish(&success(example.bytes(4, "rApduData"))))
}

/// The chip's share of the key shows in the session: with shares of zeros on our side it is the whole secret.
fn process_response(example: &Example) -> Outcome {
    let script = vec![example.bytes(3, "rndIfd"), vec![0; 16]];
    let challenge = success(example.bytes(2, "rndIcc"));
    let bac = Bac::answer_challenge(&bac_mrz()?, &challenge, &mut Scripted(script)).map_err(said)?;
    let session = bac.finish(&success(example.bytes(4, "rApduData"))).map_err(said)?;
    let share = example.bytes(5, "expKIcc");
    let derived = |key_use| derive(&share, BlockCipher::TripleDes, key_use);
    same_session(session, &derived(KeyUse::Encryption), &derived(KeyUse::Authentication), BAC_COUNTER)
}

/// The counter after BAC in the examples.
const BAC_COUNTER: u128 = 0x8870_2212_0c06_c226;

/// Two sessions are the same when they say the same.
fn same_session(mut session: SecureMessaging, encryption: &[u8], authentication: &[u8], counter: u128) -> Outcome {
    equal(session.counter(), counter)?;
    let expected = SecureMessaging::with_keys(session.cipher(), encryption, authentication, counter);
    let command = Command::new(0xa4, 0x02, 0x0c).with_data(vec![0x01, 0x1e]);
    let expected = expected.map_err(said)?.protect(&command).map_err(said)?;
    equal(session.protect(&command).map_err(said)?.data.clone(), expected.data.clone())
}

fn do_bac(example: &Example) -> Outcome {
    equal(get_challenge().encode().map_err(said)?, example.bytes(0, ""))?;
    let challenge = Response::parse(&example.bytes(1, "")).map_err(said)?;
    let script = vec![example.bytes(4, "out"), example.bytes(5, "out")];
    let bac = Bac::answer_challenge(&bac_mrz()?, &challenge, &mut Scripted(script)).map_err(said)?;
    equal(bac.command().encode().map_err(said)?, example.bytes(2, ""))?;
    let session = bac.finish(&Response::parse(&example.bytes(3, "")).map_err(said)?).map_err(said)?;
    same_session(session, &example.bytes(6, ""), &example.bytes(7, ""), BAC_COUNTER)
}

fn nonce(example: &Example) -> Outcome {
    let password = pace_password()?;
    let key = derive(&password.pace_secret(), BlockCipher::Aes128, KeyUse::Password);
    equal(key.to_vec(), example.bytes(1, "kKdf"))?;
    let nonce = decrypt_nonce(&password, BlockCipher::Aes128, &example.bytes(0, "encryptedNonce")).map_err(said)?;
    equal(nonce.to_vec(), example.bytes(2, "decryptedNonceExp"))
}

/// The case names the agreed point H, so one side's secret is one and the other side's public key is H.
fn mapping(example: &Example) -> Outcome {
    let curve = Curve::BrainpoolP256r1;
    let point = |x, y| curve.point(&[&[4][..], &example.bytes(x, ""), &example.bytes(y, "")].concat()).map_err(said);
    let nonce = curve.reduced_scalar(&example.bytes(0, "s")).map_err(said)?;
    let one = curve.reduced_scalar(&[1]).map_err(said)?;
    let base = map_nonce(&nonce, &point(1, 2)?, &one).map_err(said)?;
    equal(base.as_bytes().to_vec(), point(3, 4)?.as_bytes().to_vec())
}

fn do_pace(example: &Example) -> Outcome {
    let infos = SecurityInfos::parse(&example.bytes(13, "")).map_err(said)?;
    let info = infos.usable_pace().ok_or("PACE is not offered")?;
    equal((info.curve(), info.cipher), (Some(Curve::BrainpoolP256r1), BlockCipher::Aes128))?;
    let mut pace = Pace::new(info, &pace_password()?).map_err(said)?;
    let mut entropy = Scripted(vec![example.bytes(9, ""), example.bytes(12, "")]);
    // MSE:Set AT has only its command in the file.
    equal(pace.command().encode().map_err(said)?, example.bytes(0, ""))?;
    let PaceOutcome::Next(next) = pace.receive(&success(Vec::new()), &mut entropy).map_err(said)? else {
        return Err("over too early".to_owned());
    };
    pace = next;
    for place in [1, 3, 5, 7] {
        equal(pace.command().encode().map_err(said)?, example.bytes(place, ""))?;
        let response = Response::parse(&example.bytes(place + 1, "")).map_err(said)?;
        match pace.receive(&response, &mut entropy).map_err(said)? {
            PaceOutcome::Next(next) => pace = next,
            PaceOutcome::Done(session) if place == 7 => {
                return same_session(session, &example.bytes(14, ""), &example.bytes(15, ""), 0);
            }
            PaceOutcome::Done(_) => break,
        }
    }
    Err("the run does not end where the example does".to_owned())
}
