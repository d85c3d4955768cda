//! Bars to the left and right of 0 (a tornado), or from 0 on (a ladder), as SVG.

use crate::escape::html as escaped;
use crate::words::cut;

/// One bar.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) value: f64,
    /// The bounds of the value; equal where it is exact.
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) label: String,
    /// Decides colour and hatching: `a`, `quiet`.
    pub(crate) class: &'static str,
}

const WIDTH: f64 = 720.0;
const NAME: f64 = 230.0;
const LABEL: f64 = 215.0;
const ROW: f64 = 26.0;

/// The bars as one SVG element, in the order given.
pub(crate) fn bars(title: &str, bars: &[Bar]) -> String {
    let low = bars.iter().map(|bar| bar.low.min(bar.value)).fold(0.0, f64::min);
    let high = bars.iter().map(|bar| bar.high.max(bar.value)).fold(0.0, f64::max);
    let span = if high > low { high - low } else { 1.0 };
    let x = |value: f64| NAME + (value - low) / span * (WIDTH - NAME - LABEL);
    let height = ROW * bars.len() as f64 + 8.0;
    let mut out = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">\n<title>{0}</title>\n",
        escaped(title)
    );
    for (row, bar) in bars.iter().enumerate() {
        let top = 4.0 + row as f64 * ROW;
        let middle = top + ROW / 2.0;
        let (from, to) = (x(bar.value.min(0.0)), x(bar.value.max(0.0)));
        out.push_str(&format!(
            "<text class=\"tick end\" x=\"{:.1}\" y=\"{:.1}\"><title>{}</title>{}</text>\
             <rect class=\"bar {}\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
            NAME - 10.0,
            middle + 4.0,
            escaped(&bar.name),
            escaped(&cut(&bar.name, 40)),
            bar.class,
            top + 4.0,
            (to - from).max(1.0),
            ROW - 8.0,
        ));
        if bar.low < bar.high {
            let (a, b) = (x(bar.low), x(bar.high));
            out.push_str(&format!(
                "<path class=\"whisker\" d=\"M{a:.1} {middle:.1}H{b:.1}M{a:.1} {:.1}v8M{b:.1} {0:.1}v8\"/>",
                middle - 4.0
            ));
        }
        out.push_str(&format!(
            "<text class=\"note\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\n",
            x(bar.high.max(bar.value).max(0.0)) + 8.0,
            middle + 4.0,
            escaped(&bar.label)
        ));
    }
    out.push_str(&format!("<path class=\"axis\" d=\"M{:.1} 0V{height}\"/></svg>\n", x(0.0)));
    out
}
