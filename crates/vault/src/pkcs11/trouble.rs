//! What the answers of a module mean for the vault.

use cryptoki::error::{Error, RvError};

use crate::{Fault, Outage, PinError, VaultError};

/// Why a call did not come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The session or what was known in it is gone; a new one may do.
    Lost(RvError),
    /// The module or its token is gone; starting the library again may help.
    Down(Outage),
    /// Neither helps.
    Final(VaultError),
}

impl Trouble {
    /// Whether another session is worth a try.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Down(_))
    }

    pub(super) fn into_error(self) -> VaultError {
        match self {
            Self::Lost(code) => Outage::Answer(code).into(),
            Self::Down(outage) => outage.into(),
            Self::Final(error) => error,
        }
    }
}

impl From<Outage> for Trouble {
    /// An outage that we make ourselves ends by itself.
    fn from(outage: Outage) -> Self {
        Self::Final(outage.into())
    }
}

impl From<VaultError> for Trouble {
    fn from(error: VaultError) -> Self {
        Self::Final(error)
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Final(fault.into())
    }
}

impl From<PinError> for Trouble {
    fn from(error: PinError) -> Self {
        Self::Final(error.into())
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error {
            Error::Pkcs11(code, _) => of_code(code),
            // All others are conversions of what the module answered.
            _ => Fault::Malformed.into(),
        }
    }
}

/// Unknown codes and those that vendors define count as outages: starting again is tried, and the caller may ask later.
fn of_code(code: RvError) -> Trouble {
    use RvError as Rv;
    match code {
        Rv::PinIncorrect | Rv::PinInvalid | Rv::PinLenRange => PinError::Incorrect.into(),
        Rv::PinLocked => PinError::Locked.into(),
        Rv::PinExpired => PinError::Expired.into(),
        Rv::UserPinNotInitialized => PinError::NotSet.into(),
        Rv::WrappedKeyInvalid | Rv::WrappedKeyLenRange => VaultError::Refused.into(),
        Rv::SessionHandleInvalid
        | Rv::SessionClosed
        | Rv::UserNotLoggedIn
        | Rv::OperationActive
        | Rv::OperationNotInitialized
        | Rv::KeyHandleInvalid
        | Rv::ObjectHandleInvalid
        | Rv::WrappingKeyHandleInvalid
        | Rv::UnwrappingKeyHandleInvalid => Trouble::Lost(code),
        _ if is_fault(code) => Fault::Answer(code).into(),
        _ => Trouble::Down(Outage::Answer(code)),
    }
}

/// Whether the module says that it cannot, rather than that it could not.
fn is_fault(code: RvError) -> bool {
    use RvError as Rv;
    let about_mechanisms = matches!(
        code,
        Rv::MechanismInvalid
            | Rv::MechanismParamInvalid
            | Rv::FunctionNotSupported
            | Rv::CurveNotSupported
            | Rv::DomainParamsInvalid
            | Rv::KeySizeRange
            | Rv::RandomNoRng
    );
    let about_keys = matches!(
        code,
        Rv::AttributeReadOnly
            | Rv::AttributeSensitive
            | Rv::AttributeTypeInvalid
            | Rv::AttributeValueInvalid
            | Rv::TemplateIncomplete
            | Rv::TemplateInconsistent
            | Rv::KeyFunctionNotPermitted
            | Rv::KeyTypeInconsistent
            | Rv::KeyNotWrappable
            | Rv::KeyUnextractable
            | Rv::WrappingKeyTypeInconsistent
            | Rv::UnwrappingKeyTypeInconsistent
    );
    let about_rights = matches!(code, Rv::ActionProhibited | Rv::SessionReadOnly | Rv::TokenWriteProtected);
    about_mechanisms || about_keys || about_rights
}

#[cfg(test)]
mod tests;
