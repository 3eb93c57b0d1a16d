//! One dataset, two formats: copies of a card as SD-JWT VCs or as mdocs.

use mibun_card::assurance::Level;
use mibun_card::mdoc::elements::PID;
use mibun_card::mdoc::{self, AMR, KeyAuthorizations, OWN_NAMESPACE};
use mibun_card::vc;
use mibun_crypto::base64url;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::key::PublicKey;
use serde_json::{Map, Value};

use super::MDOC;
use super::copies::Reserved;
use crate::app::App;
use crate::work::{WorkError, dataset, lists};

/// Signs one copy per key, in the format that was asked for, as it travels in a credential response.
///
/// # Errors
/// [`WorkError::Refused`] for a record that a card cannot carry; [`WorkError::Damaged`] when a key does not sign.
pub(super) fn sign(
    app: &App,
    reserved: &Reserved,
    configuration: &str,
    keys: &[PublicKey],
) -> Result<Vec<String>, WorkError> {
    let (card, record) = (&reserved.card, &reserved.person.record);
    let claims = dataset::claims(app, card, record, reserved.portrait.clone(), &reserved.assurance)?;
    let copies = Copies { app, reserved, keys };
    if configuration == MDOC { copies.mdoc(&claims) } else { copies.sd_jwt(&claims) }
}

struct Copies<'a> {
    app: &'a App,
    reserved: &'a Reserved,
    keys: &'a [PublicKey],
}

impl Copies<'_> {
    fn sd_jwt(&self, claims: &Map<String, Value>) -> Result<Vec<String>, WorkError> {
        let (app, card, signer) = (self.app, &self.reserved.card, &self.app.keys.document_signer);
        let spec = vc::EditionSpec {
            issuer: app.terms.issuer.as_str(),
            vct: vc::CARD_VCT,
            claims,
            issued_at: card.issued_at,
            expires_at: card.expires_at,
            x5c: &signer.x5c(),
        };
        let edition = vc::Edition::new(&spec, &*signer.signer).map_err(|_| WorkError::Damaged)?;
        self.each(|key, status, entropy| edition.copy(key, status, entropy).map_err(|_| WorkError::Damaged))
    }

    fn mdoc(&self, claims: &Map<String, Value>) -> Result<Vec<String>, WorkError> {
        let (card, signer) = (&self.reserved.card, &self.app.keys.document_signer);
        let elements = PID.elements_of(claims);
        let elements = elements.map_err(|error| WorkError::Refused("record_unfit", error.to_string()))?;
        let spec = mdoc::EditionSpec {
            document_type: &PID,
            elements: &elements,
            authorizations: &authorizations(&card.level),
            issued_at: card.issued_at,
            expires_at: card.expires_at,
            x5chain: &signer.x5c(),
        };
        let edition = mdoc::Edition::new(&spec, &*signer.signer).map_err(|_| WorkError::Damaged)?;
        self.each(|key, status, entropy| {
            let copy = edition.copy(key, status, entropy).map_err(|_| WorkError::Damaged)?;
            Ok(base64url::encode(&copy))
        })
    }

    /// One copy per key, each with a status entry of its own.
    fn each(
        &self,
        copy: impl Fn(&PublicKey, &Value, &mut dyn Entropy) -> Result<String, WorkError>,
    ) -> Result<Vec<String>, WorkError> {
        let uri = lists::uri(self.app, self.reserved.entries.list);
        let mut entropy = self.app.entropy();
        let entries = self.keys.iter().zip(&self.reserved.positions);
        let copies = entries.map(|(key, position)| {
            let status = mibun_status::Reference { uri: uri.clone(), idx: *position }.to_claim();
            copy(key, &status, &mut *entropy)
        });
        copies.collect()
    }
}

/// What keys may say themselves: those that the vault keeps, how their holder was recognised.
fn authorizations(level: &str) -> KeyAuthorizations {
    if level != Level::Full.as_str() {
        return KeyAuthorizations::default();
    }
    KeyAuthorizations { elements: vec![(OWN_NAMESPACE.to_owned(), vec![AMR.to_owned()])], ..Default::default() }
}
