//! The command line: one file per subcommand.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod card;
mod doctor;
mod face;
mod init;
mod offer;
mod officer;
mod openapi;
mod out;
mod register;
mod registrar;
mod serve;
mod status;
mod terminal;
mod trust;
mod window;

/// Mibun, a digital ID card: register, issuer and checks in one binary.
#[derive(Debug, Parser)]
#[command(name = "mibun", version, about)]
struct Arguments {
    /// The configuration file.
    #[arg(long, global = true, env = "MIBUN_CONFIG", default_value = "mibun.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the master key, the authority's keys and certificates, and the database.
    Init(init::Init),
    /// Serve the pages and interfaces.
    Serve(serve::Serve),
    /// Look at configuration, keys, database and models, and say what is wrong.
    Doctor(doctor::Doctor),
    /// The register of people.
    #[command(subcommand)]
    Register(register::Register),
    /// Offer a card to somebody whom an officer has seen at a counter.
    Offer(offer::Offer),
    /// The officers who may use the console.
    #[command(subcommand)]
    Officer(officer::Officer),
    /// The counters of organisations.
    #[command(subcommand)]
    Window(window::Window),
    /// The certificates of organisations.
    #[command(subcommand)]
    Registrar(registrar::Registrar),
    /// The cards that were issued.
    #[command(subcommand)]
    Card(card::Card),
    /// The status lists.
    #[command(subcommand)]
    Status(status::Status),
    /// The states whose documents are believed.
    #[command(subcommand)]
    Trust(trust::Trust),
    /// Read documents at a counter: a reader of this machine, and a server that takes what is read.
    Terminal(terminal::Terminal),
    /// The face engine, on files.
    #[command(subcommand)]
    Face(face::Face),
    /// Print the description of the interfaces (OpenAPI 3.1).
    Openapi,
}

/// Runs the command given on the command line.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Init(command) => command.run(&arguments.config),
        Command::Serve(command) => command.run(&arguments.config),
        Command::Doctor(command) => command.run(&arguments.config),
        Command::Register(command) => command.run(&arguments.config),
        Command::Offer(command) => command.run(&arguments.config),
        Command::Officer(command) => command.run(&arguments.config),
        Command::Window(command) => command.run(&arguments.config),
        Command::Registrar(command) => command.run(&arguments.config),
        Command::Card(command) => command.run(&arguments.config),
        Command::Status(command) => command.run(&arguments.config),
        Command::Trust(command) => command.run(&arguments.config),
        Command::Terminal(command) => command.run(),
        Command::Face(command) => command.run(&arguments.config),
        Command::Openapi => openapi::run(),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            out::error(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}

/// What a subcommand ends with: an exit code, or an error for the terminal.
type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

/// Runs a future to its end on a new runtime.
fn block_on<T>(
    future: impl Future<Output = Result<T, Box<dyn std::error::Error>>>,
) -> Result<T, Box<dyn std::error::Error>> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(future)
}

/// Loads the configuration, puts the server together without listening, and works with it.
fn with_app(config: &std::path::Path, work: impl AsyncFnOnce(crate::app::App) -> Outcome) -> Outcome {
    let config = crate::config::Config::load(config, std::env::vars())?;
    block_on(async move { work(crate::boot::app(config, std::sync::Arc::new(crate::clock::SystemClock)).await?).await })
}
