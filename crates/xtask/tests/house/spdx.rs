//! Licence expressions, as far as packages use them: `OR`, `AND`, `WITH`, parentheses, and the old `/`.

/// Whether `expression` can be met with licences of `allowed` alone.
///
/// `AND` binds closer than `OR`; `X WITH Y` is one licence, and `X+`, "or later", is met by `X`.
pub(crate) fn allows(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let met = any(&mut rest, allowed);
    met && rest.is_empty()
}

fn any(words: &mut &[&str], allowed: &[String]) -> bool {
    let mut met = all(words, allowed);
    while take(words, "OR") {
        met |= all(words, allowed);
    }
    met
}

fn all(words: &mut &[&str], allowed: &[String]) -> bool {
    let mut met = one(words, allowed);
    while take(words, "AND") {
        met &= one(words, allowed);
    }
    met
}

fn one(words: &mut &[&str], allowed: &[String]) -> bool {
    if take(words, "(") {
        let met = any(words, allowed);
        return take(words, ")") && met;
    }
    let Some((licence, rest)) = words.split_first() else { return false };
    *words = rest;
    let mut name = licence.trim_end_matches('+').to_owned();
    if take(words, "WITH") {
        let Some((exception, rest)) = words.split_first() else { return false };
        *words = rest;
        name = format!("{name} WITH {exception}");
    }
    allowed.contains(&name)
}

fn take(words: &mut &[&str], word: &str) -> bool {
    match words.split_first() {
        Some((first, rest)) if *first == word => {
            *words = rest;
            true
        }
        _ => false,
    }
}

#[test]
fn expressions_are_read() {
    let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
    for good in [
        "MIT",
        "MIT+",
        "GPL-3.0 OR MIT",
        "GPL-3.0/MIT",
        "MIT AND (ISC OR GPL-3.0)",
        "Apache-2.0 WITH LLVM-exception OR X",
    ] {
        assert!(allows(good, &allowed), "{good}");
    }
    for bad in [
        "",
        "GPL-3.0",
        "GPL-3.0+",
        "MIT AND GPL-3.0",
        "MIT ISC",
        "(MIT",
        "MIT)",
        "Apache-2.0",
        "MIT WITH",
        "GPL-3.0 OR MIT AND X",
    ] {
        assert!(!allows(bad, &allowed), "{bad}");
    }
}
