use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::x509::{AuthoritySpec, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root};
use mibun_status::Status;
use mibun_status::list::StatusList;
use mibun_status::token::{self, Claims};

use super::*;
use crate::clock::ManualClock;

const NOW: Timestamp = Timestamp(1_800_000_000);
const VALIDITY: Validity = Validity { not_before: Timestamp(1_790_000_000), not_after: Timestamp(1_810_000_000) };

type Answer = dyn Fn() -> Response + Send + Sync;

/// Somebody on this machine who answers with status lists, and counts how often.
struct Publisher {
    origin: String,
    desk: Desk,
}

#[derive(Clone)]
struct Desk {
    asked: Arc<AtomicUsize>,
    answer: Arc<Mutex<Arc<Answer>>>,
}

async fn serve(State(desk): State<Desk>) -> Response {
    desk.asked.fetch_add(1, Ordering::SeqCst);
    // Long enough for whoever asks at the same time to be there.
    tokio::time::sleep(Duration::from_millis(20)).await;
    let answer = Arc::clone(&desk.answer.lock().expect("an answer"));
    answer()
}

impl Publisher {
    async fn open() -> Self {
        let absent: Arc<Answer> = Arc::new(|| empty(404, ""));
        let desk = Desk { asked: Arc::default(), answer: Arc::new(Mutex::new(absent)) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(serve).with_state(desk.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { origin, desk }
    }

    fn uri(&self, name: &str) -> String {
        format!("{}/{name}", self.origin)
    }

    fn answers(&self, answer: impl Fn() -> Response + Send + Sync + 'static) {
        *self.desk.answer.lock().expect("an answer") = Arc::new(answer);
    }

    fn says(&self, text: String) {
        self.answers(move || text.clone().into_response());
    }

    fn asked(&self) -> usize {
        self.desk.asked.load(Ordering::SeqCst)
    }
}

fn empty(status: u16, location: &str) -> Response {
    let answer = Response::builder().status(status).header("location", location);
    answer.body(Body::empty()).expect("an answer")
}

struct Attester {
    roots: Vec<Certificate>,
    x5c: Vec<Vec<u8>>,
    key: SoftwareKey,
}

impl Attester {
    fn new(name: &str) -> Self {
        let mut entropy = SeededEntropy::new(name);
        let subject = |name: &str| Subject { common_name: name.into(), organisation: None, country: None };
        let (root_key, key) = (SoftwareKey::generate(&mut entropy), SoftwareKey::generate(&mut entropy));
        let spec = AuthoritySpec { subject: subject(name), validity: VALIDITY, path_length: None };
        let root = issue_root(&spec, &root_key, &mut entropy).expect("a root");
        let spec = LeafSpec {
            subject: subject("Signer"),
            alternative_names: Vec::new(),
            purpose: Purpose::StatusSigner,
            validity: VALIDITY,
            subject_key: key.public_key(),
        };
        let leaf = issue_leaf(&spec, &root, &root_key, &mut entropy).expect("a leaf");
        Self { roots: vec![root], x5c: vec![leaf.der().to_vec()], key }
    }

    fn token(&self, uri: &str, first: Status) -> String {
        let mut list = StatusList::new(2, 16).expect("a list");
        list.set(0, first).expect("an entry");
        let claims = Claims { subject: uri.to_owned(), issued_at: NOW, expires_at: None, ttl: Some(600) };
        token::encode(&claims, &list, &self.x5c, &self.key).expect("signs")
    }
}

fn lists() -> (StatusLists, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(NOW));
    (StatusLists::new(Transport::HttpsOrLoopback, clock.clone()), clock)
}

fn first(answer: &Result<Arc<VerifiedList>, NoList>) -> Status {
    answer.as_ref().expect("a list").list.get(0).expect("an entry")
}

#[tokio::test]
async fn a_list_is_kept_for_its_ttl_and_then_fetched_anew() {
    let (publisher, attester) = (Publisher::open().await, Attester::new("attester"));
    let ((lists, clock), uri) = (lists(), publisher.uri("1"));
    publisher.says(attester.token(&uri, Status::Valid));
    for _ in 0..3 {
        assert_eq!(first(&lists.list(&uri, &attester.roots).await), Status::Valid);
    }
    publisher.says(attester.token(&uri, Status::Invalid));
    clock.advance_seconds(599);
    assert_eq!(first(&lists.list(&uri, &attester.roots).await), Status::Valid);
    assert_eq!(publisher.asked(), 1);
    clock.advance_seconds(1);
    assert_eq!(first(&lists.list(&uri, &attester.roots).await), Status::Invalid);
    assert_eq!(publisher.asked(), 2);
}

#[tokio::test]
async fn of_many_who_ask_at_once_one_fetches() {
    let (publisher, attester) = (Publisher::open().await, Attester::new("attester"));
    let ((lists, _), uri) = (lists(), publisher.uri("1"));
    publisher.says(attester.token(&uri, Status::Valid));
    let asking = (0..32).map(|_| lists.list(&uri, &attester.roots));
    let answers = futures_util::future::join_all(asking).await;
    assert!(answers.iter().all(|answer| first(answer) == Status::Valid));
    assert_eq!(publisher.asked(), 1);
}

#[tokio::test]
async fn what_cannot_be_had_is_not_asked_for_again_at_once() {
    let (publisher, attester) = (Publisher::open().await, Attester::new("attester"));
    let ((lists, clock), uri) = (lists(), publisher.uri("1"));
    let asking = (0..8).map(|_| lists.list(&uri, &attester.roots));
    let answers = futures_util::future::join_all(asking).await;
    assert!(answers.iter().all(|answer| answer.as_ref().err() == Some(&NoList::Unavailable)));
    publisher.says(attester.token(&uri, Status::Valid));
    clock.advance_seconds(14);
    assert_eq!(lists.list(&uri, &attester.roots).await, Err(NoList::Unavailable));
    assert_eq!(publisher.asked(), 1);
    clock.advance_seconds(1);
    assert_eq!(first(&lists.list(&uri, &attester.roots).await), Status::Valid);
}

#[tokio::test]
async fn whoever_hangs_up_while_it_is_fetched_leaves_it_to_the_next() {
    let (publisher, attester) = (Publisher::open().await, Attester::new("attester"));
    let ((lists, _), uri) = (lists(), publisher.uri("1"));
    publisher.says(attester.token(&uri, Status::Valid));
    let soon = Duration::from_millis(5);
    assert!(tokio::time::timeout(soon, lists.list(&uri, &attester.roots)).await.is_err(), "it takes longer");
    assert_eq!(first(&lists.list(&uri, &attester.roots).await), Status::Valid);
    assert_eq!(publisher.asked(), 1);
}

#[tokio::test]
async fn only_so_many_wait_for_lists_and_the_others_hear_so_at_once() {
    let (publisher, attester) = (Publisher::open().await, Attester::new("attester"));
    let ((lists, _), uri) = (lists(), publisher.uri("1"));
    publisher.says(attester.token(&uri, Status::Valid));
    let asking = (0..MOST_WAITING + 9).map(|_| lists.list(&uri, &attester.roots));
    let answers = futures_util::future::join_all(asking).await;
    let refused = answers.iter().filter(|answer| answer.as_ref().err() == Some(&NoList::Unavailable)).count();
    assert_eq!((refused, publisher.asked()), (9, 1));
    let asking = (0..MOST_WAITING + 9).map(|_| lists.list(&uri, &attester.roots));
    let answers = futures_util::future::join_all(asking).await;
    assert!(answers.iter().all(Result::is_ok), "nobody waits for what is there");
}

#[tokio::test]
async fn the_same_list_proves_nothing_to_another_attester_and_stays_good_for_its_own() {
    let (publisher, attester, other) = (Publisher::open().await, Attester::new("attester"), Attester::new("other"));
    let ((lists, _), uri) = (lists(), publisher.uri("1"));
    publisher.says(attester.token(&uri, Status::Valid));
    assert_eq!(first(&lists.list(&uri, &attester.roots).await), Status::Valid);
    let foreign = lists.list(&uri, &other.roots).await;
    assert_eq!(foreign, Err(NoList::Refused(StandingError::Signer)));
    assert_eq!(first(&lists.list(&uri, &attester.roots).await), Status::Valid);
    assert_eq!(publisher.asked(), 2);
}

#[tokio::test]
async fn no_more_lists_are_kept_than_fit() {
    let (publisher, attester) = (Publisher::open().await, Attester::new("attester"));
    let (lists, clock) = lists();
    for name in 0..=MOST_LISTS {
        let uri = publisher.uri(&name.to_string());
        publisher.says(attester.token(&uri, Status::Valid));
        assert_eq!(first(&lists.list(&uri, &attester.roots).await), Status::Valid);
        clock.advance_seconds(1);
    }
    assert_eq!((lists.slots.lock().expect("lists").len(), publisher.asked()), (MOST_LISTS, MOST_LISTS + 1));
    let (oldest, newest) = (publisher.uri("0"), publisher.uri("32"));
    assert!(lists.list(&newest, &attester.roots).await.is_ok());
    assert_eq!(publisher.asked(), MOST_LISTS + 1);
    publisher.says(attester.token(&oldest, Status::Valid));
    assert!(lists.list(&oldest, &attester.roots).await.is_ok());
    assert_eq!(publisher.asked(), MOST_LISTS + 2);
}

#[tokio::test]
async fn an_answer_that_is_no_list_is_refused() {
    let (publisher, attester) = (Publisher::open().await, Attester::new("attester"));
    let ((lists, clock), uri) = (lists(), publisher.uri("1"));
    let elsewhere = publisher.uri("2");
    let good = attester.token(&uri, Status::Valid);
    publisher.answers(move || empty(302, &elsewhere));
    assert_eq!(lists.list(&uri, &attester.roots).await, Err(NoList::Unavailable));
    assert_eq!(publisher.asked(), 1, "nobody is sent on");
    let malformed = Err(NoList::Refused(StandingError::Malformed));
    for body in [Vec::new(), vec![0xff; 100], vec![b'a'; 2 * 1024 * 1024 + 1]] {
        clock.advance_seconds(15);
        publisher.answers(move || body.clone().into_response());
        assert_eq!(lists.list(&uri, &attester.roots).await, malformed);
    }
    clock.advance_seconds(15);
    publisher.says(good);
    assert_eq!(first(&lists.list(&uri, &attester.roots).await), Status::Valid);
}

#[tokio::test]
async fn nobody_there_is_no_list() {
    let (lists, _) = lists();
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let uri = format!("http://{}/1", free.local_addr().expect("an address"));
    drop(free);
    let attester = Attester::new("attester");
    assert_eq!(lists.list(&uri, &attester.roots).await, Err(NoList::Unavailable));
    let refused = lists.list("http://provider.example/1", &attester.roots).await;
    assert_eq!(refused, Err(NoList::Refused(StandingError::Address)));
}
