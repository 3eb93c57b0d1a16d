//! Hexadecimal, as vector files spell bytes.

/// The bytes that `text` spells in hexadecimal digits of either case, or what is wrong with it.
pub fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    if !text.len().is_multiple_of(2) {
        return Err(format!("odd number of hexadecimal digits: {}", text.len()));
    }
    text.as_bytes().chunks_exact(2).map(|pair| Ok(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

fn digit(letter: u8) -> Result<u8, String> {
    char::from(letter)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
        .ok_or_else(|| format!("not a hexadecimal digit: {:?}", char::from(letter)))
}
