use super::{LOW_DECIMALS, NULL_ISLAND, OutOfRange, check_range, position_flags};

#[test]
fn the_poles_and_the_date_line_are_in_range() {
    assert_eq!(check_range(90.0, -180.0), Ok(()));
    assert_eq!(check_range(-90.0, 180.0), Ok(()));
}

#[test]
fn a_position_that_exchanging_would_mend_says_so() {
    assert_eq!(
        check_range(95.0, -20.0),
        Err(OutOfRange::Latitude {
            possibly_swapped: true
        })
    );
    assert_eq!(
        check_range(95.0, 120.0),
        Err(OutOfRange::Latitude {
            possibly_swapped: false
        })
    );
    assert_eq!(
        check_range(-20.0, 190.0),
        Err(OutOfRange::Longitude {
            possibly_swapped: false
        })
    );
    assert_eq!(
        check_range(f64::NAN, 0.0),
        Err(OutOfRange::Latitude {
            possibly_swapped: false
        })
    );
    assert_eq!(
        check_range(0.0, f64::INFINITY),
        Err(OutOfRange::Longitude {
            possibly_swapped: false
        })
    );
}

#[test]
fn decimals_are_counted_by_value() {
    assert_eq!(position_flags(-20.5, 80.25), LOW_DECIMALS);
    assert_eq!(
        position_flags("-20.130000".parse().unwrap(), "80.29".parse().unwrap()),
        LOW_DECIMALS
    );
    assert_eq!(position_flags(-20.5, 80.251), 0);
    assert_eq!(position_flags(0.0, -0.0), NULL_ISLAND | LOW_DECIMALS);
    // Every decimal of two places is recognised, not only those that binary fractions hold exactly.
    for hundredths in -18_000..18_000 {
        let degrees: f64 = format!("{}e-2", hundredths).parse().unwrap();
        assert_eq!(
            position_flags(degrees, 80.29) & LOW_DECIMALS,
            LOW_DECIMALS,
            "{hundredths}"
        );
    }
}
