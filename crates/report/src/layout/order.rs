//! The order in each layer, so that few lines cross.
//!
//! Sweeps to and fro put each node at the mean of its neighbours, then neighbours change places while that helps; the
//! best order seen is kept.
//!
//! # Source
//! Barycentres: Sugiyama and others, 1981. Changing places: Gansner and others, 1993, section 3. Counting: Barth, Jünger
//! and Mutzel, "Simple and Efficient Bilayer Cross Counting", 2002.

use super::proper::Proper;

/// Sweeps without a better order until it ends.
const PATIENCE: usize = 6;
/// Sweeps in all.
const SWEEPS_MAX: usize = 40;

/// Beyond so many boxes and bends one start has to do: the picture is read by searching it, and each costs as much.
const NODES_OF_MANY_STARTS: usize = 1_000;

/// Orders each layer, from several starts, since each leads to a rest of its own. Cost: sweeps × links × log of the layer.
pub(crate) fn order(proper: &mut Proper) {
    let mut starts = vec![start(proper, End::Left)];
    if proper.layer_of.len() <= NODES_OF_MANY_STARTS {
        starts.extend([start(proper, End::Right), proper.layers.clone()]);
    }
    let mut best: Option<(usize, Vec<Vec<usize>>)> = None;
    for layers in starts {
        for first in [End::Left, End::Right] {
            proper.layers.clone_from(&layers);
            let fewest = settle(proper, first);
            if best.as_ref().is_none_or(|(least, _)| fewest < *least) {
                best = Some((fewest, proper.layers.clone()));
            }
        }
    }
    if let Some((_, layers)) = best {
        proper.layers = layers;
    }
}

/// From which end a sweep or a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Left,
    Right,
}

/// Sweeps until it gets no better; leaves the best order seen and returns its crossings.
fn settle(proper: &mut Proper, first: End) -> usize {
    let mut best = proper.layers.clone();
    let mut fewest = crossings(proper);
    let mut idle = 0;
    for sweep in 0..SWEEPS_MAX {
        if fewest == 0 || idle == PATIENCE {
            break;
        }
        mean_sweep(proper, (sweep % 2 == 0) == (first == End::Left));
        exchange(proper);
        let now = crossings(proper);
        idle += 1;
        if now < fewest {
            (fewest, idle) = (now, 0);
            best.clone_from(&proper.layers);
        }
    }
    proper.layers = best;
    fewest
}

/// A first order: depth first from one end, so that what hangs together stands together.
fn start(proper: &Proper, end: End) -> Vec<Vec<usize>> {
    let mut roots: Vec<&Vec<usize>> = proper.layers.iter().collect();
    if end == End::Right {
        roots.reverse();
    }
    let links = if end == End::Left { &proper.after } else { &proper.before };
    let mut seen = vec![false; proper.layer_of.len()];
    let mut layers = vec![Vec::new(); proper.layers.len()];
    for root in roots.into_iter().flatten().copied() {
        let mut stack = vec![root];
        while let Some(node) = stack.pop() {
            if std::mem::replace(&mut seen[node], true) {
                continue;
            }
            layers[proper.layer_of[node]].push(node);
            stack.extend(links[node].iter().rev().filter(|next| !seen[**next]));
        }
    }
    layers
}

fn mean_sweep(proper: &mut Proper, to_the_right: bool) {
    let count = proper.layers.len();
    let mut positions = proper.positions();
    for step in 1..count {
        let layer = if to_the_right { step } else { count - 1 - step };
        let neighbours = if to_the_right { &proper.before } else { &proper.after };
        let mean = |node: usize| match neighbours[node].len() {
            0 => positions[node] as f64,
            n => neighbours[node].iter().map(|other| positions[*other] as f64).sum::<f64>() / n as f64,
        };
        let mut keyed: Vec<(f64, usize)> = proper.layers[layer].iter().map(|node| (mean(*node), *node)).collect();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        proper.layers[layer] = keyed.into_iter().map(|(_, node)| node).collect();
        proper.layers[layer].iter().enumerate().for_each(|(at, node)| positions[*node] = at);
    }
}

/// Changes the places of two neighbours wherever that takes crossings away.
fn exchange(proper: &mut Proper) {
    for _ in 0..PATIENCE {
        let mut better = false;
        let mut positions = proper.positions();
        for layer in 0..proper.layers.len() {
            for at in 1..proper.layers[layer].len() {
                let (a, b) = (proper.layers[layer][at - 1], proper.layers[layer][at]);
                let count = |first: usize, second: usize| {
                    pair_crossings(&proper.before, &positions, first, second)
                        + pair_crossings(&proper.after, &positions, first, second)
                };
                if count(b, a) < count(a, b) {
                    proper.layers[layer].swap(at - 1, at);
                    positions.swap(a, b);
                    better = true;
                }
            }
        }
        if !better {
            break;
        }
    }
}

/// How many links of two nodes cross when the first stands before the second.
fn pair_crossings(neighbours: &[Vec<usize>], positions: &[usize], first: usize, second: usize) -> usize {
    let mut theirs: Vec<usize> = neighbours[second].iter().map(|n| positions[*n]).collect();
    theirs.sort_unstable();
    neighbours[first].iter().map(|n| theirs.partition_point(|p| *p < positions[*n])).sum()
}

/// How many links cross in all.
fn crossings(proper: &Proper) -> usize {
    let positions = proper.positions();
    proper.layers.windows(2).map(|pair| layer_crossings(proper, &positions, &pair[0], pair[1].len())).sum()
}

/// Counts inversions of the right ends, taken in the order of the left ones, in a tree of sums.
fn layer_crossings(proper: &Proper, positions: &[usize], left: &[usize], right_count: usize) -> usize {
    let mut tree = vec![0usize; right_count + 1];
    let (mut total, mut seen) = (0, 0);
    for node in left {
        let mut ends: Vec<usize> = proper.after[*node].iter().map(|n| positions[*n]).collect();
        ends.sort_unstable();
        for end in &ends {
            let (mut at, mut not_after) = (end + 1, 0);
            while at > 0 {
                not_after += tree[at];
                at &= at - 1;
            }
            total += seen - not_after;
        }
        for end in &ends {
            let mut at = end + 1;
            while at <= right_count {
                tree[at] += 1;
                at += at & at.wrapping_neg();
            }
            seen += 1;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::super::Line;
    use super::*;

    #[test]
    fn two_crossed_lines_are_straightened() {
        let lines = [(0, 3), (1, 2)].map(|(from, to)| Line { from, to, strand: 0 });
        let mut proper = Proper::of(4, &lines, &[false, false], &[0, 0, 1, 1]);
        assert_eq!(crossings(&proper), 1);
        order(&mut proper);
        assert_eq!(crossings(&proper), 0);
    }
}
