use mibun_crypto::cbor::{CborError, Value};

use super::*;

#[test]
fn every_part_of_a_session_changes_its_transcript() {
    let of = SessionTranscript::openid4vp;
    let all = [
        of("c", "n", None, "u"),
        of("d", "n", None, "u"),
        of("c", "o", None, "u"),
        of("c", "n", Some(&[0; 32]), "u"),
        of("c", "n", Some(&[1; 32]), "u"),
        of("c", "n", None, "v"),
        SessionTranscript::openid4vp_dc_api("c", "n", None),
        SessionTranscript::openid4vp_dc_api("c", "n", Some(&[0; 32])),
        SessionTranscript::iso_dc_api("c", "n"),
        SessionTranscript::iso_dc_api("n", "c"),
    ];
    for (at, one) in all.iter().enumerate() {
        assert!(all[..at].iter().all(|other| other != one), "transcript {at}");
    }
}

#[test]
fn what_is_no_transcript_is_refused() {
    let found = |value: Value| SessionTranscript::from_bytes(&value.to_bytes()).err();
    assert_eq!(found(Value::Array(vec![Value::Null; 3])), None);
    assert_eq!(found(Value::Array(vec![Value::Null; 2])), Some(MdocError::Member("SessionTranscript")));
    assert_eq!(found(Value::Null), Some(MdocError::Member("SessionTranscript")));
    assert_eq!(SessionTranscript::from_bytes(&[0x83]).err(), Some(MdocError::Cbor(CborError::CutOff)));
}

#[test]
fn parts_that_are_not_under_tag_24_are_refused() {
    let (tagged, bare, null) = (Value::embedded(vec![0]).to_bytes(), vec![0], Value::Null.to_bytes());
    assert!(SessionTranscript::proximity(&tagged, &tagged, &null).is_ok());
    let found = SessionTranscript::proximity(&bare, &tagged, &null).err();
    assert_eq!(found, Some(MdocError::Member("DeviceEngagementBytes")));
    let found = SessionTranscript::proximity(&tagged, &bare, &null).err();
    assert_eq!(found, Some(MdocError::Member("EReaderKeyBytes")));
    let found = SessionTranscript::proximity(&tagged, &tagged, &[0x81]).err();
    assert_eq!(found, Some(MdocError::Cbor(CborError::CutOff)));
}
