//! A chip in software on the relay.

use mibun_chip::reading::Relay;
use mibun_chip::virtual_chip::VirtualChip;

use crate::reader::{Reader, ReaderError};

/// Longest answer that is asked of it.
const LONGEST: usize = 4_096;

/// What a reader says of a contactless card without historical bytes (PC/SC part 3 section 3.1.3.2.3).
pub(crate) const ATR: [u8; 5] = [0x3b, 0x80, 0x80, 0x01, 0x01];

impl Reader for VirtualChip {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ReaderError> {
        let answer = Self::transmit(self, command);
        if answer.is_empty() { Err(ReaderError::CardRemoved) } else { Ok(answer) }
    }

    fn atr(&self) -> &[u8] {
        &ATR
    }

    fn carries(&self) -> Relay {
        Relay::Extended { longest_response: LONGEST }
    }
}
