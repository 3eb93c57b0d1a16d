use super::super::alphabet::Alphabet;
use super::*;

fn alphabet() -> Alphabet {
    Alphabet::of(&entry()).expect("an alphabet")
}

/// A model file with nothing but its alphabet: fillers, digits, capitals, «.
fn entry() -> Vec<u8> {
    let list: String =
        "<".chars().chain('0'..='9').chain('A'..='Z').chain(['«']).map(|one| format!("{one}\n")).collect();
    let mut entry = b"\x0a\x09character\x12".to_vec();
    entry.push(u8::try_from(list.len()).expect("a short list"));
    entry.extend(list.bytes());
    let mut file = vec![0x72, u8::try_from(entry.len()).expect("a short entry")];
    file.extend(entry);
    file
}

/// Steps in which the given outputs are the best ones.
fn steps(best: &[usize]) -> Vec<f32> {
    let outputs = alphabet().outputs();
    let mut steps = vec![0.0; best.len() * outputs];
    best.iter().enumerate().for_each(|(step, output)| steps[step * outputs + output] = 0.8);
    steps
}

#[test]
fn repeated_outputs_are_one_character_unless_a_blank_parts_them() {
    // 1 is the filler, 2 the digit 0, 12 the letter A.
    let (text, confidence) = decode(&steps(&[0, 12, 12, 0, 12, 1, 1, 0, 1, 2]), &alphabet());
    assert_eq!(text.as_str(), "AA<<0");
    assert!((confidence - 0.8).abs() < 1e-6);
}

#[test]
fn a_strip_without_text_says_nothing() {
    let (text, confidence) = decode(&steps(&[0, 0, 0]), &alphabet());
    assert_eq!((text.as_str(), confidence), ("", 0.0));
}

#[test]
fn a_zone_holds_only_its_own_characters() {
    let alphabet = alphabet();
    let guillemet = alphabet.outputs() - 2;
    let mut seen = steps(&[12, guillemet, 0, guillemet]);
    // The second best of what cannot stand there is the filler.
    let outputs = alphabet.outputs();
    seen[outputs + 1] = 0.1;
    seen[3 * outputs + 1] = 0.1;
    assert_eq!(decode(&seen, &alphabet).0.as_str(), "A««");
    assert_eq!(decode_zone(&seen, &alphabet).as_str(), "A<<");
}

#[test]
fn a_strip_is_the_place_upright() {
    // A page that gets brighter to the right; read upside down it gets darker.
    let (width, height) = (200, 100);
    let data = (0..height).flat_map(|_| (0..width).flat_map(|x| [x as u8; 3])).collect();
    let page = Picture { width, height, data };
    let place = Rectangle { centre: (100.0, 50.0), width: 100.0, height: 20.0, angle: 0.0 };
    let upright = strip(&page, &place, false);
    assert_eq!((upright.width, upright.height), (240, 48));
    assert!(upright.at(5, 20)[0] < 60 && upright.at(235, 20)[0] > 140);
    let turned = strip(&page, &place, true);
    assert!(turned.at(5, 20)[0] > 140 && turned.at(235, 20)[0] < 60);
}

#[test]
fn strips_are_never_longer_than_the_bound() {
    let page = Picture { width: 64, height: 64, data: vec![0; 64 * 64 * 3] };
    let place = Rectangle { centre: (32.0, 32.0), width: 1e6, height: 1e-6, angle: 0.0 };
    assert_eq!(strip(&page, &place, false).width, WIDTHS.1);
}
