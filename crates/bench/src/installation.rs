//! An installation in a temporary folder: keys, a register, a hotel with a window; and people whose journeys have ended
//! well, so that their cards can be collected.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;

use mibun_crypto::time::Date;
use mibun_presenting::request::{FetchMethod, RequestLink};
use mibun_proofing::decision::{AttackDetection, Decision, Outcome, ReasonCode};
use mibun_registry::run;
use mibun_server::app::App;
use mibun_server::authority::AuthorityKeys;
use mibun_server::boot;
use mibun_server::clock::{Clock, SystemClock};
use mibun_server::config::Config;
use mibun_server::entropy::SystemEntropy;
use mibun_server::record::PersonRecord;
use mibun_server::safe::Safe;
use mibun_server::work::audit::Actor;
use mibun_server::work::checks::{self, Asked, CardFormat, NewCheck, OpenCheck};
use mibun_server::work::portraits::Portraits;
use mibun_server::work::windows::{self, OpenWindow};
use mibun_server::work::{WorkError, grants, journeys, people};
use mibun_trust::Texts;
use url::Url;

use crate::{Failure, tls};

/// About what a portrait of 240 x 320 pixels weighs.
const PORTRAIT_BYTES: usize = 12 * 1024;

/// The scene that is measured: it asks for more fields than the others.
pub(crate) const SCENE: &str = "hotel-checkin-jp";

/// Everything that the server will find when it is started over the same files.
pub(crate) struct Installation {
    /// The parts of a server that does not listen.
    pub(crate) app: App,
    /// Its configuration, for the server that will.
    pub(crate) configuration: PathBuf,
    /// Who vouches for its address, in PEM.
    pub(crate) tls_root: String,
    window: OpenWindow,
    folder: PathBuf,
}

impl Drop for Installation {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// An offer that waits for a wallet.
pub(crate) struct Offer {
    /// The link that a wallet opens.
    pub(crate) uri: String,
    /// The pre-authorized code behind the link.
    pub(crate) code: String,
    /// What the person types.
    pub(crate) tx_code: String,
}

impl Installation {
    pub(crate) async fn make() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("mibun-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let text = configuration(&folder)?;
        let file = folder.join("mibun.toml");
        std::fs::write(&file, &text)?;
        let config = Config::parse(&text, &file, std::iter::empty())?;
        let mut entropy = SystemEntropy::new();
        let tls_root = tls::make(&folder, SystemClock.now(), &mut entropy)?;
        Safe::create_file(&config.storage.master_key, &mut entropy)?;
        let safe = Safe::open_file(&config.storage.master_key)?;
        let registry = boot::open_registry(&config).await?;
        AuthorityKeys::create(&*registry, &safe, &config, SystemClock.now(), &mut entropy).await?;
        let app = boot::with(config, Arc::new(SystemClock), registry, safe).await?;
        let scenes = vec![SCENE.to_owned()];
        let names = Texts::fixed("Utopia Grand Hotel", "ホテル", "酒店");
        let hotel = windows::add_organisation(&app, names, &scenes).await?;
        let window = windows::add_window(&app, hotel, "Front desk", &scenes).await?.id;
        let window = windows::open(&mut *app.registry.read().await?, window).await?;
        Ok(Self { app, configuration: file, tls_root, window, folder })
    }

    /// Whoever connects to the server.
    pub(crate) fn client(&self) -> Result<reqwest::Client, Failure> {
        let root = reqwest::Certificate::from_pem(self.tls_root.as_bytes())?;
        Ok(reqwest::Client::builder().tls_certs_merge([root]).build()?)
    }

    /// Person number `index`, with an accepted journey and its offer.
    pub(crate) async fn offer(&self, index: u32) -> Result<Offer, Failure> {
        let number = format!("AB{index:06}");
        let portraits = Portraits { card: portrait(), original: portrait() };
        people::add(&self.app, Actor::Operator, person(&number), &portraits).await?;
        // Each from an address of its own, for attempts are counted per address.
        let source = IpAddr::V4(Ipv4Addr::from_bits(0x0a00_0000 + index));
        let opened = journeys::open(&self.app, source, &number, "Aoki Ken").await?;
        let id = opened.id.to_string();
        let journey = journeys::authorise(&self.app, &id, &opened.token).await?;
        journeys::begin_capture(&self.app, journey, "capture").await?;
        let mut journey = journeys::authorise(&self.app, &id, &opened.token).await?;
        let rules = &self.app.config.limits.journey;
        journey.state.life = journey.state.life.decide(accepted(), rules, self.app.clock.now())?;
        let grant = journeys::offer_if_due(&self.app, &mut journey)?.ok_or("an accepted journey has an offer")?;
        run(&*self.app.registry, "bench.accept", |unit| {
            let (mut journey, grant, app) = (journey.clone(), &grant, &self.app);
            Box::pin(async move {
                journeys::save(app, unit, &mut journey).await?;
                unit.insert_grant(grant).await?;
                Ok::<_, WorkError>(())
            })
        })
        .await?;
        let journey = journeys::authorise(&self.app, &id, &opened.token).await?;
        let offer = journeys::overview(&self.app, &journey).await?.offer.ok_or("the offer was stored")?;
        let document = grants::offer_document(&self.app, &grant.id.to_string()).await?;
        let code = document["grants"]["urn:ietf:params:oauth:grant-type:pre-authorized_code"]["pre-authorized_code"]
            .as_str()
            .ok_or("the offer has a code")?;
        Ok(Offer { uri: offer.uri, code: code.to_owned(), tx_code: offer.tx_code })
    }

    /// A check that waits for a wallet.
    pub(crate) async fn check(&self) -> Result<OpenCheck, Failure> {
        let new = NewCheck { scene: SCENE, asked: Asked::Window, encrypted: true, format: CardFormat::SdJwtVc };
        Ok(checks::open(&self.app, &self.window, new).await?.check)
    }

    /// What a wallet would scan now.
    pub(crate) fn link(&self, check: &OpenCheck) -> Result<String, Failure> {
        let (request, _) = checks::request_id(&self.app, check);
        let request_uri = Url::parse(&self.app.url(&format!("/vp/requests/{request}")))?;
        let client_id = check.stored.client_id.clone();
        let link = RequestLink { client_id, request_uri, method: FetchMethod::Post };
        Ok(link.to_url(&Url::parse("openid4vp://")?).to_string())
    }
}

fn configuration(folder: &std::path::Path) -> Result<String, Failure> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let path = folder.display();
    let [certificate, key] = tls::FILES;
    Ok(format!(
        r#"
        [server]
        listen = "127.0.0.1:{port}"
        public_url = "https://localhost:{port}"
        requests_per_minute = 10000000
        [server.tls]
        certificate = "{path}/{certificate}"
        key = "{path}/{key}"
        [storage]
        url = "sqlite:{path}/mibun.db"
        master_key = "{path}/master.key"
        [authority]
        name = {{ en = "Utopia Civil Registry" }}
        country = "UT"
        [limits]
        offer_minutes = 60
        check_minutes = 60
        [vault]
        # No full card is made here, and keys in software would be refused behind TLS.
        software_keys_allowed = true
        "#
    ))
}

/// A JPEG marker and noise: what counts here is the weight.
pub(crate) fn portrait() -> Vec<u8> {
    use mibun_crypto::entropy::Entropy;
    let mut bytes = vec![0; PORTRAIT_BYTES];
    SystemEntropy::new().fill(&mut bytes);
    bytes[..4].copy_from_slice(&[0xff, 0xd8, 0xff, 0xe0]);
    bytes
}

pub(crate) fn person(number: &str) -> PersonRecord {
    PersonRecord {
        number: number.into(),
        family_name: "Aoki".into(),
        given_name: "Ken".into(),
        family_name_native: Some("青木".into()),
        given_name_native: Some("健".into()),
        birthdate: day(1980),
        sex: 1,
        nationalities: vec!["JP".into()],
        place_of_birth: Some("Sendai".into()),
        address: Some("1-2-3 Chiyoda, Tokyo".into()),
        document_number: Some("X1234567".into()),
        document_valid_until: day(2050),
    }
}

fn day(year: u16) -> Date {
    Date::new(year, 1, 2).unwrap_or_else(|_| unreachable!("the second of January exists"))
}

fn accepted() -> Decision {
    Decision {
        outcome: Outcome::Accepted,
        reason: ReasonCode::Matched,
        attack_detection: Some(AttackDetection::Passed),
        live_score: Some(0.99),
        match_score: Some(0.7),
        false_match_rate: Some(1e-5),
    }
}
