use mibun_vectors::from_hex;

use super::*;
use crate::entropy::SeededEntropy;

fn entropy() -> SeededEntropy {
    SeededEntropy::new("curve")
}

#[test]
fn both_sides_agree_on_every_curve() {
    for curve in Curve::ALL {
        let (left, right) = (curve.random_scalar(&mut entropy()), curve.random_scalar(&mut SeededEntropy::new("b")));
        let one = right.public_point().multiply(&left).expect("same curve");
        let other = left.public_point().multiply(&right).expect("same curve");
        assert_eq!(one, other, "{curve:?}");
        assert_eq!(one.x().len(), curve.coordinate_length());
        assert_eq!(curve.point(one.as_bytes()).expect("on the curve"), one);
    }
}

/// RFC 5114 does not have brainpool; RFC 7027 appendix A.1 does.
#[test]
fn the_published_agreement_on_brainpool_p256r1() {
    let curve = Curve::BrainpoolP256r1;
    let secret = from_hex("81DB1EE100150FF2EA338D708271BE38300CB54241D79950F77B063039804F1D").expect("hex");
    let x = from_hex("44106E913F92BC02A1705D9953A8414DB95E1AAA49E81D9E85F929A8E3100BE5").expect("hex");
    assert_eq!(curve.scalar(&secret).expect("in range").public_point().x(), x);
}

/// RFC 7027 appendix A.2.
#[test]
fn the_published_agreement_on_brainpool_p384r1() {
    let curve = Curve::BrainpoolP384r1;
    let secret = "1E20F5E048A5886F1F157C74E91BDE2B98C8B52D58E5003D57053FC4B0BD65D6F15EB5D1EE1610DF870795143627D042";
    let x = "68B665DD91C195800650CDD363C625F4E742E8134667B767B1B476793588F885AB698C852D4A6E77A252D6380FCAF068";
    let scalar = curve.scalar(&from_hex(secret).expect("hex")).expect("in range");
    assert_eq!(scalar.public_point().x(), from_hex(x).expect("hex"));
}

#[test]
fn refuses_what_is_no_point() {
    for curve in Curve::ALL {
        let mut off = curve.generator().as_bytes().to_vec();
        *off.last_mut().expect("not empty") ^= 1;
        assert_eq!(curve.point(&off), Err(CurveError::NotOnCurve), "{curve:?}");
        assert_eq!(curve.point(&[0]), Err(CurveError::Infinity));
        assert_eq!(curve.point(&off[..off.len() - 1]), Err(CurveError::Encoding));
        let mut compressed = curve.generator().as_bytes()[..=curve.coordinate_length()].to_vec();
        compressed[0] = 2;
        assert_eq!(curve.point(&compressed), Err(CurveError::Encoding));
        let mut too_large = vec![0xff; 1 + 2 * curve.coordinate_length()];
        too_large[0] = 4;
        assert_eq!(curve.point(&too_large), Err(CurveError::NotOnCurve));
    }
}

#[test]
fn refuses_scalars_out_of_range() {
    for curve in Curve::ALL {
        let length = curve.coordinate_length();
        for bytes in [vec![0; length], vec![0xff; length], vec![1; length - 1]] {
            assert_eq!(curve.scalar(&bytes).map(|_| ()), Err(CurveError::Scalar), "{curve:?}");
        }
        assert_eq!(curve.reduced_scalar(&vec![1; length + 1]).map(|_| ()), Err(CurveError::Scalar));
        assert_eq!(curve.reduced_scalar(&[]).map(|_| ()), Err(CurveError::Scalar));
        assert!(curve.reduced_scalar(&vec![0xff; length]).is_ok());
    }
}

#[test]
fn opposite_points_cancel_out() {
    for curve in Curve::ALL {
        let (one, two) = (curve.reduced_scalar(&[1]).expect("one"), curve.reduced_scalar(&[2]).expect("two"));
        let doubled = one.public_point().add(&one.public_point()).expect("not infinity");
        assert_eq!(doubled, two.public_point());
        // The largest scalar is minus one, so its point is the generator's opposite.
        let minus_one = minus_one(curve).public_point();
        assert_eq!(minus_one.x(), curve.generator().x());
        assert_eq!(minus_one.add(&curve.generator()), Err(CurveError::Infinity));
    }
}

#[test]
fn curves_do_not_mix() {
    let scalar = Curve::P256.random_scalar(&mut entropy());
    let other = Curve::BrainpoolP256r1.generator();
    assert_eq!(other.multiply(&scalar), Err(CurveError::CurveMismatch));
    assert_eq!(other.add(&Curve::P256.generator()), Err(CurveError::CurveMismatch));
}

#[test]
fn a_curve_with_one_parameter_changed_is_no_known_curve() {
    let generator = Curve::P256.generator();
    let numbers = [
        "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
        "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
        "00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    ]
    .map(|digits| from_hex(digits).expect("hex"));
    let [prime, a, b, order] = numbers.each_ref().map(Vec::as_slice);
    let known = ExplicitParameters { prime, a, b, generator: generator.as_bytes(), order };
    assert_eq!(Curve::from_explicit(&known), Some(Curve::P256));
    let other_base = Curve::P256.random_scalar(&mut entropy()).public_point();
    let changed = [
        ExplicitParameters { prime: &prime[1..], ..known },
        ExplicitParameters { a: b, ..known },
        ExplicitParameters { b: a, ..known },
        ExplicitParameters { generator: other_base.as_bytes(), ..known },
        ExplicitParameters { order: prime, ..known },
    ];
    for parameters in changed {
        assert_eq!(Curve::from_explicit(&parameters), None);
    }
}

fn minus_one(curve: Curve) -> Scalar {
    let order = match curve {
        Curve::P256 => "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550",
        Curve::BrainpoolP256r1 => "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a6",
        Curve::P384 => {
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52972"
        }
        Curve::BrainpoolP384r1 => {
            "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046564"
        }
    };
    curve.scalar(&from_hex(order).expect("hex")).expect("just below the order")
}
