//! Equal keys beside an index that does not know them: the matches that it finds are held against their rows' groups.

use crate::index::{NO_GROUP, Pairs};

/// The group of every build row; `None` where the join has no equal keys.
#[derive(Debug, Clone)]
pub(crate) struct BuildGroups(pub(crate) Option<Vec<u32>>);

impl BuildGroups {
    pub(crate) fn bytes(&self) -> usize {
        self.0.as_ref().map_or(0, Vec::len) * size_of::<u32>()
    }

    /// Whether a row of the build side and one of the probe side have the same equal keys.
    pub(crate) fn same(&self, build: u32, probe_groups: Option<&[u32]>, probe: u32) -> bool {
        match (&self.0, probe_groups) {
            (Some(groups), Some(probe_groups)) => {
                let group = groups[build as usize];
                group != NO_GROUP && group == probe_groups[probe as usize]
            }
            _ => true,
        }
    }

    /// Drops the pairs from a position on whose rows have different equal keys.
    pub(crate) fn keep(&self, probe_groups: Option<&[u32]>, begun: usize, pairs: &mut Pairs) {
        let mut kept = begun;
        for position in begun..pairs.len() {
            let (build, probe) = (pairs.build[position], pairs.probe[position]);
            if self.same(build, probe_groups, probe) {
                (pairs.build[kept], pairs.probe[kept]) = (build, probe);
                kept += 1;
            }
        }
        pairs.build.truncate(kept);
        pairs.probe.truncate(kept);
    }
}
