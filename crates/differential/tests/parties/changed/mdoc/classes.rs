//! Ways to change an mdoc.

use mibun_vectors::from_hex;

use super::*;

/// Classes that no key knows of.
pub const UNSIGNED: [Class; 7] = [
    class("a byte is another", Expect::Refuse, |dice| base(dice).then(byte, dice)),
    class("a bit is another", Expect::Refuse, |dice| base(dice).then(bit, dice)),
    class("a byte more", Expect::Refuse, |dice| base(dice).then(more, dice)),
    class("a byte less", Expect::Refuse, |dice| base(dice).then(less, dice)),
    class("cut off", Expect::Refuse, |dice| base(dice).then(cut, dice)),
    class("something behind it", Expect::Refuse, |dice| base(dice).then(behind, dice)),
    class("the whole under a tag", Expect::Refuse, |dice| base(dice).then(tagged, dice)),
];

/// Classes that issuer and device sign, and those about who signs.
pub const SIGNED: [Class; 19] = [
    class("members in another order", Expect::Accept, |dice| spelt(Spelling::Shuffled, dice)),
    class("a number longer than need be", Expect::Refuse, |dice| spelt(Spelling::Long, dice)),
    class("an indefinite length", Expect::Refuse, |dice| spelt(Spelling::Indefinite, dice)),
    class("a member twice", Expect::Refuse, |dice| spelt(Spelling::Doubled, dice)),
    class("another object", Expect::Either, |dice| changed(|draft| &mut draft.mso, dice)),
    class("another protected header", Expect::Either, |dice| changed(|draft| &mut draft.protected, dice)),
    class("another unprotected header", Expect::Either, |dice| changed(|draft| &mut draft.unprotected, dice)),
    class("a device's other header", Expect::Either, |dice| changed(|draft| &mut draft.device_protected, dice)),
    class("parameters of a header", Expect::Either, parameters),
    class("another device key", Expect::Either, device_key),
    class("another validity", Expect::Either, |dice| time(&["signed", "validFrom", "validUntil"], dice)),
    class("another expected update", Expect::Either, |dice| time(&["expectedUpdate"], dice)),
    class("other authorizations", Expect::Either, authorizations),
    class("another keyInfo", Expect::Either, key_info),
    class("elements of the device", Expect::Either, device_elements),
    class("another response", Expect::Either, response),
    class("another type of document", Expect::Refuse, doc_type),
    class("signed by others", Expect::Refuse, others),
    class("tagged signatures", Expect::Either, tagged_signatures),
];

/// Classes about elements and their digests.
pub const ITEMS: [Class; 8] = [
    class("another item", Expect::Either, |dice| changed(|draft| &mut draft.items[0].1[0], dice)),
    class("another value of an element", Expect::Accept, value),
    class("one element more", Expect::Accept, one_more),
    class("another number of a digest", Expect::Either, digest_id),
    class("another length of the random part", Expect::Either, random),
    class("an item twice", Expect::Refuse, twice),
    class("an item in another namespace", Expect::Refuse, moved),
    class("digests of another item", Expect::Refuse, other_digest),
];

fn base(_: &mut Dice) -> Changed {
    Changed::es256(hex(&world().response))
}

fn bytes(token: &str) -> Vec<u8> {
    from_hex(token).expect("hexadecimal")
}

fn byte(token: &str, dice: &mut Dice) -> String {
    let mut bytes = bytes(token);
    let at = dice.below(bytes.len());
    bytes[at] = dice.below(256) as u8;
    hex(&bytes)
}

fn bit(token: &str, dice: &mut Dice) -> String {
    let mut bytes = bytes(token);
    let at = dice.below(bytes.len());
    bytes[at] ^= 1 << dice.below(8);
    hex(&bytes)
}

fn more(token: &str, dice: &mut Dice) -> String {
    let mut bytes = bytes(token);
    let at = dice.below(bytes.len());
    bytes.insert(at, dice.below(256) as u8);
    hex(&bytes)
}

fn less(token: &str, dice: &mut Dice) -> String {
    let mut bytes = bytes(token);
    bytes.remove(dice.below(bytes.len()));
    hex(&bytes)
}

fn cut(token: &str, dice: &mut Dice) -> String {
    token[..2 * dice.below(token.len() / 2)].to_owned()
}

fn behind(token: &str, dice: &mut Dice) -> String {
    token.to_owned() + dice.pick(&["00", "f6", "a0", "ff", "0000000000"])
}

fn tagged(token: &str, dice: &mut Dice) -> String {
    (dice.pick(&["d9d9f7", "d818", "c0", "d903ec"])).to_owned() + token
}

fn spelt(spelling: Spelling, dice: &mut Dice) -> Changed {
    // An empty map has no member to write twice.
    let parts: &[Part] = match spelling {
        Spelling::Doubled => &[Part::Item, Part::Mso, Part::Protected, Part::DeviceProtected, Part::Response],
        _ => &PARTS,
    };
    let part = dice.pick(parts);
    Draft::new().finish_spelt(part, spelling, dice)
}

fn changed(part: fn(&mut Draft) -> &mut Value, dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    change(part(&mut draft), dice);
    draft.finish()
}

fn add(map: &mut Value, key: Value, value: Value) {
    let Value::Map(members) = map else { panic!("a map") };
    members.retain(|(own, _)| *own != key);
    members.push((key, value));
}

fn parameters(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let odd = odd(dice);
    let label = dice.pick(&[1_i64, 2, 3, 4, 5, 6, 7, 15, 16, 33, 34, 35, 256, -70_001]);
    let header = match dice.below(4) {
        0 => &mut draft.protected,
        1 => &mut draft.unprotected,
        2 => &mut draft.device_protected,
        _ => &mut draft.device_unprotected,
    };
    add(header, label.into(), odd);
    draft.finish()
}

fn device_key(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let odd = odd(dice);
    let label = dice.pick(&[1_i64, 2, 3, 4, 5, -1, -2, -3, -4, 100]);
    let key = member(&mut draft.mso, "deviceKeyInfo").and_then(|info| member(info, "deviceKey")).expect("a key");
    let operations = |number: i64| Value::Array(vec![number.into()]);
    let values = [odd, (-7).into(), operations(2), operations(1), Value::Bytes(vec![7; 4])];
    add(key, label.into(), dice.pick(&values));
    draft.finish()
}

fn time(names: &[&'static str], dice: &mut Dice) -> Changed {
    const TIMES: [&str; 12] = [
        "2027-01-10T00:00:00Z",
        "2027-01-10T00:00:00.5Z",
        "2027-01-10T00:00:00+00:00",
        "2027-01-10T09:00:00+09:00",
        "2027-01-10 00:00:00Z",
        "2027-01-10t00:00:00z",
        "2027-01-10",
        "2027-02-30T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2027-01-10T24:00:00Z",
        "2027-01-10T23:59:60Z",
        "0000-01-01T00:00:00Z",
    ];
    let mut draft = Draft::new();
    let text: Value = (dice.pick(&TIMES)).into();
    let value = match dice.below(8) {
        0 => odd(dice),
        1 => text,
        2 => Value::Tag(1, Box::new(1_799_539_200.into())),
        _ => Value::Tag(0, Box::new(text)),
    };
    let name = dice.pick(names);
    add(member(&mut draft.mso, "validityInfo").expect("a validity"), name.into(), value);
    draft.finish()
}

fn authorizations(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let texts = Value::Array(vec!["x".into()]);
    let values = [
        Value::Map(Vec::new()),
        Value::object([("nameSpaces", Value::Array(Vec::new()))]),
        Value::object([("nameSpaces", texts.clone())]),
        Value::object([("dataElements", Value::Map(Vec::new()))]),
        Value::object([("dataElements", Value::object([("x", Value::Array(Vec::new()))]))]),
        Value::object([("dataElements", Value::object([("x", texts.clone())])), ("nameSpaces", texts)]),
        Value::object([("x", 1.into())]),
    ];
    let value = if dice.below(4) == 0 { odd(dice) } else { dice.pick(&values) };
    add(member(&mut draft.mso, "deviceKeyInfo").expect("a key"), "keyAuthorizations".into(), value);
    draft.finish()
}

fn key_info(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let odd = odd(dice);
    add(member(&mut draft.mso, "deviceKeyInfo").expect("a key"), "keyInfo".into(), odd);
    draft.finish()
}

fn device_elements(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let namespace = dice.pick(&[OWN_NAMESPACE, PID_NAMESPACE, "x"]);
    let name = dice.pick(&[AMR, "family_name"]);
    let elements = if dice.below(4) == 0 { odd(dice) } else { Value::object([(name, odd(dice))]) };
    draft.device_elements = Value::object([(namespace, elements)]);
    draft.finish()
}

/// The response of the fixture's content, freshly signed.
fn fresh() -> Value {
    Draft::new().response(&mut |_, value| value.to_bytes(), (&world().issuer, &world().holder))
}

fn response(dice: &mut Dice) -> Changed {
    let mut response = fresh();
    change(&mut response, dice);
    Changed::es256(hex(&response.to_bytes()))
}

fn doc_type(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    draft.doc_type = (dice.pick(&["org.iso.18013.5.1.mDL", "", "x"])).into();
    draft.finish()
}

fn others(dice: &mut Dice) -> Changed {
    let other = SoftwareKey::generate(dice.entropy());
    let world = world();
    let pairs = [(&other, &world.holder), (&world.issuer, &other), (&world.holder, &world.issuer)];
    Draft::new().finish_as(&mut |_, value| value.to_bytes(), dice.pick(&pairs))
}

fn tagged_signatures(dice: &mut Dice) -> Changed {
    let mut response = fresh();
    let Some(Value::Array(documents)) = member(&mut response, "documents") else { panic!("documents") };
    let auth = if dice.coin() {
        member(&mut documents[0], "issuerSigned").and_then(|part| member(part, "issuerAuth"))
    } else {
        let part = member(&mut documents[0], "deviceSigned").and_then(|part| member(part, "deviceAuth"));
        part.and_then(|auth| member(auth, "deviceSignature"))
    };
    let auth = auth.expect("a signature");
    *auth = Value::Tag(dice.pick(&[18, 18, 17, 98, 24, 61]), Box::new(auth.clone()));
    Changed::es256(hex(&response.to_bytes()))
}

fn value(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    *member(&mut draft.items[0].1[0], "elementValue").expect("a value") = odd(dice);
    draft.finish()
}

fn one_more(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let mut members = [
        ("digestID", 1000.into()),
        ("random", Value::Bytes(vec![9; 32])),
        ("elementIdentifier", "height".into()),
        ("elementValue", 160.into()),
    ];
    dice.shuffle(&mut members);
    draft.items[0].1.push(Value::object(members));
    draft.finish()
}

fn digest_id(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let ids: [Value; 10] = [
        5000.into(),
        i64::from(i32::MAX).into(),
        (1_i64 << 31).into(),
        (1_i64 << 32).into(),
        i64::MAX.into(),
        (-1).into(),
        "1".into(),
        Value::Bytes(vec![1]),
        Value::Float(1.0),
        Value::Null,
    ];
    *member(&mut draft.items[0].1[0], "digestID").expect("a number") = dice.pick(&ids);
    draft.finish()
}

fn random(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let length = dice.pick(&[0, 1, 15, 16, 17, 32, 64]);
    *member(&mut draft.items[0].1[0], "random").expect("a random part") = Value::Bytes(vec![5; length]);
    draft.finish()
}

fn twice(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let mut item = draft.items[0].1[0].clone();
    if dice.coin() {
        *member(&mut item, "digestID").expect("a number") = 2000.into();
    }
    draft.items[0].1.push(item);
    draft.finish()
}

/// Without the digest that would go with it.
fn moved(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let item = draft.items[0].1.remove(0);
    draft.items.push(((dice.pick(&["x", ""])).to_owned(), vec![item]));
    draft.finish()
}

/// Digests that belong to other numbers.
fn other_digest(dice: &mut Dice) -> Changed {
    let by = 1 + dice.below(3);
    let mut write = |part: Part, value: &Value| {
        let mut value = value.clone();
        if part == Part::Mso {
            let digests = member(&mut value, "valueDigests").and_then(|digests| member(digests, PID_NAMESPACE));
            let Some(Value::Map(digests)) = digests else { panic!("digests") };
            let mut moved: Vec<Value> = digests.iter().map(|(_, digest)| digest.clone()).collect();
            moved.rotate_left(by);
            digests.iter_mut().zip(moved).for_each(|((_, own), digest)| *own = digest);
        }
        value.to_bytes()
    };
    Draft::new().finish_as(&mut write, (&world().issuer, &world().holder))
}
