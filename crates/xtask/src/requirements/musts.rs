//! What the specifications demand, in our words.

use super::Must;

/// A part of the page.
pub struct Part {
    /// Its title.
    pub title: &'static str,
    /// Its requirements.
    pub musts: &'static [Must],
}

const fn must(says: &'static str, source: &'static str, tests: &'static [(&'static str, &'static str)]) -> Must {
    Must { says, source, tests }
}

const ATTESTERS: &str = "crates/server/tests/it/attester_lists.rs";
const AUTHORIZING: &str = "crates/server/tests/it/authorizing.rs";
const CHAINS: &str = "crates/crypto/src/x509/tests/chains.rs";
const FAPI: &str = "crates/server/tests/it/conformance_authorization.rs";
const GRANTS: &str = "crates/issuing/tests/issuing/authorized.rs";
const CALLS: &str = "crates/server/tests/it/dc_api.rs";
const CALLS_ISO: &str = "crates/server/tests/it/dc_api_iso.rs";
const DPOP: &str = "crates/issuing/src/dpop/tests.rs";
const ISSUER: &str = "crates/server/tests/it/conformance_issuer.rs";
const KEYS: &str = "crates/issuing/tests/issuing/key_attestations.rs";
const MDOC: &str = "crates/server/tests/it/mdoc.rs";
const MDOC_REFUSED: &str = "crates/verifying/src/mdoc/tests/refused.rs";
const SUITE_VERIFIER: &str = "crates/presenting/tests/conformance/conformance_verifier.rs";
const SUITE_WALLET: &str = "crates/presenting/tests/conformance/conformance_wallet.rs";
const BINDING: &str = "crates/verifying/src/judge/tests/binding.rs";
const CARDS: &str = "crates/verifying/src/judge/tests/issuer.rs";
const FORM: &str = "crates/verifying/src/judge/tests/form.rs";
const RETURN: &str = "crates/server/tests/it/return_path.rs";
const LISTS: &str = "crates/status/src/token/tests.rs";
const REGISTRAR: &str = "crates/server/tests/it/registrar.rs";

/// All parts.
pub const PARTS: &[Part] = &[
    Part {
        title: "Issuer and authorization server",
        musts: &[
            must(
                "authorization code flow, from the wallet and from an offer",
                "HAIP 4.1",
                &[
                    (AUTHORIZING, "a_wallet_of_another_maker_gets_a_card_over_the_browser"),
                    (AUTHORIZING, "the_offer_that_the_wallet_knows_needs_the_code_alone"),
                ],
            ),
            must(
                "requests are pushed, once per answer, for the wallet that pushed",
                "RFC 9126, HAIP 4.2",
                &[
                    (FAPI, "ensure_unsigned_authorization_request_without_using_par_fails"),
                    (FAPI, "par_attempt_reuse_request_uri"),
                    (FAPI, "par_attempt_to_use_request_uri_for_different_client"),
                ],
            ),
            must(
                "PKCE with S256 alone",
                "FAPI 5.3.2",
                &[(FAPI, "par_plain_pkce_rejected"), (FAPI, "par_ensure_pkce_required")],
            ),
            must(
                "answers over the browser say whose they are",
                "RFC 9207",
                &[(AUTHORIZING, "a_person_who_cancels_sends_the_wallet_away")],
            ),
            must(
                "codes are good once and for at most a minute",
                "FAPI 5.3.2",
                &[
                    (FAPI, "ensure_token_endpoint_fails_with_expired_auth_code"),
                    (GRANTS, "a_code_used_twice_ends_what_it_gave"),
                ],
            ),
            must("no response type but `code`", "FAPI 5.3.2", &[(FAPI, "ensure_response_type_token_fails")]),
            must(
                "tokens are bound to a key and are no bearer tokens",
                "RFC 9449",
                &[
                    (FAPI, "dpop_negative_tests_at_the_resource"),
                    (GRANTS, "a_bound_token_is_no_bearer_token_nor_good_with_another_key"),
                ],
            ),
            must(
                "a DPoP proof is good once, and with a nonce of the server's",
                "RFC 9449 8, 11.1",
                &[
                    (FAPI, "a_dpop_proof_is_good_once"),
                    (FAPI, "a_dpop_nonce_is_demanded_and_handed_out"),
                    (DPOP, "no_bit_of_a_proof_can_be_flipped"),
                ],
            ),
            must(
                "wallets prove who they are where requests are pushed and codes redeemed",
                "HAIP 4.4, ABCA",
                &[
                    (ISSUER, "without_attestation_or_proof_nothing_is_pushed"),
                    (FAPI, "ensure_client_id_in_token_endpoint"),
                ],
            ),
            must(
                "attesters are trusted by their chain; both drafts are read",
                "ABCA, HAIP 4.4",
                &[(ISSUER, "an_attester_that_nobody_named_is_refused"), (ISSUER, "happy_flow")],
            ),
            must(
                "attestations of wallets and keys that name a status list are looked up, and refused unless they are good",
                "VCI D, E, TSL 8.3",
                &[
                    (ATTESTERS, "who_is_revoked_or_suspended_pushes_nothing"),
                    (ATTESTERS, "a_list_that_proves_nothing_is_as_good_as_none"),
                    (ATTESTERS, "a_list_that_cannot_be_had_stops_its_wallets_for_a_moment"),
                    (ATTESTERS, "a_key_whose_attestation_was_taken_back_gets_no_card"),
                    (ATTESTERS, "nor_does_one_whose_proof_carries_such_an_attestation"),
                ],
            ),
            must(
                "refresh tokens are bound to wallet and key",
                "RFC 6749 6",
                &[
                    (FAPI, "refresh_token"),
                    (GRANTS, "a_refresh_token_of_another_client_or_key_is_refused_and_costs_nothing"),
                ],
            ),
            must(
                "nonces are had without a token, are not cached, and are good once",
                "VCI 7",
                &[(ISSUER, "fail_invalid_nonce")],
            ),
            must(
                "exactly one of configuration and identifier; the identifier where one was named",
                "VCI 8.2",
                &[(AUTHORIZING, "authorization_details_are_answered_with_identifiers_that_have_to_be_used")],
            ),
            must(
                "proofs of type `jwt`: type, audience, time, one key",
                "VCI F.1",
                &[
                    ("crates/issuing/tests/issuing/proofs.rs", "the_second_of_two_proofs_is_named"),
                    (ISSUER, "a_proof_for_another_issuer_is_refused"),
                ],
            ),
            must(
                "key attestations, alone and in a proof",
                "VCI D, F.1, F.3",
                &[
                    (KEYS, "an_attestation_alone_proves_all_its_keys"),
                    (KEYS, "one_proof_with_an_attestation_is_good_for_all_keys_in_it"),
                    (ISSUER, "fail_invalid_key_attestation_signature"),
                ],
            ),
            must(
                "an encrypted answer is given to an encrypted request alone",
                "VCI 8.2, 10",
                &[
                    ("crates/issuing/tests/issuing/encryption.rs", "an_encrypted_answer_to_a_request_in_the_clear"),
                    (ISSUER, "happy_flow_encrypted"),
                ],
            ),
            must("signed metadata with a chain", "VCI 12.2.3, HAIP 4", &[(ISSUER, "metadata_test_signed")]),
            must("copies of a batch cannot be linked", "VCI 15, HAIP", &[(ISSUER, "batch_issuance")]),
            must(
                "both formats of a PID",
                "PID Rulebook",
                &[(MDOC, "both_formats_come_under_one_token_and_are_one_card")],
            ),
            must(
                "chains go without the anchor, leaves are not self-signed",
                "HAIP 6",
                &[
                    (CHAINS, "the_sender_does_not_bring_the_anchor"),
                    (CHAINS, "a_leaf_that_vouches_for_itself_is_refused"),
                ],
            ),
        ],
    },
    Part {
        title: "Verifier",
        musts: &[
            must(
                "signed requests with `x509_hash`, fresh key, both encryptions",
                "HAIP 5",
                &[(SUITE_VERIFIER, "happy_flow")],
            ),
            must(
                "the browser that began comes back with a fresh code",
                "HAIP 5.1",
                &[(RETURN, "another_browser_gets_nothing"), (RETURN, "a_code_is_good_once")],
            ),
            must(
                "key bindings: key, nonce, audience, digest, time",
                "VP 14, RFC 9901 4.3",
                &[
                    (BINDING, "a_proof_of_another_key_is_refused"),
                    (BINDING, "another_nonce_is_refused"),
                    (BINDING, "a_proof_for_another_asker_is_refused"),
                    (BINDING, "a_disclosure_added_is_noticed"),
                    (BINDING, "a_proof_of_last_year_is_stale"),
                ],
            ),
            must(
                "disclosures: no digest twice, none without a place, no name twice",
                "RFC 9901 7.1",
                &[
                    (FORM, "a_digest_that_appears_twice_is_refused"),
                    (FORM, "a_foreign_disclosure_is_refused"),
                    (FORM, "a_disclosed_name_that_is_already_there_is_refused"),
                ],
            ),
            must(
                "issuers are trusted by their chain",
                "HAIP 6.1",
                &[
                    (CARDS, "a_card_of_another_authority_is_refused"),
                    (CARDS, "a_card_that_brings_its_root_along_is_refused"),
                ],
            ),
            must(
                "the session of an mdoc has nonce, asker and key in it",
                "VP B.2.6",
                &[
                    (MDOC, "an_mdoc_in_another_session_is_refused"),
                    (MDOC_REFUSED, "an_answer_to_somebody_else_is_refused"),
                ],
            ),
            must("one document per `DeviceResponse`", "HAIP 5", &[(MDOC_REFUSED, "no_card_and_two_cards_are_refused")]),
            must(
                "calls through the browser are signed, name the page, and are answered to its origin",
                "VP A, HAIP 5.2",
                &[
                    (CALLS, "the_wallet_of_the_same_device_shows_a_card"),
                    (CALLS, "a_wallet_shows_nothing_to_a_page_of_another_origin"),
                    (CALLS, "a_proof_for_another_origin_is_refused"),
                    (CALLS_ISO, "an_mdoc_is_shown_in_openid4vp"),
                ],
            ),
            must(
                "`org-iso-mdoc`: reader authentication, HPKE, transcript over `encryptionInfo` and origin",
                "ISO/IEC 18013-7 C",
                &[
                    (CALLS_ISO, "an_mdoc_is_shown_in_the_protocol_of_iso"),
                    (CALLS_ISO, "an_answer_for_another_origin_is_refused"),
                    (CALLS_ISO, "an_answer_of_another_check_is_refused"),
                ],
            ),
            must(
                "status lists: type, subject, time, signer of their own, no bombs",
                "TSL 8",
                &[
                    (LISTS, "the_list_of_another_address_is_refused"),
                    (LISTS, "a_signed_bomb_is_refused"),
                    (LISTS, "a_signer_of_cards_may_not_sign_lists"),
                ],
            ),
            must(
                "requests carry what their scene is registered for",
                "ETSI TS 119 475, ARF",
                &[(REGISTRAR, "requests_carry_what_their_scene_is_registered_for_in_both_formats")],
            ),
        ],
    },
    Part {
        title: "Wallet",
        musts: &[
            must("no more is shown than was asked", "VP 6.4", &[(SUITE_WALLET, "fewer_claims_than_available")]),
            must(
                "nothing is shown where a required card is missing",
                "VP 6.4.2",
                &[(SUITE_WALLET, "negative_test_required_non_matching_credential")],
            ),
            must(
                "unknown transactions are refused",
                "VP 8.4",
                &[(SUITE_WALLET, "negative_test_unknown_transaction_data_type")],
            ),
            must(
                "calls through the browser: unsigned, signed, by several; origins are checked",
                "VP A",
                &[
                    (SUITE_WALLET, "negative_test_wrong_expected_origins"),
                    (SUITE_WALLET, "multisigned_one_invalid_signature"),
                ],
            ),
        ],
    },
];
