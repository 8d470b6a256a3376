use super::possibly_swapped;

const PLACE: (f64, f64) = (-20.0, 80.0);
const BESIDE: (f64, f64) = (-21.0, 81.0);
const EXCHANGED: (f64, f64) = (80.5, -20.5);

#[test]
fn the_one_that_exchanging_brings_to_the_others_is_found() {
    let sites = [("A", PLACE), ("B", BESIDE), ("C", EXCHANGED)];
    assert_eq!(possibly_swapped(&sites), [false, false, true]);
}

#[test]
fn two_of_a_kind_and_a_single_other_are_no_reason() {
    assert_eq!(
        possibly_swapped(&[("A", PLACE), ("B", EXCHANGED)]),
        [false, false]
    );
    let pairs = [
        ("A", PLACE),
        ("B", BESIDE),
        ("C", EXCHANGED),
        ("D", (81.0, -21.0)),
    ];
    assert_eq!(possibly_swapped(&pairs), [false; 4]);
    assert!(possibly_swapped(&[]).is_empty());
}

#[test]
fn versions_of_one_site_are_no_neighbours_of_each_other() {
    let versions = [("A", PLACE), ("B", BESIDE), ("C", EXCHANGED), ("C", EXCHANGED)];
    assert_eq!(possibly_swapped(&versions), [false, false, true, true]);
    let one_other = [("A", PLACE), ("A", PLACE), ("C", EXCHANGED)];
    assert_eq!(possibly_swapped(&one_other), [false; 3]);
}
