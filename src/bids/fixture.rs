//! Runs made by hand for the tests of this room: a plan, and the journal of a person who followed it.

use super::run::Run;
use crate::ground::record::*;
use crate::ground::scene::{Rgb, Scene, StimulusId};
use crate::ground::time::Nanos;
use crate::logger::allocation::Allocations;
use crate::logger::journal::{JOURNAL_FILE, encode_line};
use crate::logger::rundir::{self, Given, RunName};
use crate::plan::schema::*;
use crate::rig::schema::{Institution, Rig};
use indexmap::IndexMap;
use std::path::{Path, PathBuf};

mod plan;
mod rich;
mod sounds;

use plan::plan;

/// Which run to make.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub sub: &'static str,
    pub ses: Option<&'static str>,
    pub place: Place,
    pub dry_run: bool,
    pub trials: u32,
    /// The experimenter ends it after so many phases.
    pub stop_after: Option<usize>,
    /// The person presses keys.
    pub keys: bool,
    /// One picture of the set may not be shared.
    pub unshared: bool,
    /// A task that only shows things: no pictures from a table, no buttons, no scales, no catalogue entries.
    pub bare: bool,
    /// A task with all that answers can be, and a practice; see [`rich`].
    pub rich: bool,
    /// Pictures and ratings come with sounds; see [`sounds`].
    pub sounds: bool,
}

impl Default for Wanted {
    fn default() -> Wanted {
        Wanted {
            sub: "01",
            ses: Some("A"),
            place: Place::Scanner,
            dry_run: false,
            trials: 16,
            stop_after: None,
            keys: true,
            unshared: true,
            bare: false,
            rich: false,
            sounds: false,
        }
    }
}

/// A plan and the entries of its journal.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub wanted: Wanted,
    pub plan: RunPlan,
    pub entries: Vec<Entry>,
}

/// The first pulse, or the beginning of the first part with rows.
pub(super) const ANCHOR: Nanos = Nanos(1_010_000_000_000);
/// The photodiode correction of the made rig.
pub(super) const OFFSET: Nanos = Nanos(8_000_000);
const TR: Nanos = Nanos(2_000_000_000);

pub(super) fn rig() -> Rig {
    let institution = Institution {
        name: "University Hospital".into(),
        address: "1 Example Street, Example Town".into(),
        department: "Psychology".into(),
    };
    Rig { institution, head_stabilization: "foam pads".into(), ..Rig::default() }
}

fn strip(plan: &mut RunPlan) {
    let task = &mut plan.task;
    (task.has_pictures, task.has_unshared, task.has_buttons) = (false, false, false);
    (task.cog_atlas_id, task.cog_po_id) = (None, None);
    task.scales.clear();
    task.columns.clear();
    plan.pictures.clear();
    for row in plan.segments.iter_mut().flat_map(|s| &mut s.phases).filter_map(|p| p.row.as_mut()) {
        row.picture = None;
        row.columns.clear();
    }
}

/// Makes a run. In the scanner, two dummy volumes pulse: onset 0 is two TR after the anchor.
pub(super) fn make(wanted: Wanted) -> Made {
    let mut plan = plan(&wanted);
    if wanted.bare {
        strip(&mut plan);
    }
    if wanted.rich {
        rich::enrich(&mut plan);
    }
    if wanted.sounds {
        sounds::enrich(&mut plan);
    }
    let scanner = wanted.place == Place::Scanner;
    let mut all: Vec<(Nanos, Record)> = Vec::new();
    let start = Start {
        version: JOURNAL_VERSION,
        program: "Reframe".into(),
        program_version: "0.1.0".into(),
        task: "blocks".into(),
        sub: wanted.sub.into(),
        ses: wanted.ses.map(str::to_string),
        run: 1,
        continues_run: None,
        dry_run: wanted.dry_run,
        place: wanted.place,
        participant: "human".into(),
        clock: "real".into(),
        wall: "2026-11-22T10:15:00+01:00".into(),
        operating_system: "Linux 6.8".into(),
        plan_sha256: plan.sha256(),
        protocol_sha256: "11".repeat(32),
        rig_sha256: "22".repeat(32),
    };
    let begun = ANCHOR - Nanos::from_secs(if wanted.rich { 60.0 } else { 10.0 });
    all.push((begun, Record::Start(Box::new(start))));
    all.push((begun, Record::Display(Box::new(display()))));
    if wanted.sounds {
        all.push((begun, Record::SoundDevice(sounds::device())));
    }
    all.push((begun, Record::Segment { index: 0, anchor: "start".into() }));
    let onset = |phase: u32, planned: Nanos, delay: i64, late: bool| {
        Record::Onset(Onset {
            phase,
            ticket: u64::from(phase) + 1,
            planned_ns: planned,
            onset_ns: planned + Nanos(delay),
            flip_ns: planned,
            basis: Basis::X11Present,
            frame: u64::from(phase) * 60,
            skipped: None,
            missed: u32::from(late),
            late,
            marked: false,
            covered: false,
            lacks: Vec::new(),
        })
    };
    let (before, timed) = plan.segments.split_at(plan.segments.len() - 1);
    if let [practice, _] = before {
        for pass in 0..2 {
            for phase in &practice.phases {
                let planned = begun + Nanos::from_secs(20.0) * pass + phase.onset;
                all.push((planned, onset(phase.index, planned, 2_000_000, false)));
                let span = Nanos::from_secs(4.0);
                let answers = rich::records(phase, planned, span);
                all.extend(answers.into_iter().map(|r| (planned + span, r)));
            }
        }
    }
    let wait = before.last().expect("somebody waits").phases[0].index;
    let waits = ANCHOR - Nanos::from_secs(10.0);
    all.push((waits, Record::Shown { phase: wait, ticket: 1, frame: 0 }));
    all.push((waits, onset(wait, waits, 3_000_000, false)));
    all.push((ANCHOR, Record::Segment { index: before.len() as u32, anchor: "trigger".into() }));
    let zero = if scanner { ANCHOR + TR * 2 } else { ANCHOR };
    all.push((zero, Record::Zero { basis: "first stored volume".into() }));
    let mut end = ANCHOR;
    let phases = &timed[0].phases;
    let shown = wanted.stop_after.unwrap_or(phases.len());
    for phase in phases.iter().take(shown) {
        let planned = ANCHOR + phase.onset;
        let late = phase.index == 5;
        let delay =
            if late { 17_300_400 } else { 600_700 + i64::from(phase.index % 3) * 1_000_000 };
        all.push((
            planned,
            Record::Shown { phase: phase.index, ticket: u64::from(phase.index) + 1, frame: 0 },
        ));
        all.push((planned + Nanos(delay), onset(phase.index, planned, delay, late)));
        all.extend(sounds::records(phase, planned));
        end = planned + phase.length.nominal().unwrap();
        if wanted.rich {
            let answers =
                rich::records(phase, planned + Nanos(delay), end - planned - Nanos(delay));
            all.extend(answers.into_iter().map(|r| (end, r)));
        } else if let Some(answer) = answer(phase, wanted.keys).filter(|_| !wanted.bare) {
            all.push((end, Record::Outcome(Outcome { phase: phase.index, answer, cut: false })));
        }
    }
    if wanted.stop_after.is_some() {
        // In the middle of the last screen, before its answer.
        all.retain(|(t, _)| *t < end);
        end -= Nanos::from_secs(1.0);
        all.push((end, Record::Abort { reason: "the experimenter pressed the abort keys".into() }));
    }
    if scanner {
        let pulses = (end - ANCHOR).0 / TR.0 + 1;
        for n in 0..pulses {
            let volume = Some(n as u32 + 1);
            let trigger = Trigger { source: "emulator".into(), volume, accepted: true, why: None };
            all.push((ANCHOR + TR * n, Record::Trigger(trigger)));
        }
        let why = Some("too soon after the pulse before".to_string());
        let bounce = Trigger { source: "emulator".into(), volume: None, accepted: false, why };
        all.push((ANCHOR + TR * 3 + Nanos::from_millis(30), Record::Trigger(bounce)));
    }
    all.sort_by_key(|(t, _)| *t);
    let complete = wanted.stop_after.is_none();
    all.push((
        end,
        Record::End(End {
            complete,
            reason: if complete {
                "done".into()
            } else {
                "the experimenter pressed the abort keys".into()
            },
            phases: shown as u32,
            late: 1,
            volumes: 0,
            counts: IndexMap::new(),
        }),
    ));
    let entries = all.into_iter().zip(1..).map(|((t_ns, record), seq)| Entry { seq, t_ns, record });
    Made { plan, entries: entries.collect(), wanted }
}

fn display() -> DisplayInfo {
    DisplayInfo {
        mode: "fullscreen".into(),
        monitor: None,
        width_px: 1920,
        height_px: 1080,
        refresh_hz: 59.951,
        mode_hz: None,
        jitter_ns: None,
        concerns: Vec::new(),
        paced: true,
        basis: Basis::X11Present,
        adapter: "adapter".into(),
        driver: "driver".into(),
        offset_ns: OFFSET,
        lengths: None,
    }
}

/// Every third rating is left alone, every fourth picture gets no key.
fn answer(phase: &Phase, keys: bool) -> Option<Answer> {
    match phase.name.as_str() {
        "picture" => {
            let pressed = keys && phase.index % 16 != 13;
            let right = phase.index % 8 == 1;
            Some(Answer::Button {
                meaning: pressed.then(|| if right { "left".into() } else { "right".into() }),
                code: pressed.then(|| "ArrowLeft".into()),
                correct: pressed.then_some(right),
                rt_ns: pressed.then_some(Nanos(612_345_678)),
                given: pressed.then(|| if right { "left".into() } else { "right".into() }),
                anticipated: false,
                presses: u32::from(pressed),
            })
        }
        "rating" => {
            let moved = keys && phase.index % 3 != 1;
            let confirmed = keys && phase.index % 2 == 1 && moved;
            Some(Answer::Rating {
                rating: moved.then_some(62.12345),
                position: if moved { 0.6212345 } else { 0.5 },
                start: 0.5,
                moved,
                confirmed,
                first_move_ns: moved.then_some(Nanos(900_000_000)),
                confirm_ns: confirmed.then_some(Nanos(2_500_000_499)),
                mean: None,
            })
        }
        _ => None,
    }
}

impl Made {
    pub fn name(&self) -> RunName {
        RunName {
            sub: self.wanted.sub.parse().unwrap(),
            ses: self.wanted.ses.map(|s| s.parse().unwrap()),
            task: "blocks".parse().unwrap(),
            dry_run: self.wanted.dry_run,
            run: 1,
        }
    }

    /// As it would be read from its folder.
    pub fn into_run(self) -> Run {
        let name = self.name();
        let Record::Start(start) = &self.entries[0].record else { unreachable!() };
        Run {
            folder: PathBuf::from("run"),
            name,
            start: Start::clone(start),
            display: Some(display()),
            plan: self.plan,
            entries: self.entries,
            torn: false,
            to_share: false,
        }
    }

    /// Saves it as a run folder of a dataset.
    pub fn save(&self, data: &Path) -> PathBuf {
        let json = self.plan.to_json();
        let name = self.name();
        let mut table = Allocations::read(data, name.dry_run).unwrap();
        let claim = table.plan(&name.sub, name.ses.as_ref(), None).unwrap();
        let given = Given { plan_json: &json, protocol_toml: "", rig_toml: "", claim };
        let Record::Start(start) = &self.entries[0].record else { unreachable!() };
        let wall = chrono::DateTime::parse_from_rfc3339(&start.wall).unwrap();
        let folder = rundir::create(data, &name, given, wall).unwrap();
        let text: String = self.entries.iter().map(encode_line).collect();
        std::fs::write(folder.join(JOURNAL_FILE), text).unwrap();
        folder
    }
}

/// A folder with the pictures of the plan.
pub(super) fn pictures(root: &Path) {
    std::fs::create_dir_all(root.join("set")).unwrap();
    for n in 0..4u8 {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        bytes.push(n);
        std::fs::write(root.join(format!("set/p{n:02}.png")), bytes).unwrap();
    }
}
