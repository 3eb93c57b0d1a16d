//! `mibun terminal`: a counter with a card reader. It needs the address of a server and nothing of an installation.

#[cfg(feature = "pcsc")]
mod counter;

#[cfg(feature = "pcsc")]
pub(super) use counter::Terminal;

/// Whatever is asked of a counter, in a program that has none.
#[cfg(not(feature = "pcsc"))]
#[derive(Debug, clap::Args)]
pub(super) struct Terminal {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _arguments: Vec<String>,
}

#[cfg(not(feature = "pcsc"))]
impl Terminal {
    pub(super) fn run(self) -> super::Outcome {
        Err("built without card readers: install libpcsclite-dev and pkg-config, then \
             `cargo build --release -p mibun-server --features pcsc`"
            .into())
    }
}
