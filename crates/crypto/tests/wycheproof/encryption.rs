//! AES-GCM and HMAC.

use mibun_crypto::digest;
use mibun_vectors::Test;

use crate::aead::{Cipher, NONCE_LENGTH, TAG_LENGTH};
use crate::{Vector, Verdict, each};

pub fn tests() -> Vec<Test> {
    let mut tests = each("aes_gcm_test", aes_gcm);
    tests.extend(each("hmac_sha256_test", hmac));
    tests
}

fn aes_gcm(vector: &Vector) -> Result<(), String> {
    let cipher = Cipher::new(&vector.bytes("key")?);
    let spoken = matches!(vector.size("keySize"), Some(128 | 256));
    let Some(cipher) = cipher else {
        return if spoken { Err("the key is refused".to_owned()) } else { Ok(()) };
    };
    if !spoken {
        return Err("a key of a size that is not spoken is accepted".to_owned());
    }
    let Ok(nonce) = <[u8; NONCE_LENGTH]>::try_from(vector.bytes("iv")?) else {
        // Other lengths cannot be expressed, so there is nothing that could go wrong with them.
        return if vector.size("ivSize") == Some(96) { Err("the nonce does not fit".to_owned()) } else { Ok(()) };
    };
    let (message, associated) = (vector.bytes("msg")?, vector.bytes("aad")?);
    let body = [vector.bytes("ct")?, vector.bytes("tag")?].concat();
    let opened = cipher.open(nonce, &associated, &body);
    vector.expect(opened.as_ref().is_some_and(|opened| **opened == message))?;
    let mut content = message;
    let tag: [u8; TAG_LENGTH] = cipher.seal(nonce, &associated, &mut content);
    let same = [content.as_slice(), &tag].concat() == body;
    if same == (vector.verdict() == Verdict::Valid) { Ok(()) } else { Err("sealed to something else".to_owned()) }
}

fn hmac(vector: &Vector) -> Result<(), String> {
    let tag = vector.bytes("tag")?;
    let length = vector.size("tagSize").and_then(|bits| usize::try_from(bits / 8).ok()).ok_or("no tag size")?;
    let own = digest::hmac_sha256(&vector.bytes("key")?, &[&vector.bytes("msg")?]);
    vector.expect(digest::constant_time_eq(&own[..length], &tag))
}
