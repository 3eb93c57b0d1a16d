//! The counter itself, where readers are built in.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use mibun_terminal::desk::{self, Desk, Input};
use mibun_terminal::pcsc::{self, PcscReader};
use mibun_terminal::{ChipPassword, Language, ReaderError, Server, Way};
use zeroize::Zeroizing;

use crate::cli::{Outcome, out};

/// The reader or the document on it does not work.
const READER: u8 = 4;

/// Ended from the keyboard, as shells count it: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

/// How long a reader that is in the middle of something may keep the program.
const LAST: Duration = Duration::from_secs(2);

/// Arguments of `mibun terminal`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Terminal {
    /// Address of the server: `https://…`, or `http://…` on its own machine.
    #[arg(long, required_unless_present = "list")]
    server: Option<String>,
    /// PEM certificates of the authority that the server's own comes from, instead of those the system trusts.
    #[arg(long, value_name = "FILE")]
    tls_authority: Option<PathBuf>,
    /// The reader: its name, or a part that no other name has.
    #[arg(long, value_name = "NAME")]
    reader: Option<String>,
    /// Print the names of the readers and end.
    #[arg(long)]
    list: bool,
    /// What is spoken: en, ja or zh-Hans.
    #[arg(long, default_value = "en")]
    language: String,
    /// Read one document and end.
    #[arg(long)]
    once: bool,
    /// The code that the wallet shows; implies --once.
    #[arg(long)]
    code: Option<String>,
    /// The card access number; implies --once.
    #[arg(long, conflicts_with = "mrz")]
    can: Option<String>,
    /// A file with the machine-readable zone, or `-` for standard input; implies --once.
    #[arg(long, value_name = "FILE")]
    mrz: Option<PathBuf>,
}

impl Terminal {
    pub(in crate::cli) fn run(self) -> Outcome {
        run(self)
    }
}

fn run(arguments: Terminal) -> Outcome {
    let language: Language = arguments.language.parse()?;
    if arguments.list {
        return Ok(list(language));
    }
    let server = Server::new(arguments.server.as_deref().unwrap_or_default(), arguments.tls_authority.as_deref())?;
    let way = arguments.code.map(Zeroizing::new).map(|code| Way::terminal(&code)).transpose()?;
    let password = password(arguments.can.map(Zeroizing::new), arguments.mrz.as_deref())?;
    let slot = match PcscReader::open(arguments.reader.as_deref()) {
        Ok(slot) => slot,
        Err(error) => return Ok(no_reader(error, language)),
    };
    let once = arguments.once || way.is_some() || password.is_some();
    let desk = Desk { server, slot, language, once, way, password, screen: io::stdout().is_terminal() };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let ended = runtime.block_on(serve(desk));
    runtime.shutdown_timeout(LAST);
    ended
}

async fn serve(desk: Desk<PcscReader>) -> Outcome {
    let mut input = Input::of(io::stdin());
    let mut screen = io::stdout();
    tokio::select! {
        ended = desk::serve(desk, &mut input, &mut screen) => Ok(ExitCode::from(ended?.code())),
        _ = tokio::signal::ctrl_c() => {
            out::line("");
            Ok(ExitCode::from(INTERRUPTED))
        }
    }
}

fn list(language: Language) -> ExitCode {
    match pcsc::names() {
        Ok(names) => {
            names.iter().for_each(|name| out::line(name));
            ExitCode::SUCCESS
        }
        Err(error) => no_reader(error, language),
    }
}

fn no_reader(error: ReaderError, language: Language) -> ExitCode {
    out::error(error.text().of(language));
    ExitCode::from(READER)
}

fn password(
    can: Option<Zeroizing<String>>,
    zone: Option<&Path>,
) -> Result<Option<ChipPassword>, Box<dyn std::error::Error>> {
    let password = match (can, zone) {
        (Some(can), _) => ChipPassword::can(&can)?,
        (None, Some(path)) if path.as_os_str() == "-" => ChipPassword::zone_of(io::stdin())?,
        (None, Some(path)) => {
            let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
            ChipPassword::zone_of(file)?
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(password))
}
