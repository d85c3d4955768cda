//! Which lines are turned round while boxes are placed, so that no circle is left.
//!
//! # Source
//! Eades, Lin and Smyth, "A fast and effective heuristic for the feedback arc set problem", 1993: take sinks to the end,
//! sources to the front, else the box with the most lines out over lines in. Equals are taken by index.

use super::Line;

/// For each line, whether it is turned. Cost: boxes × boxes at worst.
pub(crate) fn turned(boxes: usize, lines: &[Line]) -> Vec<bool> {
    let position = positions(boxes, lines);
    lines.iter().map(|line| position[line.from] > position[line.to]).collect()
}

/// A sequence in which few lines lead backwards, as the position of each box.
fn positions(boxes: usize, lines: &[Line]) -> Vec<usize> {
    let mut out_count = vec![0usize; boxes];
    let mut in_count = vec![0usize; boxes];
    for line in lines {
        out_count[line.from] += 1;
        in_count[line.to] += 1;
    }
    let mut left: Vec<usize> = (0..boxes).collect();
    let mut position = vec![0; boxes];
    let (mut front, mut back) = (0, boxes);
    while !left.is_empty() {
        let at = next(&left, &out_count, &in_count);
        let taken = left.remove(at);
        if out_count[taken] == 0 && in_count[taken] > 0 {
            back -= 1;
            position[taken] = back;
        } else {
            position[taken] = front;
            front += 1;
        }
        for line in lines.iter().filter(|line| line.from == taken || line.to == taken) {
            let (from, to) = (line.from, line.to);
            if from == taken && left.contains(&to) {
                in_count[to] -= 1;
            } else if to == taken && left.contains(&from) {
                out_count[from] -= 1;
            }
        }
    }
    position
}

fn next(left: &[usize], out_count: &[usize], in_count: &[usize]) -> usize {
    let sink = left.iter().position(|b| out_count[*b] == 0);
    let source = || left.iter().position(|b| in_count[*b] == 0);
    let best = || {
        let surplus = |b: usize| out_count[b] as isize - in_count[b] as isize;
        (0..left.len()).max_by_key(|at| (surplus(left[*at]), std::cmp::Reverse(*at))).unwrap_or(0)
    };
    sink.or_else(source).unwrap_or_else(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_opened_once() {
        let lines = [(0, 1), (1, 2), (2, 0)].map(|(from, to)| Line { from, to, strand: 0 });
        assert_eq!(turned(3, &lines), [false, false, true]);
    }
}
