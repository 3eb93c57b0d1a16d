//! `mibun terminal` at a counter: a document in software on the virtual reader of a real PC/SC service, the program as it is
//! shipped, and a journey that has the chip in the end.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use mibun_chip::reading::Ef;
use mibun_chip::testing::specimen::{Abilities, CAN};
use mibun_chip::virtual_chip::{Fault, Profile, VirtualChip};
use mibun_terminal::testing::{Pcscd, READER, SOCKET};
use mibun_terminal::{ChipPassword, Outcome, Server, Stage, Way, relay};
use serde_json::json;

use crate::chip_relays::{code, standing, town};
use crate::support::Town;
use crate::support::reader::passport;
use crate::support::town::CANARIES;

/// The program with these arguments, in front of this service.
fn terminal(service: &Pcscd, arguments: &[&str]) -> Child {
    terminal_at(&service.socket(), arguments)
}

fn terminal_at(socket: &Path, arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mibun"));
    command.arg("terminal").args(arguments).env(SOCKET, socket);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

/// What it says when this is typed.
async fn says(mut child: Child, typed: String) -> (Option<i32>, String) {
    let output = tokio::task::spawn_blocking(move || -> Output {
        // A program that needs nothing has ended before.
        let _ = child.stdin.take().expect("a pipe").write_all(typed.as_bytes());
        child.wait_with_output().expect("it ends")
    });
    let output = output.await.expect("waited");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("UTF-8")).concat();
    for canary in CANARIES {
        assert!(!said.contains(canary), "{canary} in: {said}");
    }
    (output.status.code(), said)
}

/// The machine-readable zone of a passport, as a reader of zones types it.
fn zone(profile: &Profile) -> String {
    let dg1 = &profile.files[&Ef::Dg1];
    let zone = std::str::from_utf8(&dg1[dg1.len() - 88..]).expect("ASCII");
    format!("{}\r\n{}\r\n", &zone[..44], &zone[44..])
}

fn server(town: &Town) -> String {
    town.app.url("")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_brings_the_chip_to_the_journey() {
    let (town, mut country) = town().await;
    let service = Pcscd::start();
    let profile = passport(&mut country, Abilities::ALL);
    let typed = zone(&profile);
    let on = service.put(VirtualChip::new(profile, "it"));
    // From a script.
    let under = town.upgrading().await;
    let shown = code(&town, &under).await;
    let arguments = ["--server", &server(&town), "--reader", READER, "--code", &shown, "--mrz", "-"];
    let (exit, said) = says(terminal(&service, &arguments), typed.clone()).await;
    assert_eq!(exit, Some(0), "{said}");
    assert!(said.contains("Reading the portrait") && said.contains("Done: the passport was accepted."), "{said}");
    let chip = town.chip_of(&under).await.expect("the chip");
    assert_eq!(chip.valid_until.to_string(), "2036-01-01");
    assert_eq!(standing(&town, &under, &shown).await, json!({ "state": "done" }));
    // By somebody who types, in Japanese, with the code as people write it.
    let under = town.upgrading().await;
    let shown = code(&town, &under).await;
    let arguments = ["--server", &server(&town), "--reader", READER, "--language", "ja", "--once"];
    let (exit, said) = says(terminal(&service, &arguments), format!("{}\n{typed}", shown.to_lowercase())).await;
    assert_eq!(exit, Some(0), "{said}");
    assert!(said.contains("完了しました。旅券が受け付けられました。"), "{said}");
    assert!(town.chip_of(&under).await.is_some());
    drop(on);
    town.stop().await;
}

/// What a counter says that is given this code and card access number.
async fn by_can(town: &Town, service: &Pcscd, code: &str, can: &str) -> (Option<i32>, String) {
    let arguments = ["--server", &server(town), "--reader", READER, "--code", code, "--can", can];
    says(terminal(service, &arguments), String::new()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_says_why_a_document_is_not_taken() {
    let (town, mut country) = town().await;
    let service = Pcscd::start();
    let under = town.upgrading().await;
    let _on = service.put(VirtualChip::new(passport(&mut country, Abilities::ALL), "it"));
    let (exit, said) = by_can(&town, &service, "ABCD2345", "123456").await;
    assert!((exit, said.contains("(unknown_code)")) == (Some(3), true), "{exit:?} {said}");
    let (exit, said) = by_can(&town, &service, &code(&town, &under).await, "654321").await;
    assert!((exit, said.contains("(wrong_chip_password)")) == (Some(3), true), "{exit:?} {said}");
    assert!(town.chip_of(&under).await.is_none());
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_taken_off_is_told_at_the_counter_and_in_the_wallet() {
    let (town, mut country) = town().await;
    let service = Pcscd::start();
    let under = town.upgrading().await;
    let mut going = passport(&mut country, Abilities::ALL);
    going.faults.push(Fault::DropAfter(15));
    let _on = service.put(VirtualChip::new(going, "it"));
    let shown = code(&town, &under).await;
    let (exit, said) = by_can(&town, &service, &shown, "123456").await;
    assert!((exit, said.contains("(chip_unreachable)")) == (Some(4), true), "{exit:?} {said}");
    assert_eq!(standing(&town, &under, &shown).await["refusal"]["code"], "chip_unreachable");
    assert!(town.chip_of(&under).await.is_none());
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_holders_own_device_relays_in_the_same_way_with_extended_length() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let relays = Server::new(&server(&town), None).expect("an address");
    let way = Way::holder(&under.id, &under.token).expect("a journey");
    let number = ChipPassword::can(CAN).expect("six digits");
    let chip = VirtualChip::new(passport(&mut country, Abilities::ALL), "it");
    let mut stages = Vec::new();
    let outcome = relay(&relays, &way, &number, chip, &mut |progress| stages.push(progress.stage)).await;
    let Ok(Outcome::Done { document }) = outcome else { panic!("{outcome:?}") };
    assert_eq!((document.kind.as_str(), document.valid_until.as_str()), ("passport", "2036-01-01"));
    assert_eq!((stages.first(), stages.last()), (Some(&Stage::Discovery), Some(&Stage::Judging)));
    assert!(!stages.contains(&Stage::Other), "every stage of the server is known: {stages:?}");
    assert!(town.chip_of(&under).await.is_some());
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_that_cannot_work_says_so_before_it_asks() {
    let service = Pcscd::start();
    let said_by = async |arguments: &[&str]| says(terminal(&service, arguments), String::new()).await;
    assert_eq!(said_by(&["--list"]).await, (Some(0), format!("{READER}\n{}\n", READER.replace("00 00", "00 01"))));
    let local = ["--server", "http://localhost:9"];
    let with = |more: &[&'static str]| [&local[..], more].concat();
    for (arguments, exit, words) in [
        (with(&[]), 4, "There are several card readers."),
        (with(&["--reader", "another"]), 4, "The chosen card reader is not there."),
        (vec!["--server", "http://id.example.org"], 1, "http:// is for the server of this machine alone"),
        (vec!["--server", "localhost"], 1, "this is not the address of a server"),
        (with(&["--code", "1"]), 1, "a code has eight letters and digits"),
        (with(&["--can", "12"]), 1, "the card access number is not six digits"),
        (with(&["--mrz", "-"]), 1, "the zone has 0 characters"),
        (with(&["--mrz", "/nowhere/zone"]), 1, "/nowhere/zone: "),
        (with(&["--language", "de"]), 1, "the languages are en, ja and zh-Hans"),
        (vec![], 2, "--server"),
        (with(&["--can", "123456", "--mrz", "-"]), 2, "cannot be used with"),
    ] {
        let (code, said) = said_by(&arguments).await;
        assert!((code, said.contains(words)) == (Some(exit), true), "{arguments:?}: {code:?} {said}");
    }
    for arguments in [vec!["--list"], with(&[])] {
        let (code, said) = says(terminal_at(Path::new("/nowhere"), &arguments), String::new()).await;
        assert!(
            (code, said.contains("The service for card readers does not run")) == (Some(4), true),
            "{code:?} {said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn control_c_ends_a_counter_that_waits() {
    let service = Pcscd::start();
    let arguments = ["--server", "http://localhost:9", "--reader", READER, "--code", "ABCD2345", "--can", "123456"];
    let mut child = terminal(&service, &arguments);
    let mut first = [0; 5];
    std::io::Read::read_exact(child.stdout.as_mut().expect("a pipe"), &mut first).expect("it asks for the document");
    // It waits for a document by then, or is about to.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(interrupt.success());
    let (exit, said) = says(child, String::new()).await;
    assert_eq!(exit, Some(130), "{said}");
}
