//! The layer of each box: callers left of whom they call.
//!
//! Longest paths give each box a possible layer; then boxes move, with those that they push, while that makes lines
//! shorter; last, boxes at the end of a line leave layers that are too full for the next.
//!
//! # Source
//! Longest paths and short lines: Gansner, Koutsofios, North and Vo, "A Technique for Drawing Directed Graphs", 1993, section
//! 2, with moves in place of the simplex method, whose last percent nobody sees. Full layers: after Coffman and Graham, 1972.

use std::collections::BTreeSet;

use super::Line;

/// Rounds of moves; drawings of real estates settle in fewer.
const ROUNDS: usize = 24;

/// The layer of each box, from 0. Cost: some passes over the lines.
pub(crate) fn ranks(boxes: usize, lines: &[Line], turned: &[bool]) -> Vec<usize> {
    let mut links = Links { after: vec![Vec::new(); boxes], before: vec![Vec::new(); boxes] };
    for (line, turned) in lines.iter().zip(turned) {
        let (from, to) = if *turned { (line.to, line.from) } else { (line.from, line.to) };
        links.after[from].push(to);
        links.before[to].push(from);
    }
    let starts = [links.leftmost(), links.rightmost()];
    let slid = starts.map(|ranks| links.slid(ranks));
    let [left, right] = slid.map(|ranks| (links.length(&ranks), ranks));
    let (_, mut ranks) = if right.0 < left.0 { right } else { left };
    links.relieve(&mut ranks, layer_max(boxes));
    ranks
}

/// How many boxes a layer may hold: a drawing somewhat wider than high, as screens are.
fn layer_max(boxes: usize) -> usize {
    let mut side = 1;
    while side * side < boxes * 2 {
        side += 1;
    }
    side.max(5)
}

struct Links {
    after: Vec<Vec<usize>>,
    before: Vec<Vec<usize>>,
}

impl Links {
    /// Each box as far to the left as can be.
    fn leftmost(&self) -> Vec<usize> {
        longest_paths(&self.before, &self.after)
    }

    /// Each box as far to the right as can be.
    fn rightmost(&self) -> Vec<usize> {
        let depths = longest_paths(&self.after, &self.before);
        let deepest = depths.iter().copied().max().unwrap_or(0);
        depths.into_iter().map(|depth| deepest - depth).collect()
    }

    /// The ranks after all moves that make lines shorter.
    fn slid(&self, mut ranks: Vec<usize>) -> Vec<usize> {
        let deepest = ranks.iter().copied().max().unwrap_or(0);
        for _ in 0..ROUNDS {
            let mut moved = false;
            for b in 0..ranks.len() {
                moved |= self.move_right(&mut ranks, b, deepest);
                moved |= self.move_left(&mut ranks, b);
            }
            if !moved {
                break;
            }
        }
        ranks
    }

    /// Moves a box a layer to the right, with those that it pushes, where that makes lines shorter.
    fn move_right(&self, ranks: &mut [usize], b: usize, deepest: usize) -> bool {
        let pushed = pushed(b, &self.after, |from, to| ranks[to] == ranks[from] + 1);
        let longer = leaving(&pushed, &self.before);
        let shorter = leaving(&pushed, &self.after);
        let better = shorter > longer && pushed.iter().all(|b| ranks[*b] < deepest);
        if better {
            pushed.iter().for_each(|b| ranks[*b] += 1);
        }
        better
    }

    /// Moves a box a layer to the left in the same way.
    fn move_left(&self, ranks: &mut [usize], b: usize) -> bool {
        let pushed = pushed(b, &self.before, |from, to| ranks[to] + 1 == ranks[from]);
        let longer = leaving(&pushed, &self.after);
        let shorter = leaving(&pushed, &self.before);
        let better = shorter > longer && pushed.iter().all(|b| ranks[*b] > 0);
        if better {
            pushed.iter().for_each(|b| ranks[*b] -= 1);
        }
        better
    }

    /// How many layers all lines span.
    fn length(&self, ranks: &[usize]) -> usize {
        self.after.iter().enumerate().flat_map(|(b, after)| after.iter().map(move |a| ranks[*a] - ranks[b])).sum()
    }

    /// Sends boxes at which lines end to the next layer, and boxes at which they start to the one before, where full.
    fn relieve(&self, ranks: &mut [usize], layer_max: usize) {
        let deepest = ranks.iter().copied().max().unwrap_or(0);
        let count = |ranks: &[usize], rank: usize| ranks.iter().filter(|r| **r == rank).count();
        for rank in 0..=deepest + 1 {
            let ends = (0..ranks.len()).filter(|b| self.after[*b].is_empty()).collect::<Vec<_>>();
            for b in ends.into_iter().rev() {
                if ranks[b] == rank && count(ranks, rank) > layer_max {
                    ranks[b] += 1;
                }
            }
        }
        for rank in (1..=deepest).rev() {
            let starts = (0..ranks.len()).filter(|b| self.before[*b].is_empty()).collect::<Vec<_>>();
            for b in starts {
                if ranks[b] == rank && count(ranks, rank) > layer_max && count(ranks, rank - 1) < layer_max {
                    ranks[b] -= 1;
                }
            }
        }
    }
}

/// A box and all that it pushes, directly or not.
fn pushed(first: usize, links: &[Vec<usize>], pushes: impl Fn(usize, usize) -> bool) -> BTreeSet<usize> {
    let mut all = BTreeSet::from([first]);
    let mut waiting = vec![first];
    while let Some(b) = waiting.pop() {
        for &next in links[b].iter().filter(|next| pushes(b, **next)) {
            if all.insert(next) {
                waiting.push(next);
            }
        }
    }
    all
}

/// How many links lead out of a set of boxes.
fn leaving(boxes: &BTreeSet<usize>, links: &[Vec<usize>]) -> usize {
    boxes.iter().flat_map(|b| &links[*b]).filter(|end| !boxes.contains(end)).count()
}

/// How many links lead to each box at most.
fn longest_paths(before: &[Vec<usize>], after: &[Vec<usize>]) -> Vec<usize> {
    let mut ranks = vec![0; after.len()];
    let mut waiting: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut ready: Vec<usize> = (0..waiting.len()).filter(|b| waiting[*b] == 0).collect();
    while let Some(b) = ready.pop() {
        for &next in &after[b] {
            ranks[next] = ranks[next].max(ranks[b] + 1);
            waiting[next] -= 1;
            if waiting[next] == 0 {
                ready.push(next);
            }
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_moves_with_those_that_it_pushes() {
        // 0 → 1 → 2 → 3 is a chain; 4 calls 3 and a box of its own, 5, and stands beside 2 rather than far to the left.
        let lines = [(0, 1), (1, 2), (2, 3), (4, 3), (4, 5)].map(|(from, to)| Line { from, to, strand: 0 });
        assert_eq!(ranks(6, &lines, &[false; 5]), [0, 1, 2, 3, 2, 3]);
    }
}
