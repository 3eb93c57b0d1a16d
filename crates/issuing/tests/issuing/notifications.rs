//! The notification endpoint: what is told by whom, and what is stored of it.

use mibun_issuing::error::Code;
use mibun_issuing::grant::{AccessError, Grant};
use mibun_issuing::notification::{Event, Notification, NotificationError};
use mibun_issuing::secret::Secret;
use mibun_issuing::token::BearerError;
use serde_json::json;

use crate::desk::{Desk, Refused};
use crate::wallet::{authorization, body, proof};

/// A desk whose card is collected, the token and the notification id. Counting of writes starts here.
fn collected() -> (Desk, Secret, String) {
    let (mut desk, token, nonce) = Desk::redeemed();
    let served = desk.credential(Some(&authorization(&token)), &body(&[proof("a", &nonce)])).expect("a good request");
    desk.writes = 0;
    (desk, token, served.notification_id)
}

fn event(desk: &Desk) -> Option<Event> {
    let Grant::Collected(collected) = &desk.grant else { panic!("not collected: {:?}", desk.grant) };
    collected.served[0].event
}

/// Sends a body made of the notification id, which must be refused without a trace.
fn refused(make: impl FnOnce(&str) -> String) -> (Refused, Code) {
    let (mut desk, token, id) = collected();
    let refused = desk.notify(Some(&authorization(&token)), &make(&id)).expect_err("a bad notification");
    assert_eq!((event(&desk), desk.writes), (None, 0), "a bad notification must not change anything");
    let code = refused.code();
    (refused, code)
}

fn malformed(why: NotificationError) -> (Refused, Code) {
    (Refused::Notification(why), Code::InvalidNotificationRequest)
}

#[test]
fn acceptance_is_stored_once() {
    let (mut desk, token, id) = collected();
    let told = Notification { notification_id: id, event: Event::CredentialAccepted }.to_value().to_string();
    for _ in 0..2 {
        desk.notify(Some(&authorization(&token)), &told).expect("the notification is good");
    }
    assert_eq!((event(&desk), desk.writes), (Some(Event::CredentialAccepted), 1));
}

#[test]
fn deletion_after_acceptance_is_stored() {
    let (mut desk, token, id) = collected();
    for event in [Event::CredentialAccepted, Event::CredentialDeleted] {
        let told = Notification { notification_id: id.clone(), event }.to_value().to_string();
        desk.notify(Some(&authorization(&token)), &told).expect("the notification is good");
    }
    assert_eq!((event(&desk), desk.writes), (Some(Event::CredentialDeleted), 2));
}

#[test]
fn strangers_among_the_members_are_ignored() {
    let (mut desk, token, id) = collected();
    let told = json!({ "notification_id": id, "event": "credential_failure", "event_description": "No room", "zz": 1 });
    desk.notify(Some(&authorization(&token)), &told.to_string()).expect("strangers are ignored");
    assert_eq!(event(&desk), Some(Event::CredentialFailure));
}

#[test]
fn without_token() {
    let (mut desk, _, id) = collected();
    let told = json!({ "notification_id": id, "event": "credential_accepted" }).to_string();
    assert_eq!(desk.notify(None, &told), Err(Refused::Bearer(BearerError::Missing)));
    assert_eq!(event(&desk), None);
}

#[test]
fn with_unknown_token() {
    let (mut desk, _, id) = collected();
    let told = json!({ "notification_id": id, "event": "credential_accepted" }).to_string();
    assert_eq!(desk.notify(Some("Bearer stranger"), &told), Err(Refused::Access(AccessError::UnknownToken)));
    assert_eq!(event(&desk), None);
}

#[test]
fn after_the_end_of_the_token() {
    let (mut desk, token, id) = collected();
    let told = json!({ "notification_id": id, "event": "credential_accepted" }).to_string();
    let refused = desk.later(300).notify(Some(&authorization(&token)), &told);
    assert_eq!(refused, Err(Refused::Access(AccessError::Expired)));
    assert_eq!((desk.grant.state(), event(&desk)), ("collected", None));
}

#[test]
fn before_anything_was_collected() {
    let (mut desk, token, _) = Desk::redeemed();
    let told = json!({ "notification_id": "one", "event": "credential_accepted" }).to_string();
    let refused = desk.notify(Some(&authorization(&token)), &told);
    assert_eq!(refused, Err(Refused::Access(AccessError::UnknownNotification)));
    assert!(desk.is_untouched());
}

#[test]
fn for_an_unknown_id() {
    let refusal = refused(|_| json!({ "notification_id": "other", "event": "credential_accepted" }).to_string());
    assert_eq!(refusal, (Refused::Access(AccessError::UnknownNotification), Code::InvalidNotificationId));
}

#[test]
fn without_id() {
    let refusal = refused(|_| json!({ "event": "credential_accepted" }).to_string());
    assert_eq!(refusal, malformed(NotificationError::MissingId));
}

#[test]
fn with_an_empty_id() {
    let refusal = refused(|_| json!({ "notification_id": "", "event": "credential_accepted" }).to_string());
    assert_eq!(refusal, malformed(NotificationError::MissingId));
}

#[test]
fn with_an_oversized_id() {
    let id = "a".repeat(300);
    let refusal = refused(|_| json!({ "notification_id": id, "event": "credential_accepted" }).to_string());
    assert_eq!(refusal, malformed(NotificationError::MissingId));
}

#[test]
fn without_event() {
    let refusal = refused(|id| json!({ "notification_id": id }).to_string());
    assert_eq!(refusal, malformed(NotificationError::Event));
}

#[test]
fn with_unknown_event() {
    let refusal = refused(|id| json!({ "notification_id": id, "event": "credential_admired" }).to_string());
    assert_eq!(refusal, malformed(NotificationError::Event));
}

#[test]
fn with_a_description_of_forbidden_letters() {
    let refusal = refused(|id| {
        json!({ "notification_id": id, "event": "credential_failure", "event_description": "a \" b" }).to_string()
    });
    assert_eq!(refusal, malformed(NotificationError::Description));
}

#[test]
fn with_a_member_twice() {
    let refusal =
        refused(|id| format!(r#"{{"notification_id":"{id}","notification_id":"{id}","event":"credential_accepted"}}"#));
    assert_eq!(refusal, malformed(NotificationError::Json));
}

#[test]
fn that_is_no_object() {
    assert_eq!(refused(|_| "null".to_owned()), malformed(NotificationError::Json));
}
