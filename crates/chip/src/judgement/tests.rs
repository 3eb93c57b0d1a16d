use mibun_crypto::entropy::SeededEntropy;

use super::*;
use crate::password::Password;
use crate::reading::{Reading, Relay, Step};
use crate::testing::country::{Country, Person, Signing, ZoneFormat};
use crate::testing::specimen::{Abilities, zone_password};
use crate::virtual_chip::{Fault, Pretence, Profile, VirtualChip};

/// 2026-11-22T10:30:00Z.
const NOW: Timestamp = Timestamp(1_795_343_400);
const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 2, 3, 4, 5, 0xff, 0xd9];

fn utopia() -> Country {
    Country::found("UT", Signing::P256, NOW.plus_days(-400), "judgement")
}

fn anna() -> Person {
    let date = |text: &str| text.parse().expect("a date");
    Person {
        format: ZoneFormat::Td3,
        issuing_state: "UTO".to_owned(),
        document_number: "L898902C3".to_owned(),
        nationality: "UTO".to_owned(),
        birth: date("1974-08-12"),
        sex: 'F',
        expiry: date("2033-04-15"),
        surname: "ERIKSSON".to_owned(),
        given_names: "ANNA MARIA".to_owned(),
        full_name: None,
    }
}

fn read(profile: Profile) -> Report {
    let mut chip = VirtualChip::new(profile, "chip");
    let mut reading = Reading::new(Password::Mrz(zone_password(&anna())), Relay::Short);
    let mut entropy = SeededEntropy::new("reader");
    loop {
        let answer = match reading.next() {
            Step::Send(command) => chip.transmit(command),
            Step::Done(_) => return reading.into_report().expect("over"),
            Step::Failed(error) => panic!("{error}"),
        };
        let _ = reading.receive(&answer, &mut entropy);
    }
}

fn judged(change: impl FnOnce(&mut Profile), can: Abilities) -> Result<Genuine, NotGenuine> {
    let mut country = utopia();
    let mut profile = country.specimen(&anna(), JPEG, can);
    change(&mut profile);
    judge(&read(profile), &country.store(), PassivePolicy::default(), NOW)
}

#[test]
fn a_genuine_chip_shows_that_it_is_no_copy() {
    let protection = |can| judged(|_| {}, can).expect("genuine").clone_protection;
    assert_eq!(protection(Abilities::ALL), CloneProtection::ChipAuthentication);
    let active = Abilities { active_authentication: true, ..Abilities::EARLY };
    assert_eq!(protection(active), CloneProtection::ActiveAuthentication);
    assert_eq!(protection(Abilities::EARLY), CloneProtection::None);
}

#[test]
fn a_copy_that_keeps_its_keys_back_is_one() {
    for (ef, group) in [(Ef::Dg14, 14), (Ef::Dg15, 15)] {
        let hide = |profile: &mut Profile| {
            profile.files.remove(&ef);
            let com = crate::virtual_chip::files::com(profile.files.keys().copied());
            profile.files.insert(Ef::Com, com);
        };
        let outcome = judged(hide, Abilities::ALL).expect_err("a copy");
        assert_eq!(outcome, NotGenuine::KeptBack(group));
        assert!(outcome.is_copy());
    }
}

#[test]
fn a_copy_without_the_key_cannot_answer() {
    let active = Abilities { active_authentication: true, ..Abilities::EARLY };
    for pretence in [Pretence::Refuses, Pretence::UsesAnotherKey] {
        let fault = |profile: &mut Profile| profile.faults.push(Fault::NoActiveAuthenticationKey(pretence));
        assert_eq!(judged(fault, active).expect_err("a copy"), NotGenuine::ActiveAuthentication, "{pretence:?}");
    }
}

#[test]
fn what_no_state_signed_is_not_believed() {
    let mut other = Country::found("UT", Signing::P256, NOW.plus_days(-400), "somebody else");
    let report = read(other.specimen(&anna(), JPEG, Abilities::ALL));
    let outcome = judge(&report, &utopia().store(), PassivePolicy::default(), NOW).expect_err("not genuine");
    assert!(matches!(outcome, NotGenuine::Passive(PassiveError::Chain(_))), "{outcome}");
    assert!(!outcome.is_copy());
}
