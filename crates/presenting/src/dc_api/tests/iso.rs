//! `org-iso-mdoc`: the envelope alone.

use super::*;

const EXAMPLES: &str = "vectors/mdoc/waltid-18013-7-annex-c/waltid-libraries/protocols/waltid-18013-7-verifier/src/jvmTest/resources/annex-c";

#[test]
fn published_calls_are_read() {
    for name in ["ANNEXC-DETERMINISTIC-001", "ANNEXC-REAL-001"] {
        let text = mibun_vectors::read_text(&format!("{EXAMPLES}/{name}.json"));
        let example = mibun_crypto::json::parse(text.as_bytes(), &Limits::default()).expect("JSON");
        let data =
            json!({ "deviceRequest": example["deviceRequestB64"], "encryptionInfo": example["encryptionInfoB64"] });
        let request = IsoRequest::read(&data).expect("a published call");
        assert_eq!(request.to_value(), data);
        let origin = example["origin"].as_str().expect("text");
        let page = Origin::parse(origin, crate::request::UriPolicy::Https).expect("an origin");
        let info = example["encryptionInfoB64"].as_str().expect("text").to_owned();
        let bound = Handover::IsoDcApi { encryption_info: info, origin: origin.to_owned() };
        assert_eq!(request.handover(&page), bound);
        let answer = json!({ "response": example["encryptedResponseB64"] });
        assert_eq!(IsoAnswer::read(&answer).map(|answer| answer.to_value()), Ok(answer));
    }
}

#[test]
fn a_call_read_is_the_call_written() {
    let request = IsoRequest::new(vec![0xa1], vec![0x82, 0x01]);
    assert_eq!(request.to_value(), json!({ "deviceRequest": "oQ", "encryptionInfo": "ggE" }));
    assert_eq!(IsoRequest::read(&request.to_value()), Ok(request));
}

#[test]
fn an_answer_read_is_the_answer_written() {
    let answer = IsoAnswer(vec![0xff, 0x00]);
    assert_eq!(IsoAnswer::read(&answer.to_value()), Ok(answer));
}

#[test]
fn the_answer_is_bound_to_the_text_of_the_call_and_to_the_page() {
    let request = IsoRequest::new(vec![0xa1], vec![0x82, 0x01]);
    let bound = Handover::IsoDcApi { encryption_info: "ggE".into(), origin: HOTEL.into() };
    assert_eq!(request.handover(&origin()), bound);
}

#[test]
fn malformed_envelopes_are_refused() {
    for (data, error) in [
        (json!([]), IsoError::NotAnObject),
        (json!({}), IsoError::Member("deviceRequest")),
        (json!({ "deviceRequest": 1, "encryptionInfo": "ggE" }), IsoError::Member("deviceRequest")),
        (json!({ "deviceRequest": "oQ" }), IsoError::Member("encryptionInfo")),
        (json!({ "deviceRequest": "oQ", "encryptionInfo": "gg+/=" }), IsoError::Member("encryptionInfo")),
    ] {
        assert_eq!(IsoRequest::read(&data), Err(error), "{data}");
    }
    assert_eq!(IsoAnswer::read(&json!({ "response": "a+/=" })), Err(IsoError::Member("response")));
    assert_eq!(IsoAnswer::read(&json!("x")), Err(IsoError::NotAnObject));
}
