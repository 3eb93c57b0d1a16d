//! The field of names: primary identifier, two fillers, secondary identifiers (Doc 9303-3 section 4.6).

use zeroize::Zeroizing;

/// Primary and secondary identifier, single fillers as spaces.
pub(super) struct Names {
    pub(super) surname: Zeroizing<String>,
    pub(super) given_names: Zeroizing<String>,
}

/// Splits the field. Fillers at its end mean nothing; later double fillers are spaces here.
pub(super) fn split(field: &str) -> Names {
    let field = field.trim_end_matches('<');
    let (surname, given) = field.split_once("<<").unwrap_or((field, ""));
    Names { surname: spaced(surname), given_names: spaced(given) }
}

/// Whether the field has its form: letters, and two fillers in a row once at most.
pub(super) fn are_well_formed(field: &str) -> bool {
    let field = field.trim_end_matches('<');
    let given = field.split_once("<<").map_or("", |(_, given)| given);
    let starts_well = !field.is_empty() && (!field.starts_with('<') || field.starts_with("<<"));
    starts_well && !given.starts_with('<') && !given.contains("<<") && !field.bytes().any(|byte| byte.is_ascii_digit())
}

/// Fillers as spaces, none at the ends.
pub(super) fn spaced(text: &str) -> Zeroizing<String> {
    let words = text.split('<').filter(|word| !word.is_empty());
    words.fold(Zeroizing::new(String::with_capacity(text.len())), |mut joined, word| {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
        joined
    })
}
