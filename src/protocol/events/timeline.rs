//! Rows to screens, gaps and marks: when each begins and how long it lasts, in whole nanoseconds from the beginning of the
//! timeline. Every length is the difference of two onsets, so that nothing drifts.

use super::read::{Event, Events};
use crate::ground::document::Problems;
use crate::ground::time::Nanos;

/// A phase lasts at least so long: shorter rows are marks.
const SHORTEST: Nanos = Nanos::from_millis(1);
/// A gap lasts at least so long, half a frame at 60 Hz: a shorter one would be due at the flip of the row behind it.
const SHORTEST_GAP: Nanos = Nanos(8_333_333);
/// The longest phase.
const LONGEST: Nanos = Nanos(7_200_000_000_000);
/// What stays on the screen behind the last mark.
const CLOSING: Nanos = Nanos(1_000_000_000);
/// The most phases of a run, but for the pages before the timeline.
const MOST_PHASES: usize = 19_990;

/// What becomes of the rows of a file.
#[derive(Debug, Default)]
pub struct Timeline {
    /// From the beginning of the timeline to its first screen; zero where there is no time between.
    pub lead: Nanos,
    pub screens: Vec<Screen>,
    pub marks: Vec<Mark>,
    /// So much later than in the file is everything.
    pub shift: Nanos,
    /// Rows that were put together with another of the same onset.
    pub joined: usize,
    /// Rows that end sooner than the file says, where the next begins.
    pub cut: usize,
    /// Marks whose row has no duration, and those whose row is too short to be shown.
    pub unknown: usize,
    pub flashes: usize,
    /// Gaps that were too short to be shown.
    pub absorbed: usize,
}

/// A phase with a row, and the gap behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    pub onset: Nanos,
    pub length: Nanos,
    /// Zero where the next begins at once.
    pub gap: Nanos,
    pub what: Content,
}

/// A row without duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub at: Nanos,
    pub what: Content,
}

/// What rows say beside their times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Trial types, in the order of the file, each once; none where the rows have none.
    pub kinds: Vec<String>,
    pub picture: Option<String>,
    pub cells: Vec<Option<String>>,
    /// The onset that the file gives.
    pub onset: Nanos,
}

/// Makes the timeline. What is too long for a run is said.
pub fn timeline(events: &Events, tr: Option<f64>, problems: &Problems) -> Timeline {
    let lasts = |e: &&Event| e.duration.is_some_and(|d| d >= SHORTEST);
    let mut time = Timeline::default();
    let (screens, marks): (Vec<&Event>, Vec<&Event>) = events.rows.iter().partition(lasts);
    time.unknown = marks.iter().filter(|e| e.duration.is_none()).count();
    time.flashes = marks.iter().filter(|e| e.duration > Some(Nanos::ZERO)).count();
    let groups = groups(&screens);
    time.joined = screens.len() - groups.len();
    time.shift = shift(groups.first().map_or(Nanos::ZERO, |g| g[0].onset), tr);
    let shift = time.shift;
    time.marks = marks
        .iter()
        .map(|e| Mark { at: e.onset + shift, what: content(std::slice::from_ref(e)) })
        .collect();
    let last = time.marks.last().map_or(Nanos::ZERO, |m| m.at);
    for (i, group) in groups.iter().enumerate() {
        let mut onset = group[0].onset + shift;
        if i == 0 && onset < SHORTEST_GAP {
            time.absorbed += usize::from(onset > Nanos::ZERO);
            onset = Nanos::ZERO;
        }
        let ends = group.iter().filter_map(|e| Some(e.onset + e.duration?)).max();
        let end = ends.unwrap_or_default() + shift;
        let next = groups.get(i + 1).map(|g| g[0].onset + shift);
        // Behind the last one there must be time for the marks that follow.
        let until = next.unwrap_or(if last < end { end } else { last + CLOSING });
        time.cut += usize::from(next.is_some_and(|next| next < end));
        let short = until > end && until - end < SHORTEST_GAP;
        time.absorbed += usize::from(short);
        let end = if short || end > until { until } else { end };
        let screen = Screen { onset, length: end - onset, gap: until - end, what: content(group) };
        if screen.gap > LONGEST {
            let place = groups.get(i + 1).map_or(group[0], |g| g[0]).span.clone();
            too_long(screen.gap, place, problems);
        }
        time.screens.push(screen);
    }
    time.lead = match time.screens.first() {
        Some(first) => first.onset,
        None => last.max(Nanos::ZERO) + CLOSING,
    };
    if time.lead > LONGEST {
        too_long(time.lead, events.rows[0].span.clone(), problems);
    }
    let phases = time.screens.len() + time.screens.iter().filter(|s| s.gap > Nanos::ZERO).count();
    if phases > MOST_PHASES {
        problems.error(
            0..0,
            format!("rows and the gaps between them come to {phases} phases"),
            format!("at most {MOST_PHASES}"),
            "divide the file into runs",
        );
    }
    time
}

fn too_long(gap: Nanos, place: std::ops::Range<usize>, problems: &Problems) {
    problems.error(
        place,
        format!("nothing happens for {} s before this row", gap.secs()),
        format!("at most {} s", LONGEST.secs()),
        "are these milliseconds, or several runs in one file?",
    );
}

/// Rows that begin together: at one onset, or too soon after it for a phase of their own.
fn groups<'e>(screens: &[&'e Event]) -> Vec<Vec<&'e Event>> {
    let mut groups: Vec<Vec<&Event>> = Vec::new();
    for event in screens {
        match groups.last_mut() {
            Some(group) if event.onset - group[0].onset < SHORTEST => group.push(event),
            _ => groups.push(vec![event]),
        }
    }
    groups
}

/// How much later everything must be so that nothing is shown before the beginning: whole repetition times where there are
/// volumes, so that each row keeps its place within them.
fn shift(first: Nanos, tr: Option<f64>) -> Nanos {
    let needed = Nanos(first.0.saturating_neg().max(0));
    match tr.map(Nanos::from_secs) {
        Some(tr) if tr > Nanos::ZERO => {
            Nanos((needed.0 + tr.0 - 1).div_euclid(tr.0).saturating_mul(tr.0))
        }
        _ => needed,
    }
}

/// What rows that begin together say: all their trial types, and in each column the first value.
fn content(group: &[&Event]) -> Content {
    let mut kinds: Vec<String> = Vec::new();
    for kind in group.iter().filter_map(|e| e.kind.as_ref()) {
        if !kinds.contains(kind) {
            kinds.push(kind.clone());
        }
    }
    let columns = group[0].cells.len();
    let first = |c: usize| group.iter().find_map(|e| e.cells[c].clone());
    Content {
        kinds,
        picture: group.iter().find_map(|e| e.picture.clone()),
        cells: (0..columns).map(first).collect(),
        onset: group[0].onset,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The timeline of rows with these onsets and durations, in milliseconds; the file has them in this order.
    fn of(rows: &[(f64, f64)], tr: Option<f64>) -> Timeline {
        let event = |&(onset, duration): &(f64, f64)| Event {
            onset: Nanos::from_secs(onset / 1e3),
            duration: Some(Nanos::from_secs(duration / 1e3)),
            kind: Some("x".into()),
            picture: None,
            cells: vec![],
            span: 0..0,
        };
        let events = Events {
            columns: vec![],
            type_column: None,
            picture_column: None,
            rows: rows.iter().map(event).collect(),
            sorted: false,
            braces: false,
        };
        let problems = Problems::default();
        let time = timeline(&events, tr, &problems);
        assert!(!problems.has_errors());
        time
    }

    /// Onset, length and gap of each screen, in milliseconds.
    fn screens(time: &Timeline) -> Vec<[f64; 3]> {
        time.screens.iter().map(|s| [s.onset, s.length, s.gap].map(Nanos::millis)).collect()
    }

    #[test]
    fn a_row_ends_where_the_next_begins_at_the_latest() {
        let time = of(&[(10.0, 100.0), (50.0, 20.0), (90.0, 5.0)], None);
        assert_eq!(screens(&time), [[10.0, 40.0, 0.0], [50.0, 20.0, 20.0], [90.0, 5.0, 0.0]]);
        assert_eq!((time.lead.millis(), time.cut), (10.0, 1));
    }

    #[test]
    fn what_is_too_short_to_be_shown_moves_nothing_else() {
        let rows = [(8.0, 10.0), (26.0, 5.0), (40.0, 0.3), (50.0, 9.0), (50.5, 30.0), (90.0, 1.0)];
        let time = of(&rows, None);
        assert_eq!(
            screens(&time),
            [[0.0, 26.0, 0.0], [26.0, 5.0, 19.0], [50.0, 30.5, 9.5], [90.0, 1.0, 0.0]]
        );
        assert_eq!(time.marks.iter().map(|m| m.at.millis()).collect::<Vec<_>>(), [40.0]);
        assert_eq!((time.absorbed, time.joined, time.flashes), (2, 1, 1));
    }

    #[test]
    fn rows_before_the_beginning_shift_everything_and_by_whole_volumes_where_there_are_any() {
        let rows = [(-2500.0, 100.0), (1000.0, 100.0), (1200.0, 0.0)];
        let time = of(&rows, None);
        assert_eq!(screens(&time), [[0.0, 100.0, 3400.0], [3500.0, 100.0, 1100.0]]);
        assert_eq!(time.marks[0].at.millis(), 3700.0);
        let time = of(&rows, Some(2.0));
        assert_eq!((time.shift.secs(), time.lead.millis()), (4.0, 1500.0));
    }

    #[test]
    fn the_timeline_goes_on_behind_the_last_mark() {
        let time = of(&[(-5.0, 0.0), (0.0, 10.0), (10.0, 0.0)], None);
        assert_eq!((screens(&time), time.shift), (vec![[0.0, 10.0, 1000.0]], Nanos::ZERO));
        let time = of(&[(-5.0, 0.0), (250.0, 0.0)], None);
        assert_eq!((time.lead.millis(), time.screens.len(), time.marks.len()), (1250.0, 0, 2));
    }
}
