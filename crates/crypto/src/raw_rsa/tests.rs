use super::*;

#[test]
fn small_numbers_can_be_checked_by_hand() {
    // The textbook key p = 61, q = 53: n = 3233, e = 17, d = 413.
    assert_eq!(private_operation(&[0x0c, 0xa1], &[0x01, 0x9d], &[0x0a, 0xe6]), Some(vec![0, 65]));
    assert_eq!(private_operation(&[0x0c, 0xa1], &[17], &[65]), Some(vec![0x0a, 0xe6]));
}

#[test]
fn refuses_what_is_no_key() {
    assert_eq!(private_operation(&[], &[1], &[1]), None);
    assert_eq!(private_operation(&[0x0c, 0xa0], &[1], &[1]), None);
    assert_eq!(private_operation(&[0x0c, 0xa1], &[1], &[1, 0, 0]), None);
}
