//! A small plan with every kind of phase, and a stage whose display is late, slow to report, and disturbed.
#![allow(dead_code)]

use indexmap::IndexMap;
use reframe::ground::clock::{Clock, VirtualClock};
use reframe::ground::event::{Event, KeyEvent};
use reframe::ground::ports::{Display, ShowRequest};
use reframe::ground::record::{Entry, Place, Record};
use reframe::ground::scene::*;
use reframe::ground::time::Nanos;
use reframe::input::mapping::Mapping;
use reframe::plan::schema::*;
use reframe::protocol::schema::Simulate;
use reframe::rig::geometry::Geometry;
use reframe::rig::schema::Rig;
use reframe::rig::schema::Screen;
use reframe::runner::Runner;
use reframe::session::conductor::Conductor;
use reframe::session::participant::Participant;
use reframe::session::stage::{Stage, VirtualStage, Wait};
use reframe::trigger::emulator::Emulator;
use std::sync::Arc;

pub fn secs(s: f64) -> Nanos {
    Nanos::from_secs(s)
}

/// Page, armed wait, then 16.75 s: lead-in, 3 x (cue, picture with answer, flash of 2 frames, gap, rating).
pub fn plan() -> RunPlan {
    let mut b = Builder { index: 0, clock: Nanos::ZERO, phases: vec![] };
    b.push("page", Length::UntilResponse, |p| p.response = window(&["continue"], None));
    let page = b.segment(Anchor::Start);
    b.push("armed", Length::UntilTrigger, |_| {});
    let armed = b.segment(Anchor::Response);
    b.push("lead_in", Length::Time(secs(1.0)), |_| {});
    for condition in ["calm", "grim", "calm"] {
        let vars = IndexMap::from([("condition".to_string(), condition.to_string())]);
        b.push("cue", Length::Time(secs(1.0)), |p| p.row = row("cue", None));
        b.push("picture", Length::Time(secs(1.5)), |p| {
            p.response = window(&["left", "right"], Some("left"));
            p.row = row(condition, None);
            p.mark = true;
        });
        let flash = Length::Frames { frames: 2, nominal: secs(2.0 / 60.0), timed: false };
        b.push("flash", flash, |p| p.row = row("flash", None));
        b.push("gap", Length::Time(secs(0.75 - 2.0 / 60.0)), |_| {});
        b.push("rating", Length::Time(secs(2.0)), |p| {
            p.scale = Some(scale());
            p.scene.elements.push(scale_element());
            p.row = row("rating", None);
        });
        for phase in b.phases.iter_mut().rev().take(5) {
            phase.variables = vars.clone();
        }
    }
    let timed = b.segment(Anchor::Trigger);
    RunPlan {
        version: 1,
        marks: Vec::new(),
        who: Who {
            sub: "01".into(),
            ses: None,
            run: 1,
            allocation: 0,
            visit: 0,
            seed: 1,
            place: Place::Scanner,
            language: "en".into(),
        },
        task: TaskDoc {
            name: "small".into(),
            title: "Small".into(),
            description: "A test".into(),
            instructions: "Look".into(),
            status: "test".into(),
            cog_atlas_id: None,
            cog_po_id: None,
            trial_types: IndexMap::new(),
            columns: IndexMap::new(),
            scales: IndexMap::new(),
            has_buttons: true,
            has_given: false,
            has_sounds: false,
            has_pictures: false,
            has_unshared: false,
        },
        background: Rgb::GREY,
        volumes: VolumeSetup {
            tr: secs(2.0),
            expected: Some(9),
            dummies: 1,
            dummies_pulse: true,
            dummies_stored: false,
            pulses: Default::default(),
        },
        segments: vec![page, armed, timed],
        pictures: IndexMap::new(),
        made: IndexMap::new(),
        sounds: IndexMap::new(),
        seen: Vec::new(),
        restart: None,
    }
}

/// Phases of these seconds one after the other, from the start of the run; those that are `true` have a row.
pub fn row_of(phases: &[(f64, bool)]) -> RunPlan {
    let mut b = Builder { index: 0, clock: Nanos::ZERO, phases: vec![] };
    for (seconds, has_row) in phases {
        b.push("phase", Length::Time(secs(*seconds)), |p| {
            p.row = has_row.then(|| row("thing", None)).flatten();
        });
    }
    let segment = b.segment(Anchor::Start);
    RunPlan { segments: vec![segment], ..plan() }
}

/// One rating that only its own keys end, then one second of nothing.
pub fn self_paced_rating() -> RunPlan {
    let mut b = Builder { index: 0, clock: Nanos::ZERO, phases: vec![] };
    b.push("rating", Length::UntilResponse, |p| {
        p.response = window(&["confirm"], None);
        p.scale = Some(scale());
        p.scene.elements.push(scale_element());
        p.row = row("rating", None);
    });
    let rating = b.segment(Anchor::Start);
    b.push("rest", Length::Time(secs(1.0)), |_| {});
    let rest = b.segment(Anchor::Response);
    RunPlan { segments: vec![rating, rest], ..plan() }
}

struct Builder {
    index: u32,
    clock: Nanos,
    phases: Vec<Phase>,
}

impl Builder {
    fn push(&mut self, name: &str, length: Length, edit: impl FnOnce(&mut Phase)) {
        let mut phase = Phase {
            index: self.index,
            name: name.into(),
            onset: self.clock,
            length,
            at_most: None,
            scene: Scene::blank(Rgb::GREY),
            response: None,
            scale: None,
            row: None,
            mark: false,
            event_code: None,
            sounds: Vec::new(),
            practice: false,
            again: None,
            variables: IndexMap::new(),
        };
        edit(&mut phase);
        self.index += 1;
        self.clock += length.nominal().unwrap_or(Nanos::ZERO);
        self.phases.push(phase);
    }

    fn segment(&mut self, anchor: Anchor) -> Segment {
        self.clock = Nanos::ZERO;
        Segment { anchor, phases: std::mem::take(&mut self.phases) }
    }
}

fn window(keys: &[&str], correct: Option<&str>) -> Option<ResponseWindow> {
    Some(ResponseWindow {
        keys: keys.iter().map(|k| k.to_string()).collect(),
        correct: correct.map(str::to_string),
        ..ResponseWindow::default()
    })
}

fn row(trial_type: &str, picture: Option<StimulusId>) -> Option<Row> {
    Some(Row { trial_type: trial_type.into(), picture, columns: IndexMap::new() })
}

pub fn scale() -> Scale {
    Scale {
        name: "distress".into(),
        left: -50.0,
        right: 50.0,
        start: 0.4,
        key_left: "left".into(),
        key_right: "right".into(),
        key_confirm: Some("confirm".into()),
        step: 0.01,
        delay: secs(0.2),
        speed: 0.2,
        acceleration: 0.4,
        top_speed: 0.8,
        countdown: Some(secs(1.0)),
        ..Scale::default()
    }
}

pub fn scale_element() -> Element {
    Element {
        id: "scale".into(),
        x: Extent::Px(0.0),
        y: Extent::Px(0.0),
        depth: 0,
        opacity: 1.0,
        kind: ElementKind::Scale(ScaleView {
            look: ScaleLook::Line,
            question: "How bad?".into(),
            anchors: vec!["not".into(), "very".into()],
            width: Extent::Share(0.8),
            text_height: Extent::Share(0.05),
            color: Rgb::WHITE,
            marker: Marker::At(0.4),
            confirmed: false,
            countdown: None,
        }),
    }
}

/// A display of 60 Hz that shows each scene `lag` frames late and reports `latency` later, by ticket in turn; with
/// keys and pulses at instants after the start.
#[derive(Debug)]
pub struct Disturbed {
    pub inner: VirtualStage,
    pub clock: Arc<VirtualClock>,
    pub period: Nanos,
    pub lags: Vec<u8>,
    pub latency: Nanos,
    pub keys: Vec<(Nanos, KeyEvent)>,
    pub held_back: Vec<(Nanos, Event)>,
    /// A scene never appears before the one it follows.
    pub last: Nanos,
}

impl Disturbed {
    pub fn new(clock: Arc<VirtualClock>, hz: f64) -> Disturbed {
        Disturbed {
            inner: VirtualStage::new(clock.clone(), hz),
            period: Nanos::period(hz),
            clock,
            lags: vec![0],
            latency: Nanos::ZERO,
            keys: vec![],
            held_back: vec![],
            last: Nanos::ZERO,
        }
    }
}

impl Display for Disturbed {
    fn upcoming(&mut self, pictures: &[StimulusId], at: Nanos) {
        self.inner.upcoming(pictures, at);
    }
    fn show(&mut self, request: ShowRequest) {
        self.inner.show(request);
    }
    fn withdraw(&mut self, from_ticket: u64) {
        self.inner.withdraw(from_ticket);
    }
}

impl Stage for Disturbed {
    fn wait(&mut self, until: Nanos) -> Wait {
        loop {
            let back = self.held_back.iter().map(|(t, _)| *t).min().unwrap_or(Nanos::MAX);
            let key = self.keys.first().map_or(Nanos::MAX, |(t, _)| *t);
            let first = back.min(key).min(until);
            if first <= self.clock.now() && first < until {
                if back <= key {
                    let i = self.held_back.iter().position(|(t, _)| *t == back).unwrap();
                    return Wait::Event(self.held_back.remove(i).1);
                }
                return Wait::Event(Event::Key(self.keys.remove(0).1));
            }
            match self.inner.wait(first) {
                Wait::Event(Event::Presented(mut p)) => {
                    let lag = self.lags[p.ticket as usize % self.lags.len()];
                    let period = self.period;
                    p.onset = (p.onset + period * i64::from(lag)).max(self.last + period);
                    self.last = p.onset;
                    self.held_back.push((p.onset + self.latency, Event::Presented(p)));
                }
                Wait::Due if first < until => continue,
                other => return other,
            }
        }
    }
}

/// A whole run on the virtual clock at 60 Hz; `edit` may disturb the stage. Returns the journal.
pub fn run(
    plan: RunPlan,
    participant: bool,
    edit: impl FnOnce(&mut Disturbed),
) -> (Arc<RunPlan>, Vec<Entry>) {
    run_at(60.0, plan, participant, edit)
}

/// The same at any refresh rate.
pub fn run_at(
    hz: f64,
    plan: RunPlan,
    participant: bool,
    edit: impl FnOnce(&mut Disturbed),
) -> (Arc<RunPlan>, Vec<Entry>) {
    let plan = Arc::new(plan);
    let clock = Arc::new(VirtualClock::new());
    let mut stage = Disturbed::new(clock.clone(), hz);
    edit(&mut stage);
    let mut journal: Vec<Entry> = vec![];
    let runner = Runner::new(plan.clone(), Nanos::period(hz), None);
    let mapping = Mapping::new(&Rig::default(), &[]);
    let info = stage.inner.info(&Geometry::new(&Screen::default(), 800, 600));
    let mut conductor = Conductor::new(runner, clock.as_ref(), &mut journal, mapping);
    conductor.write(clock.now(), Record::Display(Box::new(info)));
    conductor.emulator = Some(Emulator::new(None, &plan.volumes));
    if participant {
        let simulate = Simulate::default();
        conductor.participant = Some(Participant::new(&simulate, &plan.who));
    }
    conductor.run(&mut stage);
    (plan, journal)
}

pub fn key(code: &str, at: f64, down: bool) -> (Nanos, KeyEvent) {
    let stamp = VirtualClock::START + secs(at);
    let event = KeyEvent {
        stamp,
        code: code.into(),
        down,
        repeat: false,
        device: "keyboard".into(),
        source: "window".into(),
    };
    (stamp, event)
}
