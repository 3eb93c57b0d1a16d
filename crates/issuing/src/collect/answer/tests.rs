use super::*;

const BACK: &str = "https://wallet.example/back?a=1";

fn read(returned: &str) -> Result<Secret, AnswerError> {
    let state = Secret::new("s");
    code(returned, &Expected { redirect_uri: BACK, issuer: "https://id.example", state: &state })
}

fn refused(returned: &str, error: AnswerError) {
    assert_eq!(read(returned), Err(error), "{returned}");
}

#[test]
fn a_good_answer_has_the_code() {
    let good = "https://wallet.example/back?a=1&code=c&state=s&iss=https%3A%2F%2Fid.example&zz=1#_=_";
    assert_eq!(read(good).expect("a code").expose(), "c");
}

#[test]
fn an_answer_at_another_address_is_refused() {
    for address in [
        "https://evil.example/back?code=c&state=s&iss=https%3A%2F%2Fid.example",
        "https://wallet.example/back/?code=c&state=s&iss=https%3A%2F%2Fid.example",
        "http://wallet.example/back?code=c&state=s&iss=https%3A%2F%2Fid.example",
        "https://wallet.example.evil.example/back?code=c&state=s&iss=https%3A%2F%2Fid.example",
        "https://a:b@wallet.example/back?code=c&state=s&iss=https%3A%2F%2Fid.example",
        "nonsense",
        "",
    ] {
        refused(address, AnswerError::Address);
    }
}

#[test]
fn an_answer_that_says_something_twice_is_refused() {
    let twice = "https://wallet.example/back?code=c&code=d&state=s&iss=https%3A%2F%2Fid.example";
    refused(twice, AnswerError::Form(FormError::Duplicate));
}

#[test]
fn an_answer_without_issuer_is_refused() {
    refused("https://wallet.example/back?code=c&state=s", AnswerError::MissingIssuer);
}

#[test]
fn an_answer_of_another_issuer_is_refused_before_anything_else_is_read() {
    let other = "https://wallet.example/back?error=access_denied&state=other&iss=https%3A%2F%2Fid.example%2F";
    refused(other, AnswerError::OtherIssuer);
}

#[test]
fn an_answer_without_state_is_refused() {
    refused("https://wallet.example/back?code=c&iss=https%3A%2F%2Fid.example", AnswerError::MissingState);
}

#[test]
fn an_answer_for_another_request_is_refused() {
    for state in ["t", "ss", "S"] {
        let address = format!("https://wallet.example/back?code=c&state={state}&iss=https%3A%2F%2Fid.example");
        refused(&address, AnswerError::OtherState);
    }
}

#[test]
fn a_no_is_told_with_its_code_where_that_is_known() {
    let no = |error| format!("https://wallet.example/back?code=c&error={error}&state=s&iss=https%3A%2F%2Fid.example");
    refused(&no("access_denied"), AnswerError::Refused(Some(Code::AccessDenied)));
    refused(&no("something_of_its_own"), AnswerError::Refused(None));
}

#[test]
fn an_answer_without_code_is_refused() {
    for address in ["?state=s&iss=https%3A%2F%2Fid.example", "?code=&state=s&iss=https%3A%2F%2Fid.example"] {
        refused(&format!("https://wallet.example/back{address}"), AnswerError::MissingCode);
    }
}
