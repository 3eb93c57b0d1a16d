//! What a reader says of itself (PC/SC part 10, "IFDs with Secure PIN Entry Capabilities", whose properties are for all).

use mibun_chip::reading::Relay;
use pcsc::{Card, ctl_code};

/// Asks for the features of a reader, each a tag and the number of a command (section 2.2).
const GET_FEATURE_REQUEST: pcsc::ffi::DWORD = 3_400;

/// The feature that tells properties as tag, length and value (section 2.6.14).
const TLV_PROPERTIES: u8 = 0x12;

/// Longest data of an APDU; 0 for short ones alone (same table, `dwMaxAPDUDataSize`).
const MAX_APDU_DATA: u8 = 0x0a;

/// Data of a short APDU.
const SHORT: u32 = 256;

/// Longest answer that is asked for, status included: longer ones save hardly a round trip and cost chips their memory.
const MOST: u32 = 4_096;

/// What the reader carries; a reader that does not say so carries short commands only.
pub(super) fn longest_apdu(card: &Card) -> Relay {
    let mut buffer = [0; 512];
    let Ok(features) = card.control(ctl_code(GET_FEATURE_REQUEST), &[], &mut buffer) else { return Relay::Short };
    let Some(command) = value(features, TLV_PROPERTIES).and_then(number_big) else { return Relay::Short };
    let mut buffer = [0; 512];
    let Ok(properties) = card.control(command.into(), &[], &mut buffer) else { return Relay::Short };
    carried(properties)
}

/// What these properties say.
pub(super) fn carried(properties: &[u8]) -> Relay {
    match value(properties, MAX_APDU_DATA).and_then(number_little) {
        Some(data) if data > SHORT => Relay::Extended { longest_response: data.saturating_add(2).min(MOST) as usize },
        _ => Relay::Short,
    }
}

/// The value behind a tag, each tag and length one byte.
fn value(mut rest: &[u8], wanted: u8) -> Option<&[u8]> {
    while let [tag, length, after @ ..] = rest {
        let value = after.get(..usize::from(*length))?;
        if *tag == wanted {
            return Some(value);
        }
        rest = &after[value.len()..];
    }
    None
}

/// Numbers of commands have the high byte first.
fn number_big(value: &[u8]) -> Option<u32> {
    value.try_into().ok().map(u32::from_be_bytes)
}

/// Properties have the low byte first, in as many bytes as they need.
fn number_little(value: &[u8]) -> Option<u32> {
    let mut bytes = [0; 4];
    bytes.get_mut(..value.len())?.copy_from_slice(value);
    Some(u32::from_le_bytes(bytes))
}
