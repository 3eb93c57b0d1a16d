//! Changed tokens, drawn from a seed. What a signature covers is changed with and without signing again: with it, readers
//! are asked what they make of the content, without it, whether they look at the signature.

pub mod cbor;
pub mod json;
pub mod jwe;
pub mod jws;
pub mod mdoc;
pub mod sd_jwt;
pub mod text;

use mibun_crypto::entropy::{Entropy, SeededEntropy};
use mibun_crypto::key::Algorithm;

/// What we must say to a class of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// The token means the same as before.
    Accept,
    /// Nobody signed this, or no reader may accept it.
    Refuse,
    /// It depends on what was drawn; the other parties are the measure.
    Either,
}

/// A token after the change; an mdoc in hexadecimal digits.
pub struct Changed {
    pub token: String,
    /// The algorithm of the key that it is to be verified with.
    pub algorithm: Algorithm,
}

impl Changed {
    /// For a key of ES256, as all keys of cards are.
    pub fn es256(token: String) -> Self {
        Self { token, algorithm: Algorithm::Es256 }
    }

    /// The token after `change`, drawn again until it is another.
    pub fn then(self, change: fn(&str, &mut Dice) -> String, dice: &mut Dice) -> Self {
        loop {
            let token = change(&self.token, dice);
            if token != self.token {
                return Self { token, ..self };
            }
        }
    }
}

/// A way to change a token.
pub struct Class {
    pub name: &'static str,
    pub expect: Expect,
    pub change: fn(&mut Dice) -> Changed,
}

pub const fn class(name: &'static str, expect: Expect, change: fn(&mut Dice) -> Changed) -> Class {
    Class { name, expect, change }
}

/// The source of every choice.
pub struct Dice(SeededEntropy);

impl Dice {
    pub fn new(seed: &str) -> Self {
        Self(SeededEntropy::new(seed))
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0.below(u32::try_from(bound).expect("small numbers")) as usize
    }

    pub fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    pub fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end + 1));
        }
    }

    pub fn entropy(&mut self) -> &mut dyn Entropy {
        &mut self.0
    }
}
