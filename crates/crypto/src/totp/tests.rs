use super::*;
use crate::entropy::SeededEntropy;

/// The secret of RFC 6238 appendix B, whose eight-digit codes end in the six digits that apps show.
fn published() -> TotpSecret {
    TotpSecret::from_bytes(b"12345678901234567890")
}

macro_rules! rfc_6238 {
    ($($name:ident: $time:literal => $code:literal;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(published().code_at(Timestamp($time)), $code);
        }
    )*};
}

rfc_6238! {
    rfc_6238_at_59: 59 => "287082";
    rfc_6238_at_1111111109: 1_111_111_109 => "081804";
    rfc_6238_at_1111111111: 1_111_111_111 => "050471";
    rfc_6238_at_1234567890: 1_234_567_890 => "005924";
    rfc_6238_at_2000000000: 2_000_000_000 => "279037";
    rfc_6238_at_20000000000: 20_000_000_000 => "353130";
}

#[test]
fn a_code_lives_one_step_to_either_side() {
    let secret = published();
    let code = secret.code_at(Timestamp(3000));
    for (now, accepted) in [(2969, false), (2970, true), (3000, true), (3059, true), (3060, false)] {
        let step = verify(&secret, &code, Timestamp(now), None);
        assert_eq!(step, accepted.then_some(Step(100)), "at {now}");
    }
}

#[test]
fn a_code_works_once() {
    let secret = published();
    let now = Timestamp(3000);
    let code = secret.code_at(now);
    let spent = verify(&secret, &code, now, Some(Step(99)));
    assert_eq!(spent, Some(Step(100)));
    assert_eq!(verify(&secret, &code, now, spent), None);
    assert_eq!(verify(&secret, &code, now, Some(Step(101))), None);
}

#[test]
fn anything_else_is_no_code() {
    let secret = published();
    let now = Timestamp(59);
    for code in ["", "287083", "28708", "2870820", " 287082", "94287082", "２８７０８２"] {
        assert_eq!(verify(&secret, code, now, None), None, "{code:?}");
    }
}

#[test]
fn an_app_is_told_everything_it_needs() {
    let uri = published().provisioning_uri("Mibun 市", "officer@example.org");
    let expected = "otpauth://totp/Mibun%20%E5%B8%82:officer%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
                    &issuer=Mibun%20%E5%B8%82&algorithm=SHA1&digits=6&period=30";
    assert_eq!(uri, expected);
}

#[test]
fn a_secret_does_not_print_itself() {
    let secret = TotpSecret::generate(&mut SeededEntropy::new("totp"));
    assert_eq!(format!("{secret:?}"), "TotpSecret([redacted])");
    assert_ne!(secret.expose(), &[0; 20]);
}
