//! What full cards add: reading a chip, and signing in with an ID password. The server's part alone, on one core.

use std::time::Duration;

use mibun_chip::judgement::judge;
use mibun_chip::passive::PassivePolicy;
use mibun_chip::password::Password;
use mibun_chip::reading::{Reading, Relay, Step};
use mibun_chip::testing::country::{Country, Person, Signing, ZoneFormat};
use mibun_chip::testing::specimen::{Abilities, zone_password};
use mibun_chip::virtual_chip::VirtualChip;
use mibun_crypto::opaque::{Login, PasswordRecord, PendingLogin, Registration, ServerSetup};
use mibun_crypto::time::Timestamp;
use mibun_server::app::App;

use crate::Failure;
use crate::clock::{RUNS, median, now, plain};
use crate::report::{Line, Report};

/// About what a portrait in a passport weighs.
const PORTRAIT_BYTES: usize = 15_000;
const PASSWORD: &[u8] = b"73920461";
const CREDENTIAL: &[u8] = b"bench";
/// What a chip and its reader carry at most.
const LONGEST: usize = 4_096;

/// Measures the reading of a chip and the sign-in.
pub(crate) fn measure(app: &App, report: &mut Report) -> Result<(), Failure> {
    chips(app, report)?;
    sign_in(app, report)
}

fn person() -> Result<Person, Failure> {
    Ok(Person {
        format: ZoneFormat::Td3,
        issuing_state: "UTO".to_owned(),
        document_number: "X1234567".to_owned(),
        nationality: "JPN".to_owned(),
        birth: "1980-01-02".parse()?,
        sex: 'M',
        expiry: "2036-01-01".parse()?,
        surname: "AOKI".to_owned(),
        given_names: "KEN".to_owned(),
        full_name: None,
    })
}

/// One reading: how many commands, and how long the server was at work on them.
struct Read {
    commands: u32,
    took: Duration,
}

fn chips(app: &App, report: &mut Report) -> Result<(), Failure> {
    let at = app.clock.now();
    let mut country = Country::found("UT", Signing::P256, at.plus_days(-400), "bench");
    let mut portrait = vec![0x5a; PORTRAIT_BYTES];
    portrait[..4].copy_from_slice(&[0xff, 0xd8, 0xff, 0xe0]);
    portrait[PORTRAIT_BYTES - 2..].copy_from_slice(&[0xff, 0xd9]);
    for (abilities, relay, bench, words) in [
        (
            Abilities::ALL,
            Relay::Extended { longest_response: LONGEST },
            ["chip.read.commands", "chip.read.cpu"],
            "PACE",
        ),
        (Abilities::EARLY, Relay::Short, ["chip.early.commands", "chip.early.cpu"], "BAC, short commands"),
    ] {
        let mut reads = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            let chip = VirtualChip::new(country.specimen(&person()?, &portrait, abilities), "bench");
            reads.push(read(app, chip, relay, &country, at)?);
        }
        let mut took: Vec<f64> = reads.iter().map(|read| read.took.as_secs_f64() * 1000.0).collect();
        let commands = f64::from(reads.first().map_or(0, |read| read.commands));
        report.add(Line::new(bench[0], format!("chip: commands of a whole reading ({words})"), commands, "", 1));
        let words = format!("chip: the server's time for it, judgement included ({words})");
        report.add(Line::new(bench[1], words, median(&mut took), "ms", RUNS as u64));
    }
    Ok(())
}

/// Reads and judges a document; only the server's side is timed.
fn read(app: &App, mut chip: VirtualChip, relay: Relay, country: &Country, at: Timestamp) -> Result<Read, Failure> {
    let mut entropy = app.entropy();
    let mut reading = Reading::new(Password::Mrz(zone_password(&person()?)), relay);
    let mut took = Duration::ZERO;
    loop {
        let response = match reading.next() {
            Step::Send(command) => chip.transmit(command),
            Step::Done(_) => break,
            Step::Failed(error) => return Err(error.into()),
        };
        let begun = now();
        reading.receive(&response, &mut *entropy)?;
        took += now() - begun;
    }
    let found = reading.into_report().ok_or("the reading is over")?;
    let store = country.store();
    let begun = now();
    judge(&found, &store, PassivePolicy::default(), at)?;
    took += now() - begun;
    Ok(Read { commands: chip.commands(), took })
}

/// The server's two messages of a login. Stretching the password is the holder's work, and is not measured.
fn sign_in(app: &App, report: &mut Report) -> Result<(), Failure> {
    let mut entropy = app.entropy();
    let setup = ServerSetup::generate(&mut *entropy);
    let (registration, request) = Registration::start(PASSWORD, &mut *entropy)?;
    let response = setup.answer_registration(CREDENTIAL, &request)?;
    let record = PasswordRecord::from_bytes(&registration.finish(PASSWORD, &response, &mut *entropy)?.record)?;
    let (login, request) = Login::start(PASSWORD, &mut *entropy)?;
    let answer = setup.answer_login(CREDENTIAL, Some(&record), &request, &mut *entropy)?;
    let finalization = login.finish(PASSWORD, &answer.response, &mut *entropy)?.finalization;
    let pending = answer.pending.to_bytes();
    let rate = plain(|| {
        setup.answer_login(CREDENTIAL, Some(&record), &request, &mut *entropy)?;
        PendingLogin::from_bytes(&pending)?.finish(&finalization)?;
        Ok(())
    })?;
    let words = "sign-ins with an ID password (OPAQUE, the server's part)";
    report.add(Line::new("password.login", words, rate.0, "/s per core", rate.1));
    Ok(())
}
