use super::*;
use crate::entropy::SeededEntropy;

const PERSON: &[u8] = b"person-1";
const PASSWORD: &[u8] = b"40718263";

struct World {
    setup: ServerSetup,
    record: PasswordRecord,
    entropy: SeededEntropy,
}

fn world() -> World {
    let mut entropy = SeededEntropy::new("opaque");
    let setup = ServerSetup::generate(&mut entropy);
    let (registration, request) = Registration::start(PASSWORD, &mut entropy).expect("starts");
    let response = setup.answer_registration(PERSON, &request).expect("answers");
    let registered = registration.finish(PASSWORD, &response, &mut entropy).expect("registers");
    assert_eq!(registered.server_key, setup.public_key());
    let record = PasswordRecord::from_bytes(&registered.record).expect("a record");
    World { setup, record, entropy }
}

impl World {
    /// A login up to the server's answer.
    fn answered(&mut self, person: &[u8], known: bool, password: &[u8]) -> (Login, LoginAnswer) {
        let (login, request) = Login::start(password, &mut self.entropy).expect("starts");
        let record = known.then_some(&self.record);
        let answer = self.setup.answer_login(person, record, &request, &mut self.entropy).expect("answers");
        (login, answer)
    }

    fn log_in(&mut self, person: &[u8], known: bool, password: &[u8]) -> Result<(SessionKey, SessionKey), OpaqueError> {
        let (login, answer) = self.answered(person, known, password);
        let done = login.finish(password, &answer.response, &mut self.entropy)?;
        Ok((done.session_key, answer.pending.finish(&done.finalization)?))
    }
}

#[test]
fn the_right_password_gives_both_sides_the_same_fresh_key() {
    let mut world = world();
    let (client, server) = world.log_in(PERSON, true, PASSWORD).expect("logs in");
    assert_eq!(client.expose(), server.expose());
    let (again, _) = world.log_in(PERSON, true, PASSWORD).expect("logs in");
    assert_ne!(client.expose(), again.expose());
    assert_ne!(client.derive(b"one"), client.derive(b"two"));
}

#[test]
fn wrong_password_other_person_and_unknown_person_look_the_same() {
    let mut world = world();
    for (person, known, password) in
        [(PERSON, true, b"40718264"), (b"person-2", true, b"40718263"), (PERSON, false, b"40718263")]
    {
        let refused = world.log_in(person, known, password).map(|_| ());
        assert_eq!(refused, Err(OpaqueError::WrongPassword));
    }
    let (_, real) = world.answered(PERSON, true, PASSWORD);
    let (_, fake) = world.answered(b"nobody", false, PASSWORD);
    assert_eq!((real.response.len(), fake.response.len()), (LOGIN_RESPONSE, LOGIN_RESPONSE));
}

#[test]
fn the_part_of_the_answer_that_depends_on_the_person_is_stable_for_unknown_people_too() {
    let mut world = world();
    let (_, request) = Login::start(PASSWORD, &mut world.entropy).expect("starts");
    let mut evaluate =
        || world.setup.answer_login(b"nobody", None, &request, &mut world.entropy).expect("answers").response;
    let (one, two) = (evaluate(), evaluate());
    assert_eq!(one[..32], two[..32]);
    assert_ne!(one[32..], two[32..]);
}

#[test]
fn another_server_is_a_wrong_password() {
    let mut world = world();
    world.setup = ServerSetup::generate(&mut world.entropy);
    assert_eq!(world.log_in(PERSON, true, PASSWORD).map(|_| ()), Err(OpaqueError::WrongPassword));
}

#[test]
fn stored_values_come_back() {
    let mut world = world();
    world.setup = ServerSetup::from_bytes(&world.setup.to_bytes()).expect("opens");
    world.record = PasswordRecord::from_bytes(&world.record.to_bytes()).expect("opens");
    let (login, answer) = world.answered(PERSON, true, PASSWORD);
    let pending = PendingLogin::from_bytes(&answer.pending.to_bytes()).expect("opens");
    let done = login.finish(PASSWORD, &answer.response, &mut world.entropy).expect("finishes");
    let key = pending.finish(&done.finalization).expect("finishes");
    assert_eq!(SessionKey::from_bytes(key.expose()).expose(), done.session_key.expose());
}

#[test]
fn lengths_are_those_of_the_suite() {
    let mut world = world();
    assert_eq!(world.setup.to_bytes().len(), SERVER_SETUP);
    assert_eq!(world.record.to_bytes().len(), REGISTRATION_RECORD);
    let (login, answer) = world.answered(PERSON, true, PASSWORD);
    assert_eq!(answer.pending.to_bytes().len(), PENDING_LOGIN);
    let done = login.finish(PASSWORD, &answer.response, &mut world.entropy).expect("finishes");
    assert_eq!(done.finalization.len(), LOGIN_FINALIZATION);
}

#[test]
fn a_finalization_of_another_login_is_refused() {
    let mut world = world();
    let (login, first) = world.answered(PERSON, true, PASSWORD);
    let (_, second) = world.answered(PERSON, true, PASSWORD);
    let done = login.finish(PASSWORD, &first.response, &mut world.entropy).expect("finishes");
    assert_eq!(second.pending.finish(&done.finalization).map(|_| ()), Err(OpaqueError::WrongPassword));
}

#[test]
fn a_changed_answer_is_refused_wherever_it_changed() {
    let mut world = world();
    for at in [0, 40, 100, 200, 319] {
        let (login, mut answer) = world.answered(PERSON, true, PASSWORD);
        answer.response[at] ^= 1;
        let refused = login.finish(PASSWORD, &answer.response, &mut world.entropy).map(|_| ());
        assert!(matches!(refused, Err(OpaqueError::WrongPassword | OpaqueError::Encoding)), "{at}: {refused:?}");
    }
}

#[test]
fn messages_cut_short_or_with_more_behind_them_are_refused() {
    let mut world = world();
    let lengths = |expected: usize| {
        [0, expected - 1, expected + 1].map(|actual| (vec![0; actual], OpaqueError::Length { expected, actual }))
    };
    for (message, error) in lengths(REGISTRATION_REQUEST) {
        assert_eq!(world.setup.answer_registration(PERSON, &message), Err(error));
    }
    for (message, error) in lengths(LOGIN_REQUEST) {
        let refused = world.setup.answer_login(PERSON, None, &message, &mut world.entropy).map(|_| ());
        assert_eq!(refused, Err(error));
    }
    for (message, error) in lengths(REGISTRATION_RECORD) {
        assert_eq!(PasswordRecord::from_bytes(&message).map(|_| ()), Err(error));
    }
    for (message, error) in lengths(LOGIN_FINALIZATION) {
        let (_, answer) = world.answered(PERSON, true, PASSWORD);
        assert_eq!(answer.pending.finish(&message).map(|_| ()), Err(error));
    }
    for (message, error) in lengths(LOGIN_RESPONSE) {
        let (login, _) = world.answered(PERSON, true, PASSWORD);
        assert_eq!(login.finish(PASSWORD, &message, &mut world.entropy).map(|_| ()), Err(error));
    }
}

#[test]
fn bytes_that_are_no_group_elements_are_refused() {
    let mut world = world();
    // All ones is no canonical ristretto255 encoding; all zeros is the identity.
    for filler in [0xff, 0x00] {
        let refused = world.setup.answer_registration(PERSON, &[filler; REGISTRATION_REQUEST]);
        assert_eq!(refused, Err(OpaqueError::Encoding), "{filler}");
        let login = world.setup.answer_login(PERSON, None, &[filler; LOGIN_REQUEST], &mut world.entropy).map(|_| ());
        assert_eq!(login, Err(OpaqueError::Encoding), "{filler}");
        let record = PasswordRecord::from_bytes(&[filler; REGISTRATION_RECORD]).map(|_| ());
        assert_eq!(record, Err(OpaqueError::Encoding), "{filler}");
    }
}

#[test]
fn an_answer_that_reflects_the_question_is_refused() {
    let mut world = world();
    let (registration, request) = Registration::start(PASSWORD, &mut world.entropy).expect("starts");
    let mut response = world.setup.answer_registration(PERSON, &request).expect("answers");
    response[..32].copy_from_slice(&request);
    let refused = registration.finish(PASSWORD, &response, &mut world.entropy).map(|_| ());
    assert_eq!(refused, Err(OpaqueError::Reflected));
}

#[test]
fn stored_bytes_that_are_not_ours_are_our_fault() {
    for length in [0, SERVER_SETUP - 1, SERVER_SETUP + 1] {
        assert_eq!(ServerSetup::from_bytes(&vec![1; length]).map(|_| ()), Err(OpaqueError::Stored));
    }
    assert_eq!(ServerSetup::from_bytes(&[0xff; SERVER_SETUP]).map(|_| ()), Err(OpaqueError::Stored));
    for length in [0, PENDING_LOGIN - 1, PENDING_LOGIN + 1] {
        assert_eq!(PendingLogin::from_bytes(&vec![1; length]).map(|_| ()), Err(OpaqueError::Stored));
    }
}

#[test]
fn passwords_and_identifiers_are_bounded() {
    let mut world = world();
    let long = vec![b'1'; MAX_INPUT + 1];
    for input in [&b""[..], &long] {
        assert_eq!(Registration::start(input, &mut world.entropy).map(|_| ()), Err(OpaqueError::Input));
        assert_eq!(Login::start(input, &mut world.entropy).map(|_| ()), Err(OpaqueError::Input));
        let (_, request) = Registration::start(PASSWORD, &mut world.entropy).expect("starts");
        assert_eq!(world.setup.answer_registration(input, &request), Err(OpaqueError::Input));
    }
}

#[test]
fn nothing_prints_its_secret() {
    let mut world = world();
    let (login, answer) = world.answered(PERSON, true, PASSWORD);
    let (key, _) = world.log_in(PERSON, true, PASSWORD).expect("logs in");
    let printed = format!("{:?} {:?} {login:?} {answer:?} {key:?}", world.setup, world.record);
    assert_eq!(printed.matches("[redacted]").count(), 5);
    assert!(!printed.contains(|letter: char| letter.is_ascii_digit()), "{printed}");
}
