//! The command line: arguments in, a wallet at work, lines or JSON out.

mod arguments;
mod dc_api;
mod output;
mod resume;
mod terminal;

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use mibun_issuing::address::Transport;
use mibun_issuing::secret::Secret;
use mibun_proofing::id_password::{IdPassword, IdPasswordError};
use mibun_trust::anchors::AnchorError;
use mibun_trust::{Language, TrustAnchors};
use mibun_wallet::browser::Headless;
use mibun_wallet::clock::{Clock, SystemClock};
use mibun_wallet::entropy::SystemEntropy;
use mibun_wallet::http::Http;
use mibun_wallet::provider::{Provider, ProviderError};
use mibun_wallet::store::{Store, Unlock, read_or_make_key};
use mibun_wallet::{Choice, Failure, Fault, JourneyAccess, Prepared, Wallet};
use thiserror::Error;
use zeroize::Zeroizing;

use arguments::{Answer, Arguments, Command, ProviderArguments};
use output::Output;
use terminal::Terminal;

/// Runs the command; the exit code says whose fault a failure is, as `--help` explains.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(execute(&arguments)),
        Err(error) => Err(CommandError::File("runtime".to_owned(), error)),
    };
    match outcome {
        Ok(output) => match output.print(arguments.json) {
            Ok(()) => ExitCode::from(output.exit_code()),
            Err(_) => ExitCode::FAILURE,
        },
        Err(error) => {
            output::print_error(&error, arguments.json);
            ExitCode::from(error.exit_code())
        }
    }
}

/// Why a command failed.
#[derive(Debug, Error)]
pub enum CommandError {
    /// A file named on the command line cannot be read.
    #[error("{0}: {1}")]
    File(String, #[source] io::Error),
    /// The file with trusted roots cannot be used.
    #[error("--trust: {0}")]
    Trust(#[from] AnchorError),
    /// The provider cannot vouch.
    #[error("--provider-key, --provider-chain: {0}")]
    Provider(#[from] ProviderError),
    /// The ID password will not do.
    #[error("ID password: {0}")]
    IdPassword(#[from] IdPasswordError),
    /// Nobody can be asked.
    #[error("there is no terminal to ask at: say --yes or --decline")]
    NobodyToAsk,
    /// The holder said no.
    #[error("declined")]
    Declined,
    /// The wallet failed.
    #[error(transparent)]
    Wallet(#[from] Failure),
}

impl CommandError {
    fn exit_code(&self) -> u8 {
        match self {
            Self::File(..) | Self::Trust(_) | Self::Provider(_) | Self::IdPassword(_) | Self::NobodyToAsk => 2,
            Self::Declined => 3,
            Self::Wallet(failure) => exit_code(failure.fault()),
        }
    }
}

/// The exit code that says whose fault a failure is.
const fn exit_code(fault: Fault) -> u8 {
    match fault {
        Fault::Wallet => 1,
        Fault::Usage => 2,
        Fault::RefusedByUs => 3,
        Fault::RefusedByThem => 4,
        Fault::Network => 5,
        Fault::Later => 6,
    }
}

async fn execute(arguments: &Arguments) -> Result<Output, CommandError> {
    let mut wallet = open(arguments)?;
    match &arguments.command {
        Command::Collect { source, tx_code, id_password_file, configuration, .. } => {
            let tx_code = tx_code.as_deref();
            let outcome = match id_password_file {
                Some(file) => wallet.collect_full(source, tx_code, &entered(file)?).await,
                None if is_issuer(source) => wallet.collect_from(source, configuration.as_deref()).await,
                None => wallet.collect(source, tx_code).await,
            };
            resume::gathered(&wallet, outcome)
        }
        Command::Resume { id, .. } => resume::resume(&mut wallet, id.as_deref()).await,
        Command::Renew { id, .. } => {
            let outcome = wallet.renew(id).await;
            resume::gathered(&wallet, outcome)
        }
        Command::SetPassword { journey, token_file, id_password_file, number } => {
            let token = Zeroizing::new(read(token_file)?);
            let password = Zeroizing::new(read(id_password_file)?);
            let password = IdPassword::choose(password.trim(), number, SystemClock.now().date())?;
            let access = JourneyAccess { address: journey.trim_end_matches('/'), token: token.trim() };
            wallet.set_password(access, &password).await?;
            Ok(Output::PasswordSet)
        }
        Command::Present(answer) => present(&mut wallet, answer).await,
        Command::AnswerDcApi(call) => dc_api::answer(&mut wallet, call).await,
        Command::List => Ok(Output::cards(&wallet)),
        Command::Delete { id } => {
            wallet.delete(id)?;
            Ok(Output::Deleted { id: id.clone() })
        }
        Command::History => Ok(Output::History { entries: wallet.history().to_vec() }),
    }
}

async fn present(wallet: &mut Wallet, answer: &Answer) -> Result<Output, CommandError> {
    if !answer.yes && !answer.decline && !io::stdin().is_terminal() {
        return Err(CommandError::NobodyToAsk);
    }
    let choice = if answer.least { Choice::Least } else { Choice::AskersFavourite };
    let prepared = wallet.prepare(&answer.request, choice).await?;
    if answer.decline || !(answer.yes || agrees(&prepared)?) {
        wallet.decline(prepared).await?;
        return Err(CommandError::Declined);
    }
    if let Some(file) = &answer.id_password_file {
        wallet.sign_in(&entered(file)?).await?;
    }
    let words = prepared.words;
    Ok(Output::presented(wallet.answer(prepared).await?, words))
}

/// Whom the holder believes, and which signatures on cards besides ES256.
fn anchors(arguments: &Arguments) -> Result<TrustAnchors, CommandError> {
    let anchors = match &arguments.trust {
        Some(path) => {
            let pem = read(path)?;
            TrustAnchors::from_pem(&pem, &pem, &pem)?
        }
        None => TrustAnchors::default(),
    };
    let accepted = arguments.accept.iter().fold(anchors.accepted, |accepted, algorithm| accepted.and(*algorithm));
    Ok(TrustAnchors { accepted, ..anchors })
}

fn open(arguments: &Arguments) -> Result<Wallet, CommandError> {
    let transport = if arguments.allow_http_loopback { Transport::HttpsOrLoopback } else { Transport::Https };
    let anchors = anchors(arguments)?;
    let tls_roots = arguments.tls_root.as_deref().map(read).transpose()?;
    let network = Http::new(transport, tls_roots.as_deref()).map_err(Failure::from)?;
    let mut entropy = SystemEntropy;
    let store = Store::open(&arguments.store_path(), &unlock(arguments)?, &mut entropy).map_err(Failure::from)?;
    let browser = Terminal { headless: Headless::new(network.clone(), transport) };
    let wallet = Wallet::new(store, Arc::new(network), Arc::new(SystemClock), Box::new(entropy));
    let wallet = wallet.trusting(anchors).over(transport).browsing(Arc::new(browser));
    let wallet = match &arguments.command {
        Command::Collect { copies, format, wait, .. } => {
            let formats = format.iter().map(|name| name.format()).collect();
            wallet.asking_for(usize::from(*copies)).taking(formats).waiting(*wait)
        }
        Command::Resume { wait, .. } => wallet.waiting(*wait),
        Command::Renew { copies, .. } => wallet.asking_for(usize::from(*copies)),
        _ => wallet,
    };
    Ok(match provider(&arguments.provider)? {
        Some(provider) => wallet.vouched_for(provider),
        None => wallet,
    })
}

fn provider(arguments: &ProviderArguments) -> Result<Option<Provider>, CommandError> {
    let (Some(key), Some(chain)) = (&arguments.provider_key, &arguments.provider_chain) else { return Ok(None) };
    let (key, chain) = (Zeroizing::new(read(key)?), read(chain)?);
    let names = (arguments.client_id.as_str(), arguments.redirect_uri.as_str());
    Ok(Some(Provider::from_pem(names, arguments.profile, &key, &chain)?))
}

/// Whether an address is an issuer's and not the link of an offer.
fn is_issuer(source: &str) -> bool {
    let web = ["https://", "http://"].iter().any(|scheme| source.starts_with(scheme));
    web && !source.contains("credential_offer")
}

fn unlock(arguments: &Arguments) -> Result<Unlock, CommandError> {
    if let Some(path) = &arguments.passphrase_file {
        let passphrase = Zeroizing::new(read(path)?);
        return Ok(Unlock::Passphrase(Secret::new(passphrase.trim_end_matches(['\r', '\n']))));
    }
    let key = read_or_make_key(&arguments.key_path(), &mut SystemEntropy).map_err(Failure::from)?;
    Ok(Unlock::Key(key))
}

/// The ID password in a file.
fn entered(path: &std::path::Path) -> Result<IdPassword, CommandError> {
    let text = Zeroizing::new(read(path)?);
    Ok(IdPassword::enter(text.trim())?)
}

fn read(path: &std::path::Path) -> Result<String, CommandError> {
    fs::read_to_string(path).map_err(|error| CommandError::File(path.display().to_string(), error))
}

/// Shows who asks for what, and waits for a yes.
fn agrees(prepared: &Prepared) -> Result<bool, CommandError> {
    let terminal = |error| CommandError::File("terminal".to_owned(), error);
    let mut out = io::stderr().lock();
    output::write_question(&mut out, prepared, Language::English).and_then(|()| out.flush()).map_err(terminal)?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(terminal)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
