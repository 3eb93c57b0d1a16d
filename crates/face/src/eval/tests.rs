use super::*;

fn trials(mated: &[f32], non_mated: &[f32]) -> Vec<Trial> {
    let of = |scores: &[f32], same: bool| scores.iter().map(|score| Trial { score: *score, same }).collect::<Vec<_>>();
    [of(mated, true), of(non_mated, false)].concat()
}

fn evaluation(mated: &[f32], non_mated: &[f32]) -> Evaluation {
    Evaluation::of(&trials(mated, non_mated)).expect("trials of both kinds")
}

/// A thousand strangers, evenly from 0 to 0.5, and a hundred mated pairs from 0.4 to 0.9.
fn usual() -> Evaluation {
    let mated: Vec<f32> = (0..100).map(|at| 0.4 + at as f32 * 0.005).collect();
    let non_mated: Vec<f32> = (0..1_000).map(|at| at as f32 * 0.0005).collect();
    evaluation(&mated, &non_mated)
}

#[test]
fn a_score_at_the_threshold_is_a_match() {
    let evaluation = evaluation(&[0.5, 0.6], &[0.1, 0.5]);
    assert_eq!(evaluation.fmr(0.5), Rate { errors: 1, trials: 2 });
    assert_eq!(evaluation.fnmr(0.5), Rate { errors: 0, trials: 2 });
    assert_eq!(evaluation.fnmr(0.55), Rate { errors: 1, trials: 2 });
}

#[test]
fn the_equal_error_of_sets_that_do_not_meet_is_zero() {
    let equal = evaluation(&[0.8, 0.9], &[0.1, 0.2]).equal_error();
    assert_eq!(equal.rate(), 0.0);
    assert!(equal.threshold > 0.2 && equal.threshold <= 0.8);
}

#[test]
fn the_equal_error_lies_where_both_rates_cross() {
    // False matches fall to zero at 0.5, false non-matches rise from zero at 0.4, both by 2 per unit of score.
    let equal = usual().equal_error();
    assert!((equal.threshold - 0.45).abs() < 0.01, "{equal:?}");
    assert!((equal.rate() - 0.1).abs() < 0.011, "{equal:?}");
}

#[test]
fn an_operating_point_keeps_the_wanted_rate_and_no_more() {
    let evaluation = usual();
    let point = evaluation.operating_point(1e-2).expect("a thousand strangers carry 1e-2");
    assert!(point.fmr.value() <= 1e-2);
    assert_eq!(point.fmr.errors, 10);
    assert!(evaluation.fmr(point.threshold.next_down() - 0.0005).value() > 1e-2);
}

#[test]
fn a_rate_that_the_pairs_cannot_show_is_not_claimed() {
    let evaluation = usual();
    assert!(evaluation.operating_point(1e-3).is_some());
    assert_eq!(evaluation.operating_point(1e-4), None);
    assert_eq!(evaluation.calibration().len(), 2);
}

#[test]
fn trials_of_one_kind_say_nothing() {
    assert_eq!(Evaluation::of(&trials(&[0.5], &[])), Err(EvalError::NoNonMated));
    assert_eq!(Evaluation::of(&trials(&[], &[0.5])), Err(EvalError::NoMated));
    assert_eq!(Evaluation::of(&trials(&[f32::NAN], &[0.5])), Err(EvalError::NotANumber));
}

#[test]
fn wilson_intervals_are_the_published_ones() {
    // Newcombe 1998, table I: 81 of 263 and 15 of 148.
    for (errors, trials, low, high) in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)] {
        let (found_low, found_high) = Rate { errors, trials }.interval();
        assert!((found_low - low).abs() < 5e-4 && (found_high - high).abs() < 5e-4, "{found_low} {found_high}");
    }
}

#[test]
fn without_an_error_the_upper_end_is_three_over_the_trials_at_least() {
    for trials in [1, 10, 150, 3_000_000] {
        let (low, high) = Rate { errors: 0, trials }.interval();
        assert_eq!(low, 0.0);
        assert!(high >= (3.0 / trials as f64).min(0.75) && high <= 1.0, "{trials}: {high}");
        let (low, high) = Rate { errors: trials, trials }.interval();
        assert_eq!(high, 1.0);
        assert!((0.0..1.0).contains(&low));
    }
}

#[test]
fn a_list_of_pairs_is_read() {
    let pairs = parse_pairs(b"a,b,same\none.jpg,two.jpg,1\n\"a, b.jpg\", c.jpg ,no\n").expect("a list");
    assert_eq!(pairs.len(), 2);
    assert!(pairs[0].same);
    assert_eq!(pairs[1], Pair { a: "a, b.jpg".to_owned(), b: "c.jpg".to_owned(), same: false });
}

#[test]
fn a_list_of_pairs_is_refused_with_its_line() {
    assert!(matches!(parse_pairs(b""), Err(PairsError::Header)));
    assert!(matches!(parse_pairs(b"one.jpg,two.jpg,1\n"), Err(PairsError::Header)));
    assert!(matches!(parse_pairs(b"a,b,same\nx,y,1\nx,y\n"), Err(PairsError::Row { line: 3 })));
    assert!(matches!(parse_pairs(b"a,b,same\nx,y,maybe\n"), Err(PairsError::Same { line: 2 })));
    assert!(matches!(parse_pairs(b"a,b,same\nx,\xff,1\n"), Err(PairsError::Row { line: 2 })));
}

#[test]
fn a_plot_has_a_curve_within_its_frame_and_the_operating_points() {
    let plot = svg(&usual(), "a <test> & more");
    assert!(plot.contains("a &lt;test&gt; &amp; more") && !plot.contains("<test>"));
    assert_eq!(plot.matches("<circle").count(), 2);
    let points = plot.split("points=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a curve");
    let numbers: Vec<f64> = points.split([' ', ',']).map(|number| number.parse().expect("a number")).collect();
    assert!(numbers.len() > 20 && numbers.iter().all(|number| (0.0..600.0).contains(number)));
    assert!(!plot.contains("NaN") && !plot.contains("inf"));
}
