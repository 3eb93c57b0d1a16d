//! Wallet providers that speak for their own wallets and for no other.

use std::io::ErrorKind;

use mibun_server::boot::BootError;
use mibun_server::config::Attester;

use crate::support::Town;
use crate::support::issuing::asking_with;
use crate::support::wallets::{Instance, Provider};
use crate::support::wire::send;

const WALLET: &str = "https://wallet.example";
const OTHER: &str = "https://other-wallet.example";

/// A town that trusts its provider for these wallets, and another provider for those.
async fn town(clients: Option<&[&str]>, others: Option<&[&str]>) -> (Town, Provider) {
    let other = Provider::new();
    let named = |clients: Option<&[&str]>| clients.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
    let town = Town::with(|config| {
        let first = config.wallets.attesters[0].roots.clone();
        let roots = first.with_extension("others.pem");
        std::fs::write(&roots, other.root.to_pem()).expect("a file");
        config.wallets.attesters = vec![attester(first, named(clients)), attester(roots, named(others))];
    })
    .await;
    (town, other)
}

fn attester(roots: std::path::PathBuf, clients: Option<Vec<String>>) -> Attester {
    Attester { clients, ..Attester::any(roots) }
}

/// Pushes as a wallet that this provider attests; whether that is taken.
async fn pushes(wallet: &Instance<'_>, provider: &Provider) -> bool {
    let attestation = wallet.attestation_with(provider, |_| {});
    let possession = wallet.possession_with(|_| {});
    let form = wallet.parameters(&[]);
    let request = wallet.presenting(wallet.town.post("/par"), &attestation, &possession).form(&form);
    let taken = send(request.try_clone().expect("a form")).await.status == 201;
    // What was taken is spent, and what was refused is not: it is refused for the same reason again.
    let again = wallet.town.refuses(request, 401, "invalid_client").await.text();
    let reason = if taken { "has been used" } else { "the attester does not speak for this client" };
    assert!(again.contains(reason), "{again}");
    taken
}

#[tokio::test]
async fn each_speaks_for_its_own_wallet_and_not_for_the_other() {
    let (town, other) = town(Some(&[WALLET]), Some(&[OTHER])).await;
    assert!(pushes(&Instance::of(&town, WALLET), &town.provider).await);
    assert!(pushes(&Instance::of(&town, OTHER), &other).await);
    assert!(!pushes(&Instance::of(&town, OTHER), &town.provider).await);
    assert!(!pushes(&Instance::of(&town, WALLET), &other).await);
}

#[tokio::test]
async fn who_is_named_alone_speaks_for_any_wallet() {
    let (town, other) = town(None, Some(&[OTHER])).await;
    assert!(pushes(&Instance::of(&town, WALLET), &town.provider).await);
    assert!(pushes(&Instance::of(&town, OTHER), &town.provider).await);
    assert!(!pushes(&Instance::of(&town, WALLET), &other).await);
}

#[tokio::test]
async fn a_code_is_not_redeemed_under_another_providers_word() {
    let (town, other) = town(Some(&[WALLET]), Some(&[OTHER])).await;
    let wallet = Instance::of(&town, WALLET);
    let code = wallet.code(&[]).await;
    let form = [("grant_type", "authorization_code"), ("code", &code)];
    let verifier = wallet.verifier.expose();
    let back = crate::support::wallets::BACK;
    let fields = [&form[..], &[("redirect_uri", back), ("code_verifier", verifier), ("client_id", WALLET)]].concat();
    let proof = wallet.proof("/token", None).await;
    let attestation = wallet.attestation_with(&other, |_| {});
    let request = wallet.presenting(town.post("/token"), &attestation, &wallet.possession_with(|_| {}));
    town.refuses(request.header("DPoP", proof).form(&fields), 401, "invalid_client").await;
    let tokens = wallet.redeemed(&code).await;
    let token = tokens["access_token"].as_str().expect("the code is still good");
    let body = asking_with(&town.proofs(1, &town.nonce().await));
    assert_eq!(send(wallet.asking(token, &body).await).await.status, 200);
    assert_eq!((town.cards().await, town.entries_taken().await), (1, 1));
}

/// What the server says to this entry when it starts.
async fn refused_at_start(change: impl FnOnce(&std::path::Path) -> Attester) -> BootError {
    let (town, _) = town(None, None).await;
    let mut config = town.app.config.clone();
    let folder = config.storage.master_key.parent().expect("a folder").to_owned();
    config.wallets.attesters = vec![change(&folder)];
    let clock = std::sync::Arc::clone(&town.app.clock);
    mibun_server::boot::app(config, clock).await.map(drop).expect_err("the server does not start")
}

#[tokio::test]
async fn a_file_that_is_missing_or_has_no_root_is_named() {
    let clients = Some(vec![WALLET.to_owned()]);
    let missing = refused_at_start(|folder| attester(folder.join("missing.pem"), clients.clone()));
    let BootError::AttestersFile { path, source } = missing.await else { panic!("the file is missing") };
    assert_eq!((path.ends_with("missing.pem"), source.kind()), (true, ErrorKind::NotFound));
    let empty = refused_at_start(|folder| {
        let roots = folder.join("empty.pem");
        std::fs::write(&roots, "").expect("a file");
        attester(roots, clients)
    });
    let error = empty.await;
    assert!(matches!(&error, BootError::Attesters { path, .. } if path.ends_with("empty.pem")), "{error}");
    assert!(error.to_string().starts_with("wallets.attesters "), "{error}");
}
