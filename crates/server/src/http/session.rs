//! Session cookies and the header that other sites cannot send.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::http::problem::Problem;

/// Which session a cookie is for; each has its own name and path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An officer at the console.
    Console,
    /// A counter of an organisation.
    Window,
    /// The browser in which a check was opened.
    Check,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Console => "mibun_console",
            Self::Window => "mibun_window",
            Self::Check => "mibun_check",
        }
    }
}

/// The token of a session cookie.
pub fn token(headers: &HeaderMap, kind: Kind) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == kind.name()).map(|(_, value)| value.to_owned())
}

/// A `Set-Cookie` that starts a session.
///
/// A check's cookie is `Lax`: the wallet sends the browser back to us from elsewhere, and it must come along.
pub fn set(kind: Kind, token: &str, https: bool) -> HeaderValue {
    let same_site = if kind == Kind::Check { "Lax" } else { "Strict" };
    cookie(kind, token, same_site, https, "")
}

/// A `Set-Cookie` that ends a session.
pub fn clear(kind: Kind, https: bool) -> HeaderValue {
    cookie(kind, "", "Strict", https, "; Max-Age=0")
}

fn cookie(kind: Kind, token: &str, same_site: &str, https: bool, more: &str) -> HeaderValue {
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
        assert_eq!(token(&headers, Kind::Check), None);
    }

    #[test]
    fn a_session_cookie_is_closed_to_scripts_and_other_sites() {
        let cookie = set(Kind::Console, "t", true);
        assert_eq!(cookie, "mibun_console=t; Path=/; HttpOnly; SameSite=Strict; Secure");
    }

    #[test]
    fn a_request_without_our_header_is_refused() {
        assert_eq!(same_origin(&HeaderMap::new()), Err(Problem::Forbidden));
    }
}
