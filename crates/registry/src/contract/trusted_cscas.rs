//! Promises about country signing certificates.

use std::sync::Arc;

use super::sample::{csca, hash, later, revocations};
use super::{begin, commit, race, read, winners};
use crate::{Registry, TrustedCsca};

/// A certificate is new once; what came first stays as it is.
pub async fn a_certificate_is_new_once(registry: Arc<dyn Registry>) {
    let again = TrustedCsca { source: "a file".into(), imported_at: later(60), ..csca(1, "JP") };
    let mut unit = begin(&registry).await;
    assert!(unit.insert_csca_if_new(&csca(1, "JP")).await.expect("inserted"));
    assert!(!unit.insert_csca_if_new(&again).await.expect("there before"));
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.csca(&hash(1)).await.expect("read"), Some(csca(1, "JP")));
    assert_eq!(unit.csca(&hash(2)).await.expect("read"), None);
}

/// Sixty-four imports of one certificate at once find it new once.
pub async fn of_many_imports_one_is_new(registry: Arc<dyn Registry>) {
    let results = race(&registry, |_, unit| Box::pin(async move { unit.insert_csca_if_new(&csca(1, "JP")).await }));
    assert_eq!(winners(&results.await), 1);
    assert_eq!(read(&registry).await.cscas().await.expect("read"), [csca(1, "JP")]);
}

/// All certificates, or those of a country, come in order of fingerprint.
pub async fn certificates_are_listed_by_country(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    for row in [csca(3, "JP"), csca(2, "XOM"), csca(1, "JP")] {
        assert!(unit.insert_csca_if_new(&row).await.expect("inserted"));
    }
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.cscas().await.expect("read"), [csca(1, "JP"), csca(2, "XOM"), csca(3, "JP")]);
    assert_eq!(unit.cscas_of("JP").await.expect("read"), [csca(1, "JP"), csca(3, "JP")]);
    assert_eq!(unit.cscas_of("DE").await.expect("read"), []);
}

/// Each source has its count, in order of name, byte by byte.
pub async fn certificates_are_counted_by_source(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    assert_eq!(unit.count_cscas_by_source().await.expect("counted"), []);
    for (number, source) in [(1, "master list"), (2, "a file"), (3, "master list"), (4, "Berlin")] {
        let row = TrustedCsca { source: source.into(), ..csca(number, "DE") };
        assert!(unit.insert_csca_if_new(&row).await.expect("inserted"));
    }
    commit(unit).await;
    let counts = read(&registry).await.count_cscas_by_source().await.expect("counted");
    assert_eq!(counts, [("Berlin".into(), 1), ("a file".into(), 1), ("master list".into(), 2)]);
}

/// A deleted certificate is gone; it may be imported anew, and finds what it had revoked.
pub async fn a_certificate_is_deleted(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.insert_csca_if_new(&csca(1, "JP")).await.expect("inserted");
    unit.insert_csca_if_new(&csca(2, "JP")).await.expect("inserted");
    assert!(unit.put_revocations(&revocations(1, 0)).await.expect("kept"));
    assert!(unit.delete_csca(&hash(1)).await.expect("deleted"));
    assert!(!unit.delete_csca(&hash(1)).await.expect("deleted before"));
    assert_eq!(unit.cscas().await.expect("read"), [csca(2, "JP")]);
    assert!(unit.insert_csca_if_new(&csca(1, "JP")).await.expect("inserted anew"));
    assert_eq!(unit.revocations().await.expect("read"), [revocations(1, 0)]);
    commit(unit).await;
}

/// A newer list takes the place of an older one of the same issuer; an equal or older one changes nothing.
pub async fn the_newest_list_stands(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    assert!(unit.put_revocations(&revocations(2, 50)).await.expect("kept"));
    assert!(unit.put_revocations(&revocations(1, 10)).await.expect("kept"));
    assert!(unit.put_revocations(&revocations(1, 20)).await.expect("kept"));
    let mut equal = revocations(1, 20);
    equal.crl_der = b"another".to_vec();
    assert!(!unit.put_revocations(&equal).await.expect("as old"));
    assert!(!unit.put_revocations(&revocations(1, 19)).await.expect("older"));
    commit(unit).await;
    let lists = read(&registry).await.revocations().await.expect("read");
    assert_eq!(lists, [revocations(1, 20), revocations(2, 50)]);
}

/// Whatever the order in which sixty-four lists come in at once, the newest one is kept.
pub async fn of_many_lists_the_newest_stands(registry: Arc<dyn Registry>) {
    let results = race(&registry, |number, unit| {
        Box::pin(async move { unit.put_revocations(&revocations(1, i64::from(number))).await })
    });
    assert!(winners(&results.await) >= 1);
    let lists = read(&registry).await.revocations().await.expect("read");
    assert_eq!(lists, [revocations(1, 63)]);
}
