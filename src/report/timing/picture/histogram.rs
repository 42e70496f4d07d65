//! One histogram: an axis that a few far values do not stretch, bars, and the statistics above them. Values beyond the
//! axis are counted in words.

use super::super::summary::{Summary, percentile};
use super::super::text::lines;
use super::{DARK, SOFT, WARNING};
use crate::ground::svg::{Anchor, Svg};

/// What is drawn.
#[derive(Clone, Debug)]
pub struct Panel {
    pub title: String,
    pub values: Vec<f64>,
    /// Why there are none.
    pub why: Option<String>,
}

/// From where to where, in steps that read well, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    pub from: f64,
    pub to: f64,
    pub step: f64,
}

const BINS: usize = 60;
const BAR: &str = "#3a6ea5";
const GRID: &str = "#d5dbe1";
/// A single value must be seen.
const LEAST_PX: f64 = 2.0;
/// Steps of an axis.
const STEPS: f64 = 5.0;

impl Axis {
    /// An axis for these values; where one or two are far away, for the others.
    pub fn of(values: &[f64]) -> Option<Axis> {
        if values.is_empty() {
            return None;
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (percentile(&sorted, 1.0), percentile(&sorted, 99.0));
        // Half as much again on either side, as far as there are values.
        let room = ((high - low) * 0.5).max(0.005);
        let from = sorted[0].max(low - room);
        let to = sorted[sorted.len() - 1].min(high + room);
        let step = step((to - from).max(0.01) / STEPS);
        let (from, to) = ((from / step).floor() * step, (to / step).ceil() * step);
        let to = if to > from { to } else { from + step };
        Some(Axis { from, to, step })
    }

    fn ticks(&self) -> impl Iterator<Item = f64> + '_ {
        let n = ((self.to - self.from) / self.step).round() as usize;
        (0..=n).map(|i| self.from + i as f64 * self.step)
    }

    /// Decimals that tell its ticks apart.
    fn decimals(&self) -> usize {
        (-self.step.log10().floor()).max(0.0) as usize
    }
}

/// The next 1, 2 or 5 times a power of ten.
fn step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let of = [1.0, 2.0, 5.0].into_iter().map(|m| m * power).find(|s| *s >= rough * (1.0 - 1e-9));
    of.unwrap_or(10.0 * power)
}

/// Draws a panel with its top left corner at a place.
pub fn draw(svg: &mut Svg, panel: &Panel, axis: Option<&Axis>, at: (f64, f64), size: (f64, f64)) {
    let ((x, y), (w, h)) = (at, size);
    svg.text(x, y - 8.0, 14.0, DARK, Anchor::Start, false, &panel.title);
    svg.rect(x, y, w, h, "#f7f9fb", None);
    let (Some(axis), Some(s)) = (axis, Summary::of(&panel.values)) else {
        svg.text(x + w / 2.0, y + h / 2.0 - 8.0, 15.0, SOFT, Anchor::Middle, true, "not measured");
        let why = panel.why.as_deref().unwrap_or("there are no values");
        for (i, line) in lines(why, 48).iter().enumerate() {
            let y = y + h / 2.0 + 14.0 + 17.0 * i as f64;
            svg.text(x + w / 2.0, y, 13.0, SOFT, Anchor::Middle, false, line);
        }
        return;
    };
    // Room for the statistics.
    let (top, foot) = (y + 42.0, y + h);
    let place = |v: f64| x + (v - axis.from) / (axis.to - axis.from) * w;
    let last = axis.ticks().count() - 1;
    for (i, tick) in axis.ticks().enumerate() {
        svg.line((place(tick), top), (place(tick), foot), GRID);
        // A zero that comes out as -0 is still a zero.
        let tick = if tick.abs() < 1e-9 { 0.0 } else { tick };
        let unit = if i == last { " ms" } else { "" };
        let label = format!("{tick:.*}{unit}", axis.decimals());
        // Neighbouring panels need the space beside them.
        let anchor = match i {
            0 => Anchor::Start,
            i if i == last => Anchor::End,
            _ => Anchor::Middle,
        };
        svg.text(place(tick), foot + 16.0, 12.0, SOFT, anchor, false, &label);
    }
    let (bins, below, above) = counted(&panel.values, axis);
    let most = bins.iter().copied().max().unwrap_or(1).max(1) as f64;
    let bar = w / BINS as f64;
    for (i, n) in bins.iter().enumerate().filter(|(_, n)| **n > 0) {
        let high = (*n as f64 / most * (foot - top - 4.0)).max(LEAST_PX);
        svg.rect(x + i as f64 * bar, foot - high, (bar - 0.5).max(0.5), high, BAR, None);
    }
    svg.line((x, foot), (x + w, foot), SOFT);
    let figures =
        format!("n {}, median {:.3}, SD {:.3}, worst {:.3}", s.n, s.median_ms, s.sd_ms, s.worst_ms);
    svg.text(x + 6.0, y + 17.0, 13.0, DARK, Anchor::Start, false, &figures);
    if below + above > 0 {
        let beyond = match (below, above) {
            (0, n) => format!("{n} beyond on the right"),
            (n, 0) => format!("{n} beyond on the left"),
            (l, r) => format!("{l} beyond on the left, {r} on the right"),
        };
        svg.text(x + 6.0, y + 34.0, 12.0, WARNING, Anchor::Start, false, &beyond);
    }
}

/// How many values are in each bin, below the axis and above it.
fn counted(values: &[f64], axis: &Axis) -> (Vec<usize>, usize, usize) {
    let (mut bins, mut below, mut above) = (vec![0; BINS], 0, 0);
    for v in values {
        let share = (v - axis.from) / (axis.to - axis.from);
        if share < 0.0 {
            below += 1;
        } else if share > 1.0 {
            above += 1;
        } else {
            bins[((share * BINS as f64) as usize).min(BINS - 1)] += 1;
        }
    }
    (bins, below, above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_holds_its_values_in_steps_that_read_well() {
        let axis = Axis::of(&[16.1, 16.7, 17.2]).unwrap();
        assert!(axis.from <= 16.1 && axis.to >= 17.2 && axis.to - axis.from < 3.0, "{axis:?}");
        assert_eq!([0.011, 0.02, 0.3, 7.0].map(step), [0.02, 0.02, 0.5, 10.0]);
        let one = Axis::of(&[5.0; 10]).unwrap();
        assert!(one.from <= 5.0 && one.to > 5.0, "{one:?}");
        assert_eq!(Axis::of(&[]), None);
    }

    #[test]
    fn far_values_are_counted_and_do_not_stretch_the_axis() {
        let mut values: Vec<f64> = (0..1000).map(|i| f64::from(i) * 1e-3).collect();
        values.extend([40.0, -30.0, -31.0]);
        let axis = Axis::of(&values).unwrap();
        assert!(axis.to < 3.0 && axis.from > -3.0, "{axis:?}");
        let (bins, below, above) = counted(&values, &axis);
        assert_eq!((bins.iter().sum::<usize>(), below, above), (1000, 2, 1));
    }
}
