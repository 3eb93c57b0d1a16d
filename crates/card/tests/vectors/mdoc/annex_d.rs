//! ISO/IEC 18013-5 annex D: one session of a reader and a device with a driving licence.

use mibun_card::mdoc::elements::MDL;
use mibun_card::mdoc::{
    DeviceAuth, DeviceRequest, DeviceResponse, Document, DocumentRequest, LIMITS, SessionTranscript, Showing,
    VerifyError, mac_key,
};
use mibun_crypto::cbor::{self, Value};
use mibun_crypto::cose::CoseError;
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::key::PublicKey;
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Certificate;
use mibun_vectors::{Test, from_hex, read_json};

use super::{Checked, same, test, text};

pub fn tests() -> Vec<Test> {
    vec![
        test("annex_d::the_transcript_is_put_together", transcript_is_put_together),
        test("annex_d::the_issuer_signed_the_licence", issuer_signed),
        test("annex_d::the_device_authenticated_it", device_authenticated),
        test("annex_d::the_answer_is_made_again", made_again),
        test("annex_d::another_reader_cannot_verify_it", another_reader),
        test("annex_d::another_session_is_refused", another_session),
        test("annex_d::without_the_readers_key_it_is_refused", no_reader_key),
        test("annex_d::the_elements_are_those_of_a_licence", elements),
        test("annex_d::the_validity_is_that_of_the_example", validity),
        test("annex_d::the_reader_signed_its_request", reader_signed),
        test("annex_d::the_request_of_another_session_is_refused", reader_signed_something_else),
        test("annex_d::the_request_is_read_and_written", request_read_and_written),
        test("annex_d::every_message_is_read", messages),
    ]
}

fn bytes(name: &str) -> Result<Vec<u8>, String> {
    let file = read_json("vectors/mdoc/iso18013-5-annex-d/annex_d_hex.json");
    from_hex(file[format!("ISO_18013_5_ANNEX_D_{name}")].as_str().ok_or("no such value")?)
}

fn private(name: &str) -> Result<EphemeralKey, String> {
    EphemeralKey::from_bytes(&bytes(name)?).map_err(text)
}

fn transcript() -> Result<SessionTranscript, String> {
    let tagged = bytes("SESSION_TRANSCRIPT_BYTES")?;
    let item = cbor::parse(&tagged, &LIMITS).map_err(text)?;
    SessionTranscript::from_bytes(item.encoded().ok_or("not tagged")?).map_err(text)
}

fn document() -> Result<Document, String> {
    let response = DeviceResponse::parse(&bytes("DEVICE_RESPONSE")?).map_err(text)?;
    let [document] = response.documents.try_into().map_err(|_| "not one document")?;
    Ok(document)
}

fn transcript_is_put_together() -> Checked {
    let whole = transcript()?;
    let item = cbor::parse(whole.as_bytes(), &LIMITS).map_err(text)?;
    let Some([engagement, reader_key, handover]) = item.array() else { return Err("not three parts".to_owned()) };
    let made = SessionTranscript::proximity(engagement.raw(), reader_key.raw(), handover.raw()).map_err(text)?;
    same(&made, &whole)?;
    same(&made.tagged(), &bytes("SESSION_TRANSCRIPT_BYTES")?)
}

fn issuer_signed() -> Checked {
    let document = document()?;
    let signer = Certificate::from_der(&bytes("DS_CERT")?).map_err(text)?;
    same(&document.issuer_signed.x5chain().to_vec(), &vec![signer.der().to_vec()])?;
    document.issuer_signed.verify_signature(&signer, Accepted::HAIP).map_err(text)
}

fn device_authenticated() -> Checked {
    let document = document()?;
    if !matches!(document.device_signed.auth(), DeviceAuth::Mac(_)) {
        return Err("the example has a MAC".to_owned());
    }
    document.verify_device(&transcript()?, Some(&private("EPHEMERAL_READER_KEY_D")?)).map_err(text)
}

/// A code has one value per message: what we write is what the standard prints, to the last byte.
fn made_again() -> Checked {
    let (document, transcript) = (document()?, transcript()?);
    let reader = private("EPHEMERAL_READER_KEY_D")?.public_key();
    let key = mac_key(&private("STATIC_DEVICE_KEY_D")?, &reader, &transcript).map_err(text)?;
    let response = Showing::new(document.issuer_signed, Vec::new(), &transcript).authenticate(&key);
    same(&response, &bytes("DEVICE_RESPONSE")?)
}

fn another_reader() -> Checked {
    let other = private("EPHEMERAL_DEVICE_KEY_D")?;
    let found = document()?.verify_device(&transcript()?, Some(&other));
    same(&found, &Err(VerifyError::Device(CoseError::Signature)))
}

fn another_session() -> Checked {
    let other = SessionTranscript::openid4vp("client", "nonce", None, "https://example.com");
    let found = document()?.verify_device(&other, Some(&private("EPHEMERAL_READER_KEY_D")?));
    same(&found, &Err(VerifyError::Device(CoseError::Signature)))
}

fn no_reader_key() -> Checked {
    same(&document()?.verify_device(&transcript()?, None), &Err(VerifyError::NoReaderKey))
}

fn elements() -> Checked {
    let document = document()?;
    same(&document.doc_type.as_str(), &MDL.doc_type)?;
    let shown = MDL.claims_of(&document.issuer_signed).map_err(text)?;
    same(&shown.claims["family_name"], &"Doe".into())?;
    same(&shown.claims["date_of_issuance"], &"2019-10-20".into())?;
    same(&shown.claims["date_of_expiry"], &"2024-10-20".into())?;
    let others: Vec<&str> = shown.others.iter().map(|[_, name]| name.as_str()).collect();
    same(&others, &vec!["document_number", "driving_privileges"])?;
    let portrait = document.issuer_signed.item("org.iso.18013.5.1", "portrait").ok_or("no portrait")?;
    let portrait = portrait.value().map_err(text)?.bytes().ok_or("not bytes")?.to_vec();
    same(&portrait, &bytes("DEVICE_RESPONSE_PORTRAIT_DATA")?)
}

fn validity() -> Checked {
    let validity = document()?.issuer_signed.mso().validity;
    let time = |text: &str| Timestamp::parse_rfc3339(text).map_err(|error| error.to_string());
    same(&validity.signed, &time("2020-10-01T13:30:02Z")?)?;
    same(&validity.valid_from, &time("2020-10-01T13:30:02Z")?)?;
    same(&validity.valid_until, &time("2021-10-01T13:30:02Z")?)
}

fn request() -> Result<DocumentRequest, String> {
    let request = DeviceRequest::parse(&bytes("DEVICE_REQUEST")?).map_err(text)?;
    let [document] = request.documents.try_into().map_err(|_| "not one document")?;
    Ok(document)
}

fn reader_certificate() -> Result<Certificate, String> {
    Certificate::from_der(&bytes("READER_CERT")?).map_err(text)
}

fn reader_signed() -> Checked {
    request()?.verify_signature(&transcript()?, &reader_certificate()?).map_err(text)
}

fn reader_signed_something_else() -> Checked {
    let other = SessionTranscript::openid4vp("client", "nonce", None, "https://example.com");
    let found = request()?.verify_signature(&other, &reader_certificate()?);
    same(&found, &Err(VerifyError::Reader(CoseError::Signature)))
}

fn request_read_and_written() -> Checked {
    let received = bytes("DEVICE_REQUEST")?;
    let request = DeviceRequest::parse(&received).map_err(text)?;
    same(&request.to_bytes(), &received)?;
    let items = request.documents[0].items.clone();
    let kept: Vec<&str> = items.elements.iter().filter(|(.., keep)| *keep).map(|(_, name, _)| name.as_str()).collect();
    same(&kept, &vec!["family_name", "document_number", "driving_privileges", "issue_date", "expiry_date"])?;
    // What we write for the same items is what the standard prints.
    let again = DeviceRequest { documents: vec![DocumentRequest::unsigned(items)] }.to_bytes();
    let printed = Value::embedded(bytes("ITEMS_REQUEST")?).to_bytes();
    let holds = again.windows(printed.len()).any(|window| window == printed);
    if holds { Ok(()) } else { Err("other items".to_owned()) }
}

fn messages() -> Checked {
    for name in ["DEVICE_ENGAGEMENT", "DEVICE_REQUEST", "SESSION_ESTABLISHMENT", "SESSION_DATA", "SESSION_TERMINATION"]
    {
        cbor::parse(&bytes(name)?, &LIMITS).map_err(text)?;
    }
    let device_key = bytes("E_DEVICE_KEY_BYTES")?;
    let item = cbor::parse(&device_key, &LIMITS).map_err(text)?;
    let key = cbor::parse(item.encoded().ok_or("not tagged")?, &LIMITS).map_err(text)?;
    same(&PublicKey::from_cose_key(&key).map_err(text)?, &private("EPHEMERAL_DEVICE_KEY_D")?.public_key())
}
