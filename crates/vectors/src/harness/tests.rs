use super::*;

fn selection(arguments: &[&str]) -> Selection {
    Selection::from_arguments(arguments.iter().map(ToString::to_string))
}

fn printed(tests: Vec<Test>, arguments: &[&str]) -> (bool, String) {
    let mut out = Vec::new();
    let good = report(tests, &selection(arguments), &mut out).expect("a vector takes every byte");
    (good, String::from_utf8(out).expect("only text is printed"))
}

fn sample() -> Vec<Test> {
    vec![("file::1".to_owned(), Box::new(|| Ok(()))), ("file::2".to_owned(), Box::new(|| Err("wrong tag".to_owned())))]
}

#[test]
fn every_vector_is_one_line_and_a_failure_fails_the_run() {
    let (good, text) = printed(sample(), &[]);
    assert!(!good);
    assert!(text.contains("test file::1 ... ok\n"));
    assert!(text.contains("test file::2 ... FAILED\n"));
    assert!(text.contains("---- file::2 ----\nwrong tag"));
    assert!(text.contains("test result: FAILED. 1 passed; 1 failed; 0 ignored;"));
}

#[test]
fn a_filter_runs_only_what_it_names() {
    let (good, text) = printed(sample(), &["--exact", "file::1"]);
    assert!(good);
    assert!(text.contains("test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 1 filtered out"));
}

#[test]
fn a_panic_is_the_failure_of_one_vector() {
    let tests: Vec<Test> = vec![("a".to_owned(), Box::new(|| panic!("lost"))), ("b".to_owned(), Box::new(|| Ok(())))];
    let (good, text) = printed(tests, &["--test-threads", "1", "--nocapture"]);
    assert!(!good);
    assert!(text.contains("panicked: lost"));
    assert!(text.contains("test b ... ok"));
}

#[test]
fn no_vectors_at_all_is_a_failure() {
    let (good, text) = printed(Vec::new(), &[]);
    assert!(!good);
    assert!(text.contains("test result: FAILED. 0 passed"));
}
