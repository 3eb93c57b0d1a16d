use super::*;
use crate::geometry::Rectangle;
use crate::text::Line;

/// Width of the page the rows stand on.
const WIDTH: usize = 1000;

/// A row of texts, the first at the left, the rest further to the right.
fn row(texts: &[&str]) -> Row {
    let line = |(at, text): (usize, &&str)| Line {
        place: Rectangle { centre: (100.0 + 250.0 * at as f32, 0.0), width: 100.0, height: 20.0, angle: 0.0 },
        text: Zeroizing::new((*text).to_owned()),
        zone: Zeroizing::default(),
        confidence: 1.0,
    };
    Row { lines: texts.iter().enumerate().map(line).collect() }
}

fn card() -> Vec<Row> {
    [
        &["姓名", "徐欣"][..],
        &["性别", "男 民族", "满"],
        &["出生", "2002年9月4日"],
        &["住址", "虚构市样例区文化巷22"],
        &["0号2栋"],
        &["公民身份号码", "990101200209044694"],
    ]
    .into_iter()
    .map(row)
    .collect()
}

fn text(field: &Option<Field<Zeroizing<String>>>) -> Option<&str> {
    field.as_ref().map(|field| field.value.as_str())
}

fn day(text: &str) -> Date {
    text.parse().expect("a date in a test")
}

#[test]
fn a_front_is_read_and_its_number_proves_birth_date_and_sex() {
    let front = front(&card(), WIDTH).expect("a front");
    assert_eq!(text(&front.name), Some("徐欣"));
    assert_eq!(text(&front.ethnicity), Some("满"));
    assert_eq!(text(&front.address), Some("虚构市样例区文化巷220号2栋"));
    assert_eq!(front.number.as_ref().map(Field::is_proven), Some(true));
    assert_eq!(front.birth_date, Some(Field::proven(day("2002-09-04"), Proof::Own)));
    assert_eq!(front.sex, Some(Field::proven(Sex::Male, Proof::Own)));
    assert_eq!(front.name.map(|name| name.proof), Some(Proof::None), "a person confirms the name");
}

#[test]
fn what_contradicts_the_number_stays_unproven() {
    let mut rows = card();
    rows[2] = row(&["出生", "2002年9月5日"]);
    rows[1] = row(&["性别女民族满"]);
    let front = front(&rows, WIDTH).expect("a front");
    assert_eq!(front.birth_date, Some(Field::unproven(day("2002-09-05"))));
    assert_eq!(front.sex, Some(Field::unproven(Sex::Female)));
}

#[test]
fn a_number_whose_check_character_does_not_fit_proves_nothing() {
    let mut rows = card();
    rows[5] = row(&["公民身份号码", "990101200209044695"]);
    let front = front(&rows, WIDTH).expect("a front");
    assert_eq!(front.number.map(|number| number.proof), Some(Proof::None));
    assert_eq!(front.birth_date.map(|date| date.proof), Some(Proof::None));
}

#[test]
fn letters_in_a_number_are_digits_if_the_check_character_says_so() {
    let mut rows = card();
    rows[5] = row(&["公民身份号码", "99O1O12OO2O9O44694"]);
    let number = front(&rows, WIDTH).expect("a front").number.expect("a number");
    assert_eq!((number.value.as_str(), number.proof, number.repaired), ("990101200209044694", Proof::Own, true));
}

#[test]
fn names_keep_their_middle_dot_and_nothing_else() {
    let mut rows = card();
    rows[0] = row(&["姓 名", "阿布拉•买买提."]);
    assert_eq!(text(&front(&rows, WIDTH).expect("a front").name), Some("阿布拉·买买提"));
}

#[test]
fn a_label_with_one_misread_character_is_still_a_label() {
    let mut rows = card();
    rows[0] = row(&["姓各", "徐欣"]);
    rows[1] = row(&["性別男良族满"]);
    let front = front(&rows, WIDTH).expect("a front");
    assert_eq!((text(&front.name), text(&front.ethnicity)), (Some("徐欣"), Some("满")));
}

#[test]
fn what_stands_beside_the_portrait_is_no_address() {
    let mut rows = card();
    rows[4] = row(&["0号2栋", "", "", "SPECIMEN"]);
    assert_eq!(text(&front(&rows, WIDTH).expect("a front").address), Some("虚构市样例区文化巷220号2栋"));
}

#[test]
fn other_papers_are_no_card() {
    assert_eq!(front(&[], WIDTH), None);
    assert_eq!(front(&[row(&["ABC 990101200209044694"])], WIDTH), None);
    assert_eq!(front(&[row(&["住址不明"])], WIDTH), None);
    assert_eq!(back(&[row(&["中华人民共和国"])]), None);
}

#[test]
fn a_back_states_authority_and_validity() {
    let rows = [row(&["签发机关", "样例市公安局"]), row(&["有效期限", "2011.07.26-2031.07.26"])];
    let read = back(&rows).expect("a back");
    assert_eq!(text(&read.authority), Some("样例市公安局"));
    assert_eq!(read.valid_from, Some(Field::unproven(day("2011-07-26"))));
    assert_eq!(read.valid_until, Some(Field::unproven(Validity::Until(day("2031-07-26")))));
    let for_life = back(&[row(&["有效期限", "2011.07.26-长期"])]).expect("a back");
    assert_eq!(for_life.valid_until, Some(Field::unproven(Validity::ForLife)));
    let damaged =
        back(&[row(&["签发机关", "样例市公安局"]), row(&["有效期限", "2011.13.26-2031.07"])]).expect("a back");
    assert_eq!((damaged.valid_from, damaged.valid_until), (None, None));
}
