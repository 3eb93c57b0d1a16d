//! The person's browser, as far as a wallet has to do with it.

use async_trait::async_trait;
use mibun_issuing::address::{self, Transport};
use mibun_issuing::exchange::HttpRequest;
use url::Url;

use crate::failure::Failure;
use crate::http::{Http, Visited};

/// Most redirections that are followed.
const MAX_HOPS: usize = 10;

/// Whoever takes the person to an address and notices where the browser ends up.
#[async_trait]
pub trait Browser: Send + Sync {
    /// Opens `address`; answers the address under `back_to` that the browser was sent to.
    async fn visit(&self, address: &str, back_to: &str) -> Result<String, Failure>;
}

/// No browser: follows redirections, and fails where a page wants a person.
#[derive(Debug, Clone)]
pub struct Headless {
    network: Http,
    transport: Transport,
}

impl Headless {
    /// A browser on this network.
    pub fn new(network: Http, transport: Transport) -> Self {
        Self { network, transport }
    }
}

#[async_trait]
impl Browser for Headless {
    async fn visit(&self, start: &str, back_to: &str) -> Result<String, Failure> {
        let mut at = start.to_owned();
        for _ in 0..MAX_HOPS {
            let url = address::check(&at, self.transport).map_err(crate::http::NetworkError::from)?;
            match self.network.visit(HttpRequest::get_page(&at)).await? {
                Visited::SentTo(location) => at = resolved(&url, &location)?,
                Visited::Page => return Err(Failure::PersonNeeded { address: start.to_owned() }),
                Visited::Refused => return Err(Failure::PageRefused),
            }
            if leads_to(&at, back_to) {
                return Ok(at);
            }
        }
        Err(Failure::PageRefused)
    }
}

fn resolved(from: &Url, location: &str) -> Result<String, Failure> {
    from.join(location).map(String::from).map_err(|_| Failure::PageRefused)
}

/// Whether an address is that of the wallet; what exactly came back is for the machine to check.
fn leads_to(address: &str, back_to: &str) -> bool {
    let rest = address.strip_prefix(back_to);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '#', '&']))
}
