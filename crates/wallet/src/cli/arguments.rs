//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

const EXIT_CODES: &str = "Exit codes:
  0  done
  1  the wallet's own fault: store, keys
  2  something is missing or wrong on the command line
  3  this wallet or its holder refused
  4  the other side refused
  5  the other side could not be reached";

/// A wallet for cards, at the terminal.
#[derive(Debug, Parser)]
#[command(name = "mibun-wallet", version, after_help = EXIT_CODES)]
pub struct Arguments {
    /// Where cards are kept, sealed [default: mibun/wallet.json in the data folder]
    #[arg(long, global = true, env = "MIBUN_WALLET_STORE", value_name = "FILE")]
    pub store: Option<PathBuf>,

    /// The key of the store; made when absent [default: the store's name with .key]
    #[arg(long, global = true, env = "MIBUN_WALLET_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,

    /// A file with a passphrase, in place of a key file
    #[arg(long, global = true, conflicts_with = "key_file", value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,

    /// Root certificates (PEM) of the authorities that issue cards and admit organisations
    #[arg(long, global = true, env = "MIBUN_WALLET_TRUST", value_name = "FILE")]
    pub trust: Option<PathBuf>,

    /// Root certificates (PEM) for TLS, besides those of the system
    #[arg(long, global = true, value_name = "FILE")]
    pub tls_root: Option<PathBuf>,

    /// Also talk plain http to this very machine
    #[arg(long, global = true)]
    pub allow_http_loopback: bool,

    /// Print one JSON object
    #[arg(long, global = true)]
    pub json: bool,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Collect the card of an offer
    Collect {
        /// The link of the offer: openid-credential-offer://…
        offer: String,
        /// The transaction code
        #[arg(long, value_name = "CODE")]
        tx_code: Option<String>,
        /// How many one-time copies to ask for
        #[arg(long, default_value_t = 10)]
        copies: u8,
        /// A file with the ID password: the card is a full one, and its keys stay with the authority
        #[arg(long, value_name = "FILE")]
        id_password_file: Option<PathBuf>,
    },
    /// Answer a request
    Present {
        /// The link of the request: openid4vp://…
        request: String,
        /// Agree without being asked
        #[arg(long, conflicts_with = "decline")]
        yes: bool,
        /// Decline, and tell the asker
        #[arg(long)]
        decline: bool,
        /// Reveal as little as the asker accepts
        #[arg(long)]
        least: bool,
        /// A file with the ID password, to show a full card
        #[arg(long, value_name = "FILE")]
        id_password_file: Option<PathBuf>,
    },
    /// Answer a page's call of navigator.credentials.get, which the browser's platform hands over
    AnswerDcApi(super::dc_api::Call),
    /// Set the ID password of a journey to a full card
    SetPassword {
        /// The journey: https://…/api/journeys/…
        journey: String,
        /// A file with the journey's token
        #[arg(long, value_name = "FILE")]
        token_file: PathBuf,
        /// A file with the ID password
        #[arg(long, value_name = "FILE")]
        id_password_file: PathBuf,
        /// The holder's number, which the password must not repeat
        #[arg(long, default_value = "")]
        number: String,
    },
    /// List the cards
    List,
    /// Delete a card and its keys
    Delete {
        /// The card, as listed
        id: String,
    },
    /// What happened, oldest first
    History,
}

impl Arguments {
    /// The file of the store.
    pub fn store_path(&self) -> PathBuf {
        self.store.clone().unwrap_or_else(|| data_folder().join("mibun").join("wallet.json"))
    }

    /// The file of the store's key.
    pub fn key_path(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.store_path().with_extension("key"))
    }
}

/// The folder for data of the XDG base directory specification.
fn data_folder() -> PathBuf {
    let set = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    set("XDG_DATA_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local/share")))
        .unwrap_or_else(|| PathBuf::from("."))
}
