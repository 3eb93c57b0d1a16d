//! `answer-dc-api`: a call of the Digital Credentials API answered at the terminal, for platforms and tests.

use std::io::{self, Read};
use std::path::PathBuf;

use clap::Args;
use mibun_crypto::json::{self, Limits};
use mibun_presenting::dc_api::{Call as PageCall, Origin, Protocol};
use mibun_presenting::request::UriPolicy;
use mibun_wallet::{Choice, Wallet};
use serde_json::Value;

use super::output::Output;
use super::{CommandError, entered};

/// The call, and whether to agree: whoever hands it over has asked the holder.
#[derive(Debug, Args)]
pub struct Call {
    /// The page that called, as the browser spells it: https://hotel.example
    #[arg(long)]
    origin: String,
    /// A file with the call, { "requests": [{ "protocol", "data" }] }; - for standard input
    #[arg(default_value = "-", value_name = "FILE")]
    call: PathBuf,
    /// Show what is asked for
    #[arg(long, conflicts_with = "decline", required_unless_present = "decline")]
    yes: bool,
    /// Decline, and tell the page
    #[arg(long)]
    decline: bool,
    /// Reveal as little as the asker accepts
    #[arg(long)]
    least: bool,
    /// A file with the ID password, to show a full card
    #[arg(long, value_name = "FILE")]
    id_password_file: Option<PathBuf>,
}

/// Answers the first request of the call whose protocol is spoken.
pub(super) async fn answer(wallet: &mut Wallet, call: &Call) -> Result<Output, CommandError> {
    let invalid = |name: &str| CommandError::File(name.to_owned(), io::ErrorKind::InvalidData.into());
    // The browser vouches for the origin: plain http is one of its own exceptions for this very machine.
    let origin = Origin::parse(&call.origin, UriPolicy::HttpsOrLoopback).map_err(|_| invalid("--origin"))?;
    let calls = json::parse(text(call)?.as_bytes(), &Limits::default()).map_err(|_| invalid("call"))?;
    let requests = calls.get("requests").and_then(Value::as_array).ok_or_else(|| invalid("call"))?;
    let (protocol, data) = requests.iter().find_map(spoken).ok_or_else(|| invalid("call"))?;
    let choice = if call.least { Choice::Least } else { Choice::AskersFavourite };
    let prepared = wallet.prepare_call(&PageCall { origin: &origin, protocol, data }, choice)?;
    let data = if call.decline {
        wallet.decline_call(&prepared)?
    } else {
        if let Some(file) = &call.id_password_file {
            wallet.sign_in(&entered(file)?).await?;
        }
        wallet.answer_call(prepared).await?
    };
    Ok(Output::DigitalCredential { protocol: protocol.to_owned(), data })
}

fn spoken(request: &Value) -> Option<(&str, &Value)> {
    let protocol = request.get("protocol")?.as_str()?;
    let known =
        matches!(Protocol::from_name(protocol), Some(Protocol::Signed | Protocol::Multisigned | Protocol::Unsigned));
    if known { Some((protocol, request.get("data")?)) } else { None }
}

fn text(call: &Call) -> Result<String, CommandError> {
    if call.call.as_os_str() != "-" {
        return super::read(&call.call);
    }
    let mut text = String::new();
    let read = io::stdin().take(Limits::default().bytes as u64 + 1).read_to_string(&mut text);
    read.map_err(|error| CommandError::File("standard input".to_owned(), error))?;
    Ok(text)
}
