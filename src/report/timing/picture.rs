//! The report as a picture: a small histogram for each row of values, with its axis in milliseconds, and the verdicts
//! beneath. SVG, written by hand: rectangles, lines and text are all it takes.

mod histogram;

use super::Report;
use super::measured::{Flips, Measured};
use super::text::lines;
use super::verdict::{State, Verdict};
use crate::ground::svg::{Anchor, Svg};
use histogram::{Axis, Panel};

/// Pixels.
const WIDTH: f64 = 1160.0;
const MARGIN: f64 = 30.0;
const PANEL: (f64, f64) = (334.0, 170.0);
const GAP: (f64, f64) = (49.0, 92.0);
const ACROSS: usize = 3;
/// Letters that fit into the width at the size of verdicts.
const LETTERS: usize = 142;

const FONTS: &str = "Helvetica, Arial, 'DejaVu Sans', sans-serif";
const DARK: &str = "#1f2933";
const SOFT: &str = "#52606d";
const WARNING: &str = "#b42318";

/// Panels side by side, on as many lines as they need.
struct Row {
    title: &'static str,
    panels: Vec<Panel>,
    /// Whether they share an axis, so that they can be compared.
    shared: bool,
}

impl Row {
    fn height(&self) -> f64 {
        self.panels.len().div_ceil(ACROSS) as f64 * (PANEL.1 + GAP.1)
    }
}

/// The whole picture.
pub fn of(report: &Report) -> String {
    let rows = rows(&report.measured);
    let top = header_height(report);
    let all: f64 = rows.iter().map(Row::height).sum();
    let verdicts: f64 = report.verdicts.iter().map(height).sum();
    let mut svg = Svg::new(WIDTH, top + all + verdicts + 70.0, FONTS);
    header(&mut svg, report);
    let mut y = top;
    for row in &rows {
        draw_row(&mut svg, row, y, report.virtual_display.is_some());
        y += row.height();
    }
    svg.text(MARGIN, y + 8.0, 17.0, DARK, Anchor::Start, true, "Verdict");
    y += 32.0;
    for v in &report.verdicts {
        y = draw_verdict(&mut svg, v, y);
    }
    svg.finish()
}

fn rows(m: &Measured) -> Vec<Row> {
    let panel = |title: String, values: &[f64]| Panel { title, values: values.to_vec(), why: None };
    let of = |f: &Flips, values: &[f64]| panel(f.words(), values);
    let every = m.flips.iter().filter(|f| !f.intervals_ms.is_empty());
    let intervals = every.map(|f| of(f, &f.intervals_ms)).collect();
    let onsets = m.flips.iter().map(|f| of(f, &f.onset_minus_flip_ms)).collect();
    let sources = m.keys.by_source.iter();
    let mut others: Vec<Panel> = sources
        .map(|s| panel(format!("press to stamp, by {}", s.source), &s.latencies_ms))
        .collect();
    if others.is_empty() {
        let why = m.keys.not_measured.clone().or_else(|| Some("no press was heard".into()));
        let title = "press to stamp".into();
        others.push(Panel { title, values: Vec::new(), why });
    }
    for s in m.clock.sleeps.iter().filter(|s| !s.over_ms.is_empty()) {
        let priority = if s.real_time { "real-time" } else { "ordinary" };
        others.push(panel(format!("late awakening, {priority} priority"), &s.over_ms));
    }
    let row = |title, panels, shared| Row { title, panels, shared };
    let beside = m.sound.iter().flat_map(|s| {
        [
            panel("from the picture to its sound".into(), &s.sound_minus_picture_ms),
            panel("from the plan of a sound to its onset".into(), &s.onset_minus_plan_ms),
        ]
    });
    let mut rows = vec![
        row("From one flip to the next", intervals, true),
        row("Onset minus the flip it was meant for", onsets, true),
        row("Sounds", beside.collect(), true),
        row("Keys, and threads that wake from sleep", others, false),
    ];
    rows.retain(|r| !r.panels.is_empty());
    rows
}

fn header_height(report: &Report) -> f64 {
    if report.virtual_display.is_some() { 150.0 } else { 104.0 }
}

fn header(svg: &mut Svg, report: &Report) {
    let m = &report.measured;
    let title = format!("Timing of a PC, {}, {}", m.made, m.program);
    svg.text(MARGIN, 38.0, 20.0, DARK, Anchor::Start, true, &title);
    let s = &m.screen;
    let monitor = s.monitor.as_deref().unwrap_or("no monitor");
    let screen = format!(
        "{} on {monitor}, {} x {} at {:.3} Hz, {}; {}",
        s.mode, s.width_px, s.height_px, s.refresh_hz, s.adapter, m.machine.processor
    );
    let line = lines(&screen, LETTERS).swap_remove(0);
    svg.text(MARGIN, 62.0, 14.0, SOFT, Anchor::Start, false, &line);
    if let Some(text) = &report.virtual_display {
        svg.rect(MARGIN, 78.0, WIDTH - 2.0 * MARGIN, 34.0, "#fde8e6", Some(WARNING));
        svg.text(WIDTH / 2.0, 100.0, 15.0, WARNING, Anchor::Middle, true, text);
    }
}

fn draw_row(svg: &mut Svg, row: &Row, y: f64, is_virtual: bool) {
    svg.text(MARGIN, y, 17.0, DARK, Anchor::Start, true, row.title);
    let all: Vec<f64> = row.panels.iter().flat_map(|p| p.values.iter().copied()).collect();
    for (i, panel) in row.panels.iter().enumerate() {
        let x = MARGIN + (i % ACROSS) as f64 * (PANEL.0 + GAP.0);
        let y = y + (i / ACROSS) as f64 * (PANEL.1 + GAP.1);
        let axis = Axis::of(if row.shared { &all } else { &panel.values });
        histogram::draw(svg, panel, axis.as_ref(), (x, y + 34.0), PANEL);
        if is_virtual {
            let right = x + PANEL.0;
            svg.text(right, y + 26.0, 11.0, WARNING, Anchor::End, false, "virtual display");
        }
    }
}

/// A verdict's lines: its text, and the remedy.
fn words(v: &Verdict) -> (Vec<String>, Vec<String>) {
    let text = lines(&format!("{}: {}", v.item, v.text), LETTERS - 16);
    let remedy = v.remedy.iter().flat_map(|r| lines(&format!("\u{2192} {r}"), LETTERS - 16));
    (text, remedy.collect())
}

fn height(v: &Verdict) -> f64 {
    let (text, remedy) = words(v);
    (text.len() + remedy.len()) as f64 * 19.0 + 5.0
}

fn draw_verdict(svg: &mut Svg, v: &Verdict, y: f64) -> f64 {
    let color = match v.state {
        State::Ok => "#0b6e4f",
        State::Look => WARNING,
        State::NotMeasured => SOFT,
    };
    svg.text(MARGIN, y, 14.0, color, Anchor::Start, true, v.state.words());
    let (text, remedy) = words(v);
    let mut at = y;
    for (line, color) in text.iter().map(|l| (l, DARK)).chain(remedy.iter().map(|l| (l, SOFT))) {
        svg.text(MARGIN + 120.0, at, 14.0, color, Anchor::Start, false, line);
        at += 19.0;
    }
    at + 5.0
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{good, on_xvfb};
    use super::super::{Report, VIRTUAL};

    /// All that is written in a picture that is sound XML.
    fn written(svg: &str) -> Vec<String> {
        let document = roxmltree::Document::parse(svg).expect("the picture is sound XML");
        assert_eq!(document.root_element().tag_name().name(), "svg");
        let texts = document.descendants().filter(|n| n.has_tag_name("text"));
        texts.map(|n| n.text().unwrap_or_default().to_string()).collect()
    }

    #[test]
    fn every_distribution_has_its_panel_with_statistics_and_an_axis_in_milliseconds() {
        let report = Report::new(good());
        let said = written(&report.picture());
        assert_eq!(said.iter().filter(|t| t.ends_with(" ms")).count(), 8, "{said:?}");
        for s in report.summaries.iter().filter_map(|s| s.summary) {
            let figure = format!("median {:.3}", s.median_ms);
            assert!(said.iter().any(|t| t.contains(&figure)), "{figure}: {said:?}");
        }
        for v in &report.verdicts {
            assert!(said.iter().any(|t| t.starts_with(&v.item)), "{}", v.item);
        }
        assert!(!said.iter().any(|t| t.contains("virtual display") || t.contains(VIRTUAL)));
    }

    #[test]
    fn signs_that_mean_something_in_xml_are_written_as_they_are_read() {
        let said = written(&Report::new(good()).picture());
        assert!(said.iter().any(|t| t.contains("a processor <with> \"signs\" & more")), "{said:?}");
    }

    #[test]
    fn a_virtual_display_is_named_at_the_head_and_at_every_panel() {
        let said = written(&Report::new(on_xvfb()).picture());
        assert!(said.iter().any(|t| t.starts_with(VIRTUAL)), "{said:?}");
        assert_eq!(said.iter().filter(|t| *t == "virtual display").count(), 8);
    }

    #[test]
    fn what_was_not_measured_is_an_empty_panel_with_the_reason() {
        let mut m = good();
        m.keys = Default::default();
        m.keys.not_measured = Some("nobody can press keys here".into());
        let said = written(&Report::new(m).picture());
        assert!(said.iter().any(|t| t == "not measured"), "{said:?}");
        assert!(said.iter().any(|t| t.contains("nobody can press keys here")), "{said:?}");
    }
}
