//! Zones of invented people, with right check digits.

/// A generator whose numbers are the same on every run (a linear congruence).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }

    /// From -1 to 1.
    pub fn spread(&mut self) -> f32 {
        self.below(20_001) as f32 / 10_000.0 - 1.0
    }

    fn pick(&mut self, from: &str, count: usize) -> String {
        (0..count).map(|_| char::from(from.as_bytes()[self.below(from.len())])).collect()
    }

    fn date(&mut self) -> String {
        format!("{:02}{:02}{:02}", self.below(100), 1 + self.below(12), 1 + self.below(28))
    }
}

const SURNAMES: [&str; 8] =
    ["ERIKSSON", "OOSTERHUIS", "BOIS<DUVAL", "SZABO", "IONESCU", "QUIROGA<OBREGON", "LI", "ZOLLI"];
const GIVEN: [&str; 8] = ["ANNA<MARIA", "OTTO", "BOB", "ISOLDE", "GIOIA<SOFIA", "XIN", "DOMINIQUE", "ZOE<OLIVIA<ROSE"];
const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The check digit, computed apart from the crate's own way.
fn digit(text: &str) -> char {
    let value = |letter: char| letter.to_digit(36).unwrap_or(0);
    let sum: u32 = text.chars().enumerate().map(|(at, letter)| value(letter) * [7, 3, 1][at % 3]).sum();
    char::from_digit(sum % 10, 10).expect("one digit")
}

fn names(random: &mut Random, width: usize) -> String {
    let name = format!("{}<<{}", SURNAMES[random.below(8)], GIVEN[random.below(8)]);
    let mut name = format!("{name:<<width$}");
    name.truncate(width);
    name
}

/// A passport's two lines.
pub fn passport(random: &mut Random) -> Vec<String> {
    let number = format!("{}{}", random.pick(&ALPHABET[10..], 2), random.pick(ALPHABET, 7));
    let (birth, expiry) = (random.date(), random.date());
    let personal = if random.below(2) == 0 { "<".repeat(14) } else { random.pick(ALPHABET, 14) };
    let number = format!("{number}{}", digit(&number));
    let dates = format!("{birth}{}", digit(&birth));
    let rest = format!("{expiry}{}{personal}{}", digit(&expiry), digit(&personal));
    let composite = digit(&format!("{number}{dates}{rest}"));
    let sex = ["M", "F", "<"][random.below(3)];
    vec![format!("P<UTO{}", names(random, 39)), format!("{number}UTO{dates}{sex}{rest}{composite}")]
}

/// A card's three lines.
pub fn identity_card(random: &mut Random) -> Vec<String> {
    let number = random.pick(ALPHABET, 9);
    let (birth, expiry) = (random.date(), random.date());
    let first = format!("{number}{}{}", digit(&number), "<".repeat(15));
    let (birth, expiry) = (format!("{birth}{}", digit(&birth)), format!("{expiry}{}", digit(&expiry)));
    let optional = "<".repeat(11);
    let composite = digit(&format!("{first}{birth}{expiry}{optional}"));
    let sex = ["M", "F"][random.below(2)];
    vec![format!("I<UTO{first}"), format!("{birth}{sex}{expiry}UTO{optional}{composite}"), names(random, 30)]
}
