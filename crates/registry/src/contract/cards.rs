//! Promises about cards and batches.

use std::sync::Arc;

use super::sample::{batch, card, hash, later, sealed};
use super::{begin, commit, race, read, winners};
use crate::{Batch, Card, CardStatus, Conflict, PersonId, Registry, StoreError, Version};

/// Every column comes back as it was written.
pub async fn a_card_is_read_back(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_card(&card(1)).await.expect("inserted");
    let twice = unit.insert_card(&card(1)).await;
    assert!(matches!(twice, Err(StoreError::Conflict(Conflict::RowTaken))), "{twice:?}");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.card(card(1).id).await.expect("read"), Some(card(1)));
    assert_eq!(unit.card(card(2).id).await.expect("read"), None);
}

/// A person's cards are found, and nobody else's.
pub async fn cards_of_a_person_are_found(registry: Arc<dyn Registry>) {
    let other = Card { person: PersonId::from_bytes([2; 16]), ..card(3) };
    let mut unit = begin(&registry).await;
    for kept in [&card(2), &card(1), &other] {
        unit.insert_card(kept).await.expect("inserted");
    }
    assert_eq!(unit.cards_of(card(1).person).await.expect("read"), [card(1), card(2)]);
    commit(unit).await;
}

/// Pages follow each other without gap or repetition.
pub async fn pages_walk_every_card_once(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    for number in [3, 1, 2] {
        unit.insert_card(&card(number)).await.expect("inserted");
    }
    assert_eq!(unit.cards_page(None, 2).await.expect("read"), [card(1), card(2)]);
    assert_eq!(unit.cards_page(Some(card(2).id), 2).await.expect("read"), [card(3)]);
    commit(unit).await;
}

/// Revoking moves the card from one count to another.
pub async fn a_status_change_is_counted(registry: Arc<dyn Registry>) {
    let mut revoked = Card { status: CardStatus::Revoked, expires_at: later(1), level: "full".into(), ..card(1) };
    let mut unit = begin(&registry).await;
    unit.insert_card(&card(1)).await.expect("inserted");
    unit.insert_card(&card(2)).await.expect("inserted");
    revoked.version = unit.update_card(&revoked).await.expect("updated");
    commit(unit).await;
    assert_eq!(revoked.version, Version::FIRST.next());
    let mut unit = read(&registry).await;
    assert_eq!(unit.card(revoked.id).await.expect("read"), Some(revoked));
    assert_eq!(unit.count_cards(CardStatus::Valid).await.expect("counted"), 1);
    assert_eq!(unit.count_cards(CardStatus::Revoked).await.expect("counted"), 1);
    assert_eq!(unit.count_cards(CardStatus::Suspended).await.expect("counted"), 0);
}

/// Whoever read before another wrote is refused.
pub async fn a_stale_update_is_refused(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_card(&card(1)).await.expect("inserted");
    unit.update_card(&card(1)).await.expect("updated");
    let stale = unit.update_card(&card(1)).await;
    assert!(matches!(stale, Err(StoreError::VersionMismatch)), "{stale:?}");
    commit(unit).await;
}

/// A repeated request meets its first batch.
pub async fn a_batch_is_found_by_its_request(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_card(&card(1)).await.expect("inserted");
    unit.insert_batch(&batch(1, 1)).await.expect("inserted");
    let again = unit.insert_batch(&Batch { request: hash(1), ..batch(2, 1) }).await;
    assert!(matches!(again, Err(StoreError::Conflict(Conflict::RequestTaken))), "{again:?}");
    unit.insert_batch(&batch(3, 1)).await.expect("another request");
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.batch_for(&hash(1)).await.expect("read"), Some(batch(1, 1)));
    assert_eq!(unit.batch_for(&hash(2)).await.expect("read"), None);
    assert_eq!(unit.batches_of(card(1).id).await.expect("read"), [batch(1, 1), batch(3, 1)]);
}

/// A request repeated sixty-four times at once is served once.
pub async fn of_many_equal_requests_one_makes_a_batch(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_card(&card(1)).await.expect("inserted");
    commit(unit).await;
    let results = race(&registry, |number, unit| {
        Box::pin(async move {
            let same = Batch { request: hash(200), ..batch(number, 1) };
            unit.insert_batch(&same).await.map(|()| true)
        })
    });
    assert_eq!(winners(&results.await), 1);
    assert_eq!(read(&registry).await.batches_of(card(1).id).await.expect("read").len(), 1);
}

/// No batch is kept of no card.
pub async fn a_batch_needs_its_card(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    let refused = unit.insert_batch(&batch(1, 1)).await;
    assert!(matches!(refused, Err(StoreError::VersionMismatch)), "{refused:?}");
    commit(unit).await;
}

/// Of two answers to one request the first is kept.
pub async fn the_first_answer_stands(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_card(&card(1)).await.expect("inserted");
    unit.insert_batch(&batch(1, 1)).await.expect("inserted");
    assert!(unit.answer_batch(batch(1, 1).id, &sealed("first")).await.expect("answered"));
    assert!(!unit.answer_batch(batch(1, 1).id, &sealed("second")).await.expect("answered before"));
    assert!(!unit.answer_batch(batch(2, 1).id, &sealed("none")).await.expect("no such batch"));
    commit(unit).await;
    let found = read(&registry).await.batch_for(&hash(1)).await.expect("read").expect("there");
    assert_eq!(found.response, Some(sealed("first")));
}

/// Answers are forgotten by age, batches stay.
pub async fn old_answers_are_forgotten(registry: Arc<dyn Registry>) {
    let newer = Batch { created_at: later(60), response: Some(sealed("new")), ..batch(2, 1) };
    let mut unit = begin(&registry).await;
    unit.insert_card(&card(1)).await.expect("inserted");
    unit.insert_batch(&Batch { response: Some(sealed("old")), ..batch(1, 1) }).await.expect("inserted");
    unit.insert_batch(&newer).await.expect("inserted");
    assert_eq!(unit.forget_responses(later(60)).await.expect("forgotten"), 1);
    assert_eq!(unit.forget_responses(later(60)).await.expect("forgotten before"), 0);
    assert_eq!(unit.batches_of(card(1).id).await.expect("read"), [batch(1, 1), newer]);
    commit(unit).await;
}
