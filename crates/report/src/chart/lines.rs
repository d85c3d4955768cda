//! A line chart as SVG: series with bands of uncertainty, and marks that stand for a value.

use super::axis::{Axis, short};
use crate::escape::html as escaped;

/// A point with its bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Band {
    pub(crate) x: f64,
    pub(crate) value: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// One line.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) name: String,
    /// Decides colour and dashes: `a`, `b`, `c`.
    pub(crate) class: &'static str,
    pub(crate) points: Vec<Band>,
}

/// A value that a line across the chart stands for.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) at: f64,
    pub(crate) label: String,
    pub(crate) class: &'static str,
}

/// What is drawn.
#[derive(Clone, Debug)]
pub(crate) struct Chart<'a> {
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) x_name: &'a str,
    pub(crate) y_label: fn(f64) -> String,
    pub(crate) x_label: fn(f64) -> String,
    pub(crate) series: Vec<Series>,
    /// Upright lines, at values of x.
    pub(crate) upright: Vec<Mark>,
    /// Level lines, at values of y.
    pub(crate) level: Vec<Mark>,
    /// Stretches of x that are shaded: from, until, what.
    pub(crate) shaded: Vec<(f64, f64, String)>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 96.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 44.0;

/// The chart as one SVG element, with a title and each point's figures for those who cannot see it.
pub(crate) fn chart(chart: &Chart<'_>) -> String {
    let mut out = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">\n<title>{0}</title>\n",
        escaped(&chart.title)
    );
    shaded(&mut out, chart);
    axes(&mut out, chart);
    marks(&mut out, chart);
    for (rank, series) in chart.series.iter().enumerate() {
        line(&mut out, chart, series, rank);
    }
    out.push_str("</svg>\n");
    out
}

fn x_at(chart: &Chart<'_>, value: f64) -> f64 {
    LEFT + chart.x.place(value) * (WIDTH - LEFT - RIGHT)
}

fn y_at(chart: &Chart<'_>, value: f64) -> f64 {
    HEIGHT - BOTTOM - chart.y.place(value) * (HEIGHT - TOP - BOTTOM)
}

fn axes(out: &mut String, chart: &Chart<'_>) {
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    for tick in chart.y.ticks(6) {
        let y = y_at(chart, tick);
        out.push_str(&format!(
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{right}\"/><text class=\"tick end\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\n",
            LEFT - 8.0,
            y + 4.0,
            escaped(&short(&(chart.y_label)(tick)))
        ));
    }
    for tick in chart.x.ticks(8) {
        let x = x_at(chart, tick);
        out.push_str(&format!(
            "<path class=\"grid\" d=\"M{x:.1} {bottom}v5\"/><text class=\"tick mid\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>\n",
            bottom + 18.0,
            escaped(&short(&(chart.x_label)(tick)))
        ));
    }
    out.push_str(&format!(
        "<path class=\"axis\" d=\"M{LEFT} {TOP}V{bottom}H{right}\"/><text class=\"tick mid\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\n",
        (LEFT + right) / 2.0,
        bottom + 36.0,
        escaped(chart.x_name)
    ));
}

fn shaded(out: &mut String, chart: &Chart<'_>) {
    for (from, until, what) in &chart.shaded {
        let (a, b) = (x_at(chart, *from), x_at(chart, *until));
        let (width, height, what) = ((b - a).max(1.0), HEIGHT - TOP - BOTTOM, escaped(what));
        out.push_str(&format!(
            "<rect class=\"shade\" x=\"{a:.1}\" y=\"{TOP}\" width=\"{width:.1}\" height=\"{height:.1}\"><title>{what}</title></rect>\n\
             <text class=\"note\" x=\"{:.1}\" y=\"{:.1}\">{what}</text>\n",
            a + 4.0,
            TOP + 12.0,
        ));
    }
}

fn marks(out: &mut String, chart: &Chart<'_>) {
    // Labels of upright marks stand above the chart, those of near ones one below the other.
    let mut last = f64::NEG_INFINITY;
    let mut row = 0;
    let mut upright: Vec<&Mark> = chart.upright.iter().collect();
    upright.sort_by(|a, b| a.at.total_cmp(&b.at));
    for mark in upright {
        let x = x_at(chart, mark.at);
        row = if x - last < 130.0 { row + 1 } else { 0 };
        last = x;
        let y = TOP - 10.0 + f64::from(row) * 13.0;
        let (class, anchor) = (mark.class, if x > WIDTH - RIGHT - 150.0 && row > 0 { "end" } else { "mid" });
        let shift = if anchor == "end" { -5.0 } else { 0.0 };
        out.push_str(&format!(
            "<path class=\"mark {class}\" d=\"M{x:.1} {TOP}V{:.1}\"/><text class=\"note {anchor} {class}\" x=\"{:.1}\" y=\"{y:.1}\">{}</text>\n",
            HEIGHT - BOTTOM,
            x + shift,
            escaped(&mark.label)
        ));
    }
    for mark in &chart.level {
        let y = y_at(chart, mark.at);
        out.push_str(&format!(
            "<path class=\"mark {}\" d=\"M{LEFT} {y:.1}H{:.1}\"/><text class=\"note {0}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\n",
            mark.class,
            WIDTH - RIGHT,
            LEFT + 6.0,
            y - 5.0,
            escaped(&mark.label)
        ));
    }
}

fn line(out: &mut String, chart: &Chart<'_>, series: &Series, rank: usize) {
    let point = |x: f64, y: f64| format!("{:.1} {:.1}", x_at(chart, x), y_at(chart, y));
    if series.points.is_empty() {
        return;
    }
    let class = series.class;
    let upper: Vec<String> = series.points.iter().map(|band| point(band.x, band.high)).collect();
    let lower: Vec<String> = series.points.iter().rev().map(|band| point(band.x, band.low)).collect();
    let middle: Vec<String> = series.points.iter().map(|band| point(band.x, band.value)).collect();
    out.push_str(&format!(
        "<path class=\"band {class}\" d=\"M{}L{}Z\"/><path class=\"line {class}\" d=\"M{}\"/>\n",
        upper.join("L"),
        lower.join("L"),
        middle.join("L")
    ));
    for band in &series.points {
        out.push_str(&format!(
            "<circle class=\"dot {class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\"><title>{}: {} at {}</title></circle>\n",
            x_at(chart, band.x),
            y_at(chart, band.value),
            escaped(&series.name),
            escaped(&(chart.y_label)(band.value)),
            escaped(&(chart.x_label)(band.x)),
        ));
    }
    let last = series.points[series.points.len() - 1];
    out.push_str(&format!(
        "<text class=\"name {class}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\n",
        WIDTH - RIGHT + 8.0,
        (y_at(chart, last.value) + 4.0).max(TOP + 12.0 * rank as f64),
        escaped(&series.name)
    ));
}
