use super::*;

#[test]
fn sides_follow_the_build_side() {
    let of = Shape::of;
    for build in [JoinSide::Left, JoinSide::Right] {
        let left = build == JoinSide::Left;
        assert_eq!(
            of(JoinType::Inner, build),
            Shape::Pairs {
                keep_probe: false,
                keep_build: false
            }
        );
        assert_eq!(
            of(JoinType::Left, build),
            Shape::Pairs {
                keep_probe: !left,
                keep_build: left
            }
        );
        assert_eq!(
            of(JoinType::Right, build),
            Shape::Pairs {
                keep_probe: left,
                keep_build: !left
            }
        );
        assert_eq!(
            of(JoinType::Full, build),
            Shape::Pairs {
                keep_probe: true,
                keep_build: true
            }
        );
        let (this, other) = match left {
            true => (
                Shape::Build as fn(Membership) -> Shape,
                Shape::Probe as fn(Membership) -> Shape,
            ),
            false => (
                Shape::Probe as fn(Membership) -> Shape,
                Shape::Build as fn(Membership) -> Shape,
            ),
        };
        assert_eq!(of(JoinType::LeftSemi, build), this(Membership::Semi));
        assert_eq!(of(JoinType::LeftAnti, build), this(Membership::Anti));
        assert_eq!(of(JoinType::LeftMark, build), this(Membership::Mark));
        assert_eq!(of(JoinType::RightSemi, build), other(Membership::Semi));
        assert_eq!(of(JoinType::RightAnti, build), other(Membership::Anti));
        assert_eq!(of(JoinType::RightMark, build), other(Membership::Mark));
    }
}

#[test]
fn the_scan_may_leave_out_only_rows_that_change_nothing() {
    let drops = |join_type, build| Shape::of(join_type, build).drops_unmatched_probe_rows();
    assert!(drops(JoinType::Inner, JoinSide::Left));
    assert!(drops(JoinType::Left, JoinSide::Left));
    assert!(!drops(JoinType::Left, JoinSide::Right));
    assert!(!drops(JoinType::Full, JoinSide::Left));
    assert!(drops(JoinType::LeftSemi, JoinSide::Right));
    assert!(!drops(JoinType::LeftAnti, JoinSide::Right));
    assert!(!drops(JoinType::LeftMark, JoinSide::Right));
    assert!(drops(JoinType::LeftAnti, JoinSide::Left));
}

#[test]
fn a_semi_join_has_all_rows_of_its_side_unless_it_is_known_how_many_match() {
    let rows = |join_type, matches, with_match| {
        let sides = (Some(44), Some(1_000));
        let estimated = Shape::of(join_type, JoinSide::Right).estimated_rows(sides, matches, with_match);
        estimated.get_value().copied()
    };
    assert_eq!(rows(JoinType::Inner, 0.1, None), Some(100));
    assert_eq!(rows(JoinType::LeftSemi, 0.1, None), Some(1_000));
    // Of overlapping fences a row has more matches than one.
    assert_eq!(rows(JoinType::LeftSemi, 0.95, Some(0.005)), Some(5));
    assert_eq!(rows(JoinType::LeftAnti, 0.95, Some(0.005)), Some(1_000));
    assert_eq!(rows(JoinType::RightSemi, 0.95, Some(0.005)), Some(44));
}
