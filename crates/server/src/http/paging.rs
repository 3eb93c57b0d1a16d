//! Pages of a list: the next one begins after the last row of the one before.

use std::str::FromStr;

use mibun_crypto::time::Timestamp;
use serde::Deserialize;

use crate::http::problem::Problem;

/// Where a page begins: after this row. Without both, the list begins.
///
/// Time and identifier rather than a number of rows, so that rows that come or go meanwhile move nothing.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// `created_at` of the last row of the page before.
    after_created_at: Option<String>,
    /// `id` of the last row of the page before.
    after_id: Option<String>,
}

impl After {
    /// Time and identifier of the row.
    ///
    /// # Errors
    /// [`Problem::BadRequest`] `unknown_page` when one of the two is missing or cannot be read.
    pub fn place<I: FromStr>(&self) -> Result<Option<(Timestamp, I)>, Problem> {
        let unknown = || {
            let detail = "send created_at and id of the last row as after_created_at and after_id".to_owned();
            Problem::BadRequest("unknown_page", detail)
        };
        match (&self.after_created_at, &self.after_id) {
            (None, None) => Ok(None),
            (Some(time), Some(id)) => {
                let time = Timestamp::parse_rfc3339(time).map_err(|_| unknown())?;
                Ok(Some((time, id.parse().map_err(|_| unknown())?)))
            }
            _ => Err(unknown()),
        }
    }
}
