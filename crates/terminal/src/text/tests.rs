use super::{Language, Plain, UnknownLanguage};
use crate::reader::ReaderError;

#[test]
fn languages_are_read_as_they_are_written() {
    for language in [Language::En, Language::Ja, Language::ZhHans] {
        assert_eq!(language.to_string().parse(), Ok(language));
    }
    assert_eq!("zh".parse::<Language>(), Err(UnknownLanguage));
}

#[test]
fn a_server_cannot_steer_the_terminal() {
    let text = Plain::from("a\u{1b}[2J\r\nb\u{9b}c".to_owned());
    assert_eq!(text.as_str(), "a[2Jbc");
    assert_eq!(Plain::from("x".repeat(5_000)).as_str().len(), 1_000);
}

#[test]
fn every_error_of_a_reader_says_what_to_do_in_every_language() {
    let all = [
        ReaderError::NoService,
        ReaderError::NotLetIn,
        ReaderError::NoReader,
        ReaderError::UnknownReader,
        ReaderError::WhichReader,
        ReaderError::Busy,
        ReaderError::NoCard,
        ReaderError::CardRemoved,
        ReaderError::CardMute,
        ReaderError::OtherProtocol,
        ReaderError::TooLong,
        ReaderError::Other(7),
    ];
    for error in all {
        for language in [Language::En, Language::Ja, Language::ZhHans] {
            assert!(error.text().of(language).chars().count() > 20, "{error}");
        }
    }
}
