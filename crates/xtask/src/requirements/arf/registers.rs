//! The registrar, access certificates, and lists of trusted entities.

use super::{Row, held, missing, partly};

const ACCESS: &str = "crates/crypto/src/x509/tests/profiles.rs";
const LIST: &str = "crates/trust/src/list/tests.rs";
const LIST_FORM: &str = "crates/trust/src/list/tests/form.rs";
const LIST_REFUSED: &str = "crates/trust/src/list/tests/refused.rs";
const OWN_LISTS: &str = "crates/server/tests/it/trust_lists.rs";
const REGISTRAR_ROLE: &str = "crates/server/tests/it/registrar.rs";
const REGISTRATIONS: &str = "crates/trust/src/registration/tests.rs";
const REGISTRATIONS_REFUSED: &str = "crates/trust/src/registration/tests/refused.rs";

/// Topics 27, 44 and 55.
pub(super) const REGISTRAR: &[Row] = &[
    held(
        "Reg_10, Reg_11, RPACANot_03",
        "an access certificate is of the profile and leads to its anchor",
        &[
            (ACCESS, "an_access_certificate_says_who_asks"),
            (ACCESS, "an_access_certificate_is_accepted_in_a_chain"),
            (REGISTRAR_ROLE, "the_access_certificate_carries_the_registered_identifier_for_the_same_key"),
        ],
    ),
    partly(
        "Reg_31, Reg_32, Reg_35",
        "it names the organisation for people and by its registered identifier",
        &[
            (ACCESS, "an_access_certificate_says_who_asks"),
            (ACCESS, "an_access_certificate_needs_a_registered_identifier"),
            (ACCESS, "an_access_certificate_needs_a_contact"),
        ],
        "services of one organisation (Reg_33, Reg_34) are not told apart in it",
    ),
    missing("Reg_12", "access certificates can be revoked", "a certificate can name a list; none is published yet"),
    missing(
        "Reg_03, Reg_04, Reg_06, Reg_24",
        "the registry is published, has an API, and is applied to remotely",
        "the registrar is a command of the operator",
    ),
    missing(
        "Reg_09",
        "changes of what is registered are logged",
        "they are noted in the trail, but no test looks for those entries",
    ),
    held(
        "RPRC_01, RPRC_03",
        "what every registration certificate has to say is there, or it is neither signed nor believed",
        &[
            (REGISTRATIONS, "a_registration_is_read"),
            (REGISTRATIONS, "a_registration_that_nobody_would_accept_is_not_signed"),
            (REGISTRATIONS_REFUSED, "no_entitlement_is_refused"),
            (REGISTRATIONS_REFUSED, "no_privacy_policy_is_refused"),
            (REGISTRATIONS_REFUSED, "no_purpose_is_refused_where_something_is_asked"),
            (REGISTRAR_ROLE, "what_a_certificate_cannot_say_is_refused"),
        ],
    ),
    partly(
        "RPRC_01a",
        "it can be revoked or ends soon",
        &[
            (REGISTRATIONS_REFUSED, "neither_end_nor_status_is_refused"),
            (REGISTRATIONS_REFUSED, "more_than_twelve_months_are_refused"),
        ],
        "those that are signed here name an end and no status list, and may last a year",
    ),
    held(
        "RPRC_02",
        "it brings its signer's certificates",
        &[
            (REGISTRATIONS, "what_is_signed_here_reads_as_it_was"),
            (REGISTRATIONS_REFUSED, "no_chain_is_refused"),
            (REGISTRATIONS_REFUSED, "the_anchor_in_the_chain_is_refused"),
        ],
    ),
    held("RPRC_05", "who only issues has no intended use", &[(REGISTRATIONS, "those_who_only_issue_need_no_purpose")]),
    held(
        "RPRC_06, RPRC_07, RPRC_08",
        "its name and identifier are those of the access certificate",
        &[
            (REGISTRAR_ROLE, "the_access_certificate_carries_the_registered_identifier_for_the_same_key"),
            (REGISTRATIONS_REFUSED, "no_name_is_refused"),
            (REGISTRATIONS_REFUSED, "no_identifier_is_refused"),
        ],
    ),
    held(
        "RPRC_09",
        "there is one for each use, and it covers what that use asks for and nothing else",
        &[(REGISTRAR_ROLE, "every_scene_is_registered_for_what_its_requests_ask_and_nothing_else")],
    ),
    partly(
        "RPRC_11, RPRC_12",
        "it says where deletion is asked for and who supervises",
        &[(REGISTRATIONS, "what_is_signed_here_reads_as_it_was")],
        "both are written where the operator gives them, and not demanded",
    ),
    missing("CT_01, CT_04", "access certificates are logged in public", "no log takes them yet"),
];

/// Topic 31.
pub(super) const LISTS: &[Row] = &[
    held(
        "PPNot_07, WPNot_05, RPACANot_05, RPACANot_05a",
        "a list of every kind is of the form of TS 119 602",
        &[
            (LIST_FORM, "what_is_written_has_the_members_of_the_schema"),
            (LIST_FORM, "kinds_are_read_by_the_addresses_they_are_written_with"),
            (LIST_FORM, "what_is_written_reads_as_it_was"),
        ],
    ),
    held(
        "PPNot_03, WPNot_03, RPACANot_03a",
        "what the authority signs leads to the anchors that it lists",
        &[
            (OWN_LISTS, "the_authority_s_own_lists_make_it_an_anchor_for_every_purpose"),
            (OWN_LISTS, "the_authority_vouches_for_wallets_with_a_key_of_its_own_that_stays"),
        ],
    ),
    held(
        "PPNot_03a",
        "who signs status lists is listed apart from who signs cards",
        &[(LIST, "who_revokes_cards_signs_status_lists"), (LIST, "anchors_come_by_purpose")],
    ),
    held(
        "PPNot_05, PPNot_06, WPNot_04",
        "an anchor is believed for the purpose of its list and for no other",
        &[(LIST, "anchors_come_by_purpose"), (LIST, "a_list_cannot_make_one_kind_of_provider_another")],
    ),
    held(
        "GenNot_05",
        "who was suspended or cancelled is an anchor no more",
        &[(LIST, "a_service_whose_standing_was_withdrawn_becomes_no_anchor")],
    ),
    held(
        "TLPub_03, TLPub_05",
        "lists are signed, and nobody but the operator signs them",
        &[
            (LIST_FORM, "what_is_signed_here_is_jades_baseline_b"),
            (LIST_REFUSED, "a_list_without_a_signature_is_refused"),
            (LIST_REFUSED, "an_operator_of_another_root_is_refused"),
            (LIST_REFUSED, "another_organisation_than_the_operator_is_refused"),
        ],
    ),
    held(
        "TLPub_08",
        "lists count up, so that an older one is noticed",
        &[(LIST_REFUSED, "an_older_list_is_refused"), (OWN_LISTS, "numbers_count_up_and_an_older_list_is_refused")],
    ),
    missing("TLPub_05", "lists can be read by people", "they are JSON, for programs"),
    missing("GenNot_01, PPNot_02", "providers are notified to the Commission", "a duty of states"),
];
