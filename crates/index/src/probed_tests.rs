//! What every index promises of probing a bounded number of pairs at a time, for the tests of each.

use crate::ranges::{Cursor, Pairs};

/// Probes a batch in calls of at most `limit` pairs, and checks that no call gives more or stops for nothing.
pub(crate) fn in_calls_of(limit: usize, mut probe: impl FnMut(&mut Cursor, &mut Pairs) -> bool) -> Pairs {
    let (mut cursor, mut all) = (Cursor::default(), Pairs::default());
    loop {
        let mut pairs = Pairs::default();
        let done = probe(&mut cursor, &mut pairs);
        assert_eq!(pairs.build.len(), pairs.probe.len());
        assert!(pairs.len() <= limit);
        all.build.append(&mut pairs.build);
        all.probe.append(&mut pairs.probe);
        if done {
            return all;
        }
        assert_eq!(all.len() % limit, 0, "a call that is not the last is full");
    }
}
