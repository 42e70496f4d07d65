//! What the figures mean, item by item, in plain words: in order, worth a look (with what helps), or not measured.

use super::measured::{Course, Flips, Measured};
use super::summary::Summary;
use serde::Serialize;

mod sound;

/// How an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Ok,
    Look,
    NotMeasured,
}

/// The verdict on one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    pub item: String,
    pub state: State,
    pub text: String,
    /// What helps, or how to measure it by hand.
    pub remedy: Option<String>,
}

impl State {
    /// The state in words.
    pub fn words(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Look => "look at this",
            State::NotMeasured => "not measured",
        }
    }
}

/// How much flips may vary, as a share of a refresh; more than this may be a flip too many.
const JITTER: f64 = 0.1;
/// Key stamps that come later than this, in milliseconds, are worth a look.
const LATE_KEY_MS: f64 = 3.0;
/// The program wakes a millisecond before a flip; what oversleeps longer misses it.
const LATE_AWAKENING_MS: f64 = 1.0;
/// A time service corrects a clock by more than this, in millionths, only while it is setting it.
const STEERED_PPM: f64 = 100.0;
/// A wall clock that moved by more, in milliseconds, was set during the test.
const WALL_MS: f64 = 5.0;
/// Fewer values than these tell nothing of rare events.
const FEW: u32 = 200;

/// Verdicts on everything, in the order in which they matter.
pub fn verdicts(m: &Measured) -> Vec<Verdict> {
    let mut all = vec![screen(m), refresh(m), feedback(m)];
    all.extend(m.flips.iter().map(missed));
    all.push(keys(m));
    all.extend(m.sound.as_ref().map(sound::of));
    all.extend([clock(m), sleeping(m), priorities(m)]);
    all.extend(concerns(m));
    all
}

fn verdict(item: &str, state: State, text: String, remedy: &str) -> Verdict {
    let remedy = (!remedy.is_empty()).then(|| remedy.to_string());
    Verdict { item: item.into(), state, text, remedy }
}

fn screen(m: &Measured) -> Verdict {
    let s = &m.screen;
    let monitor = s.monitor.as_deref().unwrap_or("no monitor");
    let text = format!("{} on {monitor}, {} x {}, {}", s.mode, s.width_px, s.height_px, s.adapter);
    let look =
        |why: &str, remedy| verdict("screen", State::Look, format!("{why} ({text})"), remedy);
    if let Some(why) = &s.virtual_because {
        let remedy = "start it on the PC itself, on the screen that participants see";
        return look(&format!("no real screen: {why}"), remedy);
    }
    if s.software {
        let remedy = "install the graphics card's Vulkan driver, or use a PC that has one";
        return look("the processor draws the pictures, not a graphics card", remedy);
    }
    if s.mode != "fullscreen" {
        let remedy = "test with --display fullscreen, as real runs are shown";
        return look("measured in a window, where the desktop may show pictures later", remedy);
    }
    verdict("screen", State::Ok, text, "")
}

fn refresh(m: &Measured) -> Verdict {
    let s = &m.screen;
    let period = 1e3 / s.refresh_hz;
    let pacing = match s.paced {
        true => "the program waits for the screen",
        false => "a timer paces the flips, as the driver does not wait for the screen",
    };
    let idle = row(m, 0).and_then(|f| steady(f, period));
    let Some(sd) = idle else {
        let text = format!("{:.3} Hz; too few flips to tell how regular they are", s.refresh_hz);
        return verdict("refresh", State::NotMeasured, text, "test for longer, with --seconds 60");
    };
    if row(m, 0).is_some_and(|f| !is_confirmed(f)) {
        let text =
            format!("{:.3} Hz; how regular flips are on the screen is not known", s.refresh_hz);
        let remedy = "look at the source of onset times below";
        return verdict("refresh", State::NotMeasured, text, remedy);
    }
    let text = format!(
        "{:.3} Hz, flips vary by {sd:.3} ms (SD without missed ones); {pacing}",
        s.refresh_hz
    );
    if let Some(expected) = s.expected_hz.filter(|e| (s.refresh_hz / e - 1.0).abs() >= 0.01) {
        let remedy = "choose that mode in the display settings, or correct `refresh` in the rig";
        return verdict(
            "refresh",
            State::Look,
            format!("the rig expects {expected:.2} Hz: {text}"),
            remedy,
        );
    }
    if sd > JITTER * period {
        let remedy =
            "close other programs, switch the desktop's effects off, allow real-time priority";
        return verdict("refresh", State::Look, format!("irregular: {text}"), remedy);
    }
    verdict("refresh", State::Ok, text, "")
}

/// How much the intervals of one frame vary: those around a missed flip belong to another item.
fn steady(f: &Flips, period_ms: f64) -> Option<f64> {
    let one = |v: &&f64| **v > 0.5 * period_ms && **v < 1.5 * period_ms;
    let single: Vec<f64> = f.intervals_ms.iter().filter(one).copied().collect();
    Summary::of(&single).filter(|s| s.n >= 20).map(|s| s.sd_ms)
}

fn row(m: &Measured, busy_cores: u32) -> Option<&Flips> {
    m.flips.iter().find(|f| f.course == Course::EveryFlip && f.busy_cores == busy_cores)
}

/// What a source of onset times means, in words, and whether it is a measurement of the screen.
fn source(basis: &str) -> (bool, &'static str) {
    match basis {
        "wp-presentation" => (true, "the compositor reports when each picture was shown"),
        "x11-present" => (true, "the X server reports when each picture was flipped to"),
        "dxgi-statistics" => (true, "Windows reports when each picture was flipped to"),
        "x11-roundtrip" => (
            true,
            "the X server has copied each picture by then; says nothing of a card that flips by itself",
        ),
        "estimate" => (false, "the program's own reckoning; the screen confirms nothing"),
        "virtual" => (false, "a timer stands for the screen; nothing is shown"),
        _ => (true, "see docs/timing.md"),
    }
}

/// Whether all onsets of a stretch are known from the display.
fn is_confirmed(f: &Flips) -> bool {
    f.by_basis.keys().all(|b| source(b).0)
}

fn feedback(m: &Measured) -> Verdict {
    let mut total = indexmap::IndexMap::new();
    for (basis, n) in m.flips.iter().flat_map(|f| &f.by_basis) {
        *total.entry(basis.as_str()).or_insert(0) += n;
    }
    if total.is_empty() {
        let remedy = "is the window visible? Start the test again";
        return verdict("onset times", State::NotMeasured, "no onset was reported".into(), remedy);
    }
    let parts = total.iter().map(|(b, n)| format!("{n} by {b}: {}", source(b).1));
    let text = parts.collect::<Vec<_>>().join("; ");
    if total.keys().all(|b| source(b).0) {
        return verdict("onset times", State::Ok, text, "");
    }
    let remedy = "the flips below are those of the program, not of the screen: confirm them with a photodiode, or use \
                  a display whose onsets are reported (docs/timing.md)";
    verdict("onset times", State::Look, text, remedy)
}

fn missed(f: &Flips) -> Verdict {
    let item = format!("missed frames, {}", f.words());
    if f.shown == 0 {
        let remedy = "is the window visible? Start the test again";
        return verdict(&item, State::NotMeasured, "nothing was shown".into(), remedy);
    }
    let lost = f.requested.saturating_sub(f.shown);
    let mut text = match f.late {
        0 => format!("none in {} scenes", f.shown),
        late => format!("{} ({late} of {} scenes late)", f.missed_frames, f.shown),
    };
    if !is_confirmed(f) {
        text.push_str(", by the program's own reckoning");
    }
    if lost > 0 {
        text.push_str(&format!("; {lost} scenes were never shown"));
    }
    if f.late == 0 && lost == 0 {
        let few = if f.shown < FEW { ": too few to tell of rare ones" } else { "" };
        return verdict(&item, State::Ok, format!("{text}{few}"), "");
    }
    let remedy = match f.busy_cores {
        0 => {
            "close other programs, switch the desktop's effects and power saving off; each late scene of a run is \
              named in its data"
        }
        _ => "let nothing else run beside a session, and allow real-time priority",
    };
    verdict(&item, State::Look, text, remedy)
}

fn keys(m: &Measured) -> Verdict {
    let k = &m.keys;
    let by_hand = "by hand: film screen and key at 240 frames a second or more during a dry run, or press a key that \
                   closes a switch beside a photodiode, and compare with the journal (docs/timing.md)";
    let item = "keys";
    if k.pressed == 0 {
        let why = k.not_measured.clone().unwrap_or_else(|| "no key was pressed".into());
        return verdict(item, State::NotMeasured, why, by_hand);
    }
    let Some(best) = k.by_source.iter().max_by_key(|s| s.heard) else {
        let text = format!(
            "{} presses of {} were not heard",
            k.pressed,
            k.code.as_deref().unwrap_or("a key")
        );
        return verdict(
            item,
            State::Look,
            text,
            "is the window in front, and has it the keyboard?",
        );
    };
    let mut parts = Vec::new();
    let mut good = k.not_measured.is_none() && best.lost == 0;
    for s in &k.by_source {
        let Some(t) = Summary::of(&s.latencies_ms) else { continue };
        let lost = if s.lost > 0 { format!(", {} not heard", s.lost) } else { String::new() };
        parts.push(format!(
            "{} presses stamped by {} after {:.2} ms (median; {:.2} at most){lost}",
            s.heard, s.source, t.median_ms, t.most_ms
        ));
        good &= t.p99_ms <= LATE_KEY_MS;
    }
    parts.extend(k.not_measured.clone());
    let text = format!(
        "{}. From the X server on; the keyboard's own delay comes on top",
        parts.join("; ")
    );
    match good {
        true => verdict(item, State::Ok, text, ""),
        false => {
            verdict(item, State::Look, text, "close other programs, and allow real-time priority")
        }
    }
}

fn clock(m: &Measured) -> Verdict {
    let c = &m.clock;
    let mut text = format!("steps of {} ns, {:.0} ns to read", c.step_ns, c.reading_ns);
    if let Some(ppm) = c.against_raw_ppm {
        text.push_str(&format!("; steered by {ppm:+.1} millionths"));
    }
    text.push_str(&format!(
        "; the wall clock moved {:+.3} ms against it in {:.0} s",
        c.wall_moved_ms, c.compared_over_s
    ));
    let (coarse, slow) = (c.step_ns > 1_000, c.reading_ns > 2_000.0);
    let steered = c.against_raw_ppm.is_some_and(|ppm| ppm.abs() > STEERED_PPM);
    let set = c.wall_moved_ms.abs() > WALL_MS;
    let remedy = match (coarse || slow, steered || set) {
        (true, _) => {
            "the system reads time the slow way (on Linux: /sys/devices/system/clocksource should say tsc)"
        }
        (_, true) => {
            "the time service is setting the clock: wait until it has settled, then test again"
        }
        _ => return verdict("clock", State::Ok, text, ""),
    };
    verdict("clock", State::Look, text, remedy)
}

fn sleeping(m: &Measured) -> Verdict {
    let item = "waking on time";
    let said = |real_time: bool| {
        let s = m.clock.sleeps.iter().find(|s| s.real_time == real_time)?;
        Summary::of(&s.over_ms)
    };
    let words = |s: &Summary, p: &str| {
        format!("{:.3} ms late with {p} priority (median; {:.3} at most)", s.median_ms, s.most_ms)
    };
    let (ordinary, raised) = (said(false), said(true));
    let parts = [ordinary.map(|s| words(&s, "ordinary")), raised.map(|s| words(&s, "real-time"))];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    match raised.or(ordinary) {
        None => verdict(item, State::NotMeasured, "no thread could be started".into(), ""),
        Some(s) if s.p99_ms > LATE_AWAKENING_MS => {
            let remedy = "switch power saving off (the processor's governor: performance), and allow real-time priority";
            verdict(item, State::Look, text, remedy)
        }
        Some(_) => verdict(item, State::Ok, text, ""),
    }
}

fn priorities(m: &Measured) -> Verdict {
    let item = "priority";
    let asked = m.notes.iter().filter(|n| n.text.contains("priority")).collect::<Vec<_>>();
    let text = asked.iter().map(|n| n.text.clone()).collect::<Vec<_>>().join("; ");
    if asked.is_empty() {
        return verdict(item, State::NotMeasured, "no thread said what it was granted".into(), "");
    }
    match asked.iter().all(|n| n.level == "info") {
        true => verdict(item, State::Ok, text, ""),
        false => verdict(item, State::Look, text, "allow it as said, then log out and in again"),
    }
}

/// Whatever was said that is no mere information.
fn concerns(m: &Measured) -> Vec<Verdict> {
    let said = m.notes.iter().filter(|n| n.level != "info" && !n.text.contains("priority"));
    let mut all: Vec<Verdict> =
        said.map(|n| verdict("concern", State::Look, n.text.clone(), "")).collect();
    let cores = m.machine.cores as f64;
    if let Some(load) = m.machine.load_before.filter(|l| cores > 0.0 && *l > 0.5 * cores) {
        let text =
            format!("other programs were busy before the test: load {load:.1} on {cores:.0} cores");
        all.push(verdict("concern", State::Look, text, "close them, wait a minute, test again"));
    }
    all
}

#[cfg(test)]
mod tests;
