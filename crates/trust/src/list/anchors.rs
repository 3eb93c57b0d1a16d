//! From lists to the roots that certificates must lead to.

use mibun_crypto::x509::Certificate;

use super::{ListKind, Service, ServiceKind, TrustList};
use crate::anchors::TrustAnchors;

/// Standings in which a service is trusted; the lists of annexes D to G state none.
const GOOD: [&str; 2] = ["/granted", "/notified"];

impl Service {
    /// Whether the list says nothing against it.
    pub fn is_in_good_standing(&self) -> bool {
        self.status.as_deref().is_none_or(|status| GOOD.iter().any(|good| status.ends_with(good)))
    }
}

impl TrustAnchors {
    /// Adds the authorities of a verified list, each for the one purpose of its kind; returns how many certificates cannot be
    /// anchors, for they are no authorities or not in good standing. None is added twice.
    pub fn add(&mut self, list: &TrustList) -> usize {
        let mut left_out = 0;
        for service in list.entities.iter().flat_map(|entity| &entity.services) {
            let Some(anchors) = self.of(list.kind, service.kind) else {
                left_out += service.certificates.len();
                continue;
            };
            for certificate in &service.certificates {
                if !service.is_in_good_standing() || !certificate.is_authority() {
                    left_out += 1;
                } else if !anchors.contains(certificate) {
                    anchors.push(certificate.clone());
                }
            }
        }
        left_out
    }

    /// Who revokes wallets or certificates of organisations is asked nowhere yet.
    fn of(&mut self, list: ListKind, service: ServiceKind) -> Option<&mut Vec<Certificate>> {
        match (list, service) {
            (ListKind::PidProviders, ServiceKind::Issuance) => Some(&mut self.issuers),
            (ListKind::PidProviders, ServiceKind::Revocation) => Some(&mut self.status),
            (ListKind::WalletProviders, ServiceKind::Issuance) => Some(&mut self.attesters),
            (ListKind::AccessCertificateProviders, ServiceKind::Issuance) => Some(&mut self.access),
            (ListKind::RegistrationCertificateProviders, ServiceKind::Issuance) => Some(&mut self.registrars),
            (_, ServiceKind::Revocation) => None,
        }
    }
}
