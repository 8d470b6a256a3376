//! The cheapest tree of joins, by dynamic programming over sets of inputs.

use super::cost::join_cost;
use super::estimates::Estimates;
use super::region::{Leaves, Region, Tree};

/// A tree and what it costs.
#[derive(Debug, Clone)]
pub(super) struct Best {
    pub(super) tree: Tree,
    pub(super) cost: f64,
}

/// What the joins of a tree cost together.
pub(super) fn cost(tree: &Tree, estimates: &Estimates) -> f64 {
    match tree {
        Tree::Leaf(_) => 0.0,
        Tree::Join(left, right) => {
            let inputs = cost(left, estimates) + cost(right, estimates);
            inputs + join_cost(left.leaves(), right.leaves(), estimates)
        }
    }
}

/// The cheapest tree over all inputs; inputs without a condition between them are joined only where nothing else is left.
pub(super) fn cheapest(region: &Region, estimates: &Estimates) -> Option<Best> {
    let count = region.leaves().len();
    let all: Leaves = (1 << count) - 1;
    let mut best: Vec<Option<Best>> = vec![None; 1 << count];
    for leaf in 0..count {
        best[1 << leaf] = Some(Best {
            tree: Tree::Leaf(leaf),
            cost: 0.0,
        });
    }
    for leaves in 1..=all {
        if leaves.count_ones() < 2 {
            continue;
        }
        let linked = cheapest_split(leaves, &best, estimates, true);
        best[leaves as usize] = linked.or_else(|| match leaves == all {
            true => cheapest_split(leaves, &best, estimates, false),
            false => None,
        });
    }
    best.pop().flatten()
}

fn cheapest_split(
    leaves: Leaves,
    best: &[Option<Best>],
    estimates: &Estimates,
    linked: bool,
) -> Option<Best> {
    let mut found: Option<(f64, Leaves, Leaves)> = None;
    // Every subset with the lowest input in it, so that each split is seen once.
    let lowest = leaves & leaves.wrapping_neg();
    let rest = leaves & !lowest;
    let mut others = rest;
    while others > 0 {
        let (left, right) = (leaves & !others, others);
        others = (others - 1) & rest;
        let (Some(left_best), Some(right_best)) = (&best[left as usize], &best[right as usize]) else {
            continue;
        };
        if linked && estimates.between(left, right).next().is_none() {
            continue;
        }
        let cost = left_best.cost + right_best.cost + join_cost(left, right, estimates);
        if found.is_none_or(|(least, ..)| cost < least) {
            found = Some((cost, left, right));
        }
    }
    let (cost, left, right) = found?;
    let tree = |leaves: Leaves| {
        best[leaves as usize]
            .as_ref()
            .map(|best| Box::new(best.tree.clone()))
    };
    Some(Best {
        tree: Tree::Join(tree(left)?, tree(right)?),
        cost,
    })
}
