use super::*;

#[test]
fn profiles_are_read_by_the_names_they_are_written_with() {
    for profile in [Profile::Haip10, Profile::Latest] {
        assert_eq!(profile.to_string().parse(), Ok(profile));
    }
    assert_eq!(Profile::Haip10.as_str(), "haip-1.0");
}

#[test]
fn an_unknown_profile_is_refused() {
    assert_eq!("haip-2.0".parse::<Profile>(), Err(UnknownProfile));
}

#[test]
fn haip_is_the_profile_unless_told_otherwise() {
    assert_eq!(Profile::default(), Profile::Haip10);
}
