use std::thread;

use super::*;

fn pool(sessions: u32, patience: Duration) -> Pool {
    Pool::new(NonZeroU32::new(sessions).expect("some"), patience)
}

#[test]
fn no_more_come_in_than_are_allowed() {
    let pool = pool(2, Duration::from_millis(10));
    let (one, _two) = (pool.turn().expect("free"), pool.turn().expect("free"));
    assert_eq!(pool.turn().err(), Some(Outage::Busy));
    drop(one);
    assert!(pool.turn().is_ok());
}

#[test]
fn who_waits_comes_in_when_another_leaves() {
    let pool = pool(1, Duration::from_secs(60));
    let turn = pool.turn().expect("free");
    thread::scope(|threads| {
        let waiting = threads.spawn(|| pool.turn().map(drop));
        drop(turn);
        assert_eq!(waiting.join().expect("no panic"), Ok(()));
    });
}
