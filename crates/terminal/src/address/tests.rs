use std::path::Path;

use super::{AddressError, Server, Way, WayError};

fn refused(address: &str) -> AddressError {
    Server::new(address, None).expect_err(address)
}

#[test]
fn plain_http_stays_on_this_machine() {
    for good in ["http://localhost:8080", "http://127.0.0.1", "http://127.3.2.1:1/", "http://[::1]:8080"] {
        assert!(Server::new(good, None).is_ok(), "{good}");
    }
    for bad in ["http://example.org", "http://192.168.1.2:8080", "http://localhost.example.org", "http://0.0.0.0"] {
        assert!(matches!(refused(bad), AddressError::Plain), "{bad}");
    }
}

#[test]
fn other_addresses_are_refused_by_name() {
    for bad in ["", "example", "localhost:8080/x y", "http://"] {
        assert!(matches!(refused(bad), AddressError::NotAnAddress | AddressError::Scheme), "{bad}");
    }
    for bad in ["ws://localhost", "ftp://localhost", "file:///x"] {
        assert!(matches!(refused(bad), AddressError::Scheme), "{bad}");
    }
    for bad in ["http://a@localhost", "http://:b@localhost", "http://localhost/?a", "http://localhost/#a"] {
        assert!(matches!(refused(bad), AddressError::Excess), "{bad}");
    }
}

#[test]
fn an_authority_must_be_in_its_file() {
    let missing = Server::new("https://localhost", Some(Path::new("/nowhere/ca.pem")));
    assert!(matches!(missing, Err(AddressError::Authority { .. })));
    let empty = Server::new("https://localhost", Some(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))));
    assert!(matches!(empty, Err(AddressError::Authority { .. })));
}

#[test]
fn the_socket_lies_below_the_address() {
    let way = Way::terminal("abcd-2345").expect("a code");
    let socket = |address: &str| Server::new(address, None).expect("an address").socket(&way).to_string();
    assert_eq!(socket("http://localhost:8080/"), "ws://localhost:8080/api/terminal/ABCD2345/chip");
    assert_eq!(socket("http://[::1]:80/id/"), "ws://[::1]/id/api/terminal/ABCD2345/chip");
}

#[test]
fn codes_and_journeys_are_nothing_else() {
    for bad in ["", "abcd234", "abcd23456", "abcd/234", "äbcd2345", "../../x2"] {
        assert_eq!(Way::terminal(bad).expect_err(bad), WayError::Code);
    }
    for (id, token) in [("", "x"), ("x", ""), ("a/b", "x"), ("x", "a b"), ("x", "a\"b")] {
        assert_eq!(Way::holder(id, token).expect_err(id), WayError::Journey);
    }
}

#[test]
fn debug_shows_no_secret() {
    let code = format!("{:?}", Way::terminal("ABCD2345").expect("a code"));
    let holder = format!("{:?}", Way::holder("0123", "secret").expect("a journey"));
    assert!(!code.contains("ABCD") && !holder.contains("secret") && !holder.contains("0123"), "{code} {holder}");
}
