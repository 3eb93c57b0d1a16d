//! Encrypted messages. The header is authenticated with the content, so that every change is one that nobody made.

use mibun_crypto::base64url;
use mibun_crypto::jwe::{self, Enc, EphemeralKey, PartyInfo};
use serde_json::Value;

use super::json::{self, Spelling};
use super::{Changed, Class, Dice, Expect, class, text};
use crate::world::world;

pub const UNSEALED: [Class; 10] = text::classes!(base);

pub const OTHERS: [Class; 5] = [
    class("another envelope", Expect::Accept, another),
    class("another header", Expect::Refuse, |dice| base(dice).then(other_header, dice)),
    class("a header spelt otherwise", Expect::Refuse, |dice| base(dice).then(spelt, dice)),
    class("parts of two messages", Expect::Refuse, mixed),
    class("to another key", Expect::Refuse, to_another),
];

fn base(dice: &mut Dice) -> Changed {
    let recipient = world().receiver.public_jwk("1");
    let enc = dice.pick(&[Enc::A128Gcm, Enc::A256Gcm]);
    let party = PartyInfo { apu: Some(b"wallet"), apv: Some(b"nonce") };
    let token = jwe::encrypt(br#"{"vp_token":{}}"#, &recipient, enc, party, dice.entropy()).expect("a key of ours");
    Changed::es256(token)
}

/// With other content, parties and names of keys.
fn another(dice: &mut Dice) -> Changed {
    let recipient = world().receiver.public_jwk(dice.pick(&["", "1", "山", "a long name of a key, with a comma"]));
    let enc = dice.pick(&[Enc::A128Gcm, Enc::A256Gcm]);
    let info = [None, Some(&b""[..]), Some(b"x"), Some(&[0xff; 100])];
    let party = PartyInfo { apu: dice.pick(&info), apv: dice.pick(&info) };
    let content = vec![b'x'; dice.below(300)];
    Changed::es256(jwe::encrypt(&content, &recipient, enc, party, dice.entropy()).expect("a key of ours"))
}

fn header_of(token: &str) -> (Value, &str) {
    let (header, rest) = token.split_once('.').expect("five parts");
    let header = base64url::decode(header).expect("our own base64url");
    (serde_json::from_slice(&header).expect("our own header"), rest)
}

fn other_header(token: &str, dice: &mut Dice) -> String {
    let (mut header, rest) = header_of(token);
    json::change(&mut header, dice);
    format!("{}.{rest}", base64url::encode(header.to_string().as_bytes()))
}

fn spelt(token: &str, dice: &mut Dice) -> String {
    let (header, rest) = header_of(token);
    let spelling = dice.pick(&[Spelling::Spaced, Spelling::Shuffled, Spelling::Escaped, Spelling::Doubled]);
    format!("{}.{rest}", base64url::encode(json::spell(&header, spelling, dice).as_bytes()))
}

fn mixed(dice: &mut Dice) -> Changed {
    let (one, other) = (base(dice).token, base(dice).token);
    let [mut one, other] = [&one, &other].map(|token| token.split('.').map(str::to_owned).collect::<Vec<_>>());
    let at = dice.pick(&[0, 2, 3, 4]);
    one[at].clone_from(&other[at]);
    Changed::es256(one.join("."))
}

fn to_another(dice: &mut Dice) -> Changed {
    let other = EphemeralKey::generate(dice.entropy());
    let sealed = jwe::encrypt(b"{}", &other.public_jwk("1"), Enc::A128Gcm, PartyInfo::default(), dice.entropy());
    Changed::es256(sealed.expect("a key of ours"))
}
