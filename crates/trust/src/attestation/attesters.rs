//! Who attests wallets, and which wallets.

use mibun_crypto::x509::Certificate;

/// Roots of those who attest, each with the clients that it speaks for.
#[derive(Debug, Clone, Default)]
pub struct Attesters {
    roots: Vec<Certificate>,
    /// As many as roots.
    clients: Vec<Clients>,
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
    /// Attesters that speak for any client.
    pub fn of_any_client(roots: Vec<Certificate>) -> Self {
        let clients = vec![Clients::Any; roots.len()];
        Self { roots, clients }
    }

    /// Adds the roots of one more attester.
    pub fn add(&mut self, roots: Vec<Certificate>, clients: &Clients) {
        self.clients.extend(roots.iter().map(|_| clients.clone()));
        self.roots.extend(roots);
    }

    /// All roots, whomever they speak for.
    pub fn roots(&self) -> &[Certificate] {
        &self.roots
    }

    /// Whether one of these roots speaks for a client. A root is its name and key: authorities renew their certificates,
    /// and one that is named twice speaks for the clients of both.
    pub(super) fn speaks_for(&self, root: &Certificate, client_id: &str) -> bool {
        let same =
            |known: &Certificate| known.subject_der() == root.subject_der() && known.public_key() == root.public_key();
        let mut clients = self.roots.iter().zip(&self.clients).filter(|(known, _)| same(known)).map(|(_, named)| named);
        clients.any(|named| match named {
            Clients::Any => true,
            Clients::Named(names) => names.iter().any(|name| name == client_id),
        })
    }
}
