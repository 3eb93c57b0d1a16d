//! Status words.

use std::fmt;

/// The two status bytes of a response (ISO/IEC 7816-4 section 5.6), those that readings meet by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// `9000`: done.
    Success,
    /// `6282`: the file ended before as many bytes as were asked for.
    EndOfFile,
    /// `6300`: authentication failed.
    AuthenticationFailed,
    /// `63Cx`: authentication failed, `x` tries are left.
    TriesLeft(u8),
    /// `6700`: the length is wrong.
    WrongLength,
    /// `6982`: the security status does not permit it.
    SecurityStatus,
    /// `6983`: the authentication method is blocked.
    Blocked,
    /// `6985`: the conditions of use are not met.
    ConditionsOfUse,
    /// `6987`: data objects of secure messaging are missing.
    SecureMessagingMissing,
    /// `6988`: data objects of secure messaging are incorrect.
    SecureMessagingIncorrect,
    /// `6A80`: the data field is incorrect.
    IncorrectData,
    /// `6A82`: no such file or application.
    NotFound,
    /// `6A86`: P1 or P2 is incorrect.
    IncorrectParameters,
    /// `6A88`: the referenced data is not there.
    ReferencedDataNotFound,
    /// `6B00`: the offset lies outside of the file.
    WrongOffset,
    /// `6D00`: the instruction is not supported.
    InstructionNotSupported,
    /// Any other.
    Other(u16),
}

/// The statuses that have one number each.
const NAMED: [(Status, u16); 15] = [
    (Status::Success, 0x9000),
    (Status::EndOfFile, 0x6282),
    (Status::AuthenticationFailed, 0x6300),
    (Status::WrongLength, 0x6700),
    (Status::SecurityStatus, 0x6982),
    (Status::Blocked, 0x6983),
    (Status::ConditionsOfUse, 0x6985),
    (Status::SecureMessagingMissing, 0x6987),
    (Status::SecureMessagingIncorrect, 0x6988),
    (Status::IncorrectData, 0x6a80),
    (Status::NotFound, 0x6a82),
    (Status::IncorrectParameters, 0x6a86),
    (Status::ReferencedDataNotFound, 0x6a88),
    (Status::WrongOffset, 0x6b00),
    (Status::InstructionNotSupported, 0x6d00),
];

impl Status {
    /// The status of its two bytes.
    pub fn from_bytes(bytes: [u8; 2]) -> Self {
        let word = u16::from_be_bytes(bytes);
        match NAMED.iter().find(|(_, number)| *number == word) {
            Some((status, _)) => *status,
            None if word & 0xfff0 == 0x63c0 => Self::TriesLeft(bytes[1] & 0x0f),
            None => Self::Other(word),
        }
    }

    /// Its two bytes.
    pub fn to_bytes(self) -> [u8; 2] {
        self.word().to_be_bytes()
    }

    /// Whether the command was carried out.
    pub fn is_success(self) -> bool {
        self == Self::Success
    }

    fn word(self) -> u16 {
        match self {
            Self::TriesLeft(tries) => 0x63c0 | u16::from(tries & 0x0f),
            Self::Other(word) => word,
            named => NAMED.iter().find(|(status, _)| *status == named).map_or(0, |(_, number)| *number),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}", self.word())
    }
}
