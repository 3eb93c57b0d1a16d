//! The issuer, its cards and their status.

use super::{Row, held, missing, partly};

const ACCOUNT: &str = "crates/server/tests/it/account.rs";
const ATTESTERS: &str = "crates/server/tests/it/attester_lists.rs";
const CONSOLE: &str = "crates/server/tests/it/console.rs";
const CORRECTIONS: &str = "crates/server/tests/it/register_changes.rs";
const CWT: &str = "crates/status/src/cwt/tests.rs";
const FULL: &str = "crates/server/tests/it/full_card.rs";
const HIDDEN: &str = "crates/card/src/sd_jwt/tests/hidden.rs";
const ISSUE: &str = "crates/card/src/mdoc/tests/issue.rs";
const ISSUER: &str = "crates/server/tests/it/conformance_issuer.rs";
const KEYS: &str = "crates/issuing/tests/issuing/key_attestations.rs";
const LISTS: &str = "crates/status/src/token/tests.rs";
const MDOC: &str = "crates/server/tests/it/mdoc.rs";
const ORDER: &str = "crates/status/src/permutation/tests.rs";
const PERSON: &str = "crates/card/src/pid/tests.rs";
const PROOFS: &str = "crates/server/tests/it/proofs.rs";
const SCENES: &str = "crates/server/tests/it/scenes.rs";
const SERVED: &str = "crates/server/tests/it/status.rs";
const TRUST: &str = "crates/trust/src/list/tests.rs";
const VC: &str = "crates/card/src/vc/tests.rs";

/// Topics 9 and 10.
pub(super) const ISSUING: &[Row] = &[
    held(
        "ISSU_01a, ISSU_15",
        "cards are issued over OpenID4VCI as HAIP profiles it",
        &[(ISSUER, "happy_flow"), (ISSUER, "metadata_test"), (ISSUER, "fail_missing_proof")],
    ),
    missing("ISSU_03", "issuing over the Digital Credentials API", "offers travel as links and codes alone"),
    held(
        "ISSU_12, PID_02",
        "both formats of a PID are offered and come as one card",
        &[
            (MDOC, "both_formats_come_under_one_token_and_are_one_card"),
            (MDOC, "the_metadata_offers_the_mdoc_beside_the_card"),
        ],
    ),
    held(
        "ISSU_17, WUA_12",
        "every copy is bound to a key whose possession was proven",
        &[
            (ISSUER, "fail_missing_proof"),
            (PROOFS, "a_proof_by_another_key_than_it_carries_is_refused"),
            (FULL, "a_full_card_is_not_bound_to_keys_of_the_wallet"),
        ],
    ),
    missing(
        "ISSU_18",
        "the person is identified at assurance level high",
        "a level of assurance is certified and not tested; what a card rests on stands in it as evidence",
    ),
    held(
        "ISSU_19, ISSU_19b",
        "attesters of wallets are believed by the anchors of their list",
        &[(TRUST, "anchors_come_by_purpose"), (ISSUER, "an_attester_that_nobody_named_is_refused")],
    ),
    partly(
        "ISSU_21, WUA_11a, WUA_25",
        "attestations of the wallet and of its keys are verified before a card is issued",
        &[
            (ISSUER, "without_attestation_or_proof_nothing_is_pushed"),
            (ISSUER, "fail_invalid_client_attestation_signature"),
            (ISSUER, "fail_client_attestation_exp_in_past"),
            (ISSUER, "fail_invalid_key_attestation_signature"),
            (KEYS, "an_attester_that_nobody_named"),
            (ATTESTERS, "who_is_revoked_or_suspended_pushes_nothing"),
            (ATTESTERS, "who_is_revoked_gets_no_token_and_loses_no_code"),
            (ATTESTERS, "a_key_whose_attestation_was_taken_back_gets_no_card"),
        ],
        "revocation is looked up where `status` names it; `client_status` and `key_storage_status` of TS3 are not read",
    ),
    held(
        "WUA_09a, ISSU_30",
        "where keys are attested, copies are bound to attested keys alone",
        &[
            (KEYS, "an_attestation_alone_proves_all_its_keys"),
            (KEYS, "a_key_that_the_attestation_does_not_name"),
            (KEYS, "where_attestations_are_demanded_a_bare_proof"),
        ],
    ),
    missing(
        "WUA_29, WURevocation_18, VCR_07c, ISSU_12c",
        "a card ends with the wallet or the key store that holds it",
        "the status of attestations is looked up when a card is asked for, and not again afterwards",
    ),
    partly(
        "ISSU_22",
        "metadata are signed",
        &[(ISSUER, "metadata_test_signed")],
        "with the signer of cards, for the issuer has no access certificate of its own",
    ),
    missing(
        "RPRC_22",
        "metadata carry the issuer's registration certificate",
        "the registrar registers organisations that ask",
    ),
    held(
        "ISSU_35",
        "nothing unique is alike in two copies: salts, keys, entries of the list, signatures",
        &[
            (SCENES, "no_two_copies_look_alike"),
            (VC, "copies_share_no_salt"),
            (HIDDEN, "salts_have_128_bits_and_never_repeat"),
            (ISSUE, "two_copies_have_nothing_in_common_but_what_they_say"),
        ],
    ),
    missing(
        "ISSU_35b",
        "unique parts of a copy are forgotten once it is issued",
        "salts, signatures and light cards' keys are not kept, but no test proves that; entries are kept to revoke by",
    ),
    held(
        "ISSU_36",
        "times are written down to the day, so that they link no copies",
        &[
            (VC, "a_card_reads_back_with_times_rounded_to_the_day"),
            (ISSUE, "times_are_whole_days_without_fractions_in_utc"),
            (ISSUER, "batch_issuance"),
        ],
    ),
    held(
        "ISSU_43",
        "one-time copies come in batches",
        &[(ISSUER, "batch_issuance"), (SCENES, "ten_copies_serve_ten_checks")],
    ),
    missing(
        "ISSU_39, ISSU_40",
        "metadata say how often a copy may be shown",
        "the parameter of TS 119 472-3 is not written; the batch size of OpenID4VCI is",
    ),
];

/// Topic 3.
pub(super) const PID: &[Row] = &[
    held(
        "PID_04, PID_05",
        "the mdoc is of type and namespace `eu.europa.ec.eudi.pid.1`",
        &[
            (MDOC, "both_formats_come_under_one_token_and_are_one_card"),
            (MDOC, "the_metadata_offers_the_mdoc_beside_the_card"),
        ],
    ),
    held(
        "PID_06",
        "what the rulebook does not know stands in a namespace of its own",
        &[(ISSUE, "a_document_with_a_foreign_element_in_its_own_namespace_is_not_made")],
    ),
    missing(
        "PID_07, PID_16",
        "a rulebook describes what is added",
        "the namespace is described in the decisions and not published",
    ),
    held(
        "PID_08, PID_17",
        "nothing mandatory is missing, in either format",
        &[
            (ISSUE, "a_document_without_a_mandatory_element_is_not_made"),
            (PERSON, "each_mandatory_claim_that_is_missing_is_named"),
        ],
    ),
    held(
        "PID_09, PID_10",
        "elements are encoded as the rulebook has it",
        &[
            (ISSUE, "dates_are_tagged_and_the_portrait_is_bytes"),
            ("crates/card/src/mdoc/elements/tests.rs", "all_that_a_card_says_survives_a_pid"),
        ],
    ),
    held("PID_11", "no element stands twice", &[(ISSUE, "a_document_with_an_element_twice_is_not_made")]),
    held(
        "PID_14",
        "the other format is of type `urn:eudi:pid:1`, in the open",
        &[
            (VC, "a_card_reads_back_with_times_rounded_to_the_day"),
            (VC, "what_stands_in_the_open_is_what_every_checker_needs"),
        ],
    ),
    held("PID_18", "claims have the names of the rulebook", &[(PERSON, "claims_have_the_names_of_the_rulebook")]),
    partly(
        "PID_12, PID_19",
        "values hold on the day on which the card begins",
        &[(PERSON, "ages_are_those_of_the_day_of_issuance"), (CORRECTIONS, "a_correction_revokes_what_says_otherwise")],
        "that the register is right is the authority's",
    ),
    held(
        "PID_21",
        "every claim, part and element can be shown by itself, and what readers need cannot be hidden",
        &[
            (HIDDEN, "nothing_about_the_claims_is_signed_in_the_open"),
            ("crates/card/src/sd_jwt/tests/selection.rs", "a_member_brings_its_parent_and_not_its_neighbour"),
            ("crates/card/src/sd_jwt/tests/selection.rs", "an_element_comes_alone"),
            (VC, "a_reserved_claim_cannot_be_issued_hidden"),
        ],
    ),
    missing(
        "PID_03",
        "a person may do without the portrait",
        "optional, and not offered: light cards rest on a portrait",
    ),
];

/// Topic 7.
pub(super) const STATUS: &[Row] = &[
    held(
        "VCR_01, VCR_01b, VCR_11, VCR_11a",
        "cards of both formats are revoked over status lists, as JWT and as CWT",
        &[
            (SERVED, "a_card_revoked_at_the_console_is_on_the_list_at_once"),
            (LISTS, "a_signed_list_is_read_back"),
            (CWT, "lists_of_the_usual_algorithms_are_accepted"),
            (MDOC, "a_revoked_mdoc_is_refused"),
        ],
    ),
    held(
        "VCR_03",
        "nobody but the issuer's own signer of lists revokes",
        &[
            ("crates/verifying/src/judge/tests/standing.rs", "a_list_of_another_authority_is_refused"),
            ("crates/verifying/src/judge/tests/standing.rs", "a_list_signed_by_a_card_signer_is_refused"),
            (CONSOLE, "nothing_of_the_console_is_there_without_a_session"),
        ],
    ),
    held(
        "VCR_04",
        "what was revoked stays revoked",
        &[(CONSOLE, "a_revoked_card_stays_revoked"), (CORRECTIONS, "a_death_revokes_every_card_and_signs_out")],
    ),
    missing("VCR_05, VCR_06", "a policy says when cards are revoked", "the policy is the authority's to write"),
    held(
        "VCR_07a",
        "a person has the own cards revoked",
        &[
            (ACCOUNT, "a_lost_telephone_is_reported_without_signing_in"),
            (ACCOUNT, "an_erasure_leaves_the_register_and_gives_a_receipt"),
        ],
    ),
    held("VCR_08", "death revokes every card", &[(CORRECTIONS, "a_death_revokes_every_card_and_signs_out")]),
    held(
        "VCR_09",
        "a changed record revokes the cards that say otherwise",
        &[(CORRECTIONS, "a_correction_revokes_what_says_otherwise_and_the_next_card_is_right")],
    ),
    held(
        "VCR_16",
        "lists are had without saying who asks, and may be kept",
        &[(SERVED, "a_list_may_be_kept_as_long_as_it_says")],
    ),
    held(
        "VCR_17",
        "entries are drawn over the whole list, and no two cards share one",
        &[
            (ORDER, "every_position_is_taken_exactly_once"),
            (ORDER, "neighbours_do_not_stay_neighbours"),
            (ORDER, "positions_spread_evenly_over_the_list"),
        ],
    ),
    missing("VCR_18", "enough cards share a list", "how many there are, and how large a list is, is the authority's"),
    missing("VCR_19", "wallets look their own cards up", "a wallet learns of a revocation where it asks for copies"),
];
