use super::*;

#[test]
fn states_of_zones_are_countries_of_certificates() {
    for (state, country) in [("JPN", "JP"), ("CHN", "CN"), ("D", "DE"), ("GBN", "GB"), ("UTO", "UT"), ("ZWE", "ZW")] {
        assert_eq!(country_of(state), Some(country));
    }
    for state in ["DEU", "", "XXX", "JP", "jpn", "JPNJ"] {
        assert_eq!(country_of(state), None, "{state}");
    }
}

#[test]
fn the_table_is_whole() {
    let pairs: Vec<&str> = COUNTRIES.split(' ').collect();
    assert_eq!(pairs.len(), 249);
    assert!(pairs.iter().all(|pair| pair.len() == 5 && pair.bytes().all(|letter| letter.is_ascii_uppercase())));
    assert!(pairs.is_sorted());
}
