//! Lists that grow: nobody is left out of a table, and pages follow one another in order of time.

use mibun_proofing::capture::Capture;
use mibun_proofing::challenge::Challenge;
use mibun_proofing::decision::{DecisionInputs, DecisionRecord, ModelSet, Subject};
use mibun_proofing::policy::{CalibrationRow, MatchThresholds, Policy};
use mibun_registry::{BlindIndex, BlobName, Hash, Journey, JourneyId, Sealed, Version, run};
use mibun_server::entropy::SystemEntropy;
use mibun_server::safe::Place;
use mibun_server::work::checks::{self, Asked, CardFormat, NewCheck};
use mibun_server::work::{WorkError, journeys};
use serde_json::Value;

use crate::support::Town;
use crate::support::town::NUMBER;
use crate::support::wire::send;

const SCENE: &str = "hotel-checkin-jp";

/// Keeps that many answers, a second apart; the answer is their identifiers, oldest first.
async fn kept(town: &Town, count: usize) -> Vec<String> {
    let window = town.window().await;
    let until = town.app.clock.now().plus_days(1095);
    let mut ids = Vec::new();
    for _ in 0..count {
        town.clock.advance_seconds(1);
        let new = NewCheck { scene: SCENE, asked: Asked::Window, encrypted: false, format: CardFormat::SdJwtVc };
        let mut row = checks::open(&town.app, &window, new).await.expect("a check").check.row;
        row.retain_until = Some(until);
        let row = &row;
        run(&*town.app.registry, "test.keep", |unit| {
            Box::pin(async move { Ok::<_, WorkError>(unit.update_check(row).await?) })
        })
        .await
        .expect("kept");
        ids.push(row.id.to_string());
    }
    ids
}

/// Every row of a list, page by page.
async fn paged(town: &Town, address: &str, cookie: &str) -> Vec<Value> {
    let mut rows: Vec<Value> = Vec::new();
    loop {
        let after = rows.last().map_or_else(String::new, |last| {
            let text = |name: &str| last[name].as_str().expect("a text").to_owned();
            format!("&after_created_at={}&after_id={}", text("created_at"), text("id"))
        });
        let request = town.get(&format!("{address}{after}")).header("cookie", cookie);
        let reply = send(request).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let page = reply.json().as_array().expect("a list").clone();
        assert!(page.len() <= 100, "{} rows", page.len());
        if page.is_empty() {
            return rows;
        }
        rows.extend(page);
    }
}

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["id"].as_str().expect("an identifier").to_owned()).collect()
}

#[tokio::test]
async fn of_1001_guests_nobody_is_left_out() {
    let town = Town::open().await;
    let mut wanted = kept(&town, 1001).await;
    wanted.reverse();
    let counter = town.counter().await;
    let listed = paged(&town, &format!("/api/window/guests?scene={SCENE}"), &counter).await;
    assert_eq!(ids(&listed), wanted, "newest first, each once");
    let table = send(town.get(&format!("/api/window/guests.csv?scene={SCENE}")).header("cookie", &counter)).await;
    let text = table.text();
    assert_eq!(text.lines().count(), 1002, "a header and every guest");
    for id in &wanted {
        assert!(text.contains(id), "{id} is not in the table");
    }
}

#[tokio::test]
async fn half_a_place_in_a_list_is_refused() {
    let town = Town::open().await;
    let counter = town.counter().await;
    for half in ["after_id=00000000000000000000000000000000", "after_created_at=2027-01-01T00:00:00Z", "after_id=x"] {
        let address = format!("/api/window/guests?scene={SCENE}&{half}");
        town.refuses(town.get(&address).header("cookie", &counter), 400, "unknown_page").await;
    }
}

/// A record of a decision, as the machine makes one.
fn decided(town: &Town) -> DecisionRecord {
    let policy = Policy::default();
    let challenge = Challenge::draw(&policy.challenge, &mut SystemEntropy::new()).expect("a challenge");
    let mut capture = Capture::begin(&policy.capture, challenge, 0);
    capture.lapse(1_000_000).expect("its time is over");
    let row = CalibrationRow { fmr: 1e-5, threshold: 0.5 };
    let inputs = DecisionInputs {
        subject: Subject::Eligible,
        capture: capture.summary().expect("it has ended"),
        matches: Vec::new(),
        thresholds: MatchThresholds { accept: Some(row), review: row },
        chip: None,
        models: ModelSet { name: "test".into(), engine: "none".into(), files: Vec::new(), detects_attacks: false },
    };
    DecisionRecord::decide(inputs, &policy, town.app.clock.now())
}

/// A journey that waits for an officer.
async fn referred(town: &Town, number: u8) -> String {
    let app = &town.app;
    town.clock.advance_seconds(1);
    let source = std::net::IpAddr::from([192, 0, 2, number]);
    let opened = journeys::open(app, source, NUMBER, "Aokigahara Kenzaburo").await.expect("a journey");
    let id = opened.id.to_string();
    let mut journey = journeys::authorise(app, &id, &opened.token).await.expect("the token");
    let rules = &app.config.limits.journey;
    journey.state.life = journey.state.life.refer_to_counter(rules, app.clock.now()).expect("referred");
    let record = decided(town);
    let sealed = app.safe.seal(Place::new("decisions", &id, "record"), &record, &mut SystemEntropy::new());
    let record = mibun_registry::DecisionRecord {
        journey: opened.id,
        person: None,
        at: app.clock.now(),
        sealed: sealed.expect("sealed"),
    };
    run(&*app.registry, "test.refer", |unit| {
        let (mut journey, record) = (journey.clone(), &record);
        Box::pin(async move {
            journeys::save(app, unit, &mut journey).await?;
            Ok::<_, WorkError>(unit.append_decision(record).await?)
        })
    })
    .await
    .expect("stored");
    id
}

#[tokio::test]
async fn the_101st_referral_is_on_the_next_page() {
    let town = Town::open().await;
    let mut wanted = Vec::new();
    for number in 0..101 {
        wanted.push(referred(&town, number).await);
    }
    let officer = town.officer("inspector").await;
    let cookie = town.console(&officer).await;
    let listed = paged(&town, "/api/console/journeys?", &cookie).await;
    assert_eq!(ids(&listed), wanted, "oldest first, each once");
}

#[tokio::test]
async fn the_face_of_the_1001st_referral_is_dropped_in_time_too() {
    let town = Town::open().await;
    let app = &town.app;
    let now = app.clock.now();
    let row = |number: u16| {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&number.to_be_bytes());
        Journey {
            id: JourneyId::from_bytes(id),
            token_hash: Hash::new([1; 32]),
            state: "referred".into(),
            sealed: Sealed::new(b"state".to_vec()),
            person: None,
            source: BlindIndex::new([1; 32]),
            created_at: now,
            expires_at: now.plus_days(14),
            version: Version::FIRST,
        }
    };
    let rows: Vec<Journey> = (0..1001).map(row).collect();
    run(&*app.registry, "test.faces", |unit| {
        let rows = &rows;
        Box::pin(async move {
            for row in rows {
                unit.insert_journey(row).await?;
                unit.put_blob(row.id, BlobName::LiveFace, &Sealed::new(b"face".to_vec())).await?;
            }
            Ok::<_, WorkError>(())
        })
    })
    .await
    .expect("stored");
    town.clock.advance_seconds(25 * 3600);
    journeys::expire_referrals(app).await.expect("dropped");
    let mut unit = app.registry.read().await.expect("the record");
    for row in &rows {
        assert_eq!(unit.blob(row.id, BlobName::LiveFace).await.expect("the record"), None, "{}", row.id);
    }
}
