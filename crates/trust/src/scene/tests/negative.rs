use super::*;

fn refusal(toml: &str) -> SceneError {
    load(toml).expect_err("the scene must be refused")
}

fn line_of(error: &SceneError) -> usize {
    match error {
        SceneError::Syntax { line, .. } => *line,
        other => panic!("expected a syntax error, got {other:?}"),
    }
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let error = refusal(&minimal().replace("presence = \"none\"", "presense = \"none\""));
    assert_eq!(line_of(&error), 5);
    assert!(error.to_string().starts_with("line 5: unknown field `presense`"), "{error}");
}

#[test]
fn an_unknown_key_of_a_field_is_refused_with_its_line() {
    let error = refusal(&minimal().replace("required = true", "required = true\nmandatory = true"));
    assert_eq!(line_of(&error), 15);
}

#[test]
fn a_missing_key_is_refused() {
    let error = refusal(&minimal().replace("retention_days = 10\n", ""));
    assert!(error.to_string().contains("missing field `retention_days`"), "{error}");
}

#[test]
fn a_key_given_twice_is_refused_with_its_line() {
    assert_eq!(line_of(&refusal(&minimal().replace("version = 1", "version = 1\nversion = 2"))), 4);
}

#[test]
fn a_missing_language_is_refused_with_its_line() {
    let error = refusal(&minimal().replace("ja = \"題\", ", ""));
    assert_eq!(line_of(&error), 8);
    assert!(error.to_string().contains("missing field `ja`"), "{error}");
}

#[test]
fn an_unknown_language_is_refused_with_its_line() {
    assert_eq!(line_of(&refusal(&minimal().replace("ja = \"題\"", "jp = \"題\""))), 8);
}

#[test]
fn an_unknown_level_is_refused() {
    assert_eq!(line_of(&refusal(&minimal().replace("\"light\"", "\"medium\""))), 4);
}

#[test]
fn an_unknown_presence_is_refused() {
    assert_eq!(line_of(&refusal(&minimal().replace("\"none\"", "\"fingerprint\""))), 5);
}

#[test]
fn an_id_with_upper_case_is_refused() {
    assert_eq!(line_of(&refusal(&minimal().replace("test-scene", "Test-scene"))), 2);
}

#[test]
fn an_empty_text_is_refused_by_place() {
    let expected =
        SceneError::Text { place: "fields[0].why".into(), source: TextError::Empty(Language::SimplifiedChinese) };
    assert_eq!(refusal(&minimal().replace("\"需要\"", "\" \"")), expected);
}

#[test]
fn a_claim_the_card_does_not_carry_is_refused() {
    let expected = SceneError::UnknownPath(vec!["religion".into()]);
    assert_eq!(refusal(&minimal().replace("[\"family_name\"]", "[\"religion\"]")), expected);
}

#[test]
fn an_empty_path_is_refused() {
    assert_eq!(refusal(&minimal().replace("[\"family_name\"]", "[]")), SceneError::UnknownPath(vec![]));
}

#[test]
fn a_claim_asked_twice_is_refused() {
    let expected = SceneError::DuplicateField(vec!["family_name".into()]);
    assert_eq!(refusal(&(minimal() + &field(r#"["family_name"]"#, ""))), expected);
}

#[test]
fn a_claim_within_another_asked_claim_is_refused() {
    let twice = minimal() + &field(r#"["address"]"#, "") + &field(r#"["address", "country"]"#, "");
    assert_eq!(refusal(&twice), SceneError::DuplicateField(vec!["address".into(), "country".into()]));
}

#[test]
fn six_optional_fields_are_refused() {
    let optional = ["given_name", "birthdate", "sex", "picture", "document_number", "nationalities"];
    let toml = optional.iter().fold(minimal(), |toml, name| toml + &field(&format!("[\"{name}\"]"), ""));
    assert_eq!(refusal(&toml), SceneError::TooManyOptionalFields(6));
}

#[test]
fn version_zero_is_refused() {
    assert_eq!(refusal(&minimal().replace("version = 1", "version = 0")), SceneError::OutOfRange("version"));
}

#[test]
fn keeping_for_centuries_is_refused() {
    let toml = minimal().replace("retention_days = 10", "retention_days = 99999");
    assert_eq!(refusal(&toml), SceneError::OutOfRange("retention_days"));
}

#[test]
fn ages_of_zero_days_or_more_than_a_century_are_refused() {
    for name in ["maximum_chip_age_days", "maximum_face_age_days"] {
        for days in [0, 36_526] {
            let toml = minimal().replace("version = 1", &format!("version = 1\n{name} = {days}"));
            assert_eq!(refusal(&toml), SceneError::OutOfRange(name));
        }
    }
}

#[test]
fn an_age_of_the_chip_without_a_full_card_is_refused() {
    let toml = minimal().replace("version = 1", "version = 1\nmaximum_chip_age_days = 30");
    assert_eq!(refusal(&toml), SceneError::ChipAgeWithoutFull);
}

#[test]
fn an_evidence_age_of_zero_days_is_refused() {
    let toml = minimal().replace("version = 1", "version = 1\nmaximum_evidence_age_days = 0");
    assert_eq!(refusal(&toml), SceneError::OutOfRange("maximum_evidence_age_days"));
}

#[test]
fn keeping_a_field_without_retention_is_refused() {
    let toml = minimal().replace("retention_days = 10", "retention_days = 0");
    assert_eq!(refusal(&toml), SceneError::KeptWithoutRetention(vec!["family_name".into()]));
}

#[test]
fn an_export_of_a_field_not_asked_is_refused() {
    let toml = minimal() + "\n[[export]]\nheader = \"sex\"\nfield = [\"sex\"]\n";
    assert_eq!(refusal(&toml), SceneError::ColumnWithoutField("sex".into()));
}

#[test]
fn an_export_of_a_field_not_kept_is_refused() {
    let toml =
        minimal() + &field(r#"["picture"]"#, "keep = false") + "\n[[export]]\nheader = \"p\"\nfield = [\"picture\"]\n";
    assert_eq!(refusal(&toml), SceneError::ColumnWithoutField("p".into()));
}

#[test]
fn an_export_column_with_two_sources_is_refused() {
    let toml = minimal() + "\n[[export]]\nheader = \"x\"\nfield = [\"family_name\"]\nfact = \"level\"\n";
    assert_eq!(refusal(&toml), SceneError::AmbiguousColumn("x".into()));
}

#[test]
fn an_export_column_without_a_source_is_refused() {
    assert_eq!(refusal(&(minimal() + "\n[[export]]\nheader = \"x\"\n")), SceneError::AmbiguousColumn("x".into()));
}

#[test]
fn two_export_columns_with_one_heading_are_refused() {
    let column = "\n[[export]]\nheader = \"x\"\nfact = \"level\"\n";
    assert_eq!(refusal(&(minimal() + column + column)), SceneError::DuplicateColumn("x".into()));
}

#[test]
fn a_file_named_otherwise_is_refused() {
    let refused = load_all(&[("other.toml", minimal())]).expect_err("the name must match");
    let id = SceneId::parse("test-scene").expect("a valid id");
    assert_eq!(refused.source, SceneError::WrongFileName { file: "other".into(), id });
}

#[test]
fn a_scene_in_two_files_is_refused() {
    let refused = load_all(&[("test-scene.toml", minimal()), ("test-scene", minimal())]).expect_err("a duplicate");
    assert_eq!(refused.source, SceneError::DuplicateScene(SceneId::parse("test-scene").expect("a valid id")));
}
