//! The guest list as a table (RFC 4180), with the columns that the scene names.

use mibun_trust::Scene;
use mibun_trust::scene::{ColumnSource, Fact};
use serde_json::Value;

use super::OpenCheck;

/// The kept answers as CSV, with a byte-order mark so that spreadsheets read the names right.
pub fn csv(scene: &Scene, kept: &[OpenCheck]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory cannot fail; rows all have the columns of the header.
    let _ = writer.write_record(scene.export.iter().map(|column| column.header.as_str()));
    for check in kept {
        let _ = writer.write_record(scene.export.iter().map(|column| cell(check, &column.source)));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    format!("\u{feff}{}", String::from_utf8_lossy(&bytes))
}

fn cell(check: &OpenCheck, source: &ColumnSource) -> String {
    let verdict = check.stored.verdict.as_ref();
    let text = match source {
        ColumnSource::Field(path) => verdict
            .and_then(|verdict| verdict.fields.iter().find(|field| &field.path == path))
            .map(|field| plain(&field.value)),
        ColumnSource::Fact(Fact::CheckedAt) => verdict.map(|verdict| verdict.at.to_rfc3339()),
        ColumnSource::Fact(Fact::Outcome) => {
            verdict.map(|verdict| if verdict.accepted { "accepted" } else { "refused" }.to_owned())
        }
        ColumnSource::Fact(Fact::Level) => verdict.and_then(|verdict| verdict.level.clone()),
        ColumnSource::Fact(Fact::Reference) => Some(check.row.id.to_string()),
    };
    harmless(text.unwrap_or_default())
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// A spreadsheet runs a cell that begins like a formula; a leading apostrophe makes it text.
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_begins_like_a_formula_is_made_text() {
        assert_eq!(harmless("=HYPERLINK(1)".into()), "'=HYPERLINK(1)");
        assert_eq!(harmless("Yamada".into()), "Yamada");
    }

    #[test]
    fn lists_are_written_side_by_side() {
        assert_eq!(plain(&serde_json::json!(["JP", "US"])), "JP US");
    }
}
