//! The kinds of lists, and of services in them (ETSI TS 119 602 annexes D to G).

/// What kind of providers a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ListKind {
    /// Issuers of person identification data (annex D).
    PidProviders,
    /// Providers of wallets (annex E).
    WalletProviders,
    /// Issuers of access certificates (annex F).
    AccessCertificateProviders,
    /// Issuers of registration certificates (annex G).
    RegistrationCertificateProviders,
}

/// What a service of a provider is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServiceKind {
    /// Signs what the list is about.
    Issuance,
    /// Says of it whether it is still good.
    Revocation,
}

impl ListKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::PidProviders,
        Self::WalletProviders,
        Self::AccessCertificateProviders,
        Self::RegistrationCertificateProviders,
    ];

    /// The value of `LoTEType`.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::PidProviders => "http://uri.etsi.org/19602/LoTEType/EUPIDProvidersList",
            Self::WalletProviders => "http://uri.etsi.org/19602/LoTEType/EUWalletProvidersList",
            Self::AccessCertificateProviders => "http://uri.etsi.org/19602/LoTEType/EUWRPACProvidersList",
            Self::RegistrationCertificateProviders => "http://uri.etsi.org/19602/LoTEType/EUWRPRCProvidersList",
        }
    }

    /// The name on our command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PidProviders => "pid",
            Self::WalletProviders => "wallet",
            Self::AccessCertificateProviders => "access",
            Self::RegistrationCertificateProviders => "registration",
        }
    }

    /// The kind of this `LoTEType`.
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.uri() == uri)
    }

    /// The value of `StatusDeterminationApproach`. The standard misspells that of registration certificates, and readers
    /// compare.
    pub(super) const fn status_determination(self) -> &'static str {
        match self {
            Self::PidProviders => "http://uri.etsi.org/19602/PIDProvidersList/StatusDetn/EU",
            Self::WalletProviders => "http://uri.etsi.org/19602/WalletProvidersList/StatusDetn/EU",
            Self::AccessCertificateProviders => "http://uri.etsi.org/19602/WRPACProvidersList/StatusDetn/EU",
            Self::RegistrationCertificateProviders => "http://uri.etsi.org/19602/WRPRCrovidersList/StatusDetn/EU",
        }
    }

    /// The value of `SchemeTypeCommunityRules`.
    pub(super) const fn rules(self) -> &'static str {
        match self {
            Self::PidProviders => "http://uri.etsi.org/19602/PIDProviders/schemerules/EU",
            Self::WalletProviders => "http://uri.etsi.org/19602/WalletProvidersList/schemerules/EU",
            Self::AccessCertificateProviders => "http://uri.etsi.org/19602/WRPACProvidersList/schemerules/EU",
            Self::RegistrationCertificateProviders => "http://uri.etsi.org/19602/WRPRCProvidersList/schemerules/EU",
        }
    }

    /// The value of `ServiceTypeIdentifier`.
    pub fn service_uri(self, service: ServiceKind) -> String {
        let subject = match self {
            Self::PidProviders => "PID",
            Self::WalletProviders => "WalletSolution",
            Self::AccessCertificateProviders => "WRPAC",
            Self::RegistrationCertificateProviders => "WRPRC",
        };
        let service = match service {
            ServiceKind::Issuance => "Issuance",
            ServiceKind::Revocation => "Revocation",
        };
        format!("http://uri.etsi.org/19602/SvcType/{subject}/{service}")
    }

    /// The service of this `ServiceTypeIdentifier` in lists of this kind.
    pub fn service_from_uri(self, uri: &str) -> Option<ServiceKind> {
        [ServiceKind::Issuance, ServiceKind::Revocation].into_iter().find(|kind| self.service_uri(*kind) == uri)
    }
}
