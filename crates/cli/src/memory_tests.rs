use super::*;

#[test]
fn it_is_a_share_of_the_least_that_is_known() {
    const GB: u64 = 1 << 30;
    assert_eq!(share_of(10 * GB, None), Some((8 * GB) as usize));
    assert_eq!(share_of(10 * GB, Some(5 * GB)), Some((4 * GB) as usize));
    assert_eq!(share_of(10 * GB, Some(20 * GB)), Some((8 * GB) as usize));
    assert_eq!(share_of(10 * GB, Some(0)), Some((8 * GB) as usize));
    assert_eq!(share_of(0, Some(5 * GB)), Some((4 * GB) as usize));
    assert_eq!(share_of(0, None), None);
}

#[test]
fn this_machine_has_some() {
    assert!(usual_limit().is_some_and(|bytes| bytes > 64 << 20));
}
