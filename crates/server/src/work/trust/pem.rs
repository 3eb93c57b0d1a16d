//! Certificates in text form (RFC 7468), several one after another, or one in bytes.

/// The DER objects of a file: those between the marks of PEM, or the file itself where there are none.
pub(super) fn objects(file: &[u8], label: &str) -> Vec<Vec<u8>> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let text = match std::str::from_utf8(file) {
        Ok(text) if text.contains(&begin) => text,
        _ => return vec![file.to_vec()],
    };
    let bodies = text.split(&begin).skip(1).filter_map(|rest| rest.split_once(&end)).map(|(body, _)| body);
    let decoded = bodies.map(|body| {
        let compact: String = body.split_whitespace().collect();
        // What is no base64 becomes nothing, which is no certificate and is reported as such.
        mibun_crypto::base64url::decode_standard(&compact).unwrap_or_default()
    });
    decoded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_bytes_and_several_in_text_are_read() {
        assert_eq!(objects(&[0x30, 0x03], "CERTIFICATE"), [vec![0x30, 0x03]]);
        let text = "-----BEGIN CERTIFICATE-----\nMAM=\n-----END CERTIFICATE-----\n";
        assert_eq!(objects(text.repeat(2).as_bytes(), "CERTIFICATE"), [vec![0x30, 0x03], vec![0x30, 0x03]]);
    }

    #[test]
    fn what_is_no_base64_is_nothing() {
        let text = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----";
        assert_eq!(objects(text.as_bytes(), "CERTIFICATE"), [Vec::<u8>::new()]);
    }
}
