//! `mibun register import`: people from a CSV file and a folder of portraits, with a report of every refused row.

mod table;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use mibun_registry::{Conflict, StoreError};

use super::{Outcome, out};
use crate::app::App;
use crate::record::PersonRecord;
use crate::work::audit::Actor;
use crate::work::{WorkError, people, portraits};
use table::{Row, Table};

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

impl Register {
    pub(super) fn run(self, config: &Path) -> Outcome {
        let Self::Import { csv, portraits, report } = self;
        // All files first: what cannot be read or written is said before anybody is added.
        let table = Table::open(&csv).map_err(|error| named(&csv, &error))?;
        std::fs::read_dir(&portraits).map_err(|error| named(&portraits, &error))?;
        let report = report.map(|path| Report::create(&path).map_err(|error| named(&path, &error))).transpose()?;
        super::with_app(config, async move |app| {
            let refused = import(&app, table, &portraits).await?;
            for (line, why) in &refused {
                out::line(&format!("line {line}: {why}"));
            }
            if let Some(report) = report {
                report.write(&refused)?;
            }
            Ok(if refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) })
        })
    }
}

fn named(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}

/// Imports what can be imported and returns the refused rows: line number and reason, without personal data.
async fn import(app: &App, table: Table, portraits: &Path) -> Result<Vec<(u64, String)>, Box<dyn std::error::Error>> {
    let mut refused = Vec::new();
    let (mut added, mut read) = (0_u64, 0_u64);
    for (line, row) in table.rows() {
        let outcome = match row {
            Ok(row) => one(app, row, portraits).await,
            Err(why) => Err(why.to_string()),
        };
        match outcome {
            Ok(()) => added += 1,
            Err(why) => refused.push((line, why)),
        }
        read += 1;
        if read.is_multiple_of(100) {
            out::line(&format!("{read} rows read, {added} people added"));
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
    let record = record(&row)?;
    let portrait = std::fs::read(folder.join(file)).map_err(|error| format!("portrait: {error}"))?;
    let portraits = portraits::prepare(app, portrait).await.map_err(|error| format!("portrait: {error}"))?;
    match people::add(app, Actor::Operator, record, &portraits).await {
        Ok(_) => Ok(()),
        Err(WorkError::Store(StoreError::Conflict(Conflict::NumberTaken))) => {
            Err("number: already in the register".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}

/// The row's values in their types; a value that has none is refused by the name of its column.
fn record(row: &Row) -> Result<PersonRecord, String> {
    let date = |column: &str, text: &str| text.parse().map_err(|_| format!("{column}: write YYYY-MM-DD"));
    Ok(PersonRecord {
        number: row.number.clone(),
        family_name: row.family_name.clone(),
        given_name: row.given_name.clone(),
        family_name_native: row.family_name_native.clone(),
        given_name_native: row.given_name_native.clone(),
        birthdate: date("birthdate", &row.birthdate)?,
        sex: match &row.sex {
            None => 0,
            Some(text) => text.parse().map_err(|_| "sex: must be 0, 1, 2 or 9 (ISO/IEC 5218)".to_owned())?,
        },
        nationalities: row.nationality.split(' ').map(str::to_owned).collect(),
        place_of_birth: row.place_of_birth.clone(),
        address: row.address.clone(),
        document_number: row.document_number.clone(),
        document_valid_until: date("document_valid_until", &row.document_valid_until)?,
    })
}

/// The report of refused rows, made before the import so that it can be written after it.
struct Report(csv::Writer<File>);

impl Report {
    fn create(path: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let mut writer = csv::Writer::from_path(path)?;
        writer.write_record(["line", "reason"])?;
        writer.flush()?;
        Ok(Self(writer))
    }

    fn write(mut self, refused: &[(u64, String)]) -> Result<(), Box<dyn std::error::Error>> {
        for (line, why) in refused {
            self.0.write_record([&line.to_string(), why])?;
        }
        self.0.flush()?;
        Ok(())
    }
}
