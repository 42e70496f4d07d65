//! The report as text for a person: what was tested, the verdicts, the figures.

use super::Report;
use super::summary::Series;
use super::verdict::{State, Verdict};
use std::fmt::Write;

/// Lines are no longer than this.
const WIDTH: usize = 100;
/// Where the words of a verdict begin.
const INDENT: usize = 16;

/// The whole text.
pub fn of(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut text, report);
    text
}

fn write(out: &mut String, report: &Report) -> std::fmt::Result {
    let m = &report.measured;
    writeln!(out, "Timing of this PC, {}, {}", m.made, m.program)?;
    writeln!(out, "{}, {} x {}", m.machine.system, m.machine.cores, m.machine.processor)?;
    let s = &m.screen;
    let monitor = s.monitor.as_deref().unwrap_or("no monitor");
    let driver = if s.driver.is_empty() { String::new() } else { format!(" ({})", s.driver) };
    let screen = format!(
        "{} on {monitor}, {} x {} at {:.3} Hz, {}{driver}",
        s.mode, s.width_px, s.height_px, s.refresh_hz, s.adapter
    );
    writeln!(out, "{}", wrapped(&screen, 0))?;
    warn(out, report)?;
    writeln!(out, "\nVerdict\n")?;
    for v in &report.verdicts {
        say(out, v)?;
    }
    warn(out, report)?;
    writeln!(out, "\nFigures, in milliseconds\n")?;
    let head = ["n", "median", "mean", "SD", "1 %", "99 %", "worst"];
    write!(out, "{:44}", "")?;
    for h in head {
        write!(out, "{h:>8}")?;
    }
    writeln!(out)?;
    for series in &report.summaries {
        figures(out, series)?;
    }
    if let Some(within) = m.keys.pressed_within_ms {
        let text = format!(
            "\nKeys: from just before {} was pressed to its stamp. Pressing took {within:.3} ms until the server had done \
             it (median), so the stamps are by at most that much better than they look here.",
            m.keys.code.as_deref().unwrap_or("a key")
        );
        writeln!(out, "{}", wrapped(&text, 0))?;
    }
    warn(out, report)
}

/// Says it above the figures and below them: whoever sees but one part must read it.
fn warn(out: &mut String, report: &Report) -> std::fmt::Result {
    match &report.virtual_display {
        Some(text) => writeln!(out, "\n{}", wrapped(text, 0)),
        None => Ok(()),
    }
}

fn say(out: &mut String, v: &Verdict) -> std::fmt::Result {
    let mark = if v.state == State::Ok { "  " } else { "! " };
    let text = format!("{}: {}", v.item, v.text);
    writeln!(out, "{mark}{:<w$}{}", v.state.words(), wrapped(&text, INDENT), w = INDENT - 2)?;
    match &v.remedy {
        Some(remedy) => {
            let remedy = wrapped(&format!("-> {remedy}"), INDENT);
            writeln!(out, "{:INDENT$}{remedy}", "")
        }
        None => Ok(()),
    }
}

fn figures(out: &mut String, series: &Series) -> std::fmt::Result {
    write!(out, "{:44}", series.name)?;
    let Some(s) = &series.summary else { return writeln!(out, "{:>8}", "nothing was measured") };
    write!(out, "{:>8}", s.n)?;
    for v in [s.median_ms, s.mean_ms, s.sd_ms, s.p1_ms, s.p99_ms, s.worst_ms] {
        write!(out, "{v:>8.3}")?;
    }
    writeln!(out)
}

/// Breaks a text between words; all lines but the first are indented.
pub fn wrapped(text: &str, indent: usize) -> String {
    lines(text, WIDTH - indent).join(&format!("\n{:indent$}", ""))
}

/// The lines of a text, none longer than so many letters unless a word is.
pub fn lines(text: &str, width: usize) -> Vec<String> {
    let mut all = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                all.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        all.push(line);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{good, on_xvfb};
    use super::super::{Report, VIRTUAL};
    use super::*;

    #[test]
    fn the_text_has_every_verdict_and_every_figure() {
        let report = Report::new(good());
        let text = report.text();
        for v in &report.verdicts {
            assert!(text.contains(&v.item), "{}\n{text}", v.item);
        }
        for s in &report.summaries {
            let line = text.lines().find(|l| l.starts_with(&s.name)).unwrap();
            let summary = s.summary.unwrap();
            assert!(line.contains(&format!("{:.3}", summary.median_ms)), "{line}");
            assert!(line.contains(&summary.n.to_string()), "{line}");
        }
        assert!(text.contains("-3.2 millionths") && text.contains("60.000 Hz"), "{text}");
        assert!(!text.contains(VIRTUAL), "{text}");
    }

    #[test]
    fn figures_of_a_virtual_display_are_labelled_before_and_after() {
        let text = Report::new(on_xvfb()).text();
        let said: Vec<usize> = text.match_indices(VIRTUAL).map(|(at, _)| at).collect();
        assert!(said[0] < text.find("Verdict").unwrap());
        assert!(*said.last().unwrap() > text.find("Figures").unwrap());
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(lines("one two three", 7), ["one two", "three"]);
        assert_eq!(lines("a\nverylongword b", 4), ["a", "verylongword", "b"]);
        let text = Report::new(on_xvfb()).text();
        assert!(text.lines().all(|l| l.chars().count() <= WIDTH + 4), "{text}");
    }
}
