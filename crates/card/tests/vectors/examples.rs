//! Examples of whole tokens: as issued, as shown, and what a checker learns.

use std::path::{Path, PathBuf};

use mibun_card::kb_jwt::{self, KeyBinding};
use mibun_card::sd_jwt::{Processed, SdJwt};
use mibun_card::vc;
use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::key::{Jwk, PublicKey};
use mibun_vectors::{Test, shared};
use serde_json::{Value, json};

use crate::serialised;

/// The key of every example, from the `settings.yml` beside them.
const X: &str = "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ";
const Y: &str = "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8";

type Run = fn(&Example) -> Result<(), String>;

/// The folder of one example.
pub struct Example(PathBuf);

/// The tests of all examples.
pub fn tests() -> Vec<Test> {
    ["rfc9901-examples", "sd-jwt-vc-examples"].into_iter().flat_map(of_set).collect()
}

fn of_set(set: &str) -> Vec<Test> {
    let folder = shared(&format!("vectors/sd-jwt/{set}"));
    let settings = text_of(&folder.join("settings.yml"));
    assert!(settings.contains(X) && settings.contains(Y), "the key of {set} is another one");
    let mut examples: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder of examples")
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.is_dir())
        .collect();
    examples.sort();
    examples.into_iter().flat_map(|example| of_example(set, example)).collect()
}

fn of_example(set: &str, folder: PathBuf) -> Vec<Test> {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut runs: Vec<(&str, Run)> = vec![
        ("issuance", issuance),
        ("payload", payload),
        ("disclosures", disclosures),
        ("presentation", presentation),
        ("selection", selection),
    ];
    if folder.join("kb_jwt_serialized.txt").exists() {
        runs.push(("key_binding", key_binding));
    }
    if folder.join("decoy_digests.md").exists() {
        runs.push(("decoys", decoys));
    }
    if set == "sd-jwt-vc-examples" || name == "arf-pid" {
        runs.push(("card", card));
    }
    if folder.join("sd_jwt_presentation.json").exists() {
        runs.push(("json_form", json_form_is_refused));
    }
    let test = |(what, run): (&str, Run)| -> Test {
        let example = Example(folder.clone());
        (format!("{set}::{name}::{what}"), Box::new(move || run(&example)))
    };
    runs.into_iter().map(test).collect()
}

impl Example {
    fn text(&self, name: &str) -> String {
        text_of(&self.0.join(name))
    }

    /// A text without the line breaks of the printed page.
    fn joined(&self, name: &str) -> String {
        self.text(name).split_whitespace().collect()
    }

    /// A JSON file, whose long strings are broken over several lines of the printed page.
    fn json(&self, name: &str) -> Result<Value, String> {
        let text: String = self.text(name).lines().map(str::trim_start).collect();
        serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))
    }

    /// The token of `sd_jwt_issuance` or `sd_jwt_presentation`, its signature checked.
    fn token(&self, name: &str) -> Result<SdJwt, String> {
        let text = if self.0.join(format!("{name}.txt")).exists() {
            self.joined(&format!("{name}.txt"))
        } else {
            serialised::to_compact(&self.json(&format!("{name}.json"))?)?
        };
        let token = SdJwt::parse(&text, &Limits::default()).map_err(|error| error.to_string())?;
        token.jws().verify(&issuer_key()?).map_err(|error| error.to_string())?;
        if token.to_string() == text { Ok(token) } else { Err("the text did not survive reading".to_owned()) }
    }
}

fn issuer_key() -> Result<PublicKey, String> {
    key_of(&json!({ "kty": "EC", "crv": "P-256", "x": X, "y": Y }))
}

fn key_of(jwk: &Value) -> Result<PublicKey, String> {
    let key = Jwk::from_value(jwk).map_err(|error| error.to_string())?;
    PublicKey::from_jwk(&key).map_err(|error| error.to_string())
}

fn process(token: &SdJwt) -> Result<Processed, String> {
    token.process().map_err(|error| error.to_string())
}

fn same(found: &Value, expected: &Value) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("found\n{found}\ninstead of\n{expected}")) }
}

/// All disclosures together give the claims that the issuer began with; the rest is the issuer's own.
fn issuance(example: &Example) -> Result<(), String> {
    let token = example.token("sd_jwt_issuance")?;
    let claims = process(&token)?.claims;
    let Value::Object(began_with) = example.json("user_claims.json")? else { return Err("no claims".to_owned()) };
    for (name, value) in &began_with {
        same(claims.get(name).unwrap_or(&Value::Null), value).map_err(|error| format!("{name}: {error}"))?;
    }
    let added: Vec<_> = claims.keys().filter(|name| !began_with.contains_key(*name)).collect();
    let own = ["iss", "iat", "exp", "cnf", "vct", "status"];
    match added.iter().find(|name| !own.contains(&name.as_str())) {
        Some(name) => Err(format!("where does {name} come from?")),
        None => Ok(()),
    }
}

/// What is signed is what is published as signed.
fn payload(example: &Example) -> Result<(), String> {
    let token = example.token("sd_jwt_issuance")?;
    let found = token.jws().payload_json(&Limits::default()).map_err(|error| error.to_string())?;
    same(&found, &example.json("sd_jwt_payload.json")?)
}

/// Digest and contents of every disclosure are those published, in their order.
fn disclosures(example: &Example) -> Result<(), String> {
    let token = example.token("sd_jwt_issuance")?;
    let page = example.text("disclosures.md");
    let digests = page.lines().filter_map(|line| line.split_once("SHA-256 Hash: `"));
    let digests: Vec<_> = digests.filter_map(|(_, digest)| digest.strip_suffix('`')).collect();
    let found: Vec<_> = token.disclosures().iter().map(|disclosure| disclosure.digest()).collect();
    if found != digests {
        return Err(format!("digests {found:?} instead of {digests:?}"));
    }
    let named = page.lines().filter_map(|line| line.strip_prefix("__Claim `"));
    let named: Vec<_> = named.filter_map(|rest| rest.strip_suffix("`__:")).collect();
    let found: Vec<_> = token.disclosures().iter().filter_map(|disclosure| disclosure.name()).collect();
    if found == named { Ok(()) } else { Err(format!("names {found:?} instead of {named:?}")) }
}

/// What is shown is what is published as verified.
fn presentation(example: &Example) -> Result<(), String> {
    let claims = process(&example.token("sd_jwt_presentation")?)?.claims;
    same(&Value::Object(claims), &example.json("verified_contents.json")?)
}

/// Selecting everything from what was issued gives that again; selecting nothing leaves what is in the open.
fn selection(example: &Example) -> Result<(), String> {
    let issued = example.token("sd_jwt_issuance")?;
    let names: Vec<String> = process(&issued)?.claims.keys().cloned().collect();
    let paths: Vec<_> = names.iter().map(|name| mibun_card::path::ClaimPath::of_names(&[name])).collect();
    let all = issued.select(&paths).map_err(|error| error.to_string())?;
    if all.to_string() != issued.without_key_binding() {
        return Err("selecting everything leaves something out".to_owned());
    }
    let nothing = issued.select(&[]).map_err(|error| error.to_string())?;
    let open = process(&nothing)?.claims;
    let expected = issued.jws().payload_json(&Limits::default()).map_err(|error| error.to_string())?;
    let is_open = |name: &&String| expected.get(name.as_str()).is_some();
    let names: Vec<_> = names.iter().filter(is_open).collect();
    if open.keys().collect::<Vec<_>>() == names { Ok(()) } else { Err(format!("{names:?} are in the open")) }
}

/// The proof is the published one, made by the key in the token, over what is shown.
fn key_binding(example: &Example) -> Result<(), String> {
    let token = example.token("sd_jwt_presentation")?;
    let text = token.key_binding().ok_or("no key binding")?;
    if text != example.joined("kb_jwt_serialized.txt") {
        return Err("another key binding than the published one".to_owned());
    }
    let signed = jws::parse(text, &Limits::default()).map_err(|error| error.to_string())?;
    same(&Value::Object(signed.header().members().clone()), &example.json("kb_jwt_header.json")?)?;
    let payload = signed.payload_json(&Limits::default()).map_err(|error| error.to_string())?;
    same(&payload, &example.json("kb_jwt_payload.json")?)?;
    let proof = KeyBinding::parse(text).map_err(|error| error.to_string())?;
    proof.verify(&key_of(&process(&token)?.claims["cnf"]["jwk"])?).map_err(|error| error.to_string())?;
    if signed.header().typ() != Some(kb_jwt::TYP) || proof.sd_hash != token.sd_hash() {
        return Err("the proof is over something else".to_owned());
    }
    Ok(())
}

/// Digests that stand for nothing are among those signed, and no disclosure is theirs.
fn decoys(example: &Example) -> Result<(), String> {
    let page = example.text("decoy_digests.md");
    let decoys: Vec<_> = page.split('`').skip(1).step_by(2).collect();
    let token = example.token("sd_jwt_issuance")?;
    let payload = String::from_utf8_lossy(token.jws().payload()).into_owned();
    let is_decoy = |digest: &&str| {
        payload.contains(*digest) && token.disclosures().iter().all(|disclosure| disclosure.digest() != *digest)
    };
    if decoys.is_empty() || !decoys.iter().all(is_decoy) { Err("not the published decoys".to_owned()) } else { Ok(()) }
}

/// The token is a card to us, unless it is bound to no key, which our profile demands.
fn card(example: &Example) -> Result<(), String> {
    let token = example.token("sd_jwt_presentation")?;
    let claims = example.json("verified_contents.json")?;
    let read = vc::read(&token);
    if claims.get("cnf").is_none() {
        return match read {
            Err(vc::CardError::Member("cnf")) => Ok(()),
            other => Err(format!("a card of nobody: {other:?}")),
        };
    }
    let read = read.map_err(|error| error.to_string())?;
    same(&json!(read.vct), &claims["vct"])?;
    same(&json!(read.issuer), claims.get("iss").unwrap_or(&Value::Null))?;
    same(&json!(read.expires_at), claims.get("exp").unwrap_or(&Value::Null))?;
    if read.holder_key == key_of(&claims["cnf"]["jwk"])? { Ok(()) } else { Err("another key".to_owned()) }
}

/// The JSON serialisation is not spoken; it must be refused, and not be taken for something else.
fn json_form_is_refused(example: &Example) -> Result<(), String> {
    for name in ["sd_jwt_issuance.json", "sd_jwt_presentation.json"] {
        match SdJwt::parse(&example.text(name), &Limits::default()) {
            Err(mibun_card::sd_jwt::SdJwtError::Form) => {}
            other => return Err(format!("{name}: {other:?}")),
        }
    }
    Ok(())
}

fn text_of(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
