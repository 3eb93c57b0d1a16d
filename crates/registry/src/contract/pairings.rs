//! Promises about pairings.

use std::sync::Arc;

use super::sample::{hash, journey, later, pairing, sealed};
use super::{begin, commit, race, read, winners};
use crate::{Conflict, Pairing, PairingClaim, PairingState, Registry, StoreError, Version};

/// What a journey writes that claims the code of a terminal.
fn claim(number: u8) -> PairingClaim {
    PairingClaim { journey: Some(journey(number).id), terminal: None, sealed: sealed("both"), expires_at: later(600) }
}

fn claimed(number: u8, by: u8) -> Pairing {
    Pairing {
        journey: Some(journey(by).id),
        state: PairingState::Claimed,
        sealed: sealed("both"),
        expires_at: later(600),
        version: Version::FIRST.next(),
        ..pairing(number)
    }
}

/// Journeys 1 and 2, and these pairings.
async fn shown(registry: &Arc<dyn Registry>, pairings: &[Pairing]) {
    let mut unit = begin(registry).await;
    unit.insert_journey(&journey(1)).await.expect("inserted");
    unit.insert_journey(&journey(2)).await.expect("inserted");
    for pairing in pairings {
        unit.insert_pairing(pairing).await.expect("inserted");
    }
    commit(unit).await;
}

/// A code leads to its pairing, whichever side is known so far; a journey leads to its pairings in order.
pub async fn a_pairing_is_found_by_code_and_journey(registry: Arc<dyn Registry>) {
    let of_journey = |number| Pairing { journey: Some(journey(1).id), terminal: None, ..pairing(number) };
    shown(&registry, &[of_journey(3), pairing(1), of_journey(2)]).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.pairing(&hash(1)).await.expect("read"), Some(pairing(1)));
    assert_eq!(unit.pairing(&hash(2)).await.expect("read"), Some(of_journey(2)));
    assert_eq!(unit.pairing(&hash(4)).await.expect("read"), None);
    assert_eq!(unit.pairings_of_journey(journey(1).id).await.expect("read"), [of_journey(2), of_journey(3)]);
    assert_eq!(unit.pairings_of_journey(journey(2).id).await.expect("read"), []);
}

/// No two pairings share a code.
pub async fn a_taken_code_is_refused(registry: Arc<dyn Registry>) {
    shown(&registry, &[pairing(1)]).await;
    let mut unit = begin(&registry).await;
    let twice = unit.insert_pairing(&Pairing { terminal: None, ..pairing(1) }).await;
    assert!(matches!(twice, Err(StoreError::Conflict(Conflict::CodeTaken))), "{twice:?}");
    commit(unit).await;
    assert_eq!(read(&registry).await.pairing(&hash(1)).await.expect("read"), Some(pairing(1)));
}

/// A pairing has no journey that is not there, neither from the start nor by a claim.
pub async fn a_pairing_needs_its_journey(registry: Arc<dyn Registry>) {
    shown(&registry, &[pairing(1)]).await;
    let mut unit = begin(&registry).await;
    let refused = unit.insert_pairing(&Pairing { journey: Some(journey(9).id), ..pairing(2) }).await;
    assert!(matches!(refused, Err(StoreError::VersionMismatch)), "{refused:?}");
    let refused = unit.claim_pairing(&hash(1), &claim(9), later(0)).await;
    assert!(matches!(refused, Err(StoreError::VersionMismatch)), "{refused:?}");
    commit(unit).await;
    assert_eq!(read(&registry).await.pairing(&hash(1)).await.expect("read"), Some(pairing(1)));
}

/// The first claim writes its side and keeps the other's; a second one changes nothing, nor does one of no code.
pub async fn a_code_is_claimed_once(registry: Arc<dyn Registry>) {
    let of_journey = Pairing { journey: Some(journey(1).id), terminal: None, ..pairing(2) };
    shown(&registry, &[pairing(1), of_journey]).await;
    let by_terminal = PairingClaim { journey: None, terminal: Some("terminal 7".into()), ..claim(1) };
    let mut unit = begin(&registry).await;
    assert!(unit.claim_pairing(&hash(1), &claim(1), later(0)).await.expect("claimed"));
    assert!(!unit.claim_pairing(&hash(1), &claim(2), later(0)).await.expect("claimed before"));
    assert!(unit.claim_pairing(&hash(2), &by_terminal, later(0)).await.expect("claimed"));
    assert!(!unit.claim_pairing(&hash(3), &claim(1), later(0)).await.expect("no such code"));
    commit(unit).await;
    let mut unit = read(&registry).await;
    let pairings = unit.pairings_of_journey(journey(1).id).await.expect("read");
    assert_eq!(pairings, [claimed(1, 1), claimed(2, 1)]);
}

/// A code can be claimed in its last second and not after.
pub async fn an_expired_code_is_not_claimed(registry: Arc<dyn Registry>) {
    shown(&registry, &[pairing(1), pairing(2)]).await;
    let mut unit = begin(&registry).await;
    assert!(!unit.claim_pairing(&hash(1), &claim(1), later(60)).await.expect("expired"));
    assert!(unit.claim_pairing(&hash(2), &claim(1), later(59)).await.expect("claimed"));
    commit(unit).await;
    assert_eq!(read(&registry).await.pairing(&hash(1)).await.expect("read"), Some(pairing(1)));
}

/// Sixty-four parallel claims of one code are one claim, and the winner's is what is kept.
pub async fn of_many_who_claim_a_code_one_wins(registry: Arc<dyn Registry>) {
    shown(&registry, &[pairing(1)]).await;
    let results = race(&registry, |number, unit| {
        Box::pin(async move {
            let terminal = Some(format!("terminal {number}"));
            unit.claim_pairing(&hash(1), &PairingClaim { terminal, ..claim(1) }, later(0)).await
        })
    });
    let results = results.await;
    assert_eq!(winners(&results), 1);
    let kept = read(&registry).await.pairing(&hash(1)).await.expect("read").expect("there");
    assert_eq!((kept.state, kept.version), (PairingState::Claimed, Version::FIRST.next()));
}

/// A claimed pairing goes on under the version of the claim; an older one is refused.
pub async fn a_stale_update_is_refused(registry: Arc<dyn Registry>) {
    shown(&registry, &[pairing(1)]).await;
    let mut unit = begin(&registry).await;
    assert!(unit.claim_pairing(&hash(1), &claim(1), later(0)).await.expect("claimed"));
    let mut closed = Pairing { state: PairingState::Closed, sealed: sealed("done"), ..claimed(1, 1) };
    let stale = unit.update_pairing(&Pairing { version: Version::FIRST, ..closed.clone() }).await;
    assert!(matches!(stale, Err(StoreError::VersionMismatch)), "{stale:?}");
    closed.expires_at = later(700);
    closed.version = unit.update_pairing(&closed).await.expect("updated");
    let nobody = unit.update_pairing(&pairing(2)).await;
    assert!(matches!(nobody, Err(StoreError::VersionMismatch)), "{nobody:?}");
    commit(unit).await;
    assert_eq!(closed.version, Version::FIRST.next().next());
    assert_eq!(read(&registry).await.pairing(&hash(1)).await.expect("read"), Some(closed));
}

/// An expired pairing goes, one with a second left stays.
pub async fn expired_pairings_are_deleted(registry: Arc<dyn Registry>) {
    let left = Pairing { expires_at: later(61), ..pairing(2) };
    shown(&registry, &[pairing(1), left.clone()]).await;
    let mut unit = begin(&registry).await;
    assert_eq!(unit.delete_expired_pairings(later(59)).await.expect("deleted"), 0);
    assert_eq!(unit.delete_expired_pairings(later(60)).await.expect("deleted"), 1);
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.pairing(&hash(1)).await.expect("read"), None);
    assert_eq!(unit.pairing(&hash(2)).await.expect("read"), Some(left));
}

/// A pairing goes with its journey, whether that expires or its person is erased; one of no journey stays.
pub async fn a_pairing_goes_with_its_journey(registry: Arc<dyn Registry>) {
    let of = |number, by| Pairing { journey: Some(journey(by).id), ..pairing(number) };
    shown(&registry, &[of(1, 1), of(2, 2), pairing(3)]).await;
    let mut unit = begin(&registry).await;
    let mut later_one = journey(2);
    later_one.expires_at = later(601);
    unit.update_journey(&later_one).await.expect("updated");
    assert_eq!(unit.delete_expired_journeys(later(600)).await.expect("deleted"), 1);
    assert_eq!(unit.pairing(&hash(1)).await.expect("read"), None);
    assert_eq!(unit.pairing(&hash(2)).await.expect("read"), Some(of(2, 2)));
    let person = journey(2).person.expect("it is about somebody");
    assert_eq!(unit.delete_journeys_of(person).await.expect("deleted"), 1);
    assert_eq!(unit.pairing(&hash(2)).await.expect("read"), None);
    assert_eq!(unit.pairing(&hash(3)).await.expect("read"), Some(pairing(3)));
    commit(unit).await;
}
