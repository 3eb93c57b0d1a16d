use super::*;

fn named(accepted: Accepted) -> Vec<Algorithm> {
    accepted.algorithms().collect()
}

#[test]
fn nothing_but_es256_is_accepted_unless_somebody_says_so() {
    assert_eq!(named(Accepted::default()), [Algorithm::Es256]);
    assert_eq!(Accepted::default(), Accepted::HAIP);
}

#[test]
fn ml_dsa_is_in_no_policy_that_comes_ready_made() {
    for policy in [Accepted::HAIP, Accepted::ECDSA, Accepted::CLASSICAL] {
        assert!(policy.allows(Algorithm::Es256), "{policy:?}");
        assert!(!policy.allows(Algorithm::MlDsa65), "{policy:?}");
    }
    assert_eq!(named(Accepted::HAIP.and(Algorithm::MlDsa65)), [Algorithm::Es256, Algorithm::MlDsa65]);
}

#[test]
fn every_algorithm_is_told_from_every_other() {
    for one in Algorithm::ALL {
        assert_eq!(named(Accepted::NONE.and(one)), [one]);
        assert_eq!(named(Accepted::NONE.and(one).or(Accepted::NONE)), [one]);
    }
    assert_eq!(named(Accepted::CLASSICAL.or(Accepted::NONE.and(Algorithm::MlDsa65))), Algorithm::ALL);
    assert_eq!(format!("{:?}", Accepted::ECDSA), "{Es256, Es384}");
}
