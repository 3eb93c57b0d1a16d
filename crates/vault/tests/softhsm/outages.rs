//! What happens to security modules while a vault is open.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use mibun_vault::softhsm::PIN;
use mibun_vault::{KeyVault, PinError, Pkcs11Vault, VaultError};

use super::administrator::Administrator;
use super::{MESSAGE, PLACE};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("a_vault_that_was_logged_out_logs_in_again", a_vault_that_was_logged_out_logs_in_again),
    ("without_its_token_it_is_unavailable_and_recovers", without_its_token_it_is_unavailable_and_recovers),
    ("one_token_that_went_away_leaves_others_alone", one_token_that_went_away_leaves_others_alone),
    ("eight_threads_live_through_an_outage", eight_threads_live_through_an_outage),
    ("eight_threads_live_through_log_outs", eight_threads_live_through_log_outs),
    ("a_changed_pin_is_tried_once", a_changed_pin_is_tried_once),
];

/// Signs, and verifies what was signed.
fn sign(vault: &Pkcs11Vault, made: &mibun_vault::Made) -> Result<(), VaultError> {
    let signature = vault.sign(&made.wrapped, &PLACE, MESSAGE)?;
    made.public.verify(MESSAGE, &signature).expect("what is signed verifies");
    Ok(())
}

fn is_unavailable<T>(outcome: &Result<T, VaultError>) -> bool {
    matches!(outcome, Err(VaultError::Unavailable(_)))
}

fn a_vault_that_was_logged_out_logs_in_again() {
    let token = Administrator::new_token();
    let vault = token.vault();
    let made = vault.generate(&PLACE).expect("a key is made");
    let sealed = vault.seal("label", b"secret").expect("sealed");
    for _ in 0..3 {
        token.log_out();
        assert_eq!(sign(&vault, &made), Ok(()));
        token.log_out();
        assert_eq!(vault.open("label", &sealed).expect("opened").as_slice(), b"secret");
        token.log_out();
        assert!(vault.generate(&PLACE).is_ok());
    }
}

fn without_its_token_it_is_unavailable_and_recovers() {
    let token = Administrator::new_token();
    let vault = token.vault();
    let made = vault.generate(&PLACE).expect("a key is made");
    let sealed = vault.seal("label", b"secret").expect("sealed");
    for _ in 0..3 {
        token.remove();
        for _ in 0..3 {
            let outcome = sign(&vault, &made);
            assert!(is_unavailable(&outcome), "{outcome:?}");
            assert!(is_unavailable(&vault.generate(&PLACE)));
            assert!(is_unavailable(&vault.seal("label", b"secret")));
            assert!(is_unavailable(&vault.open("label", &sealed)));
            assert!(is_unavailable(&vault.health()));
        }
        token.put_back();
        assert_eq!(sign(&vault, &made), Ok(()));
        assert_eq!(vault.health(), Ok(()));
        assert_eq!(vault.open("label", &sealed).expect("opened").as_slice(), b"secret");
    }
}

/// Getting one token back starts the module again, on which others are at work.
fn one_token_that_went_away_leaves_others_alone() {
    let (token, steady) = (Administrator::new_token(), Administrator::new_token());
    let (vault, steady) = (token.vault(), steady.vault());
    let (made, kept) = (vault.generate(&PLACE).expect("made"), steady.generate(&PLACE).expect("made"));
    token.remove();
    for _ in 0..5 {
        assert!(is_unavailable(&sign(&vault, &made)));
        assert_eq!(sign(&steady, &kept), Ok(()));
    }
    token.put_back();
    assert_eq!(sign(&vault, &made), Ok(()));
    assert_eq!(sign(&steady, &kept), Ok(()));
}

/// A thread that ends, in whatever way, ends the others.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn eight_threads_live_through_an_outage() {
    let token = Administrator::new_token();
    let vault = token.vault();
    let made = vault.generate(&PLACE).expect("a key is made");
    let (signed, refused, over) = (AtomicU32::new(0), AtomicU32::new(0), AtomicBool::new(false));
    thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| {
                let _ends = Ends(&over);
                while !over.load(Ordering::Relaxed) {
                    match sign(&vault, &made) {
                        Ok(()) => signed.fetch_add(1, Ordering::Relaxed),
                        Err(VaultError::Unavailable(_)) => refused.fetch_add(1, Ordering::Relaxed),
                        Err(other) => panic!("{other:?}"),
                    };
                }
            });
        }
        let more = |counter: &AtomicU32| {
            let before = counter.load(Ordering::Relaxed);
            while counter.load(Ordering::Relaxed) < before + 20 {
                let tried = signed.load(Ordering::Relaxed) + refused.load(Ordering::Relaxed);
                if tried > 100_000 {
                    over.store(true, Ordering::Relaxed);
                }
                assert!(!over.load(Ordering::Relaxed), "no change after {tried} tries");
                thread::yield_now();
            }
        };
        for _ in 0..3 {
            more(&signed);
            token.remove();
            more(&refused);
            token.put_back();
        }
        more(&signed);
        over.store(true, Ordering::Relaxed);
    });
    assert_eq!(sign(&vault, &made), Ok(()));
}

/// All find their sessions worthless at the same moment. Logged out only between rounds: the administrator does not
/// pass the vault's gate, and SoftHSM crashes when one starts it again while another is inside.
fn eight_threads_live_through_log_outs() {
    let token = Administrator::new_token();
    let vault = token.vault();
    let made = vault.generate(&PLACE).expect("a key is made");
    let round = Barrier::new(9);
    thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| {
                for _ in 0..5 {
                    round.wait();
                    let outcomes = [(); 4].map(|()| sign(&vault, &made));
                    round.wait();
                    assert_eq!(outcomes, [Ok(()); 4]);
                }
            });
        }
        for _ in 0..5 {
            token.log_out();
            round.wait();
            round.wait();
        }
    });
}

/// Trying again and again is what locks tokens.
fn a_changed_pin_is_tried_once() {
    let token = Administrator::new_token();
    let vault = token.vault();
    let made = vault.generate(&PLACE).expect("a key is made");
    token.log_out();
    token.change_pin(PIN, "changed");
    for _ in 0..3 {
        assert_eq!(sign(&vault, &made), Err(VaultError::Pin(PinError::Incorrect)));
    }
    token.change_pin("changed", PIN);
    assert_eq!(sign(&vault, &made), Err(VaultError::Pin(PinError::Incorrect)), "it was not tried again");
    let opened_anew = token.vault();
    assert_eq!(sign(&opened_anew, &made), Ok(()));
}
