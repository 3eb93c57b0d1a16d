//! The notes that an ONNX file carries beside its graph, such as a recogniser's alphabet.

/// `ModelProto.metadata_props` of ONNX, a `StringStringEntryProto` each with `key` 1 and `value` 2.
const METADATA: u64 = 14;

/// The value of a metadata entry of an ONNX file; none where there is no such entry or the file is damaged.
pub fn metadata(onnx: &[u8], key: &str) -> Option<String> {
    let mut model = Fields(onnx);
    while let Some((number, entry)) = model.next_field() {
        if number == METADATA && text(entry, 1)? == key {
            return text(entry, 2).map(str::to_owned);
        }
    }
    None
}

fn text(message: &[u8], wanted: u64) -> Option<&str> {
    let mut fields = Fields(message);
    while let Some((number, bytes)) = fields.next_field() {
        if number == wanted {
            return std::str::from_utf8(bytes).ok();
        }
    }
    None
}

/// Walks over the fields of a protocol buffer; only length-delimited ones carry bytes.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn next_field(&mut self) -> Option<(u64, &'a [u8])> {
        let tag = self.varint()?;
        let length = match tag & 7 {
            0 => {
                self.varint()?;
                0
            }
            1 => 8,
            2 => usize::try_from(self.varint()?).ok()?,
            5 => 4,
            _ => return None,
        };
        let (field, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some((tag >> 3, field))
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
