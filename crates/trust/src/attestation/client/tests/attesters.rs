//! Attesters that speak for some clients and not for others.

use super::*;
use crate::attestation::{Clients, Lookup};

const OTHER: &str = "https://other-wallet.example";

fn named(clients: &[&str]) -> Clients {
    Clients::Named(clients.iter().map(|client| (*client).to_owned()).collect())
}

/// What is said of the usual client when its attester speaks for these, and another one for anybody.
fn attested_for(clients: &Clients) -> Result<Verified, ClientAttestationError> {
    let mut case = Case::new();
    let other = Party::new("another attester", Purpose::WalletProvider);
    case.attesters = Attesters::of_any_client(other.anchors().to_vec());
    case.attesters.add(case.attester.anchors().to_vec(), clients);
    case.verify()
}

#[test]
fn who_speaks_for_the_client_is_believed() {
    for clients in [Clients::Any, named(&[WALLET]), named(&[OTHER, WALLET])] {
        assert_eq!(attested_for(&clients).expect("accepted").client_id, WALLET);
    }
}

#[test]
fn who_speaks_for_others_is_not() {
    let almost = format!("{WALLET}/");
    for clients in [named(&[OTHER]), named(&[&almost]), named(&["https://WALLET.example"]), named(&[])] {
        assert_eq!(attested_for(&clients), Err(ClientAttestationError::Attester), "{clients:?}");
    }
}

#[test]
fn the_client_that_is_attested_counts_where_the_request_names_none() {
    let mut case = Case::new();
    case.client_id = None;
    case.attesters = Attesters::default();
    case.attesters.add(case.attester.anchors().to_vec(), &named(&[OTHER]));
    assert_eq!(case.verify(), Err(ClientAttestationError::Attester));
    case.claims["sub"] = OTHER.into();
    case.pop["iss"] = OTHER.into();
    assert_eq!(case.verify().expect("accepted").client_id, OTHER);
}

#[test]
fn a_request_that_names_another_client_is_refused_as_before() {
    let mut case = Case::new();
    case.attesters = Attesters::default();
    case.attesters.add(case.attester.anchors().to_vec(), &named(&[OTHER]));
    case.client_id = Some(OTHER);
    assert_eq!(case.verify(), Err(ClientAttestationError::ClientId));
}

#[test]
fn an_attester_that_is_named_twice_speaks_for_the_clients_of_both() {
    let mut case = Case::new();
    let roots = case.attester.anchors().to_vec();
    case.attesters = Attesters::default();
    case.attesters.add(roots.clone(), &named(&[OTHER]));
    case.attesters.add(roots, &named(&[WALLET]));
    assert_eq!(case.verify().expect("accepted").client_id, WALLET);
}

#[test]
fn an_attester_below_another_authority_is_tied_by_its_root() {
    let mut case = Case::of(Party::below_another("deep", Purpose::WalletProvider));
    let roots = case.attester.anchors().to_vec();
    case.attesters = Attesters::default();
    case.attesters.add(roots, &named(&[OTHER]));
    assert_eq!(case.verify(), Err(ClientAttestationError::Attester));
}

#[test]
fn lists_are_signed_below_all_roots_of_the_same_attester_and_no_other() {
    let party = |name| Party::new(name, Purpose::WalletProvider).anchors()[0].clone();
    let [first, renewed, other] = ["first", "renewed", "other"].map(party);
    let mut attesters = Attesters::of_any_client(vec![first.clone(), renewed.clone()]);
    attesters.add(vec![other.clone()], &Clients::Any);
    assert_eq!(attesters.list_roots(&renewed), Some(vec![first, renewed]));
    assert_eq!(attesters.list_roots(&other), Some(vec![other]));
}

#[test]
fn a_stranger_has_no_roots_for_lists() {
    let stranger = Party::new("stranger", Purpose::WalletProvider).anchors()[0].clone();
    assert_eq!(Attesters::default().list_roots(&stranger), Some(Vec::new()));
}

#[test]
fn the_standing_is_ignored_only_where_every_entry_says_so() {
    let root = Party::new("an attester", Purpose::WalletProvider).anchors()[0].clone();
    let mut attesters = Attesters::default();
    attesters.add_under(vec![root.clone()], &named(&[WALLET]), Lookup::Ignored);
    assert_eq!(attesters.list_roots(&root), None);
    attesters.add(vec![root.clone()], &named(&[OTHER]));
    assert_eq!(attesters.list_roots(&root), Some(vec![root.clone(), root]));
}
