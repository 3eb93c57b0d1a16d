//! The JSON serialisation of two examples (RFC 9901 section 8), turned into the compact one that is spoken here: the
//! parts are the same, only their places differ.

use serde_json::Value;

/// The compact form of a flattened serialisation, or of the first signature of a general one.
pub fn to_compact(document: &Value) -> Result<String, String> {
    let signature = document["signatures"].get(0).unwrap_or(document);
    let mut text = format!(
        "{}.{}.{}~",
        joined(&signature["protected"])?,
        joined(&document["payload"])?,
        joined(&signature["signature"])?
    );
    for disclosure in signature["header"]["disclosures"].as_array().ok_or("no disclosures")? {
        text.push_str(&joined(disclosure)?);
        text.push('~');
    }
    if let Some(proof) = signature["header"].get("kb_jwt") {
        text.push_str(&joined(proof)?);
    }
    Ok(text)
}

/// A text without the line breaks of the printed page.
fn joined(value: &Value) -> Result<String, String> {
    value.as_str().map(|text| text.split_whitespace().collect()).ok_or_else(|| "a part is missing".to_owned())
}
