use super::*;

#[test]
fn the_median_of_an_even_number_lies_between_the_middle_two() {
    let figures = Figures::of(&[4.0, 1.0, 3.0, 2.0]);
    assert_eq!(
        figures,
        Some(Figures {
            median_s: 2.5,
            min_s: 1.0,
            max_s: 4.0,
            spread: 0.3,
            runs: 4
        })
    );
}

#[test]
fn one_run_has_no_spread_and_none_no_figures() {
    assert_eq!(
        Figures::of(&[0.5]).map(|figures| (figures.median_s, figures.spread)),
        Some((0.5, 0.0))
    );
    assert_eq!(Figures::of(&[]), None);
}
