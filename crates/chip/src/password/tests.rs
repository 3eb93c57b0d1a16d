use super::*;

#[test]
fn builds_the_information_of_the_worked_example() {
    let password = MrzPassword::new("L898902C<", "690806", "940623").expect("fields");
    assert_eq!(password.information(), "L898902C<369080619406236");
    assert_eq!(MrzPassword::new("L898902C", "690806", "940623").expect("fields").information(), password.information());
}

#[test]
fn a_document_number_longer_than_its_field_keeps_its_length() {
    let password = MrzPassword::new("D23145890734", "340712", "950712").expect("fields");
    assert_eq!(password.information(), "D23145890734934071279507122");
}

#[test]
fn refuses_what_no_mrz_has() {
    let new = |number, birth, expiry| MrzPassword::new(number, birth, expiry).map(|_| ());
    for number in ["", "<<<", "l898902c", "L8989-2C", "Ä", "12345678901234567890123"] {
        assert_eq!(new(number, "690806", "940623"), Err(PasswordError::DocumentNumber), "{number}");
    }
    for date in ["", "69080", "6908066", "69O806"] {
        assert_eq!(new("L898902C", date, "940623"), Err(PasswordError::BirthDate));
        assert_eq!(new("L898902C", "690806", date), Err(PasswordError::ExpiryDate));
    }
    assert_eq!(new("L898902C", "690806", "9406<<"), Err(PasswordError::ExpiryDate));
    assert_eq!(new("L898902C", "69<<<<", "940623"), Ok(()));
}

#[test]
fn refuses_what_is_no_card_access_number() {
    for digits in ["", "12345", "12345678901", "12345a", "１２３４５６"] {
        assert_eq!(CardAccessNumber::new(digits).map(|_| ()), Err(PasswordError::CardAccessNumber), "{digits}");
    }
}

#[test]
fn nothing_shows_in_debug() {
    let mrz = MrzPassword::new("L898902C", "690806", "940623").expect("fields");
    let can = CardAccessNumber::new("123456").expect("digits");
    assert_eq!(format!("{mrz:?} {can:?}"), "MrzPassword([redacted]) CardAccessNumber([redacted])");
    assert_eq!(format!("{:?}", Password::Mrz(mrz)), "Password::Mrz([redacted])");
    assert_eq!(format!("{:?}", Password::Can(can)), "Password::Can([redacted])");
}
