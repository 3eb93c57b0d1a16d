use super::*;
use mibun_card::assurance::Method;

use crate::decision::ReasonCode;

const NOW: Timestamp = Timestamp(1_800_000_000);

fn rules() -> JourneyRules {
    JourneyRules::default()
}

fn later(seconds: i64) -> Timestamp {
    NOW.plus_seconds(seconds)
}

fn decision(outcome: Outcome, reason: ReasonCode) -> Decision {
    Decision { outcome, ..Decision::rejected(reason) }
}

fn accepted() -> Decision {
    decision(Outcome::Accepted, ReasonCode::Matched)
}

fn referred() -> Decision {
    decision(Outcome::Referred, ReasonCode::MatchUncertain)
}

fn review(accepted: bool) -> Review {
    Review { officer: "o-7".to_owned(), accepted, grounds: "same scar".to_owned(), at: later(9) }
}

fn open() -> Journey {
    Journey::open(&rules(), NOW)
}

fn capturing() -> Journey {
    open().begin_capture("c-1".to_owned(), &rules(), later(1)).expect("an open journey")
}

fn after(decision: Decision) -> Journey {
    capturing().decide(decision, &rules(), later(2)).expect("a capture under way")
}

fn collected() -> Journey {
    after(accepted()).collect(later(3)).expect("an accepted journey")
}

fn expired() -> Journey {
    open().expire(later(1_800)).expect("half an hour later")
}

/// One journey in each state.
fn all() -> [Journey; 7] {
    let rejected = after(Decision::rejected(ReasonCode::TooDark));
    [open(), capturing(), after(referred()), after(accepted()), rejected, collected(), expired()]
}

/// What becomes of a journey by a step that is made at once.
fn step(journey: Journey, transition: Transition) -> Result<State, JourneyError> {
    let done = match transition {
        Transition::BeginCapture => journey.begin_capture("c-2".to_owned(), &rules(), later(4)),
        Transition::Decide => journey.decide(accepted(), &rules(), later(4)),
        Transition::ReferToCounter => journey.refer_to_counter(&rules(), later(4)),
        Transition::Review => journey.review(review(true), &rules(), later(4)),
        Transition::Collect => journey.collect(later(4)),
        Transition::Expire => journey.expire(later(100 * 86_400)),
    };
    done.map(|journey| journey.state())
}

#[test]
fn every_step_from_every_state() {
    let table = [
        (
            State::Open,
            vec![(Transition::BeginCapture, State::Capturing), (Transition::ReferToCounter, State::Referred)],
        ),
        (State::Capturing, vec![(Transition::BeginCapture, State::Capturing), (Transition::Decide, State::Accepted)]),
        (State::Referred, vec![(Transition::Review, State::Accepted)]),
        (State::Accepted, vec![(Transition::Collect, State::Collected)]),
        (State::Rejected, vec![(Transition::BeginCapture, State::Capturing)]),
        (State::Collected, vec![]),
        (State::Expired, vec![]),
    ];
    let steps = [
        Transition::BeginCapture,
        Transition::Decide,
        Transition::ReferToCounter,
        Transition::Review,
        Transition::Collect,
    ];
    for ((from, allowed), journey) in table.into_iter().zip(all()) {
        assert_eq!(journey.state(), from);
        for transition in steps {
            let refused = Err(JourneyError::NotAllowed { from, step: transition });
            let expected = allowed.iter().find(|(step, _)| *step == transition).map_or(refused, |(_, to)| Ok(*to));
            assert_eq!(step(journey.clone(), transition), expected, "{from:?} {transition:?}");
        }
    }
}

#[test]
fn every_state_but_the_last_two_expires() {
    for journey in all() {
        let from = journey.state();
        let expected = match from {
            State::Collected | State::Expired => Err(JourneyError::NotAllowed { from, step: Transition::Expire }),
            _ => Ok(State::Expired),
        };
        assert_eq!(step(journey, Transition::Expire), expected, "{from:?}");
    }
}

#[test]
fn an_expired_journey_remembers_where_it_rested() {
    let referred = after(referred()).expire(later(15 * 86_400)).expect("a fortnight and a day");
    assert!(matches!(referred, Journey::Expired { from: State::Referred, .. }));
}

#[test]
fn each_state_has_its_own_time() {
    let cases =
        [(open(), 1_800), (capturing(), 1_800), (after(referred()), 2 + 14 * 86_400), (after(accepted()), 2 + 86_400)];
    for (journey, seconds) in cases {
        let state = journey.state();
        assert_eq!(journey.clone().expire(later(seconds - 1)), Err(JourneyError::NotYet), "{state:?}");
        assert!(journey.expire(later(seconds)).is_ok(), "{state:?}");
    }
}

#[test]
fn nothing_happens_to_a_journey_whose_time_is_over() {
    let late = later(1_800);
    assert_eq!(open().begin_capture("c".to_owned(), &rules(), late), Err(JourneyError::Expired));
    assert_eq!(capturing().decide(accepted(), &rules(), late), Err(JourneyError::Expired));
    let late = later(20 * 86_400);
    assert_eq!(after(referred()).review(review(true), &rules(), late), Err(JourneyError::Expired));
    assert_eq!(after(accepted()).collect(late), Err(JourneyError::Expired));
}

#[test]
fn captures_are_counted_and_limited() {
    let mut journey = open();
    for left in [2, 1, 0] {
        journey = journey.begin_capture("c".to_owned(), &rules(), later(1)).expect("captures are left");
        assert_eq!(journey.captures_left(&rules()), left);
        journey = journey.decide(Decision::rejected(ReasonCode::TooDark), &rules(), later(2)).expect("capturing");
    }
    assert_eq!(journey.begin_capture("c".to_owned(), &rules(), later(3)), Err(JourneyError::NoCaptureLeft));
}

#[test]
fn a_lost_capture_counts_too() {
    let mut journey = capturing();
    for capture in ["c-2", "c-3"] {
        journey = journey.begin_capture(capture.to_owned(), &rules(), later(2)).expect("captures are left");
        assert_eq!(journey.capture(), Some(capture));
    }
    assert_eq!(journey.begin_capture("c-4".to_owned(), &rules(), later(3)), Err(JourneyError::NoCaptureLeft));
}

#[test]
fn a_rejection_that_no_capture_can_change_allows_none() {
    let journey = after(Decision::rejected(ReasonCode::PersonNotEligible));
    assert_eq!(journey.begin_capture("c".to_owned(), &rules(), later(3)), Err(JourneyError::NoCaptureLeft));
}

#[test]
fn an_officers_rejection_is_not_retried() {
    let journey = after(referred()).review(review(false), &rules(), later(3)).expect("a referred journey");
    assert_eq!(journey.state(), State::Rejected);
    assert_eq!(journey.begin_capture("c".to_owned(), &rules(), later(4)), Err(JourneyError::NoCaptureLeft));
}

#[test]
fn an_officers_acceptance_leads_to_the_card_and_stays_on_record() {
    let journey = after(referred()).review(review(true), &rules(), later(86_400)).expect("a referred journey");
    let journey = journey.collect(later(2 * 86_400 - 1)).expect("the day after");
    assert_eq!(journey.decision().map(|decision| decision.reason), Some(ReasonCode::OfficerAccepted));
    assert!(matches!(journey, Journey::Collected { review: Some(by), .. } if by == review(true)));
}

#[test]
fn only_an_accepted_journey_is_evidence_and_dates_from_its_acceptance() {
    for journey in all() {
        let evidence = journey.evidence();
        let expected = match journey.state() {
            State::Accepted | State::Collected => level::evidence_of(&accepted(), later(2)),
            _ => Vec::new(),
        };
        assert_eq!(evidence, expected, "{:?}", journey.state());
    }
    assert_eq!(collected().evidence().len(), 2);
}

#[test]
fn further_captures_do_not_lengthen_the_journey() {
    let journey = after(Decision::rejected(ReasonCode::TooDark));
    assert_eq!(journey.course().expires_at, open().course().expires_at);
}

#[test]
fn journeys_survive_storage() {
    for journey in all() {
        let stored = serde_json::to_string(&journey).expect("a journey is data");
        assert!(stored.contains(&format!(r#""state":"{}""#, journey.state().as_str())), "{stored}");
        assert_eq!(serde_json::from_str::<Journey>(&stored).expect("as stored"), journey);
    }
}

#[test]
fn a_person_seen_at_the_counter_is_vouched_for_by_the_officer_alone() {
    let waiting = open().refer_to_counter(&rules(), later(1)).expect("an open journey");
    assert_eq!(waiting.decision().map(|decision| decision.reason), Some(ReasonCode::SeenAtCounter));
    assert!(waiting.evidence().is_empty(), "nobody has decided yet");
    let accepted = waiting.review(review(true), &rules(), later(2)).expect("a referred journey");
    let methods: Vec<_> = accepted.evidence().iter().map(|evidence| evidence.for_card().method).collect();
    assert_eq!(methods, [Method::RegisterMatch, Method::OfficerFace]);
    assert_eq!(accepted.course().captures, 0);
}

#[test]
fn whoever_comes_late_to_the_counter_begins_again() {
    assert_eq!(open().refer_to_counter(&rules(), later(1_800)), Err(JourneyError::Expired));
}

#[test]
fn a_capture_that_the_connection_broke_off_is_given_back() {
    let journey = after(Decision::rejected(ReasonCode::CaptureInterrupted));
    assert_eq!(journey.captures_left(&rules()), rules().max_captures);
    let journey = after(Decision::rejected(ReasonCode::ChallengeFailed));
    assert_eq!(journey.captures_left(&rules()), rules().max_captures - 1);
}
