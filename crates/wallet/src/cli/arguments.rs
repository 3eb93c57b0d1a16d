//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use mibun_card::CardFormat;
use mibun_crypto::key::Algorithm;
use mibun_trust::attestation::Profile;

const EXIT_CODES: &str = "Exit codes:
  0  done
  1  the wallet's own fault: store, keys
  2  something is missing or wrong on the command line
  3  this wallet or its holder refused
  4  the other side refused
  5  the other side could not be reached
  6  a card is not ready yet; it is waited for, see `resume`";

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

    /// Take cards that are signed with this, too, besides ES256; may be repeated: ES384, EdDSA, ML-DSA-65
    #[arg(long, global = true, value_name = "ALGORITHM", value_parser = Algorithm::from_jose)]
    pub accept: Vec<Algorithm>,

    /// Root certificates (PEM) for TLS, besides those of the system
    #[arg(long, global = true, value_name = "FILE")]
    pub tls_root: Option<PathBuf>,

    /// Also talk plain http to this very machine
    #[arg(long, global = true)]
    pub allow_http_loopback: bool,

    /// How authorization servers know this wallet; needs a provider
    #[command(flatten)]
    pub provider: ProviderArguments,

    /// Print one JSON object
    #[arg(long, global = true)]
    pub json: bool,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Who vouches for this wallet.
#[derive(Debug, Args)]
pub struct ProviderArguments {
    /// The key of the wallet's provider (PKCS#8 in PEM)
    #[arg(long, global = true, env = "MIBUN_WALLET_PROVIDER_KEY", value_name = "FILE", requires = "provider_chain")]
    pub provider_key: Option<PathBuf>,

    /// The certificates of the wallet's provider (PEM), leaf first, without the root
    #[arg(long, global = true, env = "MIBUN_WALLET_PROVIDER_CHAIN", value_name = "FILE", requires = "provider_key")]
    pub provider_chain: Option<PathBuf>,

    /// What authorization servers call this wallet
    #[arg(long, global = true, default_value = "mibun-wallet", value_name = "NAME")]
    pub client_id: String,

    /// Where the browser comes back to
    #[arg(long, global = true, default_value = "mibun-wallet:/back", value_name = "URI")]
    pub redirect_uri: String,

    /// The form of attestations: haip-1.0 or latest
    #[arg(long, global = true, default_value_t = Profile::Haip10, value_name = "PROFILE")]
    pub profile: Profile,
}

/// A format of cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    /// SD-JWT VC
    SdJwt,
    /// ISO mdoc
    Mdoc,
}

impl FormatName {
    /// The format.
    pub const fn format(self) -> CardFormat {
        match self {
            Self::SdJwt => CardFormat::SdJwtVc,
            Self::Mdoc => CardFormat::Mdoc,
        }
    }
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Collect a card
    Collect {
        /// The link of an offer (openid-credential-offer://…), or the address of an issuer (https://…)
        #[arg(value_name = "OFFER|ISSUER")]
        source: String,
        /// Which card of an issuer, as its metadata calls it
        #[arg(long, value_name = "ID")]
        configuration: Option<String>,
        /// Formats that are taken, the dearest first
        #[arg(long, value_enum, value_delimiter = ',', default_values_t = [FormatName::SdJwt, FormatName::Mdoc])]
        format: Vec<FormatName>,
        /// How long to wait for a card that is not ready, a day at most; later it can be had with `resume`
        #[arg(long, default_value_t = 900, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=86_400))]
        wait: u64,
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
    /// Ask again for cards that were not ready
    Resume {
        /// The card, as listed; all that are waited for when absent
        id: Option<String>,
        /// How long to wait for cards that are not ready yet, a day at most
        #[arg(long, default_value_t = 0, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=86_400))]
        wait: u64,
    },
    /// Get fresh copies of a card
    Renew {
        /// The card, as listed
        id: String,
        /// How many one-time copies to ask for
        #[arg(long, default_value_t = 10)]
        copies: u8,
    },
    /// Answer a request
    Present(Answer),
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
    /// List the cards, and those that are waited for
    List,
    /// Delete a card and its keys, or one that is waited for
    Delete {
        /// The card, as listed
        id: String,
    },
    /// What happened, oldest first
    History,
}

/// What is answered, and how.
#[derive(Debug, Args)]
pub struct Answer {
    /// The link of the request: openid4vp://…
    pub request: String,
    /// Agree without being asked
    #[arg(long, conflicts_with = "decline")]
    pub yes: bool,
    /// Decline, and tell the asker
    #[arg(long)]
    pub decline: bool,
    /// Reveal as little as the asker accepts
    #[arg(long)]
    pub least: bool,
    /// A file with the ID password, to show a full card
    #[arg(long, value_name = "FILE")]
    pub id_password_file: Option<PathBuf>,
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
