//! The judgement on one reading: is the data genuine, and is the chip the one that it was written to?
//!
//! It puts passive authentication, chip authentication and active authentication together, and closes the gaps between
//! them: a proof counts only with the signed data group that holds its key, and a key that is signed and was not shown
//! is how a copy would hide that it has none.

use std::collections::BTreeMap;

use mibun_crypto::time::Timestamp;
use thiserror::Error;

use crate::active::{self, ActiveError};
use crate::csca::{CscaStore, Revocation};
use crate::lds::face::Picture;
use crate::lds::mrz::Mrz;
use crate::lds::optional::PersonalDetails;
use crate::lds::{self, LdsError};
use crate::passive::{self, Files, PassiveError, PassivePolicy, PassiveVerdict};
use crate::reading::{ActiveAuthentication, ChipAuthenticationResult, Ef, Report};
use crate::verdict::CloneProtection;

/// What a genuine chip says. Personal data.
pub struct Genuine {
    /// The machine-readable zone.
    pub mrz: Mrz,
    /// DG11, where the document has it.
    pub details: Option<PersonalDetails>,
    /// The portrait, not decoded.
    pub portrait: Picture,
    /// How the chip has shown that it is no copy.
    pub clone_protection: CloneProtection,
    /// What revocation lists said about the signer.
    pub revocation: Revocation,
}

/// Why a reading is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotGenuine {
    /// EF.SOD was not read.
    #[error("EF.SOD is missing")]
    NoSod,
    /// No state vouches for the data.
    #[error(transparent)]
    Passive(#[from] PassiveError),
    /// The signed list has the data group of a proof, and the chip kept it back.
    #[error("data group {0} is signed and was kept back")]
    KeptBack(u8),
    /// The chip did not sign the challenge, or not with its key.
    #[error("active authentication failed")]
    ActiveAuthentication,
    /// A data group is genuine and cannot be read.
    #[error("data group {0} is refused: {1}")]
    Group(u8, #[source] LdsError),
}

impl NotGenuine {
    /// Whether this is how a copy of a genuine document gives itself away.
    pub const fn is_copy(&self) -> bool {
        matches!(self, Self::KeptBack(_) | Self::ActiveAuthentication)
    }
}

/// Judges a reading.
///
/// # Errors
/// [`NotGenuine`], by the first thing that is wrong.
pub fn judge(report: &Report, store: &CscaStore, policy: PassivePolicy, now: Timestamp) -> Result<Genuine, NotGenuine> {
    let groups = groups(report);
    let sod = report.file(Ef::Sod).ok_or(NotGenuine::NoSod)?;
    let verdict = passive::authenticate(Files { sod, groups: &groups }, store, policy, now)?;
    let clone_protection = clone_protection(report, &verdict)?;
    let of = |group: u8| move |error| NotGenuine::Group(group, error);
    let file = |group: u8| groups.get(&group).ok_or(NotGenuine::Passive(PassiveError::NotRead(group)));
    let details = report.file(Ef::Dg11).map(PersonalDetails::from_dg11).transpose().map_err(of(11))?;
    Ok(Genuine {
        mrz: lds::read_dg1(file(1)?).map_err(of(1))?,
        details,
        portrait: Picture::from_dg2(file(2)?).map_err(of(2))?,
        clone_protection,
        revocation: verdict.revocation,
    })
}

/// The data groups among the files, by number.
fn groups(report: &Report) -> BTreeMap<u8, Vec<u8>> {
    let number = |ef: Ef| ef.tag().and_then(lds::group_of);
    report.files().filter_map(|(ef, bytes)| Some((number(ef)?, bytes.to_vec()))).collect()
}

fn clone_protection(report: &Report, verdict: &PassiveVerdict) -> Result<CloneProtection, NotGenuine> {
    const KEYS: [u8; 2] = [14, 15];
    if let Some(group) = KEYS.into_iter().find(|group| verdict.not_read.contains(group)) {
        return Err(NotGenuine::KeptBack(group));
    }
    let proven = matches!(report.chip_authentication, ChipAuthenticationResult::Proven { .. });
    let chip_authentication = proven && verdict.covers(14);
    let active_authentication = match &report.active_authentication {
        ActiveAuthentication::Answered { challenge, response } => answered(report, challenge, response)?,
        // After chip authentication nothing hangs on it; alone, it is what a chip without the key would say.
        ActiveAuthentication::Refused(_) if !chip_authentication => return Err(NotGenuine::ActiveAuthentication),
        ActiveAuthentication::Refused(_)
        | ActiveAuthentication::NotOffered
        | ActiveAuthentication::NeedsExtendedLength => false,
    };
    Ok(CloneProtection::of(chip_authentication, active_authentication && verdict.covers(15)))
}

/// Whether the chip signed with its key. A key that is not spoken here proves nothing and convicts nobody.
fn answered(report: &Report, challenge: &[u8; 8], response: &[u8]) -> Result<bool, NotGenuine> {
    let Some(dg15) = report.file(Ef::Dg15) else { return Ok(false) };
    match active::verify(dg15, report.file(Ef::Dg14), challenge, response) {
        Ok(()) => Ok(true),
        Err(ActiveError::Signature | ActiveError::Frame) => Err(NotGenuine::ActiveAuthentication),
        Err(ActiveError::Key(_) | ActiveError::Algorithm | ActiveError::NoAlgorithm | ActiveError::WrongAlgorithm) => {
            Ok(false)
        }
    }
}

impl std::fmt::Debug for Genuine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Genuine").field("clone_protection", &self.clone_protection).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
