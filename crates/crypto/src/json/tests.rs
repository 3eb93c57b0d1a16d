use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(text: &str) -> Result<Value, JsonError> {
    parse(text.as_bytes(), &Limits::default())
}

#[test]
fn every_kind_of_value_is_read() {
    let text = r#"{"a":[null,true,-1,18446744073709551615,0.5,"\u00e9\n"],"b":{"a":{}}}"#;
    let value = json!({"a": [null, true, -1, 18_446_744_073_709_551_615_u64, 0.5, "é\n"], "b": {"a": {}}});
    assert_eq!(read(text), Ok(value));
}

#[test]
fn a_member_named_twice_is_refused_at_every_level() {
    for text in [r#"{"a":1,"a":1}"#, r#"{"o":{"a":1,"b":2,"a":3}}"#, r#"[[{"a":{},"\u0061":[]}]]"#, r#"{"":0,"":0}"#] {
        assert_eq!(read(text), Err(JsonError::DuplicateMember), "{text}");
    }
    assert!(read(r#"[{"a":1},{"a":1}]"#).is_ok());
}

#[test]
fn limits_are_the_last_allowed_size() {
    let limits = Limits { bytes: 20, depth: 2, nodes: 5 };
    assert!(parse(b"[[1,2],3]", &limits).is_ok());
    assert_eq!(parse(b"[[[]]]", &limits), Err(JsonError::TooDeep));
    assert_eq!(parse(br#"{"a":{"b":{}}}"#, &limits), Err(JsonError::TooDeep));
    assert_eq!(parse(b"[[1,2],3,4]", &limits), Err(JsonError::TooManyNodes));
    assert!(parse(b"[              1   ]", &limits).is_ok());
    assert_eq!(parse(b"[              1    ]", &limits), Err(JsonError::TooLong));
    assert_eq!(parse(b"[]", &Limits { depth: 0, ..limits }), Err(JsonError::TooDeep));
    assert_eq!(parse(b"1", &Limits { depth: 0, nodes: 1, bytes: 1 }), Ok(json!(1)));
}

#[test]
fn deep_nesting_is_cheap_to_refuse() {
    let deep = "[".repeat(200_000);
    assert_eq!(read(&deep), Err(JsonError::TooDeep));
}

#[test]
fn what_is_not_json_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":}",
        "nul",
        "NaN",
        "[Infinity]",
        "-",
        "01",
        "+1",
        "1 2",
        "{}x",
        "'a'",
        "\"\u{1}\"",
        r#""\ud800""#,
        "{a:1}",
        "\u{feff}{}",
        "1e999",
        "// c\n1",
    ] {
        assert!(matches!(read(text), Err(JsonError::Syntax { .. })), "{text:?}");
    }
    assert!(matches!(parse(b"\"\xff\"", &Limits::default()), Err(JsonError::Syntax { .. })));
}

#[test]
fn a_number_is_kept_exactly_or_refused() {
    for text in ["18446744073709551616", "-9223372036854775809", "1e300", "-1e17", "123456789012345678901234567890"] {
        assert_eq!(read(text), Err(JsonError::InexactNumber), "{text}");
    }
    assert_eq!(read("9223372036854775807").map(|value| value.to_string()), Ok("9223372036854775807".to_owned()));
    assert_eq!(read("-9223372036854775808").map(|value| value.to_string()), Ok("-9223372036854775808".to_owned()));
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_value_survives_its_own_text(value in any_value()) {
        prop_assert_eq!(read(&value.to_string()), Ok(value));
    }

    #[test]
    fn noise_is_refused_or_read_and_never_worse(bytes: Vec<u8>) {
        let ours = parse(&bytes, &Limits::default());
        let theirs: Result<Value, _> = serde_json::from_slice(&bytes);
        prop_assert!(ours.is_err() || theirs.is_ok());
    }
}
