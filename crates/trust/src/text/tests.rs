use super::*;

fn texts(en: &'static str) -> Texts {
    Texts::fixed(en, "日本語", "中文")
}

#[test]
fn a_plain_text_is_fine() {
    assert_eq!(texts("Check in").check(), Ok(()));
}

#[test]
fn an_empty_text_is_refused() {
    assert_eq!(texts("  ").check(), Err(TextError::Empty(Language::English)));
}

#[test]
fn a_direction_override_is_refused() {
    let expected = TextError::Unprintable { language: Language::English, character: 0x202E };
    assert_eq!(texts("kcehC\u{202E}").check(), Err(expected));
}

#[test]
fn a_zero_width_space_is_refused() {
    let expected = TextError::Unprintable { language: Language::English, character: 0x200B };
    assert_eq!(texts("Bank\u{200B}").check(), Err(expected));
}

#[test]
fn an_endless_text_is_refused() {
    let long = Texts { en: "a".repeat(601).into(), ..texts("x") };
    assert_eq!(long.check(), Err(TextError::TooLong(Language::English)));
}

#[test]
fn tags_are_read_with_and_without_region() {
    assert_eq!(Language::from_tag("ja-JP"), Some(Language::Japanese));
    assert_eq!(Language::from_tag("zh-Hans"), Some(Language::SimplifiedChinese));
    assert_eq!(Language::from_tag("EN_us"), Some(Language::English));
    assert_eq!(Language::from_tag("fr"), None);
}

#[test]
fn every_language_reads_its_own_text() {
    let texts = Texts::fixed("one", "一つ", "一个");
    let all: Vec<&str> = Language::ALL.into_iter().map(|language| texts.of(language)).collect();
    assert_eq!(all, ["one", "一つ", "一个"]);
}
