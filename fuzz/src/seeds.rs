//! What fuzzing begins with, one folder per target: files of a made-up document, and small messages.

mod mdocs;

use std::path::Path;

use mibun_chip::reading::Ef;
use mibun_chip::testing::country::{Country, Person, Signing, ZoneFormat};
use mibun_chip::testing::specimen::Abilities;
use mibun_crypto::time::Timestamp;

use crate::{TARGETS, issuing};

const NOW: Timestamp = Timestamp(1_800_000_000);
const PORTRAIT: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 2, 3, 4, 5, 0xff, 0xd9];

/// Messages that need no document.
const MESSAGES: [(&str, &str); 23] = [
    ("json", r#"{"a":[null,true,-1,0.5,"\u00e9"],"b":{"a":{}}}"#),
    ("jws", "eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ.AAAA"),
    ("sd_jwt", "eyJhbGciOiJFUzI1NiIsInR5cCI6ImRjK3NkLWp3dCJ9.eyJfc2QiOltdfQ.AAAA~WyJzIiwibiIsMV0~"),
    (
        "dcql",
        r#"{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["v"]},"claims":[{"path":["a",null,0]}]}]}"#,
    ),
    (
        "vp_request",
        "openid4vp://?client_id=redirect_uri%3Ahttps%3A%2F%2Fa.example%2Fp&response_type=vp_token&response_mode=direct_post&nonce=n-0S6_WzA2Mj1aXbk39dkQ2&dcql_query=%7B%7D&client_metadata=%7B%7D",
    ),
    (
        "vp_fetch",
        r#"{"vp_formats_supported":{"dc+sd-jwt":{"sd-jwt_alg_values":["ES256"]}},"client_id_prefixes_supported":["x509_hash"]}"#,
    ),
    (
        "dc_api",
        r#"{"response_type":"vp_token","response_mode":"dc_api","nonce":"n-0S6_WzA2Mj1aXbk39dkQ2","client_metadata":{"vp_formats_supported":{"mso_mdoc":{"issuerauth_alg_values":[-7]}}},"dcql_query":{"credentials":[{"id":"a","format":"mso_mdoc","meta":{"doctype_value":"d"},"claims":[{"path":["n","e"],"intent_to_retain":true}]}]},"verifier_info":[{"format":"f","data":{}}]}"#,
    ),
    (
        "multisigned",
        r#"{"payload":"e30","signatures":[{"protected":"eyJhbGciOiJFUzI1NiIsImNsaWVudF9pZCI6Ing1MDlfaGFzaDphIn0","signature":"AAAA"}]}"#,
    ),
    ("transaction_data", r#"{"type":"p","credential_ids":["c"],"transaction_data_hashes_alg":["sha-256"],"a":1}"#),
    ("vp_answer", r#"{"vp_token":{"a":["AAAA"]},"state":"s"}"#),
    (
        "offer",
        r#"{"credential_issuer":"https://a.example","credential_configuration_ids":["c"],"grants":{"urn:ietf:params:oauth:grant-type:pre-authorized_code":{"pre-authorized_code":"x","tx_code":{"length":6}}}}"#,
    ),
    ("form", "grant_type=urn%3Aietf&code=a+b&c="),
    (
        "par_form",
        "response_type=code&client_id=c&redirect_uri=https%3A%2F%2Fa.example%2Fback&scope=mibun_card&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&state=s",
    ),
    (
        "dpop",
        r#"{"jti":"j","htm":"POST","htu":"https://a.example/token","iat":1800000000,"nonce":"n","ath":"a"}"#,
    ),
    ("jwe", r#"{"transaction_id":"t","credential_response_encryption":{"enc":"A128GCM","jwk":{}}}"#),
    ("x5c", r#"["MIIB","MIIC"]"#),
    ("tlv", "\x04\x02ab\x30\x00"),
    ("apdu", "\x00\x01\x02\x03\x02ab\x00"),
    (
        "client_attestation",
        r#"{"iss":"i","sub":"https://a.example","iat":1799999999,"exp":1800000001,"cnf":{"jwk":{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}},"status":{"status_list":{"idx":1,"uri":"u"}}}"#,
    ),
    (
        "attestation_pop",
        r#"{"iss":"https://a.example","aud":"https://a.example","jti":"j","iat":1800000000,"challenge":"c","nbf":1799999999,"exp":1800000001}"#,
    ),
    (
        "key_attestation",
        r#"{"iat":1800000000,"exp":1800000001,"nonce":"n","attested_keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}],"key_storage":["iso_18045_high"],"user_authentication":["iso_18045_moderate","x"]}"#,
    ),
    (
        "registration",
        r#"{"sub":"LEIEU-1","name":"n","country":"EU","entitlements":["e"],"policy_id":["1.2"],"privacy_policy":"p","credentials":[{"format":"dc+sd-jwt","meta":{"vct_values":["v"]},"claim":[{"path":["a",null,0]}]},{"format":"mso_mdoc","meta":{"doctype_value":"d"}}],"purpose":[{"lang":"en","value":"v"}],"supervisory_authority":{"email":"e"},"iat":1,"exp":2}"#,
    ),
    (
        "trust_list",
        r#"{"LoTE":{"ListAndSchemeInformation":{"LoTEVersionIdentifier":1,"LoTESequenceNumber":1,"LoTEType":"http://uri.etsi.org/19602/LoTEType/EUPIDProvidersList","SchemeOperatorName":[{"lang":"en","value":"o"}],"SchemeTerritory":"EU","PolicyOrLegalNotice":[{"LoTEPolicy":{"lang":"en","uriValue":"u"}}],"ListIssueDateTime":"2027-01-01T00:00:00Z","NextUpdate":"2027-02-01T00:00:00Z","SchemeExtensions":[{"critical":false}]}}}"#,
    ),
];

/// Writes them.
///
/// # Panics
/// When the folder takes no files.
pub fn write(folder: &Path) {
    let write = |target: &str, name: &str, bytes: &[u8]| {
        let folder = folder.join(target);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(name), bytes).expect("a file");
    };
    TARGETS.iter().for_each(|target| write(target.name, "empty", &[]));
    MESSAGES.iter().for_each(|(target, text)| write(target, "message", text.as_bytes()));
    let mut country = Country::found("UT", Signing::P256, NOW.plus_days(-400), "fuzz");
    let specimen = country.specimen(&person(), PORTRAIT, Abilities::ALL);
    for (file, bytes) in &specimen.files {
        let target = match file {
            Ef::Sod => "sod",
            Ef::Com => "com",
            Ef::CardAccess => "dg14",
            Ef::Dg1 => "dg1",
            Ef::Dg2 => "dg2",
            Ef::Dg14 => "dg14",
            Ef::Dg15 => "dg15",
            _ => "tlv",
        };
        write(target, &format!("{file:?}"), bytes);
        write("tlv", &format!("of-{file:?}"), bytes);
    }
    write("certificate", "authority", &country.authority.certificate);
    write("certificate", "signer", &country.signer.certificate);
    write("crl", "list", &country.revocation_list(&[], NOW));
    write("collecting", "metadata", &issuing::seed());
    mdocs::write(&write);
}

fn person() -> Person {
    let date = |text: &str| text.parse().expect("a date");
    Person {
        format: ZoneFormat::Td3,
        issuing_state: "UTO".to_owned(),
        document_number: "X1234567".to_owned(),
        nationality: "JPN".to_owned(),
        birth: date("1980-01-02"),
        sex: 'M',
        expiry: date("2036-01-01"),
        surname: "AOKI".to_owned(),
        given_names: "KEN".to_owned(),
        full_name: None,
    }
}
