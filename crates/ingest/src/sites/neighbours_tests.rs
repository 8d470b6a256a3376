use super::possibly_swapped;

#[test]
fn the_one_that_exchanging_brings_to_the_others_is_found() {
    let positions = [(-20.0, 80.0), (-21.0, 81.0), (80.5, -20.5)];
    assert_eq!(possibly_swapped(&positions), [false, false, true]);
}

#[test]
fn two_of_a_kind_and_a_single_other_are_no_reason() {
    assert_eq!(possibly_swapped(&[(-20.0, 80.0), (80.0, -20.0)]), [false, false]);
    let pairs = [(-20.0, 80.0), (-21.0, 81.0), (80.0, -20.0), (81.0, -21.0)];
    assert_eq!(possibly_swapped(&pairs), [false; 4]);
    assert!(possibly_swapped(&[]).is_empty());
}
