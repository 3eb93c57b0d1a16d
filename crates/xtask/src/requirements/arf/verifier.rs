//! The relying party.

use super::{Row, held, missing, partly};

const ANSWERS: &str = "crates/server/tests/it/answers.rs";
const BINDING: &str = "crates/verifying/src/judge/tests/binding.rs";
const BROWSER: &str = "crates/presenting/src/dc_api/tests/answers.rs";
const CARDS: &str = "crates/verifying/src/judge/tests/issuer.rs";
const CARD_ALGORITHMS: &str = "crates/verifying/src/judge/tests/algorithms.rs";
const COUNTER: &str = "crates/server/tests/it/counter.rs";
const JUDGED: &str = "crates/server/tests/it/judged.rs";
const MDOC: &str = "crates/server/tests/it/mdoc.rs";
const MDOC_ALGORITHMS: &str = "crates/verifying/src/mdoc/tests/algorithms.rs";
const MDOC_REFUSED: &str = "crates/verifying/src/mdoc/tests/refused.rs";
const REGISTRAR: &str = "crates/server/tests/it/registrar.rs";
const REQUESTS: &str = "crates/server/tests/it/requests.rs";
const REQUEST_ALGORITHMS: &str = "crates/presenting/src/request/tests/algorithms.rs";
const SUITE: &str = "crates/presenting/tests/conformance/conformance_verifier.rs";

/// Topics 1, 3, 6, 7, 24 and 44.
pub(super) const ROWS: &[Row] = &[
    held(
        "OIA_03",
        "only agreed algorithms, and of those the ones that the reader names",
        &[
            (CARD_ALGORITHMS, "a_card_signed_with_ml_dsa_is_refused"),
            (CARD_ALGORITHMS, "a_card_without_an_algorithm_or_under_a_shared_secret_is_refused"),
            (CARD_ALGORITHMS, "naming_one_algorithm_lets_no_other_in"),
            (MDOC_ALGORITHMS, "a_document_signed_with_es384_is_refused"),
            (REQUEST_ALGORITHMS, "nothing_but_es256_is_accepted_by_default"),
        ],
    ),
    held(
        "OIA_03b",
        "an mdoc is asked for and judged over redirects as HAIP has it",
        &[
            (MDOC, "a_window_accepts_an_mdoc_and_sees_the_fields_of_its_scene"),
            (MDOC, "an_mdoc_in_another_session_is_refused"),
        ],
    ),
    held("OIA_03c", "the same for an SD-JWT VC", &[(SUITE, "happy_flow"), (SUITE, "redirect_uri_returned")]),
    held(
        "OIA_08, OIA_08a",
        "the same over the Digital Credentials API",
        &[
            (SUITE, "happy_flow"),
            (BROWSER, "a_call_is_answered_from_beginning_to_end"),
            (BROWSER, "an_mdoc_travels_as_text"),
        ],
    ),
    partly(
        "OIA_08b",
        "the same with ISO/IEC 18013-7 annex C",
        &[("crates/card/src/mdoc/tests/annex_c.rs", "an_answer_is_opened_by_its_reader_in_its_session_alone")],
        "requests and answers are in the library alone",
    ),
    missing("OIA_03d", "ISO/IEC 18013-7 annex A", "optional, and not spoken"),
    held(
        "OIA_08d",
        "a code on another screen is no invitation to relay it: it moves, it is one wallet's, and both sides see two words",
        &[
            (REQUESTS, "a_code_of_half_a_minute_ago_is_refused"),
            (REQUESTS, "a_forged_code_is_refused"),
            (REQUESTS, "another_wallet_gets_nothing"),
            ("crates/server/tests/it/walk.rs", "both_sides_see_the_same_two_words"),
        ],
    ),
    held(
        "OIA_12, PPNot_05",
        "cards are believed by the anchors of issuers alone",
        &[
            (CARDS, "a_card_of_another_authority_is_refused"),
            (CARDS, "an_authority_of_the_same_name_with_another_key_is_refused"),
            (MDOC_REFUSED, "a_foreign_authority_is_refused"),
            ("crates/trust/src/anchors/tests.rs", "the_three_purposes_are_kept_apart"),
        ],
    ),
    missing(
        "OIA_13, OIA_14, OIA_15",
        "attestations of others are believed by their lists",
        "the only card is the authority's own",
    ),
    partly(
        "OIA_15a",
        "lists are followed, and nobody brings an older one back",
        &[("crates/server/tests/it/trust_lists.rs", "numbers_count_up_and_an_older_list_is_refused")],
        "an operator reads a list in by a command; nothing fetches it regularly",
    ),
    partly(
        "OIA_15b",
        "lists of both kinds are read",
        &[("crates/trust/src/list/tests.rs", "a_list_is_read")],
        "those of TS 119 602 in JSON; the XML of TS 119 612 is not",
    ),
    missing(
        "OIA_16",
        "unique parts of a card are forgotten at once",
        "presentations are not stored, but no test looks for one",
    ),
    held(
        "OIA_17",
        "the proof of the holder's key is verified",
        &[
            (BINDING, "a_proof_of_another_key_is_refused"),
            (BINDING, "a_card_without_proof_is_refused"),
            (MDOC_REFUSED, "the_proof_of_another_key_is_refused"),
            (JUDGED, "a_proof_of_another_key_is_refused"),
        ],
    ),
    held(
        "RPA_01",
        "a request is one asker's, and an answer is to that request alone",
        &[
            (JUDGED, "a_presentation_replayed_from_another_check_is_refused"),
            (MDOC_REFUSED, "a_replay_is_refused"),
            (ANSWERS, "of_64_answers_at_once_one_is_accepted"),
        ],
    ),
    held(
        "RPA_02, RPA_03, RPRC_10",
        "requests are signed with the access certificate",
        &[
            (REGISTRAR, "after_a_restart_requests_are_signed_with_the_new_certificate"),
            (REGISTRAR, "the_access_certificate_carries_the_registered_identifier_for_the_same_key"),
        ],
    ),
    held(
        "RPRC_19, RPRC_20",
        "a request carries the one registration certificate of its use, by value",
        &[(REGISTRAR, "requests_carry_what_their_scene_is_registered_for_in_both_formats")],
    ),
    partly(
        "VCR_12",
        "the ways of revoking are read",
        &[
            ("crates/verifying/src/judge/tests/standing.rs", "a_revoked_card_is_refused"),
            (MDOC_REFUSED, "a_card_that_is_no_longer_good_is_refused"),
        ],
        "lists of revoked identifiers are not; a card that names one is refused",
    ),
    held(
        "VCR_13, VCR_14",
        "status is looked up, and what cannot be looked up is refused",
        &[(JUDGED, "a_revoked_card_is_refused"), (JUDGED, "a_card_whose_status_cannot_be_had_is_refused")],
    ),
    held(
        "VCR_15",
        "a list is kept for its time and not fetched for each card",
        &[
            ("crates/verifying/src/judge/tests/accepted.rs", "a_list_verified_before_serves_as_well"),
            ("crates/verifying/src/judge/tests/standing.rs", "a_list_verified_long_ago_is_looked_at_again"),
        ],
    ),
    held(
        "PID_03a",
        "a portrait is not kept",
        &[
            (COUNTER, "the_portrait_is_shown_once_and_not_kept"),
            (COUNTER, "the_portrait_is_in_no_list_of_records"),
            ("crates/trust/src/scene/tests/shipped.rs", "no_scene_stores_a_portrait"),
        ],
    ),
    held(
        "OIA_09",
        "answers are encrypted to the asker",
        &[(ANSWERS, "an_open_answer_where_encryption_was_asked_is_refused"), (BROWSER, "an_encrypted_answer_arrives")],
    ),
    missing(
        "ProxId_01a, ProxId_05",
        "proximity over ISO/IEC 18013-5",
        "no transport over radio is spoken; session and request are in the library",
    ),
    missing("ProxId_02", "no server retrieval", "nothing speaks it, so there is nothing to test"),
    missing("DATA_DLT_07, RPI_01", "requests for deletion from wallets, intermediaries", "neither is offered"),
];
