//! What every backend keeps: one function per promise, races included.
//!
//! A backend expands [`contract_tests!`](crate::contract_tests) with a function that makes an empty registry, and gets
//! one named test per promise. A promise is a function here and a line in that macro; a test compares the two.

use std::any::Any;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::task::JoinSet;

use crate::{Registry, StoreError, Unit, run};

pub mod attempts;
pub mod audit;
pub mod cards;
pub mod checks;
pub mod devices;
pub mod erasure;
pub mod grants;
pub mod id_passwords;
pub mod journeys;
pub mod officers;
pub mod once;
pub mod organisations;
pub mod pairings;
pub mod password_logins;
pub mod people;
pub mod pushed_requests;
pub mod recovery_codes;
mod sample;
pub mod sessions;
pub mod settings;
pub mod status_lists;
pub mod trusted_cscas;
pub mod units;
pub mod vault_keys;

/// An empty registry for one test, and whatever must live as long as it: a folder, a server.
pub struct Fixture {
    /// The registry under test.
    pub registry: Arc<dyn Registry>,
    /// Dropped after the test.
    pub keep: Box<dyn Any + Send>,
}

/// How many race in every race.
const RACERS: u8 = 64;

/// Opens a unit that may write.
async fn begin(registry: &Arc<dyn Registry>) -> Box<dyn Unit> {
    registry.begin("contract").await.expect("a unit opens")
}

/// Opens a unit that reads.
async fn read(registry: &Arc<dyn Registry>) -> Box<dyn Unit> {
    registry.read().await.expect("a reading unit opens")
}

async fn commit(unit: Box<dyn Unit>) {
    unit.commit().await.expect("the unit commits");
}

/// Lets sixty-four tasks do `work` in units of their own, as nearly at once as the machine allows.
async fn race<T, F>(registry: &Arc<dyn Registry>, work: F) -> Vec<Result<T, StoreError>>
where
    T: Send + 'static,
    F: for<'u> Fn(u8, &'u mut dyn Unit) -> BoxFuture<'u, Result<T, StoreError>> + Copy + Send + Sync + 'static,
{
    let mut racers = JoinSet::new();
    for number in 0..RACERS {
        let registry = registry.clone();
        racers.spawn(async move { run(&*registry, "contract.race", move |unit| work(number, unit)).await });
    }
    racers.join_all().await
}

/// How many of the racers answered `Ok(true)`; any error but a conflict fails the test.
fn winners(results: &[Result<bool, StoreError>]) -> usize {
    for result in results {
        assert!(matches!(result, Ok(_) | Err(StoreError::Conflict(_) | StoreError::VersionMismatch)), "{result:?}");
    }
    results.iter().filter(|result| matches!(result, Ok(true))).count()
}

/// One named test per promise, each with a fresh registry from `$fixture`, an async function in scope that answers
/// a [`Fixture`]. The crate that expands it depends on tokio with `macros` and `rt-multi-thread`.
#[macro_export]
macro_rules! contract_tests {
    ($fixture:ident) => {
        $crate::contract_tests! { @modules $fixture
            units {
                a_committed_unit_is_seen_by_the_next
                a_dropped_unit_leaves_nothing
                a_refused_closure_leaves_nothing
                a_conflict_does_not_end_the_unit
                a_reader_sees_one_moment
                a_reader_does_not_wait_for_the_writer
                a_reader_refuses_to_write
                a_dropped_unit_does_not_hurt_its_neighbours
                increments_are_not_lost
                two_who_read_each_other_do_not_both_write
                a_cancelled_commit_is_carried_out
                those_who_stop_waiting_stop_nobody
                an_abandoned_statement_ends_its_unit
                health_names_the_backend
            }
            people {
                a_person_is_read_back
                a_taken_number_is_refused
                of_many_who_take_one_number_one_wins
                a_person_is_found_by_every_spelling
                pages_walk_everybody_once
                an_update_raises_the_version
                a_stale_update_is_refused
                an_update_cannot_take_a_number
                a_portrait_is_replaced
                a_portrait_needs_its_person
                an_erased_person_leaves_nothing
            }
            journeys {
                a_journey_is_read_back
                an_update_raises_the_version
                a_stale_update_is_refused
                journeys_are_listed_by_state
                an_image_is_replaced_and_deleted
                an_image_needs_its_journey
                expired_journeys_go_with_their_images
                decisions_outlive_their_journey
                erasure_takes_journeys_and_decisions
            }
            attempts {
                tries_are_counted_from_one
                scopes_and_windows_are_apart
                sixty_four_tries_at_once_are_all_counted
                forgiven_tries_are_gone
                old_counters_are_pruned
            }
            grants {
                a_grant_is_found_by_code_and_token
                a_taken_code_is_refused
                a_taken_token_is_refused
                a_stale_update_is_refused
                of_many_who_redeem_a_code_one_wins
                grants_of_a_journey_are_found
                expired_grants_are_deleted
                erasure_takes_grants
            }
            once {
                a_nonce_is_spent_once
                of_many_who_spend_a_nonce_one_wins
                a_nonce_of_a_dropped_unit_is_unspent
                nonces_are_pruned_when_expired
                a_frame_is_new_once
                frames_and_nonces_are_apart
            }
            cards {
                a_card_is_read_back
                cards_of_a_person_are_found
                pages_walk_every_card_once
                a_status_change_is_counted
                a_stale_update_is_refused
                a_batch_is_found_by_its_request
                of_many_equal_requests_one_makes_a_batch
                a_batch_needs_its_card
                the_first_answer_stands
                old_answers_are_forgotten
            }
            status_lists {
                a_list_is_read_back
                a_taken_number_is_refused
                leases_follow_each_other_to_the_end
                a_closed_list_leases_nothing
                sixty_four_leases_at_once_are_disjoint
                a_lease_of_a_dropped_unit_is_free_again
                entries_are_read_back_in_order
                a_revoked_entry_stays_revoked
                a_suspended_entry_may_return
                entries_need_their_list
                revocations_at_once_are_all_kept
            }
            checks {
                a_check_is_read_back
                an_update_raises_the_version
                a_stale_update_is_refused
                a_response_code_needs_its_session
                of_many_who_spend_a_response_code_one_wins
                kept_answers_are_listed_by_window_and_scene
                a_check_is_deleted
                due_checks_are_deleted
            }
            organisations {
                an_organisation_is_found_by_name
                a_taken_name_is_refused
                an_update_raises_the_version
                a_window_is_read_back
                a_window_name_is_taken_per_organisation
                a_window_needs_its_organisation
                a_window_update_raises_the_version
            }
            officers {
                an_officer_is_found_by_name
                a_taken_name_is_refused
                an_update_raises_the_version
                of_two_sign_ins_with_one_code_one_wins
            }
            sessions {
                a_session_is_read_back_until_it_ends
                a_session_is_deleted
                a_subject_is_signed_out_everywhere
                ended_sessions_are_pruned
            }
            audit {
                drafts_are_chained_in_order
                a_dropped_unit_logs_nothing
                the_chain_holds
                pages_go_both_ways
                jobs_at_once_make_one_chain
            }
            settings {
                the_first_value_stands
                of_many_first_values_one_stands
                an_update_raises_the_version
                a_stale_update_is_refused
            }
            id_passwords {
                a_password_is_read_back
                a_second_password_is_refused
                a_password_needs_its_person
                an_update_raises_the_version
                a_stale_update_is_refused
                of_many_tries_on_one_guard_one_is_counted
                a_password_is_deleted
            }
            password_logins {
                a_login_is_read_back
                a_login_needs_its_person
                a_login_becomes_a_session
                of_many_last_messages_one_opens_a_session
                expired_logins_are_deleted
                a_person_is_signed_out_everywhere
            }
            devices {
                a_device_is_found_by_its_key
                devices_of_a_person_are_found
                a_known_key_is_refused
                a_device_needs_its_person
                a_second_active_device_is_refused
                a_new_device_takes_the_place_of_the_old
                a_stale_update_is_refused
                of_many_new_devices_one_is_active
                of_many_who_register_one_key_one_wins
                devices_are_deleted_with_their_keys
            }
            vault_keys {
                keys_are_read_back
                a_taken_key_keeps_all_out
                a_key_needs_a_device_of_its_person
                fresh_keys_are_bound
                one_unfit_key_binds_none
                of_many_who_bind_a_key_one_wins
                keys_of_a_device_are_retired
                keys_of_a_person_are_retired_and_deleted
            }
            pairings {
                a_pairing_is_found_by_code_and_journey
                a_taken_code_is_refused
                a_pairing_needs_its_journey
                a_code_is_claimed_once
                an_expired_code_is_not_claimed
                of_many_who_claim_a_code_one_wins
                a_stale_update_is_refused
                expired_pairings_are_deleted
                a_pairing_goes_with_its_journey
            }
            trusted_cscas {
                a_certificate_is_new_once
                of_many_imports_one_is_new
                certificates_are_listed_by_country
                certificates_are_counted_by_source
                a_certificate_is_deleted
                the_newest_list_stands
                of_many_lists_the_newest_stands
            }
            pushed_requests {
                a_request_is_found_by_its_reference
                a_taken_reference_is_refused
                a_request_is_answered_once
                a_dropped_answer_is_none
                expired_pushed_requests_are_deleted
            }
            recovery_codes {
                a_code_is_found
                new_codes_end_the_old
                a_taken_code_is_refused
                codes_need_their_person
                a_code_is_spent_once
                of_many_who_spend_a_code_one_wins
                codes_are_deleted
            }
            erasure {
                an_erased_holder_leaves_nothing
                an_erased_holder_may_return
            }
        }
    };
    (@modules $fixture:ident $($group:ident { $($promise:ident)* })*) => {$(
        mod $group {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    let fixture = super::$fixture().await;
                    $crate::contract::$group::$promise(fixture.registry.clone()).await;
                }
            )*
        }
    )*};
}

#[cfg(test)]
mod tests;
