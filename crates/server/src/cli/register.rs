//! `mibun register`: people from a CSV file and a folder of portraits, with a report of every refused row; corrections;
//! deaths, expiries and suspensions.

mod table;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use mibun_registry::{Conflict, PersonStatus, StoreError};

use super::{Outcome, out};
use crate::app::App;
use crate::record::PersonRecord;
use crate::work::audit::Actor;
use crate::work::people::changes::{self, Corrected, set_status};
use crate::work::portraits::Portraits;
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
    /// Write corrected records over those of the same number, from CSV with the columns of an import. An empty `portrait`
    /// keeps the one that is there. Cards of a record that changed are revoked; the person collects a new one.
    Correct {
        /// The CSV file, UTF-8.
        csv: PathBuf,
        /// The folder of new portraits.
        #[arg(long)]
        portraits: Option<PathBuf>,
        /// Write refused rows and why to this CSV file.
        #[arg(long)]
        report: Option<PathBuf>,
    },
    /// Say where a person's record stands. `deceased` and `expired` revoke every card, `suspended` suspends them,
    /// `active` resumes them.
    SetStatus {
        /// The resident number.
        number: String,
        /// `active`, `suspended`, `deceased` or `expired`.
        status: String,
        /// Why, for the audit trail.
        #[arg(long)]
        reason: String,
    },
}

impl Register {
    pub(super) fn run(self, config: &Path) -> Outcome {
        match self {
            Self::Import { csv, portraits, report } => rows(config, &csv, Some(portraits), report, Task::Add),
            Self::Correct { csv, portraits, report } => rows(config, &csv, portraits, report, Task::Correct),
            Self::SetStatus { number, status, reason } => super::with_app(config, async move |app| {
                let unknown = "status: active, suspended, deceased or expired";
                let status = PersonStatus::from_text(&status).ok_or(unknown)?;
                let number = app.scheme.read(&number, app.clock.now().date())?;
                let index = app.number_index(number.as_str());
                let person = app.registry.read().await?.person_by_number(&index).await?;
                let person = person.ok_or("number: not in the register")?;
                let changed = set_status(&app, Actor::Operator, person.id, status, &reason).await?;
                out::line(&format!("{}: {changed} cards changed", status.as_str()));
                Ok(ExitCode::SUCCESS)
            }),
        }
    }
}

/// What is done with the rows of a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Task {
    Add,
    Correct,
}

fn rows(config: &Path, csv: &Path, portraits: Option<PathBuf>, report: Option<PathBuf>, task: Task) -> Outcome {
    // All files first: what cannot be read or written is said before anything is changed.
    let table = Table::open(csv).map_err(|error| named(csv, &error))?;
    if let Some(folder) = &portraits {
        std::fs::read_dir(folder).map_err(|error| named(folder, &error))?;
    }
    let report = report.map(|path| Report::create(&path).map_err(|error| named(&path, &error))).transpose()?;
    super::with_app(config, async move |app| {
        let refused = each(&app, table, portraits.as_deref(), task).await?;
        for (line, why) in &refused {
            out::line(&format!("line {line}: {why}"));
        }
        if let Some(report) = report {
            report.write(&refused)?;
        }
        Ok(if refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) })
    })
}

fn named(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}

/// Does what can be done and returns the refused rows: line number and reason, without personal data.
async fn each(
    app: &App,
    table: Table,
    folder: Option<&Path>,
    task: Task,
) -> Result<Vec<(u64, String)>, Box<dyn std::error::Error>> {
    let mut refused = Vec::new();
    let (mut written, mut read) = (0_u64, 0_u64);
    let done = if task == Task::Add { "added" } else { "corrected" };
    for (line, row) in table.rows() {
        let outcome = match (row, task) {
            (Ok(row), Task::Add) => add(app, &row, folder).await.map(|()| true),
            (Ok(row), Task::Correct) => correct(app, &row, folder).await,
            (Err(why), _) => Err(why.to_string()),
        };
        match outcome {
            Ok(changed) => written += u64::from(changed),
            Err(why) => refused.push((line, why)),
        }
        read += 1;
        if read.is_multiple_of(100) {
            out::line(&format!("{read} rows read, {written} people {done}"));
        }
    }
    out::line(&format!("{written} people {done}, {} rows refused", refused.len()));
    Ok(refused)
}

/// The portrait that a row names.
async fn portrait(app: &App, row: &Row, folder: Option<&Path>) -> Result<Portraits, String> {
    let file = Path::new(&row.portrait);
    if file.components().count() != 1 || row.portrait.starts_with('.') {
        return Err("portrait: must be the name of a file in the folder of portraits".to_owned());
    }
    let folder = folder.ok_or("portrait: say --portraits FOLDER")?;
    let portrait = std::fs::read(folder.join(file)).map_err(|error| format!("portrait: {error}"))?;
    portraits::prepare(app, portrait).await.map_err(|error| format!("portrait: {error}"))
}

/// Writes a row over the record of its number; answers whether that changed anything.
async fn correct(app: &App, row: &Row, folder: Option<&Path>) -> Result<bool, String> {
    let record = record(row)?;
    let portraits = if row.portrait.is_empty() { None } else { Some(portrait(app, row, folder).await?) };
    match changes::correct(app, Actor::Operator, record, portraits.as_ref()).await {
        Ok(corrected) => Ok(corrected != Corrected::Unchanged),
        Err(WorkError::NotFound(_)) => Err("number: not in the register".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

async fn add(app: &App, row: &Row, folder: Option<&Path>) -> Result<(), String> {
    let record = record(row)?;
    let portraits = portrait(app, row, folder).await?;
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
