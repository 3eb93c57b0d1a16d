//! Session cookies and the header that other sites cannot send.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderValue, header};
use mibun_registry::CheckId;

use crate::http::problem::Problem;

/// Checks whose cookies a browser brings along at most: each is sent with every request, and tabs that were closed leave theirs.
const MOST_CHECKS: usize = 8;
/// What the names of checks' cookies begin with; the check's identifier follows.
const CHECK: &str = "mibun_check_";

/// Which session a cookie is for; each has its own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An officer at the console.
    Console,
    /// A counter of an organisation.
    Window,
    /// The browser in which this check was opened: one cookie per check, for a browser may have several in its tabs.
    Check(CheckId),
}

impl Kind {
    fn name(self) -> Cow<'static, str> {
        match self {
            Self::Console => "mibun_console".into(),
            Self::Window => "mibun_window".into(),
            Self::Check(id) => format!("{CHECK}{id}").into(),
        }
    }
}

/// The token of a session cookie.
pub fn token(headers: &HeaderMap, kind: Kind) -> Option<String> {
    let wanted = kind.name();
    pairs(headers).find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned())
}

/// The checks whose cookies come along with their tokens, in the browser's order: the oldest first.
pub fn checks(headers: &HeaderMap) -> Vec<(CheckId, String)> {
    let check = |(name, value): (&str, &str)| Some((name.strip_prefix(CHECK)?.parse().ok()?, value.to_owned()));
    pairs(headers).filter_map(check).collect()
}

/// The checks that have to go before the browser gets one more: the one it is done with, and the oldest of too many.
pub fn checks_to_drop(headers: &HeaderMap, done_with: Option<CheckId>) -> Vec<(CheckId, String)> {
    let (mut dropped, mut others): (Vec<_>, Vec<_>) =
        checks(headers).into_iter().partition(|(id, _)| Some(*id) == done_with);
    let surplus = (others.len() + 1).saturating_sub(MOST_CHECKS);
    dropped.extend(others.drain(..surplus));
    dropped
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

/// A `Set-Cookie` that starts a session.
pub fn set(kind: Kind, token: &str, https: bool) -> HeaderValue {
    cookie(kind, token, https, "")
}

/// The same for one that the browser forgets by itself after so many seconds.
pub fn set_for(kind: Kind, token: &str, https: bool, seconds: i64) -> HeaderValue {
    cookie(kind, token, https, &format!("; Max-Age={seconds}"))
}

/// A `Set-Cookie` that ends a session.
pub fn clear(kind: Kind, https: bool) -> HeaderValue {
    cookie(kind, "", https, "; Max-Age=0")
}

/// A check's cookie is `Lax`: the wallet sends the browser back to us from elsewhere, and it must come along. Its path is as
/// wide as the others': it is needed where checks are opened and looked at, where browsers come back, and at the sign-out.
fn cookie(kind: Kind, token: &str, https: bool, more: &str) -> HeaderValue {
    let same_site = if matches!(kind, Kind::Check(_)) { "Lax" } else { "Strict" };
    let secure = if https { "; Secure" } else { "" };
    let text = format!("{}={token}; Path=/; HttpOnly; SameSite={same_site}{secure}{more}", kind.name());
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// Requires `x-mibun: 1`, which a form or link of another site cannot send.
///
/// # Errors
/// [`Problem::Forbidden`].
pub fn same_origin(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get("x-mibun") {
        Some(value) if value == "1" => Ok(()),
        _ => Err(Problem::Forbidden),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; mibun_window=w; mibun_console=c"));
        assert_eq!(token(&headers, Kind::Console).as_deref(), Some("c"));
        assert_eq!(token(&headers, Kind::Check(CheckId::from_bytes([7; 16]))), None);
    }

    #[test]
    fn a_session_cookie_is_closed_to_scripts_and_other_sites() {
        let cookie = set(Kind::Console, "t", true);
        assert_eq!(cookie, "mibun_console=t; Path=/; HttpOnly; SameSite=Strict; Secure");
    }

    #[test]
    fn a_check_has_a_cookie_of_its_own_that_ends_with_it() {
        let kind = Kind::Check(CheckId::from_bytes([0xab; 16]));
        let name = "mibun_check_abababababababababababababababab";
        let rest = "Path=/; HttpOnly; SameSite=Lax; Secure";
        assert_eq!(set_for(kind, "t", true, 900), format!("{name}=t; {rest}; Max-Age=900"));
        assert_eq!(clear(kind, true), format!("{name}=; {rest}; Max-Age=0"));
        let mut headers = HeaderMap::new();
        let line = format!("mibun_check_{}=o; {name}=t", CheckId::from_bytes([1; 16]));
        headers.insert(header::COOKIE, HeaderValue::from_str(&line).expect("a header"));
        assert_eq!(token(&headers, kind).as_deref(), Some("t"));
    }

    #[test]
    fn what_only_looks_like_the_cookie_of_a_check_is_none() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("mibun_check=a; mibun_check_=b; mibun_check_zz=c"));
        assert_eq!(checks(&headers), Vec::new());
    }

    #[test]
    fn a_request_without_our_header_is_refused() {
        assert_eq!(same_origin(&HeaderMap::new()), Err(Problem::Forbidden));
    }
}
