//! Which held cards answer a query, and with which claims (OpenID4VP 1.0 sections 6.4 and 7).

use mibun_card::path::ClaimPath;
use serde_json::Value;

use super::{ClaimQuery, CredentialQuery, Format, Query, TrustedAuthority};

/// What matching needs to know of a held card.
#[derive(Clone, Copy)]
pub struct HeldCard<'a> {
    /// Format, type and claims.
    pub content: Content<'a>,
    /// Whether it is bound to a key of the holder.
    pub bound: bool,
    /// Key identifiers of the authorities in its issuer's chain.
    pub authority_keys: &'a [Vec<u8>],
}

/// A held card in the terms of its format.
#[derive(Clone, Copy)]
pub enum Content<'a> {
    /// `dc+sd-jwt`.
    SdJwtVc {
        /// Its type.
        vct: &'a str,
        /// All its claims, disclosed.
        claims: &'a Value,
    },
    /// `mso_mdoc`.
    Mdoc {
        /// Its document type.
        doctype: &'a str,
        /// A JSON object of namespaces, each an object of elements; their values converted from CBOR as RFC 8949 section
        /// 6.1 advises, for comparison with `values`.
        namespaces: &'a Value,
    },
}

/// A card that fits one credential query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which of the held cards.
    pub card: usize,
    /// What to reveal, for each claim set that the card satisfies, the asker's favourite first; never empty.
    pub reveal: Vec<Vec<ClaimPath>>,
}

/// One credential query that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The credential query.
    pub query: String,
    /// Whether the exchange fails without it; the holder may leave the others out.
    pub required: bool,
    /// The cards that fit; never empty.
    pub candidates: Vec<Candidate>,
}

/// What can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// One entry per credential query to answer, in the order of the query.
    pub wanted: Vec<Wanted>,
}

/// Nothing may be returned at all: a part of the query that is required cannot be met (`access_denied`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no card answers the request")]
pub struct NothingFits;

impl Query {
    /// Finds what can be answered with `cards`.
    pub fn find(&self, cards: &[HeldCard<'_>]) -> Result<Found, NothingFits> {
        let fitting: Vec<_> = self.credentials.iter().map(|query| (query, query.candidates(cards))).collect();
        let chosen = self.chosen(|id| fitting.iter().any(|(query, cards)| query.id == id && !cards.is_empty()))?;
        let wanted = fitting.into_iter().filter_map(|(query, candidates)| {
            let required = chosen.iter().filter(|(id, _)| *id == query.id).map(|(_, required)| *required).max()?;
            Some(Wanted { query: query.id.clone(), required, candidates })
        });
        Ok(Found { wanted: wanted.collect() })
    }

    /// The ids to answer, each with whether it is required.
    fn chosen(&self, fits: impl Fn(&str) -> bool) -> Result<Vec<(&str, bool)>, NothingFits> {
        if self.credential_sets.is_empty() {
            let all: Vec<_> = self.credentials.iter().map(|query| (query.id.as_str(), true)).collect();
            return if all.iter().all(|(id, _)| fits(id)) { Ok(all) } else { Err(NothingFits) };
        }
        let mut chosen = Vec::new();
        for set in &self.credential_sets {
            match set.options.iter().find(|option| option.iter().all(|id| fits(id))) {
                Some(option) => chosen.extend(option.iter().map(|id| (id.as_str(), set.required))),
                None if set.required => return Err(NothingFits),
                None => {}
            }
        }
        if chosen.is_empty() { Err(NothingFits) } else { Ok(chosen) }
    }
}

impl CredentialQuery {
    fn candidates(&self, cards: &[HeldCard<'_>]) -> Vec<Candidate> {
        let candidate = |(card, held): (usize, &HeldCard<'_>)| {
            let reveal = if self.admits(held) { self.reveals(held.content.claims()) } else { Vec::new() };
            (!reveal.is_empty()).then_some(Candidate { card, reveal })
        };
        cards.iter().enumerate().filter_map(candidate).collect()
    }

    fn admits(&self, card: &HeldCard<'_>) -> bool {
        let right_type = match (&self.format, card.content) {
            (Format::SdJwtVc { vct_values }, Content::SdJwtVc { vct, .. }) => {
                vct_values.iter().any(|wanted| wanted == vct)
            }
            (Format::Mdoc { doctype: wanted }, Content::Mdoc { doctype, .. }) => wanted == doctype,
            _ => false,
        };
        let believed = self.trusted_authorities.is_empty()
            || self.trusted_authorities.iter().any(|authority| authority.covers(card.authority_keys));
        right_type && (card.bound || !self.holder_binding) && believed
    }

    /// What to reveal for each way in which `claims` satisfy the query.
    fn reveals(&self, claims: &Value) -> Vec<Vec<ClaimPath>> {
        if self.claim_sets.is_empty() {
            return paths_if_met(self.claims.iter(), claims).into_iter().collect();
        }
        let of_set = |set: &Vec<String>| {
            let asked = set.iter().filter_map(|id| self.claims.iter().find(|claim| claim.id.as_ref() == Some(id)));
            paths_if_met(asked, claims)
        };
        self.claim_sets.iter().filter_map(of_set).collect()
    }
}

fn paths_if_met<'a>(asked: impl Iterator<Item = &'a ClaimQuery>, claims: &Value) -> Option<Vec<ClaimPath>> {
    let mut paths: Vec<ClaimPath> = Vec::new();
    for claim in asked {
        if !claim.is_met_by(claims) {
            return None;
        }
        // A claim asked twice is an asker's mistake that holders ignore.
        if !paths.contains(&claim.path) {
            paths.push(claim.path.clone());
        }
    }
    Some(paths)
}

impl ClaimQuery {
    /// Whether `claims` hold the claim, with one of the wanted values if there are any.
    pub fn is_met_by(&self, claims: &Value) -> bool {
        match self.path.resolve(claims) {
            Ok(found) => self.values.is_empty() || found.iter().any(|value| self.values.contains(value)),
            Err(_) => false,
        }
    }
}

impl<'a> Content<'a> {
    /// What the claim paths of its format lead into.
    const fn claims(self) -> &'a Value {
        match self {
            Self::SdJwtVc { claims, .. } => claims,
            Self::Mdoc { namespaces, .. } => namespaces,
        }
    }
}

impl TrustedAuthority {
    fn covers(&self, authority_keys: &[Vec<u8>]) -> bool {
        match self {
            Self::KeyIdentifiers(believed) => believed.iter().any(|key| authority_keys.contains(key)),
            Self::Other { .. } => false,
        }
    }
}
