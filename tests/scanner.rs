//! Runs at scanners that misbehave, on the virtual clock: every seed is another scanner. The count of volumes is right at the
//! end, what is missing is named, a false start is taken back, and no picture moves by it.

use reframe::ground::clock::{Clock, VirtualClock};
use reframe::ground::diagnostic::Source;
use reframe::ground::event::Presented;
use reframe::ground::ports::Due;
use reframe::ground::pulses::Account;
use reframe::ground::record::{Basis, Entry, Place, Record, ScannerEvent};
use reframe::ground::time::Nanos;
use reframe::input::mapping::Mapping;
use reframe::plan::schema::{Pulses, RunPlan, VolumeSetup, Who};
use reframe::rig::geometry::Geometry;
use reframe::rig::schema::{Rig, Screen};
use reframe::runner::Runner;
use reframe::runner::io::{Input, Output};
use reframe::session::conductor::Conductor;
use reframe::session::replay::replay;
use reframe::session::stage::VirtualStage;
use reframe::trigger::emulator::Emulator;
use reframe::trigger::emulator::faults::Faults;
use reframe::trigger::emulator::schedule::{Scan, Schedule, What};
use std::collections::BTreeSet;
use std::sync::Arc;

const TR: f64 = 2.0;

/// A picture each four seconds from onset 0 on, without any picture file.
fn task(seconds: u32, volumes: u32) -> String {
    format!(
        "sequence = [\"armed\", \"trials\"]\n[task]\nname = \"scan\"\ntr = {TR:?}\nvolumes = {volumes}\n\
         [phase.armed]\nuntil = \"trigger\"\nelements = [{{ kind = \"text\", text = \"soon\" }}]\n\
         [block.trials]\ncycles = {}\ncontents = [\"look\", \"rest\"]\n\
         [phase.look]\nduration = 2.5\nelements = [{{ kind = \"fixation\" }}]\ntrial_type = \"look\"\n\
         [phase.rest]\nduration = 1.5\n[trial_type.look]\ndescription = \"Look\"\n",
        seconds / 4
    )
}

fn plan(seconds: u32, volumes: u32, dummies: u32) -> Arc<RunPlan> {
    let source = Source { path: "task.toml".into(), text: task(seconds, volumes) };
    let protocol = reframe::protocol::parse::parse(&source).expect("it parses").protocol;
    let who = Who {
        sub: "01".into(),
        ses: None,
        run: 1,
        allocation: 0,
        visit: 0,
        seed: 1,
        place: Place::Scanner,
        language: "en".into(),
    };
    let setup = VolumeSetup {
        tr: Nanos::from_secs(TR),
        expected: Some(volumes),
        dummies,
        dummies_pulse: true,
        dummies_stored: false,
        pulses: Pulses::Volume,
    };
    let plan = reframe::plan::compile::compile(&protocol, None, &who, setup, 60.0);
    Arc::new(plan.expect("it compiles"))
}

/// The journal of a run at this scanner.
fn run(plan: &Arc<RunPlan>, faults: Faults) -> Vec<Entry> {
    let clock = Arc::new(VirtualClock::new());
    let mut stage = VirtualStage::new(clock.clone(), 60.0);
    let mut journal: Vec<Entry> = vec![];
    let runner = Runner::new(plan.clone(), Nanos::period(60.0), None);
    let mapping = Mapping::new(&Rig::default(), &[]);
    let info = stage.info(&Geometry::new(&Screen::default(), 800, 600));
    let mut conductor = Conductor::new(runner, clock.as_ref(), &mut journal, mapping);
    conductor.write(clock.now(), Record::Display(Box::new(info)));
    conductor.emulator = Some(Emulator::new(None, &plan.volumes).with_faults(faults));
    conductor.run(&mut stage);
    journal
}

/// Onsets of what has a row, from onset 0.
fn onsets(plan: &RunPlan, journal: &[Entry]) -> Vec<Nanos> {
    let zero = journal.iter().rev().find(|e| matches!(e.record, Record::Zero { .. }));
    let zero = zero.expect("it began").t_ns;
    let rows: BTreeSet<u32> = plan.phases().filter(|p| p.row.is_some()).map(|p| p.index).collect();
    let onset = |e: &Entry| match &e.record {
        Record::Onset(o) if rows.contains(&o.phase) => Some(o.onset_ns - zero),
        _ => None,
    };
    journal.iter().filter_map(onset).collect()
}

fn scanner_events(journal: &[Entry]) -> Vec<(ScannerEvent, Option<u32>)> {
    let event = |e: &Entry| match e.record {
        Record::Scanner { event, volume } => Some((event, volume)),
        _ => None,
    };
    journal.iter().filter_map(event).collect()
}

#[test]
fn the_count_is_right_and_what_is_missing_is_named_at_two_hundred_bad_scanners() {
    let plan = plan(600, 300, 0);
    let (mut missing, mut named, mut wrongly, mut right) = (0, 0, 0, 0);
    for seed in 0..200 {
        let faults = Faults {
            seed,
            jitter: Nanos::from_millis(8),
            dropped: 0.01,
            doubled: 0.01,
            spurious: 0.01,
            ..Faults::default()
        };
        let scan = Scan {
            tr: Nanos::from_secs(TR),
            volumes: Some(300),
            slices: 1,
            dummies: 0,
            dummies_pulse: true,
        };
        let dropped = |m: &reframe::trigger::emulator::schedule::Moment| m.what == What::Dropped;
        let all = Schedule::new(scan, faults.clone());
        let truly: BTreeSet<u32> = all.filter(dropped).filter_map(|m| m.volume).collect();
        // What was lost before anything came, nobody can know: the first pulse that comes is volume 1.
        let unseen = (1..=300).take_while(|n| truly.contains(n)).count() as u32;
        let last = (1..=300).rev().find(|n| !truly.contains(n)).map(|n| n - unseen);
        let seen = truly.iter().filter(|n| **n > unseen).map(|n| n - unseen);
        let truly: BTreeSet<u32> = seen.chain(301 - unseen..=300).collect();
        let journal = run(&plan, faults);
        let account = Account::of(&journal, &plan.volumes.to_come());
        let told: BTreeSet<u32> = account.missing.iter().copied().collect();
        missing += truly.len();
        named += truly.intersection(&told).count();
        wrongly += told.difference(&truly).count();
        let Some(Record::End(end)) = journal.last().map(|e| &e.record) else { panic!("no end") };
        right += u32::from(Some(end.volumes) == last);
        assert!(end.complete);
        assert_eq!(Some(end.volumes), last, "seed {seed}: {truly:?}");
        let taken_back = journal.iter().rposition(|e| {
            matches!(e.record, Record::Scanner { event: ScannerEvent::FalseStart, .. })
        });
        let onsets = onsets(&plan, &journal[taken_back.unwrap_or(0)..]);
        assert_eq!(onsets.len(), 150, "seed {seed}");
        // A task that a lost second pulse has held up counts from the pulse after it.
        let last = |wanted: fn(&Record) -> bool| {
            journal.iter().rev().find(|e| wanted(&e.record)).expect("it began").t_ns
        };
        let began = last(|r| matches!(r, Record::Segment { anchor, .. } if anchor == "trigger"));
        let held_up = began - last(|r| matches!(r, Record::Zero { .. }));
        let lost = if truly.contains(&2) { 2.0 * TR } else { 0.0 };
        assert!((held_up - Nanos::from_secs(lost)).abs() < Nanos::from_millis(60), "seed {seed}");
        for (i, onset) in onsets.iter().enumerate().skip(1) {
            let off = (*onset - held_up - Nanos::from_secs(4.0 * i as f64)).abs();
            assert!(off <= Nanos::from_millis(9), "seed {seed}: picture {i} moved by {off:?}");
        }
        if seed % 40 == 0 {
            assert_eq!(replay(plan.clone(), &journal).unwrap().differences, vec![], "seed {seed}");
        }
    }
    println!("{right} runs right; {named} of {missing} missing pulses named, {wrongly} wrongly");
    assert!(named as f64 >= 0.99 * missing as f64, "{named} of {missing}");
}

#[test]
fn a_false_start_before_dummies_shows_nothing_and_the_true_start_is_onset_zero() {
    let plan = plan(200, 100, 5);
    for seed in 0..20 {
        let faults = Faults {
            seed,
            dropped: 0.01,
            false_start: Some(Nanos::from_secs(8.0)),
            ..Faults::default()
        };
        let journal = run(&plan, faults);
        let events = scanner_events(&journal);
        assert_eq!(events[0], (ScannerEvent::FalseStart, None), "seed {seed}: {events:?}");
        assert_eq!(onsets(&plan, &journal).len(), 50);
        let zeros = journal.iter().filter(|e| matches!(e.record, Record::Zero { .. }));
        let zeros: Vec<Nanos> = zeros.map(|e| e.t_ns).collect();
        assert_eq!(zeros.len(), 1, "seed {seed}");
        let first_row = journal.iter().find_map(|e| match &e.record {
            Record::Onset(o) if o.phase > 0 => Some(o.onset_ns),
            _ => None,
        });
        assert!(first_row.unwrap() >= zeros[0], "nothing is shown before the true start");
        let sixth = journal.iter().find_map(|e| match &e.record {
            Record::Trigger(t) if t.volume == Some(6) => Some(e.t_ns),
            _ => None,
        });
        if let Some(sixth) = sixth {
            assert!((zeros[0] - sixth).abs() < Nanos::from_millis(1), "seed {seed}");
        }
        assert_eq!(replay(plan.clone(), &journal).unwrap().differences, vec![], "seed {seed}");
    }
}

#[test]
fn a_false_start_without_dummies_is_taken_back_and_its_pictures_count_for_nothing() {
    let plan = plan(40, 20, 0);
    let faults = Faults { false_start: Some(Nanos::from_secs(8.5)), ..Faults::default() };
    let journal = run(&plan, faults);
    let events: Vec<ScannerEvent> = scanner_events(&journal).into_iter().map(|(e, _)| e).collect();
    use ScannerEvent::{FalseStart, Started};
    assert_eq!(events, [Started, FalseStart, Started]);
    let anchors: Vec<&str> = journal
        .iter()
        .filter_map(|e| match &e.record {
            Record::Segment { anchor, .. } => Some(anchor.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(anchors, ["start", "trigger", "false_start", "trigger"]);
    let taken_back = journal
        .iter()
        .position(|e| matches!(e.record, Record::Scanner { event: FalseStart, .. }))
        .unwrap();
    assert_eq!(onsets(&plan, &journal[taken_back..]).len(), 10, "all of them, once more");
    let Some(Record::End(end)) = journal.last().map(|e| &e.record) else { panic!("no end") };
    assert!(end.complete && end.volumes == 20, "{end:?}");
    assert!(!end.counts.contains_key("scenes_without_onset"), "{end:?}");
    assert_eq!(replay(plan.clone(), &journal).unwrap().differences, vec![]);
}

#[test]
fn a_scanner_that_stops_is_told_and_the_pictures_go_on_to_their_end() {
    let plan = plan(80, 40, 0);
    let faults = Faults { stop_after: Some(10), ..Faults::default() };
    let journal = run(&plan, faults);
    use ScannerEvent::{Missing, Started, Stopped};
    let all = [
        (Started, Some(1)),
        (Missing, Some(11)),
        (Missing, Some(12)),
        (Missing, Some(13)),
        (Stopped, Some(10)),
    ];
    assert_eq!(scanner_events(&journal), all);
    assert_eq!(onsets(&plan, &journal).len(), 20);
    let Some(Record::End(end)) = journal.last().map(|e| &e.record) else { panic!("no end") };
    assert!(end.complete, "{end:?}");
}

/// Feeds a runner by hand: each scene appears at the flip after it was asked for.
#[derive(Default)]
struct Hand {
    log: Vec<(Nanos, Record)>,
}

impl Hand {
    fn give(&mut self, runner: &mut Runner, input: Input) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let at = match &input {
                Input::Deadline { at } => *at,
                Input::Pulse { stamp, .. } | Input::Rearm { stamp } => *stamp,
                _ => Nanos::ZERO,
            };
            runner.handle(input);
            while let Some(output) = runner.poll() {
                match output {
                    Output::Show(s) if s.report => {
                        let onset = match s.due {
                            Due::At(t) => t,
                            _ => at + Nanos::from_millis(16),
                        };
                        let (ticket, frame) = (s.ticket, s.ticket);
                        inputs.push(Input::Presented(Presented {
                            ticket,
                            onset,
                            flip: onset,
                            basis: Basis::Virtual,
                            frame,
                            skipped: None,
                            marked: false,
                            lacks: Vec::new(),
                        }));
                        inputs.push(Input::Shown { stamp: onset, ticket, frame });
                    }
                    Output::Log { t, record } => self.log.push((t, record)),
                    _ => {}
                }
            }
        }
    }

    fn anchors(&self) -> Vec<&str> {
        self.log
            .iter()
            .filter_map(|(_, r)| match r {
                Record::Segment { anchor, .. } => Some(anchor.as_str()),
                _ => None,
            })
            .collect()
    }
}

#[test]
fn a_wrong_start_is_taken_back_by_hand_within_a_minute_and_not_later() {
    let at = Nanos::from_secs;
    for (rearmed, anchors) in [
        (30.0, vec!["start", "trigger", "false_start", "trigger"]),
        (70.0, vec!["start", "trigger"]),
    ] {
        let mut runner = Runner::new(plan(400, 200, 0), Nanos::period(60.0), None);
        let mut hand = Hand::default();
        hand.give(&mut runner, Input::Deadline { at: Nanos::ZERO });
        let pulse = |n: f64| Input::Pulse { stamp: at(n), source: "key".into() };
        let mut now = 1.0;
        while now < rearmed {
            hand.give(&mut runner, pulse(now));
            hand.give(&mut runner, Input::Deadline { at: at(now + 1.0) });
            now += TR;
        }
        hand.give(&mut runner, Input::Rearm { stamp: at(rearmed) });
        assert_eq!(runner.is_armed(), anchors.len() == 4, "at {rearmed} s");
        for n in 0..3 {
            hand.give(&mut runner, pulse(rearmed + 5.0 + TR * f64::from(n)));
        }
        assert_eq!(hand.anchors(), anchors, "at {rearmed} s");
        let zeros: Vec<Nanos> = hand
            .log
            .iter()
            .filter(|(_, r)| matches!(r, Record::Zero { .. }))
            .map(|(t, _)| *t)
            .collect();
        let last = if anchors.len() == 4 { rearmed + 5.0 } else { 1.0 };
        assert_eq!(zeros.last(), Some(&at(last)), "at {rearmed} s");
        if anchors.len() == 4 {
            assert_eq!(runner.volumes(), 3, "counted anew");
        }
    }
}

#[test]
fn before_any_start_there_is_nothing_to_take_back() {
    let mut runner = Runner::new(plan(40, 20, 0), Nanos::period(60.0), None);
    let mut hand = Hand::default();
    hand.give(&mut runner, Input::Deadline { at: Nanos::ZERO });
    hand.give(&mut runner, Input::Rearm { stamp: Nanos::from_secs(1.0) });
    assert_eq!(hand.anchors(), ["start"]);
    assert!(runner.is_armed());
}
