//! `mibun offer`: a card for somebody seen at a counter, so that nobody needs a camera, a face that a machine can
//! compare, or a telephone of their own to enrol.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Outcome, out};
use crate::work::journeys::counter;

/// Whom an officer has seen, and how they were recognised.
#[derive(Debug, Args)]
pub(super) struct Offer {
    /// The person's resident number.
    #[arg(long)]
    number: String,
    /// How the officer recognised the person; kept with the decision.
    #[arg(long)]
    reason: String,
    /// Print one JSON object: uri, tx_code, reference, expires_at.
    #[arg(long)]
    json: bool,
}

impl Offer {
    pub(super) fn run(self, config: &Path) -> Outcome {
        super::with_app(config, async move |app| {
            let offer = counter::offer(&app, &self.number, &self.reason).await?;
            let expires = offer.expires_at.to_rfc3339();
            if self.json {
                let object = json!({
                    "uri": offer.uri,
                    "tx_code": offer.tx_code,
                    "reference": offer.reference,
                    "expires_at": expires,
                });
                out::line(&object.to_string());
            } else {
                let (reference, code) = (&offer.reference, &offer.tx_code);
                out::line(&format!(
                    "offer      {}\nreference  {reference}\ncode       {code}\nuntil      {expires}",
                    offer.uri
                ));
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}
