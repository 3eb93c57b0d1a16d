//! The wallet: the command-line wallet and the libraries under it. What the web wallet shows is tested in `web/`, which this
//! page does not read.

use super::{Row, held, missing, partly};

const ASKERS: &str = "crates/presenting/src/request/tests/authentication.rs";
const COLLECTING: &str = "crates/wallet/tests/wallet/collecting.rs";
const COVERAGE: &str = "crates/trust/src/registration/tests/coverage.rs";
const DEVICE: &str = "crates/card/src/mdoc/tests/device.rs";
const KNOWN: &str = "crates/server/tests/it/known_wallet.rs";
const REFUSALS: &str = "crates/wallet/tests/wallet/presenting_refusals.rs";
const REFUSED_CARDS: &str = "crates/issuing/tests/issuing/collecting_refusals.rs";
const REFUSED_DOCUMENTS: &str = "crates/issuing/tests/conformance/refusals.rs";
const REGISTRATIONS: &str = "crates/trust/src/registration/tests.rs";
const REGISTRATIONS_REFUSED: &str = "crates/trust/src/registration/tests/refused.rs";
const SHOWING: &str = "crates/wallet/tests/wallet/presenting.rs";
const SUITE: &str = "crates/issuing/tests/conformance/conformance_wallet.rs";
const SUITE_SHOWING: &str = "crates/presenting/tests/conformance/conformance_wallet.rs";

/// Topics 1, 6, 9, 10, 19, 40, 44, 48, 50 and 51.
pub(super) const ROWS: &[Row] = &[
    missing("OIA_01, ProxId_01", "proximity over ISO/IEC 18013-5", "no transport over radio is spoken"),
    held(
        "OIA_01a, OIA_03b, OIA_03c",
        "cards are shown over redirects and over the Digital Credentials API",
        &[(SUITE_SHOWING, "happy_flow"), (KNOWN, "a_document_is_collected_over_the_browser_and_shown")],
    ),
    held(
        "OIA_02",
        "a copy's key proves itself in either format",
        &[
            ("crates/card/src/kb_jwt/tests.rs", "a_proof_says_what_it_binds"),
            (DEVICE, "a_good_answer_is_believed"),
            (DEVICE, "another_devices_key_is_refused"),
        ],
    ),
    partly(
        "OIA_05, RPA_06, ProxId_03",
        "who asks is known from the certificate, and which fields",
        &[
            ("crates/presenting/src/request/tests.rs", "a_good_request_names_its_asker_from_the_certificate"),
            ("crates/presenting/src/dc_api/tests/signed.rs", "a_signed_request_names_its_asker"),
            (SHOWING, "only_what_was_asked_for_is_shown"),
        ],
        "that the page shows both is tested in `web/`",
    ),
    partly(
        "OIA_06, RPA_07, ProxId_04",
        "nothing is shown before the person agrees, who may say no",
        &[
            (REFUSALS, "the_holder_declines"),
            ("crates/presenting/src/dc_api/tests/answers.rs", "a_holder_who_declines_sends_no_token"),
        ],
        "that the page asks first is tested in `web/`",
    ),
    held(
        "OIA_07",
        "no more is shown than was asked for",
        &[
            (SHOWING, "only_what_was_asked_for_is_shown"),
            (SHOWING, "what_may_be_withheld_is_withheld_on_request"),
            (DEVICE, "only_what_was_chosen_is_shown"),
        ],
    ),
    missing(
        "OIA_08e, OIA_08f, OIA_08g",
        "cards are announced to the browser, which sees to proximity",
        "the wallet is no application of a telephone",
    ),
    held(
        "OIA_09",
        "answers are encrypted where that was asked",
        &[
            ("crates/presenting/src/request/tests.rs", "the_stronger_encryption_is_chosen"),
            ("crates/presenting/src/dc_api/tests/answers.rs", "an_encrypted_answer_arrives"),
        ],
    ),
    missing("OIA_10, OIA_11", "of several cards that fit the person chooses", "the first that fits is taken"),
    held(
        "RPA_02, RPA_03",
        "askers have an access certificate",
        &[
            (ASKERS, "a_request_without_certificate_is_refused"),
            (ASKERS, "a_document_signer_may_not_ask"),
            (ASKERS, "an_expired_access_certificate_is_refused"),
        ],
    ),
    held(
        "RPA_04, PPNot_06, RPACANot_04",
        "access certificates are believed by their own anchors alone",
        &[(ASKERS, "without_anchors_nobody_may_ask"), (ASKERS, "an_asker_of_another_authority_is_refused")],
    ),
    held(
        "RPA_05, RPA_06a",
        "an asker that cannot be authenticated gets nothing, and it is noted",
        &[(REFUSALS, "an_asker_of_an_unknown_authority_learns_nothing"), (ASKERS, "strangers_are_told_nothing")],
    ),
    missing("RPA_07c", "a warning before a portrait is shown", "the page names the field like every other"),
    missing(
        "RPA_08, WIAM_14, WIAM_15",
        "the person is authenticated first",
        "the device's lock is not ours; a full card's keys need the ID password",
    ),
    held(
        "RPA_11",
        "who says no is told apart from who has no card by nobody",
        &[
            (REFUSALS, "the_holder_declines"),
            (REFUSALS, "nothing_fits"),
            ("crates/presenting/src/dc_api/tests/answers.rs", "a_holder_who_declines_sends_no_token"),
        ],
    ),
    held(
        "RPRC_02a, RPRC_17",
        "registration certificates are read by the anchors of registrars, and refused when malformed, changed or expired",
        &[
            (REGISTRATIONS_REFUSED, "a_registrar_of_another_root_is_refused"),
            (REGISTRATIONS_REFUSED, "one_bit_turned_is_refused"),
            (REGISTRATIONS_REFUSED, "an_end_now_is_refused"),
        ],
    ),
    held(
        "RPRC_17a",
        "they belong to the access certificate with the same identifier",
        &[
            (REGISTRATIONS, "a_registration_does_not_belong_to_another_organisation"),
            (REGISTRATIONS, "a_registration_does_not_belong_to_a_certificate_without_an_identifier"),
        ],
    ),
    partly(
        "RPRC_21",
        "what is asked for beyond the registration is named",
        &[
            (COVERAGE, "what_lies_outside_is_named_in_order"),
            (COVERAGE, "more_than_the_registered_part_is_not_covered"),
        ],
        "neither wallet warns of it yet",
    ),
    missing("EDP_01, EDP_06", "the issuer's rules for disclosure are kept", "none are given out and none are read"),
    held(
        "ISSU_01, ISSU_02",
        "cards of both formats are collected over OpenID4VCI as HAIP profiles it",
        &[(SUITE, "test_credential_issuance"), (KNOWN, "a_card_is_collected_over_the_browser_and_shown")],
    ),
    held(
        "ISSU_06",
        "what comes is what was asked for, for the keys that were sent",
        &[
            (REFUSED_CARDS, "card_of_another_vct"),
            (REFUSED_CARDS, "card_bound_to_a_foreign_key"),
            (REFUSED_DOCUMENTS, "a_document_of_another_type"),
        ],
    ),
    held(
        "ISSU_07",
        "cards are believed by the anchors of issuers",
        &[
            (REFUSED_CARDS, "card_of_an_issuer_that_is_not_trusted"),
            (REFUSED_CARDS, "card_with_a_changed_signature"),
            (REFUSED_CARDS, "card_of_an_algorithm_that_is_not_accepted"),
            (REFUSED_DOCUMENTS, "a_document_of_an_issuer_that_is_not_trusted"),
        ],
    ),
    held(
        "ISSU_11b",
        "what fails is not kept, and the issuer is told",
        &[(COLLECTING, "cards_of_an_unknown_authority_are_not_kept_and_the_issuer_is_told")],
    ),
    missing(
        "ISSU_11, ISSU_11a",
        "the person sees the card before it is kept, whose copies all say the same",
        "it is kept when it comes; copies are not compared",
    ),
    missing(
        "ISSU_24, ISSU_24a, RPRC_22a",
        "the issuer shows access and registration certificate first",
        "an issuer is known by its address and by its cards' chain",
    ),
    held(
        "ISSU_44",
        "a copy is shown once",
        &[(SHOWING, "each_copy_is_shown_once_and_they_have_nothing_in_common"), (REFUSALS, "all_copies_are_used")],
    ),
    partly(
        "ISSU_45, ISSU_47",
        "fresh copies are fetched before the last is used",
        &[(KNOWN, "fresh_copies_take_the_place_of_those_that_are_left")],
        "when the person asks; without copies nothing is shown instead of one a second time",
    ),
    held(
        "WUA_05, WUA_22",
        "wallet and keys are attested where the issuer wants it",
        &[
            (KNOWN, "keys_are_attested_where_the_issuer_wants_it"),
            (KNOWN, "a_wallet_whose_provider_nobody_knows_is_refused"),
        ],
    ),
    partly(
        "DASH_02, DASH_03, DASH_03a",
        "what was shown to whom is noted by the names of the fields, also when it failed",
        &[
            (SHOWING, "what_is_shown_is_noted"),
            (REFUSALS, "an_answer_that_is_refused_is_still_noted"),
            (REFUSALS, "all_copies_are_used"),
        ],
        "the asker's identifier and who supervises it are not noted",
    ),
    held(
        "DASH_05",
        "what was collected is noted",
        &[(COLLECTING, "a_card_with_its_copies_is_kept_and_the_issuer_told")],
    ),
    held(
        "DASH_05a, PAD_01, PAD_02",
        "a card is deleted with all its copies, and that is noted",
        &[(COLLECTING, "a_deleted_card_is_gone_and_noted")],
    ),
    missing(
        "DATA_DLT_01, RPT_DPA_01",
        "deletion is asked for and requests are reported from the wallet",
        "not offered",
    ),
];
