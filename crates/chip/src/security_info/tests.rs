use mibun_crypto::entropy::SeededEntropy;
use mibun_vectors::from_hex;

use super::*;
use crate::tlv::{self, TlvError};
use crate::virtual_chip::files;

/// `ECParameters` as OpenSSL writes them out in full.
const EXPLICIT: [(Curve, &str); 4] = [
    (
        Curve::P256,
        "3081f7020101302c06072a8648ce3d0101022100ffffffff00000001000000000000000000000000ffffffffffffffffffffffff305b0420ffffffff00000001000000000000000000000000fffffffffffffffffffffffc04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b031500c49d360886e704936a6678e1139d26b7819f7e900441046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551020101",
    ),
    (
        Curve::P384,
        "30820157020101303c06072a8648ce3d0101023100fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff307b0430fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc0430b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef031500a335926aa319a27a1d00896a6773a4827acdac73046104aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab73617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f023100ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973020101",
    ),
    (
        Curve::BrainpoolP256r1,
        "3081e0020101302c06072a8648ce3d0101022100a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377304404207d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9042026dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b60441048bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997022100a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7020101",
    ),
    (
        Curve::BrainpoolP384r1,
        "30820140020101303c06072a8648ce3d01010231008cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53306404307bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826043004a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c110461041d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c53150231008cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565020101",
    ),
];

fn set(infos: &[Vec<u8>]) -> Vec<u8> {
    tlv::encode(0x31, &infos.concat())
}

fn info(oid: &[u8], rest: &[Vec<u8>]) -> Vec<u8> {
    tlv::encode(0x30, &[tlv::encode(0x06, oid), rest.concat()].concat())
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    tlv::encode(0x02, bytes)
}

fn public_key_info(parameters: &[u8], point: &[u8]) -> Vec<u8> {
    let algorithm = tlv::encode(0x30, &[&tlv::encode(0x06, &oid::EC_PUBLIC_KEY)[..], parameters].concat());
    let bits = tlv::encode(0x03, &[&[0][..], point].concat());
    let key = tlv::encode(0x30, &[algorithm, bits].concat());
    info(&[0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02], &[key])
}

fn key(infos: &SecurityInfos) -> Option<Point> {
    infos.chip_authentication_keys().next().expect("a key").point.clone()
}

#[test]
fn keys_on_curves_spelled_out_in_full_are_recognised() {
    for (curve, parameters) in EXPLICIT {
        let point = curve.random_scalar(&mut SeededEntropy::new("key")).public_point();
        let file = set(&[public_key_info(&from_hex(parameters).expect("hex"), point.as_bytes())]);
        assert_eq!(key(&SecurityInfos::parse(&file).expect("a key")), Some(point));
    }
}

#[test]
fn a_curve_with_a_changed_parameter_is_not_recognised() {
    let (curve, parameters) = EXPLICIT[2];
    let point = curve.generator();
    let parameters = from_hex(parameters).expect("hex");
    // The last byte of the order; the cofactor's three bytes come after it.
    let mut changed = parameters.clone();
    let place = changed.len() - 4;
    changed[place] ^= 1;
    let file = set(&[public_key_info(&changed, point.as_bytes())]);
    assert_eq!(key(&SecurityInfos::parse(&file).expect("a key")), None);
}

#[test]
fn keys_on_named_curves_are_recognised() {
    let names = [
        (Curve::P256, "06082a8648ce3d030107"),
        (Curve::P384, "06052b81040022"),
        (Curve::BrainpoolP256r1, "06092b2403030208010107"),
        (Curve::BrainpoolP384r1, "06092b240303020801010b"),
    ];
    for (curve, name) in names {
        let name = from_hex(name).expect("hex");
        let file = set(&[public_key_info(&name, curve.generator().as_bytes())]);
        assert_eq!(key(&SecurityInfos::parse(&file).expect("a key")), Some(curve.generator()));
        let mut off = curve.generator().as_bytes().to_vec();
        off[9] ^= 1;
        let file = set(&[public_key_info(&name, &off)]);
        assert_eq!(SecurityInfos::parse(&file), Err(SecurityInfoError::Point(CurveError::NotOnCurve)));
        let file = set(&[public_key_info(&name, &[0])]);
        assert_eq!(SecurityInfos::parse(&file), Err(SecurityInfoError::Point(CurveError::Infinity)));
    }
    // secp521r1.
    let file = set(&[public_key_info(&from_hex("06052b81040023").expect("hex"), &[4; 133])]);
    assert_eq!(key(&SecurityInfos::parse(&file).expect("a key")), None);
}

#[test]
fn ways_that_are_not_spoken_are_passed_over() {
    let pace = |mapping: u8, cipher: u8, parameters: u8| {
        let protocol = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04, mapping, cipher];
        info(&protocol, &[integer(&[2]), integer(&[parameters])])
    };
    let file = set(&[
        // DH, integrated mapping, chip authentication mapping, P-521, and at last one of ours.
        pace(1, 2, 0),
        pace(4, 2, 12),
        pace(6, 2, 12),
        pace(2, 2, 18),
        pace(2, 4, 16),
        pace(2, 2, 12),
    ]);
    let infos = SecurityInfos::parse(&file).expect("infos");
    assert_eq!(infos.pace().count(), 6);
    let usable = infos.usable_pace().expect("one of ours");
    assert_eq!((usable.curve(), usable.cipher), (Some(Curve::BrainpoolP384r1), BlockCipher::Aes256));
}

#[test]
fn other_infos_are_kept_by_name() {
    let algorithm = tlv::encode(0x06, &[0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01, 0x03]);
    let file = set(&[
        info(&oid::ACTIVE_AUTHENTICATION, &[integer(&[1]), algorithm]),
        info(&oid::TERMINAL_AUTHENTICATION, &[integer(&[1])]),
        info(&[0x2a, 0x03], &[integer(&[7])]),
        info(&[0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02], &[tlv::encode(0x30, &[]), integer(&[40])]),
    ]);
    let found = SecurityInfos::parse(&file).expect("infos").0;
    let signature_algorithm = vec![0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01, 0x03];
    assert_eq!(
        found,
        [
            SecurityInfo::ActiveAuthentication { signature_algorithm },
            SecurityInfo::TerminalAuthentication,
            SecurityInfo::Unknown(vec![0x2a, 0x03]),
            SecurityInfo::PaceDomainParameter { parameter_id: Some(40) },
        ]
    );
}

#[test]
fn malformed_infos_are_refused() {
    let pace = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02];
    let parse = |file: &[u8]| SecurityInfos::parse(file).map(|_| ());
    let form = |error| Err(SecurityInfoError::Form(error));
    assert_eq!(parse(&[]), form(TlvError::Truncated));
    assert_eq!(parse(&[0x30, 0x00]), form(TlvError::Unexpected { expected: 0x31, found: 0x30 }));
    assert_eq!(parse(&[0x31, 0x00, 0x00]), form(TlvError::Trailing));
    assert_eq!(parse(&set(&[info(&pace, &[])])), form(TlvError::Missing(0x02)));
    assert_eq!(parse(&set(&[info(&pace, &[integer(&[])])])), Err(SecurityInfoError::Number));
    assert_eq!(parse(&set(&[info(&pace, &[integer(&[0xff])])])), Err(SecurityInfoError::Number));
    assert_eq!(parse(&set(&[info(&pace, &[integer(&[1; 5])])])), Err(SecurityInfoError::Number));
    assert_eq!(parse(&set(&vec![info(&[0x2a, 0x03], &[]); MAX_INFOS])), Ok(()));
    assert_eq!(parse(&set(&vec![info(&[0x2a, 0x03], &[]); MAX_INFOS + 1])), Err(SecurityInfoError::TooMany));
}

#[test]
fn the_files_of_the_chip_in_software_say_what_it_can() {
    for curve in Curve::ALL {
        let file = files::card_access(curve, BlockCipher::Aes192);
        let infos = SecurityInfos::parse(&file).expect("EF.CardAccess");
        assert_eq!(infos.usable_pace().and_then(PaceInfo::curve), Some(curve));
        let point = curve.random_scalar(&mut SeededEntropy::new("key")).public_point();
        let infos = SecurityInfos::parse_dg14(&files::dg14(&point, BlockCipher::Aes256, Some(0x81)));
        let infos = infos.expect("EF.DG14");
        assert_eq!(key(&infos), Some(point));
        let way = infos.chip_authentication().next().expect("a way");
        assert_eq!((way.cipher, way.key_id.as_deref()), (BlockCipher::Aes256, Some(&[0x81][..])));
    }
}
