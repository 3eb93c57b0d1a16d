use cryptoki::context::Function;

use super::*;

fn of(code: RvError) -> Trouble {
    Error::Pkcs11(code, Function::Sign).into()
}

#[test]
fn a_wrong_pin_is_told_and_not_tried_again() {
    for (code, error) in [
        (RvError::PinIncorrect, PinError::Incorrect),
        (RvError::PinLenRange, PinError::Incorrect),
        (RvError::PinLocked, PinError::Locked),
        (RvError::PinExpired, PinError::Expired),
        (RvError::UserPinNotInitialized, PinError::NotSet),
    ] {
        assert_eq!(of(code), Trouble::Final(VaultError::Pin(error)));
        assert!(!of(code).may_pass());
    }
}

#[test]
fn lost_sessions_and_lost_modules_are_tried_again() {
    for code in [RvError::SessionHandleInvalid, RvError::UserNotLoggedIn, RvError::ObjectHandleInvalid] {
        assert_eq!(of(code), Trouble::Lost(code));
        assert!(of(code).may_pass());
    }
    for code in [
        RvError::DeviceRemoved,
        RvError::DeviceError,
        RvError::GeneralError,
        RvError::TokenNotPresent,
        RvError::CryptokiNotInitialized,
        RvError::VendorDefined(0x8000_0001),
        RvError::UnknownErrorCode(77),
    ] {
        assert_eq!(of(code), Trouble::Down(Outage::Answer(code)));
        assert_eq!(of(code).into_error(), VaultError::Unavailable(Outage::Answer(code)));
    }
}

#[test]
fn what_a_module_cannot_do_is_not_tried_again() {
    for code in [RvError::MechanismInvalid, RvError::TemplateInconsistent, RvError::TokenWriteProtected] {
        assert_eq!(of(code), Trouble::Final(VaultError::Unsupported(Fault::Answer(code))));
    }
    assert_eq!(of(RvError::WrappedKeyInvalid), Trouble::Final(VaultError::Refused));
    assert_eq!(Trouble::from(Error::NotSupported), Trouble::Final(VaultError::Unsupported(Fault::Malformed)));
}
