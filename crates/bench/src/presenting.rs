//! Wallets that hold cards and show them, one copy at a time.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use mibun_issuing::address::Transport;
use mibun_server::work::checks::OpenCheck;
use mibun_trust::TrustAnchors;
use mibun_wallet::Wallet;
use mibun_wallet::http::Http;
use mibun_wallet::store::Store;
use tokio::sync::Mutex;

use crate::Failure;
use crate::installation::Installation;

/// Presentations a wallet is good for.
pub(crate) const COPIES: usize = 10;

/// Wallets that take turns.
pub(crate) struct Holders {
    wallets: Vec<Mutex<Wallet>>,
}

impl Holders {
    /// `count` wallets that have collected a card each from the running server.
    pub(crate) async fn collect(installation: &Installation, first: u32, count: u32) -> Result<Self, Failure> {
        let network = Arc::new(Http::new(Transport::HttpsOrLoopback, Some(&installation.tls_root))?);
        let collect = |index| {
            let network = Arc::clone(&network);
            async move {
                let offer = installation.offer(index).await?;
                let clock = Arc::new(mibun_wallet::clock::SystemClock);
                let entropy = Box::new(mibun_wallet::entropy::SystemEntropy);
                let mut wallet = Wallet::new(Store::in_memory(), network, clock, entropy)
                    .trusting(TrustAnchors::single(&installation.app.keys.root))
                    .over(Transport::HttpsOrLoopback);
                wallet.collect(&offer.uri, Some(&offer.tx_code)).await?;
                Ok::<_, Failure>(Mutex::new(wallet))
            }
        };
        let wallets = stream::iter(first..first + count).map(collect).buffer_unordered(8).try_collect().await?;
        Ok(Self { wallets })
    }

    /// Flow number `at`: scan, fetch and verify the request, answer it. The code is made at the moment it is scanned,
    /// for it changes every few seconds.
    pub(crate) async fn present(
        &self,
        installation: &Installation,
        at: usize,
        check: &OpenCheck,
    ) -> Result<(), Failure> {
        let mut wallet = self.wallets[at % self.wallets.len()].lock().await;
        wallet.present(&installation.link(check)?).await?;
        Ok(())
    }
}
