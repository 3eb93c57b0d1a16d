//! Disclosures and digests, signed and hashed as they should be.

use mibun_crypto::base64url;
use mibun_crypto::digest::sha256;
use serde_json::{Value, json};

use super::super::json::{self, Spelling};
use super::super::{Changed, Class, Dice, Expect, class};
use super::{Draft, disclosed, disclosed_as, members, shown};
use crate::world::world;

const SALT: &str = "lklxF5jMYlGTPUovMNIvCA";

/// Classes about disclosures and digests.
pub const CLASSES: [Class; 16] = [
    class("disclosures in another order", Expect::Accept, |dice| own(dice, |dice, list| dice.shuffle(list))),
    class("a disclosure less", Expect::Either, |dice| {
        own(dice, |dice, list| drop(list.remove(dice.below(list.len()))))
    }),
    class("a disclosure twice", Expect::Refuse, |dice| own(dice, |dice, list| list.push(dice.pick(list)))),
    class("a disclosure of the same card that stands nowhere", Expect::Refuse, hidden_parent),
    class("a disclosure of no card", Expect::Refuse, unreferenced),
    class("one claim more", Expect::Accept, one_more),
    class("one claim more, spelt otherwise", Expect::Accept, respelt),
    class("a member in a disclosure twice", Expect::Refuse, doubled),
    class("a disclosure of another form", Expect::Refuse, other_form),
    class("a disclosure of a claim that is there", Expect::Refuse, collision),
    class("a claim hidden that must not be", Expect::Refuse, never_hidden),
    class("any disclosure", Expect::Either, any),
    class("a disclosure within another", Expect::Accept, nested),
    class("a digest twice", Expect::Refuse, digest_twice),
    class("digests that are none", Expect::Refuse, no_digests),
    class("the digest algorithm", Expect::Either, algorithm),
];

/// The fixture's disclosures after `change`, bound again.
fn own(dice: &mut Dice, change: fn(&mut Dice, &mut Vec<String>)) -> Changed {
    let mut list = Draft::new().disclosures;
    change(dice, &mut list);
    shown(list)
}

/// What stands below a claim that is not shown.
fn hidden_parent(dice: &mut Dice) -> Changed {
    let below = world().card.split('~').skip(1).filter(|text| {
        let bytes = base64url::decode(text).unwrap_or_default();
        let inner = [r#""formatted""#, r#""locality""#, r#""65""#, r#""18""#];
        inner.iter().any(|name| String::from_utf8_lossy(&bytes).contains(name))
    });
    let below: Vec<String> = below.map(str::to_owned).collect();
    let address = r#""address""#;
    let mut list = Draft::new().disclosures;
    list.retain(|text| !String::from_utf8_lossy(&base64url::decode(text).unwrap_or_default()).contains(address));
    list.push(dice.pick(&below));
    shown(list)
}

fn unreferenced(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let text = base64url::encode(json!([SALT, "family_name_at_birth", "SUZUKI"]).to_string().as_bytes());
    draft.disclosures.insert(dice.below(draft.disclosures.len() + 1), text);
    draft.finish()
}

fn one_more(_: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    disclosed(&json!([SALT, "height", 160]), &mut draft);
    draft.finish()
}

fn respelt(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let spelling = dice.pick(&[Spelling::Spaced, Spelling::Escaped, Spelling::Shuffled]);
    let text = json::spell(&json!([SALT, "height", { "value": 160, "unit": "cm" }]), spelling, dice);
    disclosed_as(&text, &mut draft);
    draft.finish()
}

fn doubled(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let text = json::spell(&json!([SALT, "height", { "value": 160, "unit": "cm" }]), Spelling::Doubled, dice);
    disclosed_as(&text, &mut draft);
    draft.finish()
}

fn other_form(dice: &mut Dice) -> Changed {
    let forms = [
        json!([]),
        json!([SALT]),
        json!([SALT, "x"]),
        json!([SALT, "x", 1, 2]),
        json!([1, "x", 1]),
        json!([null, "x", 1]),
        json!([SALT, 1, 1]),
        json!([SALT, null, 1]),
        json!([SALT, ["x"], 1]),
        json!({}),
        json!("x"),
        json!(null),
        json!([SALT, "_sd", []]),
        json!([SALT, "...", "x"]),
        json!([SALT, "_sd_alg", "sha-256"]),
    ];
    let mut draft = Draft::new();
    disclosed(&dice.pick(&forms), &mut draft);
    draft.finish()
}

fn collision(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    disclosed(&json!([SALT, dice.pick(&["vct", "iss", "cnf", "exp", "family_name"]), "x"]), &mut draft);
    draft.finish()
}

fn never_hidden(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let name = dice.pick(&["iss", "nbf", "exp", "vct", "status", "cnf"]);
    let value = members(&mut draft.payload).remove(name).expect("a card has it");
    disclosed(&json!([SALT, name, value]), &mut draft);
    draft.finish()
}

fn any(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let mut disclosure = json!([SALT, "height", { "value": 160, "list": [1, { "unit": "cm" }] }]);
    json::change(&mut disclosure, dice);
    disclosed(&disclosure, &mut draft);
    draft.finish()
}

fn digest(disclosure: &Value) -> (String, String) {
    let text = base64url::encode(disclosure.to_string().as_bytes());
    let digest = base64url::encode(&sha256(text.as_bytes()));
    (text, digest)
}

fn nested(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let (inner, inner_digest) = digest(&json!([SALT, "unit", "cm"]));
    let (element, element_digest) = digest(&json!([SALT, 160]));
    let value = json!({ "_sd": [inner_digest], "list": [{ "...": element_digest }] });
    disclosed(&json!([SALT, "height", value]), &mut draft);
    draft.disclosures.extend([inner, element]);
    dice.shuffle(&mut draft.disclosures);
    draft.finish()
}

fn digest_twice(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let (_, own) = digest(&json!([SALT, "height", 160]));
    let (element, element_digest) = digest(&json!([SALT, "cm"]));
    match dice.below(4) {
        0 => {
            disclosed(&json!([SALT, "height", 160]), &mut draft);
            draft.payload["_sd"].as_array_mut().expect("digests").push(own.into());
        }
        1 => {
            disclosed(&json!([SALT, "height", 160]), &mut draft);
            draft.payload["inner"] = json!({ "_sd": [own] });
        }
        2 => {
            draft.payload["list"] = json!([{ "...": element_digest }, { "...": element_digest }]);
            draft.disclosures.push(element);
        }
        // A decoy twice: it stands for nothing, and no reader can tell.
        _ => draft.payload["list"] = json!([{ "...": own }, { "...": own }]),
    }
    draft.finish()
}

fn no_digests(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let inner = [
        json!({ "_sd": "x" }),
        json!({ "_sd": null }),
        json!({ "_sd": {} }),
        json!({ "_sd": [1] }),
        json!({ "_sd": [null] }),
        json!({ "_sd": [["x"]] }),
        json!({ "...": "x" }),
        json!([{ "...": 1 }]),
        json!([{ "...": null }]),
        json!([{ "...": "x", "y": 1 }]),
        json!({ "_sd_alg": "sha-256" }),
        json!([{ "_sd_alg": "sha-256" }]),
    ];
    draft.payload["inner"] = dice.pick(&inner);
    draft.finish()
}

fn algorithm(dice: &mut Dice) -> Changed {
    let mut draft = Draft::new();
    let names = [
        json!("SHA-256"),
        json!("sha-512"),
        json!("sha3-256"),
        json!("md5"),
        json!(""),
        json!(null),
        json!(["sha-256"]),
    ];
    if dice.below(4) == 0 {
        members(&mut draft.payload).remove("_sd_alg");
    } else {
        draft.payload["_sd_alg"] = dice.pick(&names);
    }
    draft.finish()
}
