//! Password hashing beside the requests: it takes memory and tens of milliseconds on purpose.

use mibun_crypto::password;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::WorkError;

/// Hashes computed at the same time. Each takes 19 MiB; without a bound, many sign-ins at once would take it all.
static PLACES: Semaphore = Semaphore::const_new(4);

/// Whether a password opens a hash; computed on a thread that no other request waits for.
///
/// # Errors
/// [`WorkError::Busy`] when the server is stopping.
pub async fn matches(password: &str, hash: &str) -> Result<bool, WorkError> {
    let _place = PLACES.acquire().await.map_err(|_| WorkError::Busy)?;
    let (password, hash) = (Zeroizing::new(password.to_owned()), hash.to_owned());
    let verified = tokio::task::spawn_blocking(move || password::verify(&password, &hash).is_ok());
    verified.await.map_err(|_| WorkError::Busy)
}
