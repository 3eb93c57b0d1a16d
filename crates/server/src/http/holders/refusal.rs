//! From what the work says about a holder to what the wallet is told.

use mibun_issuing::error::Refusal as _;
use mibun_issuing::nonce::NonceError;
use mibun_proofing::{device_proof, instruction};
use mibun_vault::VaultError;

use crate::http::problem::Problem;
use crate::work::holders::HolderError;

impl From<HolderError> for Problem {
    fn from(error: HolderError) -> Self {
        let detail = error.to_string();
        match error {
            HolderError::Work(error) => error.into(),
            HolderError::Vault(error) => from_vault(error),
            HolderError::TokenUnknown => Self::Unauthorized,
            HolderError::Dpop(refusal) => Self::Proof(refusal.code().as_str(), detail),
            HolderError::SessionOver => Self::SessionOver,
            HolderError::OtherPerson => Self::Forbidden,
            HolderError::Wait(seconds) => Self::PasswordWait(seconds),
            HolderError::Locked => Self::Conflict("password_locked", detail),
            HolderError::NotFull => Self::Conflict("not_a_full_journey", detail),
            HolderError::DeviceKeyUsed => Self::Conflict("device_key_used", detail),
            HolderError::DeviceRetired => Self::Conflict("device_retired", detail),
            HolderError::CopyState => Self::Conflict("copy_not_usable", detail),
            HolderError::CardNotValid => Self::Conflict("card_not_valid", detail),
            HolderError::NonceSpent => Self::Conflict("nonce_used", detail),
            HolderError::WrongPassword => Self::Unprocessable("wrong_password", detail),
            HolderError::Message(_) => Self::Unprocessable("malformed_password_message", detail),
            HolderError::DeviceName => Self::Unprocessable("bad_device_name", detail),
            HolderError::Count(_) => Self::Unprocessable("bad_count", detail),
            HolderError::RecordNotActive => Self::Conflict("record_not_active", detail),
            HolderError::NoPasskeys => Self::Conflict("no_passkeys", detail),
            HolderError::PasskeyMissing => Self::Conflict("passkey_missing", detail),
            HolderError::Passkey(_) => Self::Unprocessable("passkey_refused", detail),
            HolderError::OtherDevice => Self::Unprocessable("other_device", detail),
            HolderError::Unconfirmed => Self::Unprocessable("unconfirmed", detail),
            HolderError::CodeUnknown => Self::Unprocessable("unknown_revocation_code", detail),
            HolderError::CopyUnknown => Self::Unprocessable("unknown_copy", detail),
            HolderError::OtherConsent => Self::Unprocessable("other_consent", detail),
            HolderError::Proof(refusal) => Self::Unprocessable(proof(refusal), detail),
            HolderError::Nonce(NonceError::Foreign) => Self::Unprocessable("foreign_nonce", detail),
            HolderError::Nonce(NonceError::Expired) => Self::Unprocessable("nonce_expired", detail),
            HolderError::Instruction(instruction::Refusal::Replayed) => Self::Conflict("instruction_replayed", detail),
            HolderError::Instruction(refusal) => Self::Unprocessable(instructed(refusal), detail),
        }
    }
}

const fn proof(refusal: device_proof::Refusal) -> &'static str {
    use device_proof::Refusal;
    match refusal {
        Refusal::Form(_) | Refusal::Type | Refusal::Key | Refusal::Payload => "device_proof_malformed",
        Refusal::Signature => "device_proof_signature",
        Refusal::Authority => "device_proof_authority",
        Refusal::Over => "device_proof_over",
        Refusal::Stale | Refusal::Future => "device_proof_time",
    }
}

const fn instructed(refusal: instruction::Refusal) -> &'static str {
    use instruction::Refusal;
    match refusal {
        Refusal::Statement(_) | Refusal::Type | Refusal::MacForm | Refusal::Payload(_) | Refusal::Member => {
            "instruction_malformed"
        }
        Refusal::Mac => "instruction_mac",
        Refusal::Passkey(_) => "passkey_refused",
        Refusal::NeedsPassword => "password_needed",
        Refusal::Device => "instruction_device",
        Refusal::Authority => "instruction_authority",
        Refusal::Person => "instruction_person",
        Refusal::Card => "instruction_card",
        Refusal::Copy => "instruction_copy",
        Refusal::Exchange => "instruction_exchange",
        Refusal::Stale => "instruction_stale",
        Refusal::Future => "instruction_future",
        Refusal::SigningInput => "instruction_text",
        Refusal::Replayed => "instruction_replayed",
    }
}

fn from_vault(error: VaultError) -> Problem {
    match error {
        VaultError::Unavailable(_) | VaultError::Pin(_) => {
            tracing::warn!(%error, "the vault is not available");
            Problem::VaultUnavailable
        }
        ours => {
            tracing::error!(error = %ours, "the vault refused");
            Problem::Internal
        }
    }
}
