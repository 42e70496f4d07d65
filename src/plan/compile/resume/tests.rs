//! What comes once more of small tasks, told by hand.

use super::super::{History, Interrupted, compile, compile_after};
use crate::ground::diagnostic::Source;
use crate::ground::record::Place;
use crate::plan::schema::{OnRestart, RunPlan, VolumeSetup, Who};
use crate::protocol::schema::Protocol;

/// Two blocks of two trials, framed by a cue each, with a page before and a rest behind.
const FRAMED: &str = r#"
sequence = ["page", "blocks", "rest"]
[task]
name = "x"
[factor.side.left]
[factor.side.right]
[block.blocks]
each = ["side"]
order = "sequential"
contents = ["cue", "trials"]
[block.trials]
cycles = 2
contents = ["trial", "gap"]
[phase.page]
until = "response"
keys = ["continue"]
[phase.cue]
duration = 1.0
trial_type = "cue"
[phase.trial]
duration = 1.0
trial_type = "trial"
response = { keys = ["left"] }
[phase.gap]
duration = 1.0
[phase.rest]
duration = 1.0
[trial_type.cue]
description = "c"
hed = "Sensory-event"
[trial_type.trial]
description = "t"
hed = "Sensory-event"
"#;

fn protocol(text: &str) -> Protocol {
    let source = Source { path: "x.toml".into(), text: text.into() };
    crate::protocol::parse::parse(&source).unwrap_or_else(|p| panic!("{p:#?}")).protocol
}

fn plan(text: &str, place: Place, finished: Option<&[u32]>, mode: OnRestart) -> RunPlan {
    let (sub, language) = ("01".to_string(), "en".to_string());
    let run = 1 + u32::from(finished.is_some());
    let who = Who { sub, ses: None, run, allocation: 0, visit: 0, seed: 1, place, language };
    let volumes = VolumeSetup::default();
    let Some(finished) = finished else {
        return compile(&protocol(text), None, &who, volumes, 60.0).unwrap();
    };
    let finished = vec![finished.iter().copied().collect()];
    let practised = true;
    let interrupted = Some(Interrupted {
        seen: Default::default(),
        first: 1,
        before: 1,
        part: 2,
        mode,
        practised,
        finished,
    });
    let history = History { interrupted, ..History::default() };
    compile_after(&protocol(text), None, &who, volumes, 60.0, &history).unwrap()
}

fn names(plan: &RunPlan) -> Vec<&str> {
    plan.phases().map(|p| p.name.as_str()).collect()
}

#[test]
fn trials_that_are_left_come_with_the_cue_of_their_block_and_whole() {
    let all = plan(FRAMED, Place::Scanner, None, OnRestart::Continue);
    assert_eq!(
        names(&all),
        [
            "page", "cue", "trial", "gap", "trial", "gap", "cue", "trial", "gap", "trial", "gap",
            "rest"
        ]
    );
    // The first block is done, and of the second one trial but for its gap.
    let left = plan(FRAMED, Place::Scanner, Some(&[0, 1, 2, 3, 4, 5, 6, 7]), OnRestart::Continue);
    assert_eq!(names(&left), ["cue", "trial", "gap", "trial", "gap", "rest"]);
    assert_eq!(left.places().values().copied().collect::<Vec<_>>(), [6, 7, 8, 9, 10, 11]);
    assert!(left.phases().take(5).all(|p| p.variables["side"] == "right"));
}

#[test]
fn all_of_it_comes_again_without_the_pages_that_were_turned() {
    let again = plan(FRAMED, Place::Scanner, Some(&[0, 1, 2, 3]), OnRestart::Repeat);
    assert_eq!(names(&again)[..3], ["cue", "trial", "gap"]);
    assert_eq!(names(&again).len(), 11);
    let unturned = plan(FRAMED, Place::Scanner, Some(&[]), OnRestart::Repeat);
    assert_eq!(names(&unturned)[0], "page");
}

#[test]
fn a_lab_has_a_page_before_anything_is_timed() {
    let left = plan(FRAMED, Place::Lab, Some(&[0, 1, 2, 3, 4, 5]), OnRestart::Continue);
    assert_eq!(names(&left)[..2], ["page", "cue"]);
}

#[test]
fn a_unit_is_done_by_one_part_and_not_by_two_halves() {
    let (sub, language, place) = ("01".to_string(), "en".to_string(), Place::Scanner);
    let who = Who { sub, ses: None, run: 3, allocation: 0, visit: 0, seed: 1, place, language };
    // One part has shown a trial, the other its gap.
    let finished = vec![[0, 1, 2].into(), [1, 3].into()];
    let mode = OnRestart::Continue;
    let practised = true;
    let interrupted = Some(Interrupted {
        seen: Default::default(),
        first: 1,
        before: 2,
        part: 3,
        mode,
        practised,
        finished,
    });
    let history = History { interrupted, ..History::default() };
    let volumes = VolumeSetup::default();
    let left = compile_after(&protocol(FRAMED), None, &who, volumes, 60.0, &history).unwrap();
    assert_eq!(names(&left)[..3], ["cue", "trial", "gap"]);
    assert_eq!(left.places()[&1], 2);
}

#[test]
fn the_page_on_which_the_volume_is_set_comes_again_although_it_was_turned() {
    let volume = "[phase.page]\nelements = [{ kind = \"scale\", scale = \"volume\" }]\n";
    let scale = "[scale.volume]\nleft = 0\nright = 100\nstart = 0.5\nanchors = [\"soft\", \"loud\"]\n\
                 higher_means = \"louder\"\nvolume = true\n";
    let text = FRAMED.replace("[phase.page]\n", volume) + scale;
    for mode in [OnRestart::Continue, OnRestart::Repeat] {
        let left = plan(&text, Place::Scanner, Some(&[0, 1, 2, 3]), mode);
        assert_eq!(names(&left)[..3], ["page", "cue", "trial"], "{mode:?}");
    }
}
