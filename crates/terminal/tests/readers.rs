//! Readers of a real PC/SC service: Debian's pcscd with vsmartcard's virtual reader, which takes chips over a socket.
//!
//! libpcsclite asks its environment once where the service is, and a program cannot change its own environment safely. So
//! every test starts a service and then itself once more as a child that is told of it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mibun_chip::apdu::Status;
use mibun_chip::password::{CardAccessNumber, Password};
use mibun_chip::reading::{Access, Ef, Reading, ReadingError, Relay, Report, Step};
use mibun_chip::testing::country::{Country, Person, Signing, ZoneFormat};
use mibun_chip::testing::specimen::{Abilities, CAN, zone_password};
use mibun_chip::virtual_chip::{Fault, Profile, VirtualChip};
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::time::Timestamp;
use mibun_terminal::pcsc::{PcscCard, PcscReader, names};
use mibun_terminal::testing::{OnReader, PORT, Pcscd, READER, SOCKET, beside};
use mibun_terminal::{Reader, ReaderError, Slot};

/// What tells the child which process the service is.
const SERVICE: &str = "MIBUN_TEST_PCSCD";

const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(50);

/// Runs `test` in a child with a service of its own; the child is told its process.
fn with_service(name: &str, test: impl FnOnce(u32)) {
    if let Ok(service) = std::env::var(SERVICE) {
        return test(service.parse().expect("a number"));
    }
    let service = Pcscd::start();
    again(name, &[(SOCKET, service.socket()), (SERVICE, service.id().to_string().into())]);
}

/// Runs the test of this name in a child.
fn again(name: &str, environment: &[(&str, PathBuf)]) {
    let mut child = Command::new(std::env::current_exe().expect("this test"));
    child.args([name, "--exact", "--nocapture"]).envs(environment.iter().cloned());
    let output = child.output().expect("the child runs");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success() && said.contains("1 passed"), "in the child: {said}");
}

fn anna() -> Person {
    let date = |text: &str| text.parse().expect("a date");
    Person {
        format: ZoneFormat::Td3,
        issuing_state: "UTO".to_owned(),
        document_number: "X1234567".to_owned(),
        nationality: "UTO".to_owned(),
        birth: date("1980-01-02"),
        sex: 'F',
        expiry: date("2036-01-01"),
        surname: "ERIKSSON".to_owned(),
        given_names: "ANNA MARIA".to_owned(),
        full_name: None,
    }
}

/// A document with a portrait of some thousand bytes.
fn profile(can: Abilities) -> Profile {
    let portrait: Vec<u8> = [0xff, 0xd8, 0xff].into_iter().chain((0..6_000_u32).map(|n| (n % 251) as u8)).collect();
    let mut country = Country::found("UT", Signing::P256, Timestamp(1_760_000_000), "readers");
    country.specimen(&anna(), &portrait, can)
}

fn chip(can: Abilities) -> VirtualChip {
    VirtualChip::new(profile(can), "readers")
}

fn open() -> PcscReader {
    PcscReader::open(Some(READER)).expect("the virtual reader")
}

fn card(reader: &mut PcscReader) -> PcscCard {
    reader.card(LONG).expect("a reader that works").expect("a card in time")
}

/// Reads the chip on the reader as the server would.
fn read(card: &mut PcscCard, password: Password, relay: Relay) -> Result<Result<Report, ReadingError>, ReaderError> {
    let mut reading = Reading::new(password, relay);
    let mut entropy = SeededEntropy::new("reader");
    loop {
        let answer = match reading.next() {
            Step::Send(command) => card.transmit(command)?,
            Step::Done(_) => return Ok(Ok(reading.into_report().expect("it is done"))),
            Step::Failed(error) => return Ok(Err(error)),
        };
        // The next step tells what went wrong.
        let _ = reading.receive(&answer, &mut entropy);
    }
}

fn by_zone() -> Password {
    Password::Mrz(zone_password(&anna()))
}

fn by_can() -> Password {
    Password::Can(CardAccessNumber::new(CAN).expect("six digits"))
}

#[test]
fn no_service_is_named() {
    if std::env::var_os(SERVICE).is_none() {
        return again("no_service_is_named", &[(SOCKET, "/nowhere/pcscd.comm".into()), (SERVICE, "0".into())]);
    }
    assert_eq!(names(), Err(ReaderError::NoService));
    assert_eq!(PcscReader::open(None).err(), Some(ReaderError::NoService));
}

#[test]
fn readers_are_listed_and_chosen_by_name() {
    with_service("readers_are_listed_and_chosen_by_name", |_| {
        assert_eq!(names(), Ok(vec![READER.to_owned(), READER.replace("00 00", "00 01")]));
        assert_eq!(open().name(), READER);
        assert_eq!(PcscReader::open(None).err(), Some(ReaderError::WhichReader));
        assert_eq!(PcscReader::open(Some("another")).err(), Some(ReaderError::UnknownReader));
    });
}

#[test]
fn documents_are_read_through_the_service() {
    with_service("documents_are_read_through_the_service", |service| {
        let mut reader = open();
        let extended = Relay::Extended { longest_response: 4_096 };
        for (can, password, pace, relay) in [
            (Abilities::EARLY, by_zone(), false, Relay::Short),
            (Abilities::ALL, by_zone(), true, Relay::Short),
            (Abilities::ALL, by_can(), true, extended),
        ] {
            let on = OnReader::put(service, chip(can));
            let mut card = card(&mut reader);
            assert_eq!(card.atr(), [0x3b, 0x80, 0x80, 0x01, 0x01]);
            assert_eq!(card.carries(), Relay::Short, "this driver carries more and does not say so");
            let report = read(&mut card, password, relay).expect("the reader works").expect("a report");
            let files = profile(can).files;
            assert_eq!(matches!(report.access, Access::Pace { .. }), pace, "{:?}", report.access);
            for ef in [Ef::Sod, Ef::Dg1, Ef::Dg2] {
                assert_eq!(report.file(ef), files.get(&ef).map(Vec::as_slice), "{ef:?}");
            }
            drop(card);
            drop(on);
            assert_eq!(reader.cleared(LONG), Ok(true));
        }
    });
}

#[test]
fn a_document_that_is_taken_away_is_named_and_the_next_one_is_read() {
    with_service("a_document_that_is_taken_away_is_named_and_the_next_one_is_read", |service| {
        let mut reader = open();
        let mut going = profile(Abilities::ALL);
        going.faults.push(Fault::DropAfter(12));
        let on = OnReader::put(service, VirtualChip::new(going, "readers"));
        let mut first = card(&mut reader);
        let error = read(&mut first, by_zone(), Relay::Short).expect_err("it was taken away");
        assert!(matches!(error, ReaderError::CardRemoved | ReaderError::CardMute), "{error}");
        assert_eq!(reader.cleared(LONG), Ok(true));
        assert_eq!(first.transmit(&[0, 0xa4, 4, 0]), Err(ReaderError::CardRemoved));
        drop((first, on));
        let _on = OnReader::put(service, chip(Abilities::ALL));
        assert!(read(&mut card(&mut reader), by_zone(), Relay::Short).expect("the reader works").is_ok());
    });
}

#[test]
fn an_empty_reader_is_waited_at_only_so_long() {
    with_service("an_empty_reader_is_waited_at_only_so_long", |service| {
        let mut reader = open();
        assert!(matches!(reader.card(SHORT), Ok(None)));
        assert_eq!(reader.cleared(SHORT), Ok(true));
        let on = OnReader::put(service, chip(Abilities::ALL));
        drop(card(&mut reader));
        assert_eq!(reader.cleared(SHORT), Ok(false));
        drop(on);
        assert_eq!(reader.cleared(LONG), Ok(true));
    });
}

#[test]
fn a_card_is_one_programs_alone() {
    with_service("a_card_is_one_programs_alone", |service| {
        let (mut reader, mut other) = (open(), open());
        let _on = OnReader::put(service, chip(Abilities::ALL));
        let first = card(&mut reader);
        assert_eq!(other.card(LONG).err(), Some(ReaderError::Busy));
        drop(first);
        assert!(read(&mut card(&mut other), by_zone(), Relay::Short).expect("the reader works").is_ok());
    });
}

#[test]
fn a_service_that_goes_away_is_named() {
    with_service("a_service_that_goes_away_is_named", |service| {
        let mut reader = open();
        let _on = OnReader::put(service, chip(Abilities::ALL));
        let mut card = card(&mut reader);
        assert!(Command::new("kill").args(["-9", &service.to_string()]).status().expect("it runs").success());
        let error = read(&mut card, by_zone(), Relay::Short).expect_err("the service is gone");
        // libpcsclite tells a connection that ended from one that nobody takes.
        let gone = [ReaderError::NotLetIn, ReaderError::NoService];
        assert!(gone.contains(&error), "{error}");
        drop(card);
        assert!(reader.card(SHORT).is_err_and(|error| gone.contains(&error)));
        assert!(names().is_err_and(|error| gone.contains(&error)));
    });
}

/// vsmartcard's own emulator of a card, which knows nothing of us.
struct Vicc(Child);

impl Vicc {
    /// Debian packs the emulator where Python does not look for it, and for a library under a name that Debian does not
    /// have: both are put right by the environment and a link. Its passport (`ePass`) is Python 2 and does not start, and its
    /// identity card (`nPA`) needs a library that Debian lacks. What starts is the plain card of ISO/IEC 7816.
    fn put(service: u32) -> Self {
        const MODULE: &str = "/usr/lib/python3/site-packages/virtualsmartcard";
        const LIBRARY: &str = "/usr/lib/python3/dist-packages/Cryptodome";
        let needed = [("vsmartcard-vpicc", "/usr/bin/vicc"), ("python3-pycryptodome", LIBRARY)];
        let missing: Vec<&str> =
            needed.iter().filter(|(_, file)| !Path::new(file).exists()).map(|(name, _)| *name).collect();
        assert!(missing.is_empty(), "these packages are missing: `apt-get install {}`", missing.join(" "));
        let alias = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vicc");
        std::fs::create_dir_all(&alias).expect("a folder");
        let library = alias.join("Crypto");
        let _ = std::fs::remove_file(&library);
        std::os::unix::fs::symlink(LIBRARY, &library).expect("a link");
        let mut vicc = beside(service);
        vicc.args(["/usr/bin/python3", "/usr/bin/vicc", "--type", "iso7816"]);
        vicc.args(["--hostname", "127.0.0.1", "--port", &PORT.to_string()]);
        vicc.env("PYTHONPATH", format!("{MODULE}:{}", alias.display())).env("PYTHONDONTWRITEBYTECODE", "1");
        Self(vicc.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("Python starts"))
    }
}

impl Drop for Vicc {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_card_of_another_maker_answers_and_is_no_travel_document() {
    with_service("a_card_of_another_maker_answers_and_is_no_travel_document", |service| {
        let vicc = Vicc::put(service);
        let mut reader = open();
        let mut card = card(&mut reader);
        assert_eq!(card.atr().first(), Some(&0x3b));
        let answer = card.transmit(&[0, 0xa4, 4, 0x0c, 7, 0xa0, 0, 0, 2, 0x47, 0x10, 1]);
        assert_eq!(answer, Ok(vec![0x6a, 0x82]), "no such application");
        let outcome = read(&mut card, by_zone(), Relay::Short).expect("the reader works");
        assert_eq!(outcome.err(), Some(ReadingError::NoApplication(Status::NotFound)));
        assert_eq!(places(vicc.0.id(), "self"), Vec::<String>::new(), "it listens nowhere");
    });
}

/// Places and names of the sockets that listen in the network of this process.
fn listening(process: &str) -> Vec<(String, String)> {
    let tables = ["tcp", "tcp6"].map(|table| std::fs::read_to_string(format!("/proc/{process}/net/{table}")));
    let lines = tables.map(|table| table.expect("a table of sockets")).concat();
    let rows = lines.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let listening = rows.filter(|row| row.get(3) == Some(&"0A"));
    listening.map(|row| (row[1].to_owned(), format!("socket:[{}]", row[9]))).collect()
}

/// Places in the network of `seen_by` where this process listens.
fn places(process: u32, seen_by: &str) -> Vec<String> {
    let handles = std::fs::read_dir(format!("/proc/{process}/fd")).expect("its handles").filter_map(Result::ok);
    let handles: Vec<PathBuf> = handles.filter_map(|handle| std::fs::read_link(handle.path()).ok()).collect();
    let all = listening(seen_by).into_iter();
    all.filter(|(_, socket)| handles.contains(&PathBuf::from(socket))).map(|(place, _)| place).collect()
}

#[test]
fn no_virtual_reader_listens_outside_its_own_network() {
    with_service("no_virtual_reader_listens_outside_its_own_network", |service| {
        let _on = OnReader::put(service, chip(Abilities::ALL));
        // The driver's two readers, on every interface; no way leads out of there.
        let inside = service.to_string();
        let mut found = places(service, &inside);
        found.sort();
        assert_eq!(found, [PORT, PORT + 1].map(|port| format!("00000000:{port:04X}")));
        let routes = std::fs::read_to_string(format!("/proc/{inside}/net/route")).expect("its routes");
        assert_eq!(routes.lines().count(), 1, "only headings: {routes}");
        // Here, where we do listen, they do not.
        let ours = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = ours.local_addr().expect("its place").port();
        assert_eq!(places(std::process::id(), "self"), [format!("0100007F:{port:04X}")]);
        assert_eq!(places(service, "self"), Vec::<String>::new());
    });
}
