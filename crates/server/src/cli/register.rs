//! `mibun register import`: people from a CSV file and a folder of portraits, with a report of every refused row.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use mibun_registry::{Conflict, StoreError};
use serde::Deserialize;

use super::{Outcome, out};
use crate::app::App;
use crate::record::PersonRecord;
use crate::work::audit::Actor;
use crate::work::{WorkError, people, portraits};

/// Subcommands of `mibun register`.
#[derive(Debug, Subcommand)]
pub(super) enum Register {
    /// Import people from CSV with a header line; portraits are JPEG or PNG files named in the `portrait` column.
    ///
    /// Columns: number, family_name, given_name, family_name_native, given_name_native, birthdate, sex, nationality,
    /// place_of_birth, address, document_number, document_valid_until, portrait.
    Import {
        /// The CSV file, UTF-8.
        csv: PathBuf,
        /// The folder of portraits.
        #[arg(long)]
        portraits: PathBuf,
        /// Write refused rows and why to this CSV file.
        #[arg(long)]
        report: Option<PathBuf>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    number: String,
    family_name: String,
    given_name: String,
    family_name_native: Option<String>,
    given_name_native: Option<String>,
    birthdate: String,
    #[serde(default)]
    sex: Option<u8>,
    nationality: String,
    place_of_birth: Option<String>,
    address: Option<String>,
    document_number: Option<String>,
    document_valid_until: String,
    portrait: String,
}

impl Register {
    pub(super) fn run(self, config: &Path) -> Outcome {
        let Self::Import { csv, portraits, report } = self;
        super::with_app(config, async move |app| {
            let refused = import(&app, &csv, &portraits).await?;
            for (line, why) in &refused {
                out::line(&format!("line {line}: {why}"));
            }
            if let Some(path) = report {
                write_report(&path, &refused)?;
            }
            Ok(if refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) })
        })
    }
}

/// Imports what can be imported and returns the refused rows: line number and reason, without personal data.
async fn import(app: &App, csv: &Path, portraits: &Path) -> Result<Vec<(u64, String)>, Box<dyn std::error::Error>> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(csv)?;
    let headers = reader.headers()?.clone();
    let mut refused = Vec::new();
    let mut added = 0_u64;
    for (index, raw) in reader.records().enumerate() {
        let line = raw.as_ref().ok().and_then(|raw| raw.position().map(csv::Position::line));
        let line = line.unwrap_or(index as u64 + 2);
        let row = raw.and_then(|raw| raw.deserialize::<Row>(Some(&headers)));
        let outcome = match row {
            Ok(row) => one(app, row, portraits).await,
            // The reader's own message quotes the row.
            Err(_) => Err("not a row of the documented columns".to_owned()),
        };
        match outcome {
            Ok(()) => added += 1,
            Err(why) => refused.push((line, why)),
        }
        if (index + 1) % 100 == 0 {
            out::line(&format!("{} rows read, {added} people added", index + 1));
        }
    }
    out::line(&format!("{added} people added, {} rows refused", refused.len()));
    Ok(refused)
}

async fn one(app: &App, row: Row, folder: &Path) -> Result<(), String> {
    let file = Path::new(&row.portrait);
    if file.components().count() != 1 || row.portrait.starts_with('.') {
        return Err("portrait: must be the name of a file in the folder of portraits".to_owned());
    }
    let portrait = std::fs::read(folder.join(file)).map_err(|error| format!("portrait: {error}"))?;
    let record = PersonRecord {
        birthdate: row.birthdate.parse().map_err(|_| "birthdate: write YYYY-MM-DD".to_owned())?,
        document_valid_until: row
            .document_valid_until
            .parse()
            .map_err(|_| "document_valid_until: write YYYY-MM-DD".to_owned())?,
        number: row.number,
        family_name: row.family_name,
        given_name: row.given_name,
        family_name_native: row.family_name_native.filter(|text| !text.is_empty()),
        given_name_native: row.given_name_native.filter(|text| !text.is_empty()),
        sex: row.sex.unwrap_or(0),
        nationalities: row.nationality.split(' ').map(str::to_owned).collect(),
        place_of_birth: row.place_of_birth.filter(|text| !text.is_empty()),
        address: row.address.filter(|text| !text.is_empty()),
        document_number: row.document_number.filter(|text| !text.is_empty()),
    };
    let portraits = portraits::prepare(app, portrait).await.map_err(|error| format!("portrait: {error}"))?;
    match people::add(app, Actor::Operator, record, &portraits).await {
        Ok(_) => Ok(()),
        Err(WorkError::Store(StoreError::Conflict(Conflict::NumberTaken))) => {
            Err("number: already in the register".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}

fn write_report(path: &Path, refused: &[(u64, String)]) -> Result<(), Box<dyn std::error::Error>> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(["line", "reason"])?;
    for (line, why) in refused {
        writer.write_record([&line.to_string(), why])?;
    }
    writer.flush()?;
    Ok(())
}
