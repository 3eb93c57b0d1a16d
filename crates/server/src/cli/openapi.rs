//! `mibun openapi`.

use std::process::ExitCode;

use super::{Outcome, out};
use crate::http::openapi;

pub(super) fn run() -> Outcome {
    out::line(openapi::text().trim_end());
    Ok(ExitCode::SUCCESS)
}
