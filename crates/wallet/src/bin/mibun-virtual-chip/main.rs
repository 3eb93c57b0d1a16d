//! `mibun-virtual-chip`: a made-up state, its documents as files, and a reader that relays them like a terminal would.
//!
//! Whoever imports the state's certificate believes everybody who has its file: for tests and demonstrations only.

mod document;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use document::{Can, DocumentFile, PersonFile, StateFile};
use mibun_chip::testing::specimen::CAN;
use mibun_chip::virtual_chip::{Fault, Pretence, VirtualChip};
use mibun_terminal::{ChipPassword, Outcome, Server, Way};
use mibun_wallet::clock::{Clock, SystemClock};

/// A made-up state and its documents, in software.
#[derive(Debug, Parser)]
#[command(name = "mibun-virtual-chip", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Found a state: a file to make documents with, and the certificate to import with `mibun trust import-csca`.
    Found {
        /// Where to write the state.
        state: PathBuf,
        /// Where to write its certificate, DER.
        certificate: PathBuf,
        /// Two letters.
        #[arg(long, default_value = "UT")]
        code: String,
        /// Its keys follow from this text.
        #[arg(long)]
        seed: String,
    },
    /// Make a document of a state for a person.
    Make {
        /// The state.
        state: PathBuf,
        /// Where to write the document.
        document: PathBuf,
        /// The portrait, JPEG or JPEG 2000.
        #[arg(long)]
        portrait: PathBuf,
        #[command(flatten)]
        person: PersonFile,
        #[command(flatten)]
        can: Can,
    },
    /// Put a document on the reader and relay it.
    Relay(Relay),
}

/// Where to relay to.
#[derive(Debug, clap::Args)]
struct Relay {
    /// The document.
    document: PathBuf,
    /// Address of the server, `http://localhost:8080` or `https://…`.
    #[arg(long)]
    server: String,
    /// PEM certificates of the authority that the server's own comes from, instead of those the system trusts.
    #[arg(long)]
    tls_authority: Option<PathBuf>,
    /// Relay like a terminal, with a code that the wallet shows.
    #[arg(long, conflicts_with_all = ["journey", "token"])]
    code: Option<String>,
    /// Relay like the holder's own device: the journey.
    #[arg(long, requires = "token")]
    journey: Option<String>,
    /// Its token.
    #[arg(long, requires = "journey")]
    token: Option<String>,
    /// Open the chip with its card access number instead of the machine-readable zone.
    #[arg(long)]
    by_can: bool,
    /// Relay a copy: all of its files, and none of its private keys.
    #[arg(long)]
    copied: bool,
    /// Take the document off the reader after so many commands.
    #[arg(long)]
    drop_after: Option<u32>,
}

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Found { state, certificate, code, seed } => found(&state, &certificate, code, seed),
        Command::Make { state, document, portrait, person, can } => make(&state, &document, &portrait, person, can),
        Command::Relay(relay) => run(&relay),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "{failure}");
            ExitCode::FAILURE
        }
    }
}

fn found(state: &Path, certificate: &Path, code: String, seed: String) -> Result<ExitCode, Failure> {
    let file = StateFile::founded(code, seed, SystemClock.now())?;
    std::fs::write(certificate, file.country().authority.certificate)?;
    std::fs::write(state, serde_json::to_vec_pretty(&file)?)?;
    Ok(ExitCode::SUCCESS)
}

fn make(state: &Path, to: &Path, portrait: &Path, person: PersonFile, can: Can) -> Result<ExitCode, Failure> {
    let state: StateFile = serde_json::from_slice(&std::fs::read(state)?)?;
    let file = DocumentFile::new(state, person, can, &std::fs::read(portrait)?)?;
    std::fs::write(to, serde_json::to_vec_pretty(&file)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the server's last word as JSON; exits with 2 when the document was refused.
fn run(arguments: &Relay) -> Result<ExitCode, Failure> {
    let document: DocumentFile = serde_json::from_slice(&std::fs::read(&arguments.document)?)?;
    let server = Server::new(&arguments.server, arguments.tls_authority.as_deref())?;
    let way = match (&arguments.code, &arguments.journey, &arguments.token) {
        (Some(code), _, _) => Way::terminal(code)?,
        (None, Some(journey), Some(token)) => Way::holder(journey, token)?,
        _ => return Err("say --code, or --journey and --token".into()),
    };
    let password = if arguments.by_can { ChipPassword::can(CAN)? } else { document.zone()? };
    let mut profile = document.chip()?;
    profile.faults.extend(arguments.drop_after.map(Fault::DropAfter));
    if arguments.copied {
        let pretence = Pretence::UsesAnotherKey;
        profile.faults.extend([Fault::NoChipAuthenticationKey(pretence), Fault::NoActiveAuthenticationKey(pretence)]);
    }
    let chip = VirtualChip::new(profile, "virtual chip");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let last = runtime.block_on(mibun_terminal::relay(&server, &way, &password, chip, &mut |_| {}))?;
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&last)?)?;
    Ok(if matches!(last, Outcome::Done { .. }) { ExitCode::SUCCESS } else { ExitCode::from(2) })
}
