//! What a holder shows.

use serde_json::{Value, json};

use super::{issued, parse, path, processed};

fn shown(claims: &Value, paths: &[Value]) -> Value {
    let paths: Vec<_> = paths.iter().cloned().map(path).collect();
    processed(&issued(claims.clone()).select(&paths).expect("a selection"))
}

fn person() -> Value {
    json!({
        "name": "A",
        "address": { "city": "Kyoto", "street": "S" },
        "nationalities": ["JP", "US"],
        "evidence": [{ "type": "record", "time": "t" }, { "type": "face", "time": "u" }],
    })
}

#[test]
fn a_member_brings_its_parent_and_not_its_neighbour() {
    assert_eq!(shown(&person(), &[json!(["address", "city"])]), json!({ "address": { "city": "Kyoto" } }));
}

#[test]
fn an_object_brings_all_its_members() {
    assert_eq!(shown(&person(), &[json!(["address"])]), json!({ "address": { "city": "Kyoto", "street": "S" } }));
}

#[test]
fn an_array_brings_all_its_elements() {
    assert_eq!(shown(&person(), &[json!(["nationalities"])]), json!({ "nationalities": ["JP", "US"] }));
    assert_eq!(shown(&person(), &[json!(["nationalities", null])]), json!({ "nationalities": ["JP", "US"] }));
}

#[test]
fn an_element_comes_alone() {
    assert_eq!(shown(&person(), &[json!(["nationalities", 1])]), json!({ "nationalities": ["US"] }));
}

#[test]
fn an_object_in_an_array_comes_whole() {
    let second = json!({ "evidence": [{ "type": "face", "time": "u" }] });
    assert_eq!(shown(&person(), &[json!(["evidence", 1])]), second);
    assert_eq!(shown(&person(), &[json!(["evidence", 1, "type"])]), second);
}

#[test]
fn several_paths_add_up() {
    let paths = [json!(["name"]), json!(["address", "street"]), json!(["nationalities", 0])];
    let expected = json!({ "name": "A", "address": { "street": "S" }, "nationalities": ["JP"] });
    assert_eq!(shown(&person(), &paths), expected);
}

#[test]
fn a_path_to_nothing_shows_nothing() {
    assert_eq!(shown(&person(), &[json!(["title"])]), json!({}));
    assert_eq!(shown(&person(), &[]), json!({}));
}

#[test]
fn a_selection_of_a_selection_shows_no_more() {
    let token = issued(person());
    let less = token.select(&[path(json!(["address", "city"]))]).expect("a selection");
    let again = less.select(&[path(json!(["address"])), path(json!(["name"]))]).expect("a selection");
    assert_eq!(processed(&again), json!({ "address": { "city": "Kyoto" } }));
}

#[test]
fn a_selection_keeps_the_order_and_drops_the_old_proof() {
    let token = parse(&issued(person()).with_key_binding("a.b.c")).expect("a presentation");
    let shown = token.select(&[path(json!(["address"]))]).expect("a selection");
    assert_eq!(shown.key_binding(), None);
    let place = |text: &str| token.disclosures().iter().position(|disclosure| disclosure.as_str() == text);
    let places: Vec<_> = shown.disclosures().iter().map(|disclosure| place(disclosure.as_str())).collect();
    assert!(places.is_sorted() && places.len() == 3, "{places:?}");
}

#[test]
fn the_hash_covers_what_is_shown_and_not_the_proof() {
    let token = issued(json!({ "a": "1", "b": "2" }));
    let one = token.select(&[path(json!(["a"]))]).expect("a selection");
    assert_ne!(one.sd_hash(), token.sd_hash());
    let shown = parse(&one.with_key_binding("a.b.c")).expect("a presentation");
    assert_eq!(shown.key_binding(), Some("a.b.c"));
    assert_eq!(shown.sd_hash(), one.sd_hash());
    assert_eq!(shown.to_string(), one.with_key_binding("a.b.c"));
}
