//! Plans of small protocols with sounds: what stands in each phase and in the plan as a whole.

use crate::ground::diagnostic::Source;
use crate::ground::record::Place;
use crate::ground::time::Nanos;
use crate::plan::compile::{CompileError, compile};
use crate::plan::schema::{Cue, Phase, RunPlan, SoundSource, Stop, Tone, VolumeSetup, Who};
use crate::protocol::parse::parse;
use crate::protocol::schema::Protocol;

const TASK: &str = r#"
sequence = ["drill", "page", "trials", "set"]

[task]
name = "demo"

[sound.unheard]
file = "unheard.wav"
[sound.attend_en]
file = "sounds/attend.wav"
[sound.attend_de]
file = "sounds/ansehen.wav"
[sound.regulate]
file = "sounds/regulate.FLAC"
[sound.beep]
tone = { frequency = 440, duration = 0.2 }

[words.spoken_attend]
en = "attend_en"
de = "attend_de"

[factor.condition.regulate]
spoken = "regulate"
[factor.condition.attend]
spoken = "{spoken_attend}"

[block.drill]
practice = true
contents = ["tone", "page"]

[block.trials]
each = ["condition"]
contents = ["rest", "cue"]

[phase.tone]
duration = 1.0
sounds = { play = "beep", every = 0.25, stop = "phase" }

[phase.page]
until = "response"

[phase.rest]
duration = 1.0

[phase.cue]
duration = 2.0
trial_type = "cue"
sounds = [{ play = "{spoken}", at = 0.5, volume = 0.8, pan = -1, stop = "end" }, { play = "beep" }]

[phase.set]
until = "response"
elements = [{ kind = "scale", scale = "loud" }]

[scale.loud]
left = 0
right = 1
anchors = ["soft", "loud"]
higher_means = "louder"
start = { random = [0, 1] }
volume = true

[trial_type.cue]
description = "A cue"
"#;

fn protocol(text: &str) -> Protocol {
    let source = Source { path: "demo.toml".into(), text: text.into() };
    parse(&source).unwrap_or_else(|p| panic!("{}", source.render(&p, false))).protocol
}

fn planned(protocol: &Protocol, language: &str) -> Result<RunPlan, CompileError> {
    let who = Who {
        sub: "01".into(),
        ses: None,
        run: 1,
        allocation: 0,
        visit: 0,
        seed: 1,
        place: Place::Lab,
        language: language.into(),
    };
    let volumes = VolumeSetup {
        tr: Nanos::ZERO,
        expected: None,
        dummies: 0,
        dummies_pulse: true,
        dummies_stored: false,
        pulses: Default::default(),
    };
    compile(protocol, None, &who, volumes, 60.0)
}

fn plan(text: &str) -> RunPlan {
    planned(&protocol(text), "en").unwrap()
}

fn named<'a>(plan: &'a RunPlan, name: &str) -> Vec<&'a Phase> {
    plan.phases().filter(|p| p.name == name).collect()
}

#[test]
fn a_phase_has_its_sounds_as_they_are_written() {
    let plan = plan(TASK);
    let cues = named(&plan, "cue");
    let (at, every) = (Nanos::from_millis(500), None);
    let cue = |sound: &str| Cue {
        sound: sound.into(),
        at,
        every,
        volume: 0.8,
        pan: -1.0,
        stop: Stop::End,
    };
    let beep = Cue { at: Nanos::ZERO, volume: 1.0, pan: 0.0, ..cue("beep") };
    assert_eq!(cues[0].sounds, [cue("regulate"), beep.clone()]);
    assert_eq!(cues[1].sounds, [cue("attend_en"), beep]);
    assert!(named(&plan, "rest").iter().all(|p| p.sounds.is_empty()));
}

#[test]
fn practice_is_heard() {
    let plan = plan(TASK);
    let tone = named(&plan, "tone")[0];
    assert!(tone.practice);
    let [cue] = &tone.sounds[..] else { panic!("one sound") };
    assert_eq!((cue.every, cue.stop), (Some(Nanos::from_millis(250)), Stop::Phase));
}

#[test]
fn a_plan_has_the_sounds_that_it_plays_in_order_of_first_use() {
    let plan = plan(TASK);
    let names: Vec<&str> = plan.sounds.keys().map(String::as_str).collect();
    assert_eq!(names, ["beep", "regulate", "attend_en"]);
    let (duration, ramp) = (Nanos::from_millis(200), Nanos::from_millis(5));
    let tone = Tone { frequency: 440.0, duration, ramp };
    assert_eq!(plan.sounds["beep"], SoundSource::Tone(tone));
    assert_eq!(plan.sounds["regulate"], SoundSource::File("sounds/regulate.FLAC".into()));
}

#[test]
fn a_sound_that_a_word_decides_is_that_of_the_language() {
    let protocol = protocol(TASK);
    let heard = |language| planned(&protocol, language).unwrap().sounds;
    assert!(heard("de").contains_key("attend_de") && !heard("de").contains_key("attend_en"));
    assert!(heard("en").contains_key("attend_en") && !heard("en").contains_key("attend_de"));
}

#[test]
fn the_task_says_whether_rows_have_sounds_and_a_scale_that_it_sets_the_volume() {
    let plan = plan(TASK);
    assert!(plan.task.has_sounds);
    assert!(named(&plan, "set")[0].scale.as_ref().unwrap().volume);
    let without = TASK.replace("sounds = [", "# sounds = [");
    assert!(!self::plan(&without).task.has_sounds, "the practice has no rows");
}

#[test]
fn chance_is_the_same_with_sounds_and_without() {
    let silent: Vec<&str> = TASK.lines().filter(|l| !l.starts_with("sounds =")).collect();
    let (mut loud, silent) = (plan(TASK), plan(&silent.join("\n")));
    assert!(silent.sounds.is_empty());
    loud.sounds.clear();
    loud.task.has_sounds = false;
    let phases = loud.segments.iter_mut().flat_map(|s| &mut s.phases);
    phases.for_each(|p| p.sounds.clear());
    assert_eq!(loud, silent);
}

#[test]
fn a_value_that_names_no_sound_is_refused() {
    let wrong = TASK.replace("de = \"attend_de\"", "de = \"atend\"");
    let error = planned(&protocol(&wrong), "de").unwrap_err();
    let expected = CompileError::NoSound { phase: "cue".into(), sound: "atend".into() };
    assert_eq!(error, expected);
    assert!(error.to_string().contains("[sound.atend]"));
}
