//! Who attests wallets, and which wallets.

use mibun_crypto::x509::Certificate;

/// Roots of those who attest, each with what is believed of it.
#[derive(Debug, Clone, Default)]
pub struct Attesters {
    roots: Vec<Certificate>,
    /// As many as roots.
    terms: Vec<Terms>,
}

/// What is believed of a root, and with which others it belongs to one attester.
#[derive(Debug, Clone)]
struct Terms {
    attester: usize,
    clients: Clients,
    lookup: Lookup,
}

/// Whether the standing of an attestation is looked up where the attestation says that it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lookup {
    /// Yes: what is revoked, suspended or not known to be good is not believed.
    #[default]
    Required,
    /// No.
    Ignored,
}

/// For which clients an attester speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clients {
    /// For any.
    Any,
    /// For those of these `client_id`s.
    Named(Vec<String>),
}

impl Attesters {
    /// One attester that speaks for any client.
    pub fn of_any_client(roots: Vec<Certificate>) -> Self {
        let mut attesters = Self::default();
        attesters.add(roots, &Clients::Any);
        attesters
    }

    /// Adds the roots of one more attester, whose attestations' standing is looked up.
    pub fn add(&mut self, roots: Vec<Certificate>, clients: &Clients) {
        self.add_under(roots, clients, Lookup::Required);
    }

    /// The same, for the caller to say whether it is looked up.
    pub fn add_under(&mut self, roots: Vec<Certificate>, clients: &Clients, lookup: Lookup) {
        let attester = self.terms.last().map_or(0, |last| last.attester + 1);
        self.terms.extend(roots.iter().map(|_| Terms { attester, clients: clients.clone(), lookup }));
        self.roots.extend(roots);
    }

    /// All roots, whomever they speak for.
    pub fn roots(&self) -> &[Certificate] {
        &self.roots
    }

    /// The roots below which status lists for attestations of `root` are signed: all of its attester's. `None` where the
    /// standing is not looked up. Who is named twice is looked up unless both entries say no.
    pub fn list_roots(&self, root: &Certificate) -> Option<Vec<Certificate>> {
        let named: Vec<&Terms> = self.terms_of(root).collect();
        if !named.is_empty() && named.iter().all(|terms| terms.lookup == Lookup::Ignored) {
            return None;
        }
        let own = |terms: &Terms| named.iter().any(|named| named.attester == terms.attester);
        let roots = self.roots.iter().zip(&self.terms).filter(|(_, terms)| own(terms));
        Some(roots.map(|(root, _)| root.clone()).collect())
    }

    /// Whether one of these roots speaks for a client.
    pub(super) fn speaks_for(&self, root: &Certificate, client_id: &str) -> bool {
        self.terms_of(root).any(|terms| match &terms.clients {
            Clients::Any => true,
            Clients::Named(names) => names.iter().any(|name| name == client_id),
        })
    }

    /// A root is its name and key: authorities renew their certificates, and for one that is named twice both entries count.
    fn terms_of(&self, root: &Certificate) -> impl Iterator<Item = &Terms> {
        let same =
            |known: &Certificate| known.subject_der() == root.subject_der() && known.public_key() == root.public_key();
        self.roots.iter().zip(&self.terms).filter(move |(known, _)| same(known)).map(|(_, terms)| terms)
    }
}
