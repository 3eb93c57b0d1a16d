use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::{Signer, SoftwareKey};

use super::*;

#[test]
fn a_point_is_read_in_both_forms_and_no_other() {
    let key = SoftwareKey::generate(&mut SeededEntropy::new("point"));
    let bare = key.public_key().as_bytes();
    let wrapped = [&[0x04, 0x41], bare].concat();
    assert_eq!(public_key(bare).as_ref(), Ok(key.public_key()));
    assert_eq!(public_key(&wrapped).as_ref(), Ok(key.public_key()));
    let compressed = [&[0x02], &bare[1..33]].concat();
    let longer = [wrapped.as_slice(), &[0]].concat();
    let mut off_the_curve = bare.to_vec();
    off_the_curve[64] ^= 1;
    for none in [&[][..], &bare[1..], &compressed, &longer, &wrapped[..66], &off_the_curve, &[4; 67]] {
        assert_eq!(public_key(none), Err(Fault::Malformed));
    }
}
