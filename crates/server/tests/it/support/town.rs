//! A small town: a server over a SQLite file, one person, a hotel with a window.

use std::sync::Arc;

use mibun_crypto::time::{Date, Timestamp};
use mibun_presenting::request::{FetchMethod, RequestLink};
use mibun_proofing::decision::{AttackDetection, Decision, Outcome, ReasonCode};
use mibun_registry::{CardStatus, run};
use mibun_server::app::App;
use mibun_server::authority::AuthorityKeys;
use mibun_server::boot;
use mibun_server::clock::{Clock, ManualClock};
use mibun_server::config::Config;
use mibun_server::entropy::SystemEntropy;
use mibun_server::record::PersonRecord;
use mibun_server::safe::Safe;
use mibun_server::serve::{self, Running};
use mibun_server::work::audit::Actor;
use mibun_server::work::checks::{self, Asked, CardFormat, NewCheck, OpenCheck, Viewer};
use mibun_server::work::portraits::Portraits;
use mibun_server::work::windows::{self, NewWindow, OpenWindow};
use mibun_server::work::{cards, journeys, people};
use mibun_trust::{Texts, TrustAnchors};
use mibun_wallet::Wallet;
use mibun_wallet::http::Http;
use mibun_wallet::store::Store;
use url::Url;

use super::vault::Removable;
use super::wallets::Provider;

const NOW: Timestamp = Timestamp(1_800_000_000);
pub(crate) const NUMBER: &str = "AB123456";
/// What says who the person is, and must stand nowhere in the clear. Each is too long to come up in random bytes.
pub(crate) const CANARIES: [&str; 9] = [
    NUMBER,
    "Aokigahara",
    "Kenzaburo",
    "青木ヶ原",
    "健三郎",
    "1-2-3 Chiyoda, Tokyo",
    "X1234567",
    "1980-01-02",
    "aokigaharakenzaburo",
];

/// A running installation.
pub(crate) struct Town {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<ManualClock>,
    /// The hotel's window and its secret.
    pub(crate) hotel: NewWindow,
    pub(crate) http: reqwest::Client,
    /// The vault, which can be taken away.
    pub(crate) vault: Arc<Removable>,
    /// Who attests wallets.
    pub(crate) provider: Arc<Provider>,
    running: Running,
    folder: Folder,
}

/// What a wallet needs to answer a check.
pub(crate) struct Link {
    pub(crate) id: String,
    pub(crate) link: String,
}

struct Folder(std::path::PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn folder() -> Folder {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("mibun-it-{}-{count}", std::process::id()));
    std::fs::create_dir_all(&path).expect("a folder");
    Folder(path)
}

/// A port that nobody listens on, below those that the system gives to outgoing connections: between this look and the
/// server's own, no connection of another test can take it.
fn free_port() -> u16 {
    static NEXT: std::sync::atomic::AtomicU16 = std::sync::atomic::AtomicU16::new(0);
    let first = 12_000 + (std::process::id() % 150) as u16 * 100;
    loop {
        let port = first + NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 5_000;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

fn config(folder: &Folder) -> Config {
    let port = free_port();
    let path = folder.0.display();
    let text = format!(
        r#"
        [server]
        listen = "127.0.0.1:{port}"
        public_url = "http://localhost:{port}"
        [storage]
        url = "sqlite:{path}/mibun.db"
        master_key = "{path}/master.key"
        [authority]
        name = {{ en = "Utopia Civil Registry" }}
        country = "UT"
        [wallets]
        attesters = ["{path}/attesters.pem"]
        # Empty: these tests run the same with and without models on the machine.
        [face]
        models_dir = "{path}/models"
        "#
    );
    Config::parse(&text, std::path::Path::new("test"), std::iter::empty()).expect("a configuration")
}

/// A browser without cookies of its own: tests hand them over by themselves.
fn client() -> reqwest::Client {
    // Fails only where another test of this process was faster.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}

pub(crate) fn person() -> PersonRecord {
    let date = |year, month, day| Date::new(year, month, day).expect("a day");
    PersonRecord {
        number: NUMBER.into(),
        family_name: "Aokigahara".into(),
        given_name: "Kenzaburo".into(),
        family_name_native: Some("青木ヶ原".into()),
        given_name_native: Some("健三郎".into()),
        birthdate: date(1980, 1, 2),
        sex: 1,
        nationalities: vec!["JP".into()],
        place_of_birth: None,
        address: Some("1-2-3 Chiyoda, Tokyo".into()),
        document_number: Some("X1234567".into()),
        document_valid_until: date(2036, 1, 1),
    }
}

impl Town {
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// A town whose operator has changed the configuration.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = folder();
        let mut config = config(&folder);
        let provider = Arc::new(Provider::new());
        std::fs::write(&config.wallets.attesters[0].roots, provider.root.to_pem()).expect("a file");
        change(&mut config);
        let mut entropy = SystemEntropy::new();
        Safe::create_file(&config.storage.master_key, &mut entropy).expect("a master key");
        let safe = Safe::open_file(&config.storage.master_key).expect("the master key");
        let registry = boot::open_registry(&config).await.expect("a record");
        let clock = Arc::new(ManualClock::at(NOW));
        AuthorityKeys::create(&*registry, &safe, &config, NOW, &mut entropy).await.expect("keys");
        let shared: Arc<dyn Clock> = clock.clone();
        let app = boot::with(config, shared, registry, safe).await.expect("a server");
        let (app, vault) = removable(app);
        let running = serve::start(Arc::clone(&app)).await.expect("listening");
        // A JPEG marker is all that a card asks of a portrait; faces have tests of their own.
        let portraits = Portraits { card: vec![0xff, 0xd8, 0xff, 0xd9], original: vec![0xff, 0xd8, 0xff, 0xd9] };
        people::add(&app, Actor::Operator, person(), &portraits).await.expect("a person");
        let scenes: Vec<String> = app.scenes.keys().map(ToString::to_string).collect();
        let names = Texts::fixed("Utopia Grand Hotel", "ホテル", "酒店");
        let hotel = windows::add_organisation(&app, names, &scenes).await.expect("a hotel");
        let hotel = windows::add_window(&app, hotel, "Front desk", &scenes).await.expect("a window");
        Self { app, clock, hotel, http: client(), vault, provider, running, folder }
    }

    /// Stops the server, and starts it again over what it stored.
    pub(crate) async fn restart(self) -> Self {
        self.restart_after(|| {}).await
    }

    /// The same, with something done in between.
    pub(crate) async fn restart_after(self, done: impl FnOnce()) -> Self {
        self.restart_with(|_| done()).await
    }

    /// The same, with a configuration that the operator has changed meanwhile.
    pub(crate) async fn restart_with(self, change: impl FnOnce(&mut Config)) -> Self {
        let Self { app, clock, hotel, provider, running, folder, .. } = self;
        let mut config = app.config.clone();
        running.stop().await;
        drop(app);
        change(&mut config);
        let shared: Arc<dyn Clock> = clock.clone();
        let (app, vault) = removable(boot::app(config, shared).await.expect("a server"));
        let running = serve::start(Arc::clone(&app)).await.expect("listening");
        Self { app, clock, hotel, http: client(), vault, provider, running, folder }
    }

    /// Stops the server for good.
    pub(crate) async fn stop(self) {
        self.running.stop().await;
    }

    /// The file that the record is in.
    pub(crate) fn database(&self) -> String {
        self.folder.0.join("mibun.db").display().to_string()
    }

    /// A journey that the machine has accepted: its identifier and token.
    pub(crate) async fn accepted_journey(&self) -> (String, String) {
        let source = std::net::IpAddr::from([127, 0, 0, 1]);
        let opened = journeys::open(&self.app, source, NUMBER, "Aokigahara Kenzaburo").await.expect("a journey");
        let id = opened.id.to_string();
        self.accepts(&id, &opened.token).await;
        (id, opened.token)
    }

    /// The offer of such a journey: its link and the code to type.
    pub(crate) async fn offer(&self) -> (String, String) {
        let (id, token) = self.accepted_journey().await;
        self.offer_of(&id, &token).await
    }

    /// An accepted person's offer, as they name it to a wallet that does not know it: reference and code.
    pub(crate) async fn named_offer(&self) -> (String, String) {
        let (id, token) = self.accepted_journey().await;
        let journey = journeys::authorise(&self.app, &id, &token).await.expect("the token");
        let offer = journeys::overview(&self.app, &journey).await.expect("a journey").offer.expect("an offer");
        (offer.reference, offer.tx_code)
    }

    /// A journey that waits for an officer: its identifier and token.
    pub(crate) async fn referred_journey(&self) -> (String, String) {
        let source = std::net::IpAddr::from([127, 0, 0, 1]);
        let opened = journeys::open(&self.app, source, NUMBER, "Aokigahara Kenzaburo").await.expect("a journey");
        let id = opened.id.to_string();
        let unsure = Decision { outcome: Outcome::Referred, match_score: Some(0.4), ..accepted() };
        self.decides(&id, &opened.token, unsure).await;
        (id, opened.token)
    }

    /// Accepts the face of an open journey; answers link and code of its offer.
    pub(crate) async fn accepts(&self, id: &str, token: &str) -> (String, String) {
        self.decides(id, token, accepted()).await;
        self.offer_of(id, token).await
    }

    /// Decides an open journey.
    async fn decides(&self, id: &str, token: &str, decision: Decision) {
        let journey = journeys::authorise(&self.app, id, token).await.expect("the token");
        journeys::begin_capture(&self.app, journey, "capture").await.expect("a capture");
        let mut journey = journeys::authorise(&self.app, id, token).await.expect("the token");
        let rules = &self.app.config.limits.journey;
        journey.state.life = journey.state.life.decide(decision, rules, self.app.clock.now()).expect("a decision");
        let grant = journeys::offer_if_due(&self.app, &mut journey).expect("an offer").expect("accepted");
        run(&*self.app.registry, "test.accept", |unit| {
            let (mut journey, grant, app) = (journey.clone(), &grant, &self.app);
            Box::pin(async move { journeys::save_decided(app, unit, &mut journey, Some(grant)).await })
        })
        .await
        .expect("stored");
    }

    async fn offer_of(&self, id: &str, token: &str) -> (String, String) {
        let journey = journeys::authorise(&self.app, id, token).await.expect("the token");
        let offer = journeys::overview(&self.app, &journey).await.expect("a journey").offer.expect("an offer");
        (offer.uri, offer.tx_code)
    }

    pub(crate) fn wallet(&self) -> Wallet {
        let transport = mibun_issuing::address::Transport::HttpsOrLoopback;
        let network = Arc::new(Http::new(transport, None).expect("a network"));
        let clock = Arc::new(mibun_wallet::clock::FixedClock(self.app.clock.now()));
        let entropy = Box::new(mibun_wallet::entropy::SystemEntropy);
        Wallet::new(Store::in_memory(), network, clock, entropy)
            .trusting(TrustAnchors::single(&self.app.keys.root))
            .over(transport)
    }

    pub(crate) async fn wallet_with_card(&self) -> Wallet {
        let (offer, tx_code) = self.offer().await;
        let mut wallet = self.wallet();
        wallet.collect(&offer, Some(&tx_code)).await.expect("the card is collected");
        wallet
    }

    pub(crate) async fn window(&self) -> OpenWindow {
        let mut unit = self.app.registry.read().await.expect("the record");
        windows::open(&mut *unit, self.hotel.id).await.expect("the window")
    }

    pub(crate) async fn check(&self, scene: &str) -> Link {
        let window = self.window().await;
        let new = NewCheck { scene, asked: Asked::Window, encrypted: true, format: CardFormat::SdJwtVc };
        let opened = checks::open(&self.app, &window, new).await.expect("a check");
        Link { id: opened.check.row.id.to_string(), link: self.link_of(&opened.check) }
    }

    pub(crate) fn link_of(&self, check: &OpenCheck) -> String {
        let (request_id, _) = checks::request_id(&self.app, check);
        let request_uri = Url::parse(&self.app.url(&format!("/vp/requests/{request_id}"))).expect("an address");
        let client_id = check.stored.client_id.clone();
        let link = RequestLink { client_id, request_uri, method: FetchMethod::Post };
        link.to_url(&Url::parse("openid4vp://").expect("a scheme")).to_string()
    }

    pub(crate) async fn look(&self, id: &str) -> OpenCheck {
        checks::view(&self.app, Viewer::Window(&self.window().await), id).await.expect("the check")
    }

    pub(crate) async fn revoke_all(&self) {
        let cards = self.app.registry.read().await.expect("the record").cards_page(None, 10).await.expect("cards");
        for card in cards {
            let revoked = CardStatus::Revoked;
            cards::set_status(&self.app, Actor::Operator, card.id, revoked, "test").await.expect("revoked");
        }
    }

    pub(crate) async fn cards(&self) -> usize {
        self.app.registry.read().await.expect("the record").cards_page(None, 100).await.expect("cards").len()
    }
}

/// The server with a vault that can be taken away.
fn removable(mut app: App) -> (Arc<App>, Arc<Removable>) {
    let vault = Arc::new(Removable::new(Arc::clone(&app.vault)));
    app.vault = vault.clone();
    (Arc::new(app), vault)
}

pub(crate) fn accepted() -> Decision {
    Decision {
        outcome: Outcome::Accepted,
        reason: ReasonCode::Matched,
        attack_detection: Some(AttackDetection::Passed),
        live_score: Some(0.99),
        match_score: Some(0.7),
        false_match_rate: Some(1e-5),
    }
}
