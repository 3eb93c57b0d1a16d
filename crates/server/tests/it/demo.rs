//! What `cargo xtask demo` starts with.

use std::path::Path;

use mibun_server::config::Config;

#[test]
fn the_configuration_of_the_demonstration_is_accepted() {
    let text = include_str!("../../../xtask/src/demo.toml");
    let config = Config::parse(text, Path::new("demo.toml"), std::iter::empty()).expect("a configuration");
    assert!(config.demo.enabled && config.loopback_only());
}
