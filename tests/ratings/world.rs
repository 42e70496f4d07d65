//! A world for one runner: a display that shows scenes late and reports them later, and hands whose touches arrive
//! when they arrive. It keeps what was drawn at each frame, as a display with a mailbox would draw it.

use crate::common::secs;
use reframe::ground::clock::VirtualClock;
use reframe::ground::event::Presented;
use reframe::ground::ports::{Due, ShowRequest};
use reframe::ground::record::*;
use reframe::ground::scene::*;
use reframe::ground::time::Nanos;
use reframe::plan::schema::RunPlan;
use reframe::rig::geometry::Geometry;
use reframe::rig::schema::Screen;
use reframe::runner::Runner;
use reframe::runner::io::{Input, Output};
use reframe::session::stage::VirtualStage;
use std::sync::Arc;

pub const START: Nanos = VirtualClock::START;

/// How the display disturbs a run, by ticket in turn.
#[derive(Clone, Debug)]
pub struct Disturbance {
    /// Frames by which a scene comes late.
    pub lags: Vec<u8>,
    /// Milliseconds until it is reported.
    pub latencies: Vec<u16>,
}

impl Disturbance {
    pub fn none() -> Disturbance {
        Disturbance { lags: vec![0], latencies: vec![0] }
    }
}

/// What became of a run.
#[derive(Debug)]
pub struct Went {
    pub plan: Arc<RunPlan>,
    pub journal: Vec<Entry>,
    /// Instant, ticket and marker position of each frame on which a scale was drawn.
    pub frames: Vec<(Nanos, u64, f64)>,
    /// Pictures that were announced, in order.
    pub announced: Vec<String>,
    /// When travels of a pointer were wanted: the instants at which that changed.
    pub wanted: Vec<(Nanos, bool)>,
}

impl Went {
    pub fn of<'a, T>(&'a self, pick: impl Fn(&'a Record) -> Option<T>) -> Vec<T> {
        self.journal.iter().filter_map(|e| pick(&e.record)).collect()
    }
    pub fn onsets(&self) -> Vec<&Onset> {
        self.of(|r| if let Record::Onset(o) = r { Some(o) } else { None })
    }
    pub fn outcomes(&self) -> Vec<&Outcome> {
        self.of(|r| if let Record::Outcome(o) = r { Some(o) } else { None })
    }
    pub fn paths(&self) -> Vec<&MarkerPath> {
        self.of(|r| if let Record::Path(p) = r { Some(p) } else { None })
    }
    pub fn end(&self) -> &End {
        match &self.journal.last().unwrap().record {
            Record::End(e) => e,
            other => panic!("the last line is {other:?}"),
        }
    }
}

struct World {
    runner: Runner,
    journal: Vec<Entry>,
    period: Nanos,
    disturbance: Disturbance,
    /// What is to come, with the instant at which it arrives.
    queue: Vec<(Nanos, Next)>,
    last_flip: Nanos,
    /// Scenes handed over and not shown yet, by ticket, and the one on screen.
    waiting: Vec<(u64, Scene)>,
    screen: Option<(u64, Scene)>,
    went: Vec<(Nanos, u64, f64)>,
    announced: Vec<String>,
    over: bool,
}

enum Next {
    Input(Input),
    /// A scene goes to the screen, as planned for this flip.
    Flip(u64, Nanos),
}

/// Runs a plan at 60 Hz with touches that arrive at the given instants.
pub fn run(plan: RunPlan, disturbance: Disturbance, touches: Vec<(Nanos, Input)>) -> Went {
    let plan = Arc::new(plan);
    let period = Nanos::period(60.0);
    let geometry = Geometry::new(&Screen::default(), 800, 600);
    let runner = Runner::new(plan.clone(), period, Some(geometry.lengths));
    let info = VirtualStage::new(Arc::new(VirtualClock::new()), 60.0).info(&geometry);
    let mut world = World {
        runner,
        journal: vec![Entry { seq: 1, t_ns: START, record: Record::Display(Box::new(info)) }],
        period,
        disturbance,
        queue: touches.into_iter().map(|(at, input)| (at, Next::Input(input))).collect(),
        last_flip: START,
        waiting: vec![],
        screen: None,
        went: vec![],
        announced: vec![],
        over: false,
    };
    world.queue.sort_by_key(|(at, _)| *at);
    let wanted = world.go();
    let World { journal, went: frames, announced, .. } = world;
    Went { plan, journal, frames, announced, wanted }
}

impl World {
    fn go(&mut self) -> Vec<(Nanos, bool)> {
        let mut now = START;
        let mut frame = START;
        let mut wanted = vec![(START, false)];
        self.give(now, Input::Deadline { at: now });
        while !self.over {
            let deadline = self.runner.next_deadline();
            let next = self.queue.first().map(|(at, _)| *at);
            let at = [deadline, next].into_iter().flatten().min().expect("something comes");
            while frame + self.period <= at {
                frame += self.period;
                self.draw(frame);
            }
            now = now.max(at);
            assert!(now < START + secs(120.0), "the run never ends");
            if next.is_some_and(|next| next <= at) {
                match self.queue.remove(0).1 {
                    Next::Input(input) => self.give(now, input),
                    Next::Flip(ticket, meant) => self.flip(ticket, now, meant),
                }
            } else {
                self.give(now, Input::Deadline { at });
            }
            let wants = self.runner.wants_pointer();
            if wanted.last().is_some_and(|(_, was)| *was != wants) {
                wanted.push((now, wants));
            }
        }
        wanted
    }

    fn give(&mut self, now: Nanos, input: Input) {
        self.runner.handle(input);
        while let Some(output) = self.runner.poll() {
            match output {
                Output::Upcoming { pictures, .. } => {
                    self.announced.extend(pictures.into_iter().map(|p| p.0));
                }
                Output::Show(request) => self.show(now, request),
                Output::Withdraw { from_ticket } => {
                    self.waiting.retain(|(t, _)| *t < from_ticket);
                    self.queue.retain(|(_, n)| !matches!(n, Next::Flip(t, _) if *t >= from_ticket));
                }
                Output::Log { t, record } => {
                    let seq = self.journal.len() as u64 + 1;
                    self.journal.push(Entry { seq, t_ns: t, record });
                }
                Output::Hush(_) | Output::Volume { .. } => {}
                Output::Finished => self.over = true,
            }
        }
    }

    fn show(&mut self, now: Nanos, request: ShowRequest) {
        let ShowRequest { ticket, scene, due, report, .. } = request;
        if !report {
            let on_screen = self.screen.iter_mut().filter(|(t, _)| *t == ticket);
            let waiting = self.waiting.iter_mut().filter(|(t, _)| *t == ticket);
            on_screen.chain(waiting).for_each(|(_, old)| *old = scene.clone());
            return;
        }
        let target = match due {
            Due::At(t) | Due::FramesAfter { near: t, .. } => t.max(now),
            Due::Next => now,
        };
        let meant = START + self.period * ((target - START).0 / self.period.0 + 1);
        let lags = &self.disturbance.lags;
        let lag = i64::from(lags[ticket as usize % lags.len()]);
        let flip = (meant + self.period * lag).max(self.last_flip + self.period);
        self.last_flip = flip;
        self.waiting.push((ticket, scene));
        self.push(flip, Next::Flip(ticket, meant));
    }

    fn flip(&mut self, ticket: u64, now: Nanos, meant: Nanos) {
        let i = self.waiting.iter().position(|(t, _)| *t == ticket).expect("it waits");
        self.screen = Some(self.waiting.remove(i));
        self.draw(now);
        let frame = ((now - START).0 / self.period.0) as u64;
        let report = Presented {
            ticket,
            onset: now,
            flip: meant,
            basis: Basis::Virtual,
            frame,
            skipped: None,
            marked: false,
            lacks: Vec::new(),
        };
        let latencies = &self.disturbance.latencies;
        let latency = i64::from(latencies[ticket as usize % latencies.len()]);
        self.push(now + Nanos::from_millis(latency), Next::Input(Input::Presented(report)));
        self.give(now, Input::Shown { stamp: now, ticket, frame });
    }

    /// What comes at one instant comes in the order in which it was put in.
    fn push(&mut self, at: Nanos, next: Next) {
        let place = self.queue.partition_point(|(t, _)| *t <= at);
        self.queue.insert(place, (at, next));
    }

    fn draw(&mut self, at: Nanos) {
        if let Some((ticket, scene)) = &mut self.screen
            && let Some(view) = scene.scale_mut()
        {
            self.went.push((at, *ticket, view.marker.at(at)));
        }
    }
}

/// A key event of the keyboard.
pub fn key(at: Nanos, code: &str, meaning: Option<&str>, down: bool) -> Input {
    let response = Response {
        code: code.into(),
        meaning: meaning.map(str::to_string),
        down,
        repeat: false,
        device: "keyboard".into(),
        source: "window".into(),
    };
    Input::Key { stamp: at, response }
}

/// A movement of a mouse.
pub fn travel(at: Nanos, travel: Travel) -> Input {
    let (device, source) = ("mouse".into(), "window".into());
    Input::Pointer { stamp: at, pointer: Pointer { travel, device, source } }
}
