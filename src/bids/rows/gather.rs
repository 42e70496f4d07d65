//! What the rows of a run need, gathered from its journal. A practice may come several times, so it is told apart from
//! the run here: of its screens only the instants are kept, since they end the screens before them.

use crate::bids::error::ExportError;
use crate::bids::run::Run;
use crate::ground::record::{End, MarkerPath, Onset, Outcome, Record, ScannerEvent, SoundOnset};
use crate::ground::scene::Marker;
use crate::ground::time::Nanos;
use crate::plan::schema::{Length, Phase, RunPlan};
use std::collections::{BTreeMap, BTreeSet};

/// Everything the rows need.
#[derive(Default)]
pub(super) struct Gathered<'a> {
    pub phases: BTreeMap<u32, &'a Phase>,
    /// Of every screen, in the order of arrival, with those of the practice.
    pub onsets: Vec<&'a Onset>,
    /// By phase, and by how often it had been seen: grey makes a page that waits come again.
    pub answers: BTreeMap<Seen, &'a Outcome>,
    pub paths: BTreeMap<Seen, &'a MarkerPath>,
    /// The first sound of each screen, by its ticket.
    pub sounds: BTreeMap<u64, &'a SoundOnset>,
    /// All sounds that were not played.
    pub unheard: Vec<&'a SoundOnset>,
    /// When grey was put up and when it went, where it did.
    pub greys: Vec<(Nanos, Option<Nanos>)>,
    /// Phases whose screens were handed to the display, but never reported.
    pub unshown: BTreeSet<u32>,
    pub zero: Option<(Nanos, &'a str)>,
    pub end: Option<(Nanos, &'a End)>,
    /// When the run was first asked to end early.
    pub aborted: Option<Nanos>,
    pub last: Nanos,
    pub notes: Vec<String>,
}

/// A phase, and the number of its appearance, from 1.
pub(super) type Seen = (u32, u32);

impl Gathered<'_> {
    /// A false start is taken back: what it showed and asked counts for nothing. The onset of the screen that waited stays: it
    /// ended the one before it.
    fn forget_from(&mut self, armed: u32) {
        self.zero = None;
        self.onsets.retain(|o| o.phase <= armed);
        self.answers.retain(|(i, _), _| *i < armed);
        self.paths.retain(|(i, _), _| *i < armed);
        self.unshown.retain(|i| *i < armed);
    }
}

/// Phases that may come more than once: the practice, and what lies between its beginning and the page that can
/// begin it anew.
fn repeatable(plan: &RunPlan) -> BTreeSet<u32> {
    let mut all: BTreeSet<u32> = plan.phases().filter(|p| p.practice).map(|p| p.index).collect();
    for (at, segment) in plan.segments.iter().enumerate() {
        for again in segment.phases.iter().filter_map(|p| p.again.as_ref()) {
            let from = again.segment as usize;
            let between = plan.segments.iter().take(at + 1).skip(from).flat_map(|s| &s.phases);
            all.extend(between.filter(|p| p.row.is_none()).map(|p| p.index));
        }
    }
    all
}

/// Reads the journal of a run once.
pub(super) fn gather(run: &Run) -> Result<Gathered<'_>, ExportError> {
    let phases = run.plan.phases().map(|p| (p.index, p)).collect();
    let mut seen = Gathered { phases, ..Gathered::default() };
    let repeatable = repeatable(&run.plan);
    // How often each phase appeared.
    let mut shown: BTreeMap<u32, u32> = BTreeMap::new();
    // The screen that waits for the scanner, and whether it is still to come back after a false start.
    let armed = run.plan.phases().find(|p| p.length == Length::UntilTrigger).map(|p| p.index);
    let mut taken_back = false;
    let wrong = |what: String| ExportError::Contradiction { folder: run.folder.clone(), what };
    let once = |before: bool, what: String| if before { Err(wrong(what)) } else { Ok(()) };
    for entry in &run.entries {
        seen.last = seen.last.max(entry.t_ns);
        let index = match &entry.record {
            Record::Onset(o) => Some(o.phase),
            Record::Outcome(o) => Some(o.phase),
            Record::Path(p) => Some(p.phase),
            Record::Shown { phase, .. } if taken_back => Some(*phase),
            _ => None,
        };
        let phase = match index {
            Some(index) => match seen.phases.get(&index) {
                Some(phase) => Some(*phase),
                None => return Err(wrong(format!("phase {index} is not in the plan"))),
            },
            None => None,
        };
        if let (true, Some(armed), Some(index)) = (taken_back, armed, index) {
            // A report that was still on its way from what does not count.
            if index > armed {
                continue;
            }
            taken_back &= index != armed || matches!(entry.record, Record::Shown { .. });
        }
        // What is counted comes once.
        let counted = |index: u32| !repeatable.contains(&index);
        match &entry.record {
            Record::Shown { phase, .. } => {
                seen.unshown.insert(*phase);
            }
            Record::Onset(o) => {
                seen.onsets.push(o);
                seen.unshown.remove(&o.phase);
                // What had to give way to grey comes again when that goes.
                if !o.covered {
                    let times = shown.entry(o.phase).or_insert(0);
                    let twice = *times > 0 && seen.greys.is_empty() && counted(o.phase);
                    *times += 1;
                    once(twice, format!("two onsets for phase {}", o.phase))?;
                }
            }
            Record::Grey { up: true, .. } => {
                let is_up = seen.greys.last().is_some_and(|(_, to)| to.is_none());
                seen.greys.extend((!is_up).then_some((entry.t_ns, None)));
            }
            Record::Grey { up: false, .. } => {
                if let Some((_, to @ None)) = seen.greys.last_mut() {
                    *to = Some(entry.t_ns);
                }
            }
            Record::Outcome(o) if counted(o.phase) => {
                let times = shown.get(&o.phase).copied().unwrap_or(1);
                let old = seen.answers.insert((o.phase, times), o);
                once(old.is_some(), format!("two outcomes for phase {}", o.phase))?;
            }
            Record::Path(p) if counted(p.phase) => {
                check_path(p, phase).map_err(wrong)?;
                let times = shown.get(&p.phase).copied().unwrap_or(1);
                let old = seen.paths.insert((p.phase, times), p);
                once(old.is_some(), format!("two marker paths for phase {}", p.phase))?;
            }
            Record::Sound(s) => {
                seen.unheard.extend(s.onset_ns.is_none().then_some(s));
                if (s.cue, s.time) == (0, 0) {
                    let old = seen.sounds.insert(s.ticket, s);
                    once(old.is_some(), format!("two first sounds for ticket {}", s.ticket))?;
                }
            }
            Record::Zero { basis } => {
                taken_back = false;
                let old = seen.zero.replace((entry.t_ns, basis));
                once(old.is_some(), "two instants are called onset 0".into())?;
            }
            Record::Scanner { event: ScannerEvent::FalseStart, .. } => {
                if let Some(armed) = armed.filter(|_| seen.zero.is_some()) {
                    seen.forget_from(armed);
                    shown.retain(|i, _| *i < armed);
                    taken_back = true;
                }
            }
            Record::Abort { .. } => {
                seen.aborted.get_or_insert(entry.t_ns);
            }
            Record::End(end) => seen.end = Some((entry.t_ns, end)),
            _ => {}
        }
    }
    let Gathered { unshown, phases, .. } = &mut seen;
    unshown.retain(|i| !shown.contains_key(i) && phases.get(i).is_none_or(|p| !p.practice));
    Ok(seen)
}

/// Instants further from the beginning of the clock than this (73 years) are none of a run.
pub(in crate::bids) const FAR: i64 = i64::MAX / 4;

/// Whether a marker's path can be followed: it belongs to a scale, and its motions are such as a runner gives.
fn check_path(path: &MarkerPath, phase: Option<&Phase>) -> Result<(), String> {
    let index = path.phase;
    if phase.is_none_or(|p| p.scale.is_none()) {
        return Err(format!("a marker moved in phase {index}, which has no scale"));
    }
    if !path.marks.is_sorted_by_key(|(t, _)| *t) {
        return Err(format!("the marker of phase {index} goes back in time"));
    }
    let near = |t: Nanos| (-FAR..=FAR).contains(&t.0);
    let sound = |marker: &Marker| match marker {
        Marker::At(_) => true,
        Marker::Moving(m) => near(m.since) && near(m.delay),
        Marker::Stepping(s) => {
            let forth = (-1..=1).contains(&s.direction);
            near(s.since) && near(s.delay) && s.points >= 2 && s.every > Nanos::ZERO && forth
        }
    };
    if path.marks.iter().all(|(_, m)| sound(m)) {
        Ok(())
    } else {
        Err(format!("a motion of the marker of phase {index} is none that a key makes"))
    }
}
