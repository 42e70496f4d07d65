//! What `late` means, at the borders that docs/bids-output.md and docs/journal.md name: the runner is told by hand when a
//! scene appeared.

mod common;

use common::{plan, row_of};
use reframe::ground::event::Presented;
use reframe::ground::ports::Due;
use reframe::ground::record::{Basis, Onset, Record};
use reframe::ground::time::Nanos;
use reframe::plan::schema::RunPlan;
use reframe::runner::Runner;
use reframe::runner::io::{Input, Output};
use std::sync::Arc;

const START: Nanos = Nanos(10_000_000_000);

fn period() -> Nanos {
    Nanos::period(60.0)
}

/// Where the program's last scene was due, and what it says of its onset.
#[derive(Default)]
struct Seen {
    due: Option<Due>,
    onset: Option<Onset>,
}

fn seen(runner: &mut Runner) -> Seen {
    let mut seen = Seen::default();
    while let Some(output) = runner.poll() {
        match output {
            Output::Show(request) => seen.due = Some(request.due),
            Output::Log { record: Record::Onset(o), .. } => seen.onset = Some(o),
            _ => {}
        }
    }
    seen
}

fn appears(runner: &mut Runner, ticket: u64, flip: Nanos, onset: Nanos) -> Onset {
    runner.handle(Input::Shown { stamp: flip, ticket, frame: ticket });
    let basis = Basis::WpPresentation;
    let report = Presented {
        ticket,
        onset,
        flip,
        basis,
        frame: ticket,
        skipped: None,
        marked: false,
        lacks: Vec::new(),
    };
    runner.handle(Input::Presented(report));
    seen(runner).onset.expect("an onset")
}

/// A scene with an instant of its own, whose flip came `flip` after it and which appeared `behind` that flip.
fn planned(flip: Nanos, behind: Nanos) -> Onset {
    let mut runner = Runner::new(Arc::new(row_of(&[(2.0, true)])), period(), None);
    runner.handle(Input::Deadline { at: START });
    let Some(Due::At(target)) = seen(&mut runner).due else { panic!("not due at an instant") };
    appears(&mut runner, 1, target + flip, target + flip + behind)
}

#[test]
fn a_scene_is_late_from_a_frame_and_one_millisecond_after_its_plan() {
    let micro = Nanos(1000);
    let border = period() + Nanos::from_millis(1);
    assert!(!planned(border, Nanos::ZERO).late);
    assert!(planned(border + micro, Nanos::ZERO).late);
    for name in ["bids-output.md", "journal.md"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains("more than a frame and 1 ms"), "docs/{name}");
    }
}

#[test]
fn a_scene_is_late_from_half_a_frame_after_its_flip() {
    let half = period().half();
    assert!(!planned(Nanos::ZERO, half).late);
    assert!(planned(Nanos::ZERO, half + Nanos(1000)).late);
}

#[test]
fn a_scene_that_was_due_at_once_is_held_to_no_plan_but_its_flip() {
    let whole = plan();
    // The armed screen and what a pulse begins, without the page before them.
    let mut segments = whole.segments[1..].to_vec();
    segments[0].anchor = reframe::plan::schema::Anchor::Start;
    let scene = |behind: Nanos| {
        let plan = RunPlan { segments: segments.clone(), ..whole.clone() };
        let mut runner = Runner::new(Arc::new(plan), period(), None);
        runner.handle(Input::Deadline { at: START });
        let Some(Due::At(target)) = seen(&mut runner).due else { panic!("not due at an instant") };
        appears(&mut runner, 1, target, target);
        // The first is a dummy.
        for pulse in 0..2 {
            let stamp = target + Nanos::from_secs(1.0 + 2.0 * f64::from(pulse));
            runner.handle(Input::Pulse { stamp, source: "key:Digit5".into() });
        }
        assert_eq!(seen(&mut runner).due, Some(Due::Next));
        let flip = target + Nanos::from_secs(3.1);
        appears(&mut runner, 2, flip, flip + behind)
    };
    let far = scene(Nanos::ZERO);
    assert!(far.onset_ns - far.planned_ns >= Nanos::from_millis(100));
    assert!(!far.late && far.missed == 0);
    assert!(scene(period()).late);
}
