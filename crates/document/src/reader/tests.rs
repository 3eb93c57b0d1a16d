use super::*;

#[test]
fn text_that_runs_down_is_read_from_top_to_bottom() {
    let flat = Rectangle { centre: (50.0, 50.0), width: 100.0, height: 20.0, angle: 0.1 };
    let standing = Rectangle { width: 20.0, height: 100.0, ..flat };
    assert!(!stand_on_end(&[flat, flat, standing]));
    assert!(stand_on_end(&[standing, standing, Rectangle { width: 30.0, ..flat }]));
}

#[test]
fn a_page_that_stands_on_end_is_laid_down() {
    // Three pixels wide and two high; the upper right one becomes the upper left one.
    let page = Picture { width: 3, height: 2, data: (0..18).collect() };
    let laid_down = laid_picture(&page);
    assert_eq!((laid_down.width, laid_down.height), (2, 3));
    assert_eq!((laid_down.at(0, 0), laid_down.at(1, 2)), (page.at(2, 0), page.at(0, 1)));
    let place = Rectangle { centre: (2.0, 0.0), width: 1.0, height: 2.0, angle: 0.1 };
    assert_eq!(laid(place, &page), Rectangle { centre: (0.0, 0.0), width: 2.0, height: 1.0, angle: 0.1 });
}
