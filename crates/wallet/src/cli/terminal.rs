//! The browser of somebody at a terminal: theirs, with the addresses copied by hand.

use std::io::{self, IsTerminal, Write};

use async_trait::async_trait;
use mibun_wallet::Failure;
use mibun_wallet::browser::{Browser, Headless};

/// Follows redirections itself, and asks the person where a page wants one.
pub struct Terminal {
    pub headless: Headless,
}

#[async_trait]
impl Browser for Terminal {
    async fn visit(&self, address: &str, back_to: &str) -> Result<String, Failure> {
        match self.headless.visit(address, back_to).await {
            Err(Failure::PersonNeeded { .. }) if io::stdin().is_terminal() => {
                asked(address, back_to).map_err(|_| Failure::PersonNeeded { address: address.to_owned() })
            }
            visited => visited,
        }
    }
}

fn asked(address: &str, back_to: &str) -> io::Result<String> {
    let mut out = io::stderr().lock();
    writeln!(out, "Open this in a browser:\n  {address}")?;
    write!(out, "Then paste the address that it ends up at ({back_to}…): ")?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}
