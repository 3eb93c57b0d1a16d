//! From claims to digests: every claim gets a disclosure of its own.

use mibun_crypto::base64url::{self, Letters43};
use mibun_crypto::digest::sha256;
use mibun_crypto::entropy::{Buffered, Entropy};
use serde_json::{Map, Value};

use super::disclosure::{Salt, Tail};
use super::{ALGORITHM_MEMBER, DIGESTS_MEMBER, ELEMENT_MEMBER, MAX_DISCLOSURES};

/// Digests at the top level are filled up with decoys to a multiple of this, so that their number says little about how
/// many claims there are.
const ROUND_UP: usize = 8;
/// The same inside of a claim: who shows one nationality does not show that there is a second one.
const ROUND_UP_INSIDE: usize = 4;

/// What stands around the digest of an element of an array.
const ELEMENT_BEFORE: &str = r#"{"...":""#;
const ELEMENT_AFTER: &str = r#""}"#;

/// Claims made ready to be concealed any number of times: what all copies have in common is written once.
///
/// The members of an object and the elements of an array get disclosures of their own below the one of the claim
/// (RFC 9901 section 4.2.6), so that a holder can show the country of an address and not the street, and hiding the
/// address hides that there is one. What stands in an element is shown with it.
pub struct Template {
    slots: Vec<Slot>,
    /// About as many letters as the disclosures come to.
    letters: usize,
}

/// What stands behind the salt of one disclosure.
enum Slot {
    /// The same in every copy.
    Fixed(Tail),
    /// An object, whose members have digests of their own. `before` is the JSON up to the first digest.
    Object { before: String, members: Vec<Slot> },
    /// An array, likewise.
    Array { before: String, elements: Vec<Slot> },
}

/// Claims turned into digests, for one copy.
pub struct Concealed {
    /// The digests of the claims, and decoys: the member `_sd` of what the issuer signs, beside `_sd_alg`.
    pub digests: Vec<Letters43>,
    /// What the holder gets: every disclosure, and `~` behind each.
    disclosures: String,
    count: usize,
}

/// Why claims cannot be concealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConcealError {
    /// A claim, or a member inside of one, named `_sd`, `...` or `_sd_alg`.
    #[error("a claim has a name that is reserved for digests")]
    ReservedName,
    /// More than [`MAX_DISCLOSURES`], which no reader would accept.
    #[error("more than {MAX_DISCLOSURES} claims")]
    TooMany,
}

impl Template {
    /// Makes `claims` ready.
    ///
    /// # Errors
    /// [`ConcealError`].
    pub fn new(claims: &Map<String, Value>) -> Result<Self, ConcealError> {
        if claims.iter().any(|(name, value)| is_reserved(name) || names_reserved(value)) {
            return Err(ConcealError::ReservedName);
        }
        let slots = slots(claims);
        if slots.iter().map(Slot::disclosures).sum::<usize>() > MAX_DISCLOSURES {
            return Err(ConcealError::TooMany);
        }
        Ok(Self { letters: slots.iter().map(Slot::letters).sum(), slots })
    }

    /// Conceals every claim under a fresh salt of 128 bits.
    pub fn conceal(&self, entropy: &mut dyn Entropy) -> Concealed {
        let disclosures = String::with_capacity(self.letters);
        let mut draw = Draw { entropy: Buffered::new(entropy), disclosures, count: 0, json: Vec::new() };
        let digests = draw.members(&self.slots, ROUND_UP);
        Concealed { digests, disclosures: draw.disclosures, count: draw.count }
    }
}

impl std::fmt::Debug for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Template([redacted], {} claims)", self.slots.len())
    }
}

impl Concealed {
    /// The token over what was signed, with every disclosure.
    pub fn join(&self, issuer_signed: &str) -> String {
        [issuer_signed, "~", &self.disclosures].concat()
    }

    /// The disclosures one by one.
    pub fn disclosures(&self) -> impl Iterator<Item = &str> {
        self.disclosures.split_terminator('~')
    }
}

impl std::fmt::Debug for Concealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Concealed([redacted], {} disclosures)", self.count)
    }
}

fn slots(members: &Map<String, Value>) -> Vec<Slot> {
    members.iter().map(|(name, value)| Slot::new(name, value)).collect()
}

impl Slot {
    fn new(name: &str, value: &Value) -> Self {
        let name = Value::from(name);
        match value {
            Value::Object(members) => {
                Self::Object { before: format!(r#",{name},{{"{DIGESTS_MEMBER}":["#), members: slots(members) }
            }
            Value::Array(items) => {
                let element = |item: &Value| Self::Fixed(Tail::new(&format!(",{item}]")));
                Self::Array { before: format!(",{name},["), elements: items.iter().map(element).collect() }
            }
            other => Self::Fixed(Tail::new(&format!(",{name},{other}]"))),
        }
    }

    /// How many disclosures it takes, its own included.
    fn disclosures(&self) -> usize {
        match self {
            Self::Fixed(_) => 1,
            Self::Object { members: inside, .. } | Self::Array { elements: inside, .. } => {
                1 + inside.iter().map(Self::disclosures).sum::<usize>()
            }
        }
    }

    /// About as many letters as its disclosures come to, each with a `~`.
    fn letters(&self) -> usize {
        const SALT_AND_END: usize = 37;
        const DIGEST: usize = 72;
        match self {
            Self::Fixed(tail) => SALT_AND_END + tail.letters(),
            Self::Object { members: inside, .. } | Self::Array { elements: inside, .. } => {
                let digests = inside.len().next_multiple_of(ROUND_UP_INSIDE) * DIGEST;
                2 * SALT_AND_END + digests + inside.iter().map(Self::letters).sum::<usize>()
            }
        }
    }
}

/// One copy in the making.
struct Draw<'a> {
    entropy: Buffered<'a>,
    disclosures: String,
    count: usize,
    /// Where a disclosure that holds digests is put together.
    json: Vec<u8>,
}

impl Draw<'_> {
    /// Conceals the members of an object and answers their digests.
    fn members(&mut self, members: &[Slot], round_up: usize) -> Vec<Letters43> {
        let mut digests = Vec::with_capacity((members.len() + 1).next_multiple_of(round_up));
        for member in members {
            digests.push(self.slot(member));
        }
        while is_telling(digests.len(), round_up) {
            digests.push(self.decoy());
        }
        // Sorted, digests say nothing about the order of the claims, nor which of them stand for none.
        digests.sort_unstable();
        digests
    }

    /// Conceals the elements of an array, which keep their order; decoys stand anywhere between them.
    fn elements(&mut self, elements: &[Slot]) -> Vec<Letters43> {
        let mut digests = Vec::with_capacity((elements.len() + 1).next_multiple_of(ROUND_UP_INSIDE));
        for element in elements {
            digests.push(self.slot(element));
        }
        while is_telling(digests.len(), ROUND_UP_INSIDE) {
            let places = u32::try_from(digests.len() + 1).unwrap_or(u32::MAX);
            let place = self.entropy.below(places) as usize;
            let decoy = self.decoy();
            digests.insert(place, decoy);
        }
        digests
    }

    /// Writes the disclosure down, behind those of what it holds, and answers its digest.
    fn slot(&mut self, slot: &Slot) -> Letters43 {
        let begin = match slot {
            Slot::Fixed(tail) => {
                let begin = self.disclosures.len();
                Salt::draw(&mut self.entropy).before(tail, &mut self.disclosures);
                begin
            }
            Slot::Object { before, members } => {
                let digests = self.members(members, ROUND_UP_INSIDE);
                self.nested(before, &digests, ["\"", "\""], "]}]")
            }
            Slot::Array { before, elements } => {
                let digests = self.elements(elements);
                self.nested(before, &digests, [ELEMENT_BEFORE, ELEMENT_AFTER], "]]")
            }
        };
        let digest = Letters43::of(&sha256(&self.disclosures.as_bytes()[begin..]));
        self.disclosures.push('~');
        self.count += 1;
        digest
    }

    /// Writes the disclosure of a value that consists of `digests`, each between the two of `around`; answers where it
    /// begins.
    fn nested(&mut self, before: &str, digests: &[Letters43], around: [&str; 2], after: &str) -> usize {
        Salt::draw(&mut self.entropy).begin(&mut self.json);
        self.json.extend_from_slice(before.as_bytes());
        for (at, digest) in digests.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            for part in [comma, around[0], digest.as_str(), around[1]] {
                self.json.extend_from_slice(part.as_bytes());
            }
        }
        self.json.extend_from_slice(after.as_bytes());
        let begin = self.disclosures.len();
        base64url::encode_onto(&self.json, &mut self.disclosures);
        begin
    }

    /// A digest of nothing (RFC 9901 section 4.2.5).
    fn decoy(&mut self) -> Letters43 {
        let mut bytes = [0; 32];
        self.entropy.fill(&mut bytes);
        Letters43::of(&bytes)
    }
}

fn is_telling(digests: usize, round_up: usize) -> bool {
    digests == 0 || !digests.is_multiple_of(round_up)
}

fn names_reserved(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, value)| is_reserved(name) || names_reserved(value)),
        Value::Array(items) => items.iter().any(names_reserved),
        _ => false,
    }
}

fn is_reserved(name: &str) -> bool {
    [DIGESTS_MEMBER, ELEMENT_MEMBER, ALGORITHM_MEMBER].contains(&name)
}
