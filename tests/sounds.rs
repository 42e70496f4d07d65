//! What the runner makes of sounds: they go with their scenes, and fall silent with grey, an answer, and the end of a run; a scale
//! can set how loud they are. And a simulated run with sounds, from the protocol to the dataset.

mod common;

use common::{key, plan, row_of, run, secs, self_paced_rating};
use reframe::ground::cue::{Cue, Silenced, SoundSource, Stop, Tone};
use reframe::ground::event::Presented;
use reframe::ground::ports::{Hush, SceneSounds};
use reframe::ground::record::{Basis, Record, Response, SoundBasis};
use reframe::ground::time::Nanos;
use reframe::plan::schema::{Phase, ResponseWindow, RunPlan};
use reframe::runner::Runner;
use reframe::runner::io::{Input, Output};
use reframe::session::replay::replay;
use std::sync::Arc;

const START: Nanos = Nanos(10_000_000_000);

fn cue(stop: Stop) -> Cue {
    Cue { sound: "beep".into(), at: secs(0.25), every: None, volume: 0.5, pan: 0.0, stop }
}

/// A plan whose phases of this name are heard.
fn heard(mut plan: RunPlan, name: &str, stop: Stop) -> RunPlan {
    let phases = plan.segments.iter_mut().flat_map(|s| &mut s.phases);
    phases.filter(|p| p.name == name).for_each(|p| p.sounds = vec![cue(stop)]);
    let tone = Tone { frequency: 440.0, duration: secs(0.1), ramp: secs(0.005) };
    plan.sounds.insert("beep".into(), SoundSource::Tone(tone));
    plan
}

/// A runner whose first scene has appeared.
fn begun(plan: RunPlan) -> (Runner, Vec<Output>) {
    let mut runner = Runner::new(Arc::new(plan), Nanos::period(60.0), None);
    runner.handle(Input::Deadline { at: START });
    let first = outputs(&mut runner);
    appear(&mut runner, 1, START + secs(0.12));
    (runner, first)
}

fn appear(runner: &mut Runner, ticket: u64, onset: Nanos) {
    runner.handle(Input::Shown { stamp: onset, ticket, frame: ticket });
    runner.handle(Input::Presented(Presented {
        ticket,
        onset,
        flip: onset,
        basis: Basis::X11Present,
        frame: ticket,
        skipped: None,
        marked: false,
        lacks: Vec::new(),
    }));
}

fn outputs(runner: &mut Runner) -> Vec<Output> {
    std::iter::from_fn(|| runner.poll()).collect()
}

fn hushes(outputs: &[Output]) -> Vec<Hush> {
    let hush = |o: &Output| match o {
        Output::Hush(hush) => Some(*hush),
        _ => None,
    };
    outputs.iter().filter_map(hush).collect()
}

fn press(runner: &mut Runner, meaning: &str, stamp: Nanos) {
    let response = Response {
        code: "KeyX".into(),
        meaning: Some(meaning.into()),
        down: true,
        repeat: false,
        device: "keyboard".into(),
        source: "test".into(),
    };
    runner.handle(Input::Key { stamp, response });
}

#[test]
fn a_scene_is_given_with_the_sounds_of_its_phase() {
    let (_, first) = begun(heard(row_of(&[(1.0, true), (1.0, true)]), "phase", Stop::End));
    let sounds = first.iter().find_map(|o| match o {
        Output::Show(request) => request.sounds.clone(),
        _ => None,
    });
    let cues = [cue(Stop::End)].as_slice().into();
    assert_eq!(sounds, Some(SceneSounds { phase: 0, cues, covered: false }));
}

#[test]
fn grey_and_the_end_of_a_run_silence_what_is_heard_behind_the_withdrawal_of_scenes() {
    let stamp = START + secs(0.5);
    let grey = Input::Grey { stamp, up: true, by: "Escape".into() };
    let abort = Input::Abort { stamp, reason: "enough".into() };
    for (input, why) in [(grey, Silenced::Grey), (abort, Silenced::Run)] {
        let (mut runner, _) = begun(heard(row_of(&[(2.0, true), (2.0, true)]), "phase", Stop::End));
        outputs(&mut runner);
        runner.handle(input.clone());
        let given = outputs(&mut runner);
        assert_eq!(hushes(&given), [Hush { answered: None, why }]);
        let place = |wanted: fn(&Output) -> bool| given.iter().position(wanted);
        let withdrawn = place(|o| matches!(o, Output::Withdraw { .. }));
        let hushed = place(|o| matches!(o, Output::Hush(_)));
        assert!(withdrawn.is_none_or(|w| Some(w) < hushed), "{given:?}");
        let (mut silent, _) = begun(row_of(&[(2.0, true), (2.0, true)]));
        silent.handle(input);
        assert!(
            hushes(&outputs(&mut silent)).is_empty(),
            "a plan without sounds has none to silence"
        );
    }
}

#[test]
fn a_start_that_is_taken_back_silences_what_it_began() {
    let mut plan = heard(plan(), "cue", Stop::End);
    plan.volumes.dummies = 0;
    let (mut runner, _) = begun(plan);
    press(&mut runner, "continue", START + secs(1.0));
    appear(&mut runner, 2, START + secs(1.1));
    runner.handle(Input::Pulse { stamp: START + secs(2.0), source: "test".into() });
    outputs(&mut runner);
    runner.handle(Input::Rearm { stamp: START + secs(3.0) });
    let why = Silenced::FalseStart;
    assert_eq!(hushes(&outputs(&mut runner)), [Hush { answered: None, why }]);
}

#[test]
fn an_answer_silences_what_stops_with_it_and_an_anticipation_does_not() {
    let answered = |stop: Stop, after: f64| {
        let mut plan = heard(row_of(&[(2.0, true), (2.0, true)]), "phase", stop);
        let keys = vec!["left".to_string()];
        let window = ResponseWindow { keys, anticipation: secs(0.15), ..Default::default() };
        let phases = plan.segments.iter_mut().flat_map(|s| &mut s.phases);
        phases.for_each(|p: &mut Phase| p.response = Some(window.clone()));
        let (mut runner, _) = begun(plan);
        outputs(&mut runner);
        press(&mut runner, "left", START + secs(0.12 + after));
        hushes(&outputs(&mut runner))
    };
    let hush = Hush { answered: Some(1), why: Silenced::Response };
    assert_eq!(answered(Stop::Response, 0.4), [hush]);
    assert!(answered(Stop::Response, 0.1).is_empty());
    assert!(answered(Stop::Phase, 0.4).is_empty());
}

#[test]
fn a_scale_sets_how_loud_sounds_are_and_a_replay_gives_the_same() {
    let mut plan = heard(self_paced_rating(), "rating", Stop::Phase);
    let phases = plan.segments.iter_mut().flat_map(|s| &mut s.phases);
    phases.flat_map(|p| &mut p.scale).for_each(|scale| scale.volume = true);
    let (plan, journal) = run(plan, false, |stage| {
        stage.keys.push(key("ArrowRight", 1.0, true));
        stage.keys.push(key("ArrowRight", 1.05, false));
        stage.keys.push(key("Enter", 2.0, true));
    });
    let set = |r: &Record| match r {
        Record::Volume { position, gain } => Some((*position, *gain)),
        _ => None,
    };
    let volumes: Vec<(f64, f64)> = journal.iter().filter_map(|e| set(&e.record)).collect();
    assert_eq!(volumes.len(), 2, "at its start and where it was moved to: {volumes:?}");
    assert!(volumes[0].0 < volumes[1].0);
    for (position, gain) in volumes {
        assert!((20.0 * gain.log10() - 40.0 * (position - 1.0)).abs() < 1e-9);
    }
    replay(plan, &journal).expect("the same records again");
}

#[test]
fn a_simulated_run_hears_each_sound_when_it_was_planned() {
    let (_, journal) = run(heard(plan(), "cue", Stop::Phase), true, |_| {});
    let onset = |ticket: u64| {
        journal.iter().find_map(|e| match &e.record {
            Record::Onset(o) if o.ticket == ticket => Some(o.onset_ns),
            _ => None,
        })
    };
    let mut heard = 0;
    for entry in &journal {
        let Record::Sound(sound) = &entry.record else { continue };
        heard += 1;
        assert_eq!(sound.onset_ns, onset(sound.ticket).map(|t| t + secs(0.25)));
        assert_eq!((sound.basis, sound.lag_ns), (Some(SoundBasis::Virtual), Some(Nanos::ZERO)));
    }
    assert_eq!(heard, 3, "one for each cue");
}
