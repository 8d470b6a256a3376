use super::Moment;

#[test]
fn dates_round_trip_over_a_leap_year_and_a_century() {
    for (year, month, day) in [
        (1970, 1, 1),
        (2000, 2, 29),
        (2025, 10, 1),
        (2025, 12, 31),
        (2100, 3, 1),
    ] {
        assert_eq!(Moment::of_date(year, month, day).date(), (year, month, day));
    }
    assert_eq!(Moment::of_date(1970, 1, 1).0, 0);
    assert_eq!(Moment::of_date(2025, 11, 3).epoch_ms(), 1_762_128_000_000);
}

#[test]
fn texts_follow_rfc_3339() {
    let moment = Moment::of_date(2025, 11, 3).plus_s(10 * 3_600 + 61);
    assert_eq!(moment.utc_text(), "2025-11-03T10:01:01Z");
    assert_eq!(moment.plus_ms(7).utc_text(), "2025-11-03T10:01:01.007Z");
    assert_eq!(moment.offset_text(7), "2025-11-03T17:01:01+07:00");
    assert_eq!(moment.offset_text(-11), "2025-11-02T23:01:01-11:00");
    assert_eq!(moment.month_text(), "2025-11");
}
