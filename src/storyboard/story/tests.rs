//! Stories of small protocols: what is one column, what is told apart, and what is repeated.

use super::*;
use crate::ground::diagnostic::Source;
use crate::ground::record::Place;
use crate::plan::compile::compile;
use crate::plan::schema::{VolumeSetup, Who};
use crate::protocol::parse::parse;

const HEAD: &str = r#"
[task]
name = "demo"
tr = 2.0
stimuli = "t.tsv"

[factor.mood.calm]
word = "CALM"
[factor.mood.grim]
word = "GRIM"
[factor.side.left]
[factor.side.right]

[phase.page]
until = "response"
elements = [{ kind = "text", text = "Press a key." }]

[phase.armed]
until = "trigger"
when = { place = "scanner" }
elements = [{ kind = "text", text = "Wait." }]

[phase.word]
duration = 2.0
elements = [{ kind = "text", text = "{word}" }]

[phase.cross]
duration = { choose = [4, 5, 6, 7] }
elements = [{ kind = "fixation" }]

[phase.number]
duration = 1.0
elements = [{ kind = "text", text = "Block {n} of 4" }]

[phase.flash]
duration = { frames = 2 }
trial_type = "flash"
elements = [{ kind = "fixation" }]

[trial_type.flash]
description = "A flash"
"#;

/// Four pictures.
const TABLE: &str = "id\tfile\np1\tp1.png\np2\tp2.png\np3\tp3.png\np4\tp4.png\n";

fn planned(place: Place, text: &str) -> (Story, RunPlan) {
    // What follows the first line of the text comes after the head, since its tables would take it in.
    let (sequence, rest) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
    let text = format!("{sequence}\n{HEAD}\n{rest}");
    let source = Source { path: "demo.toml".into(), text };
    let protocol = match parse(&source) {
        Ok(parsed) => parsed.protocol.without_practice(),
        Err(problems) => panic!("{}", source.render(&problems, false)),
    };
    let who = Who {
        sub: "01".into(),
        ses: None,
        run: 1,
        allocation: 0,
        visit: 0,
        seed: 1,
        place,
        language: "en".into(),
    };
    let volumes = VolumeSetup {
        tr: crate::ground::time::Nanos::from_secs(2.0),
        expected: None,
        dummies: 0,
        dummies_pulse: true,
        dummies_stored: false,
        pulses: Default::default(),
    };
    let table = Source { path: "t.tsv".into(), text: TABLE.into() };
    let table = crate::table::parse::parse(&table).unwrap();
    let plan = compile(&protocol, Some(&table), &who, volumes, 60.0).unwrap();
    (tell(&protocol, &plan), plan)
}

fn story_at(place: Place, text: &str) -> Story {
    planned(place, text).0
}

fn story(text: &str) -> Story {
    story_at(Place::Scanner, text)
}

fn names(columns: &[Column]) -> Vec<Vec<&str>> {
    columns
        .iter()
        .map(|c| c.tiles.iter().map(|t| t.as_ref().map_or("", |t| t.name.as_str())).collect())
        .collect()
}

fn repeats(story: &Story) -> Vec<(usize, usize, &str)> {
    story.repeats.iter().map(|r| (r.first, r.last, r.text.as_str())).collect()
}

#[test]
fn pages_before_the_run_are_told_apart_from_it() {
    let s = story(r#"sequence = ["page", "armed", "flash", "page"]"#);
    assert_eq!(names(&s.before), [["page"]]);
    assert_eq!(names(&s.columns), [["armed"], ["flash"], ["page"]]);
    let lasts: Vec<&str> = s.columns.iter().map(|c| c.lasts[0].as_str()).collect();
    assert_eq!(lasts, ["until the scanner", "2 frames", "until a key"]);
}

#[test]
fn what_the_place_leaves_out_is_not_shown() {
    let s = story_at(Place::Lab, r#"sequence = ["page", "armed", "cross", "flash"]"#);
    assert_eq!(names(&s.before), [["page"]]);
    assert_eq!(names(&s.columns), [["cross"], ["flash"]]);
    assert_eq!(s.columns[0].lasts, ["4, 5, 6 or 7 s"]);
}

#[test]
fn conditions_that_differ_stand_side_by_side_and_those_that_do_not_are_one() {
    let s = story(
        r#"sequence = ["trials"]
[block.trials]
each = ["mood", "side"]
cycles = 4
order = "cycle"
count = "n"
contents = ["number", "word", "cross"]"#,
    );
    // The side changes nothing that is seen, nor is the number of a block a difference.
    let word = vec!["word: calm, left / calm, right", "word: grim, left / grim, right"];
    assert_eq!(names(&s.columns), [vec!["number"], word, vec!["cross"]]);
    let text = "4 \u{d7} (4 conditions, shuffled in each cycle)";
    assert_eq!(repeats(&s), [(0, 2, text)]);
}

#[test]
fn blocks_in_blocks_are_brackets_in_brackets() {
    let s = story(
        r#"sequence = ["cross", "outer", "cross"]
[block.outer]
each = ["mood"]
contents = ["inner", "once", "cross"]
[block.inner]
cycles = 3
contents = ["word", "flash"]
[block.once]
contents = ["flash"]"#,
    );
    assert_eq!(
        names(&s.columns),
        [
            vec!["cross"],
            vec!["word: calm", "word: grim"],
            vec!["flash"],
            vec!["flash"],
            vec!["cross"],
            vec!["cross"]
        ]
    );
    let outer = "2 conditions, in this order";
    assert_eq!(repeats(&s), [(1, 2, "3 \u{d7}"), (1, 4, outer)]);
    // Each stands for its own place in the run.
    assert_eq!([0, 5].map(|c| s.columns[c].tiles[0].as_ref().unwrap().phase), [0, 17]);
}

#[test]
fn the_same_phase_in_a_row_is_one_screen() {
    let s = story(r#"sequence = ["flash", "flash", "flash", "cross"]"#);
    assert_eq!(names(&s.columns), [["flash"], ["cross"]]);
    assert_eq!(repeats(&s), [(0, 0, "3 \u{d7}")]);
}

#[test]
fn a_fixed_order_shows_the_levels_that_come() {
    let s = story(
        r#"sequence = ["trials"]
[block.trials]
each = ["mood"]
order = ["grim", "grim"]
contents = ["word"]"#,
    );
    assert_eq!(names(&s.columns), [["word"]]);
    assert_eq!(repeats(&s), [(0, 0, "2 passes in a fixed order")]);
}

#[test]
fn practice_is_left_out() {
    let s = story(
        r#"sequence = ["drill", "flash"]
[block.drill]
practice = true
contents = ["cross", "page"]"#,
    );
    assert_eq!((s.before.len(), names(&s.columns)), (0, vec![vec!["flash"]]));
}

#[test]
fn more_conditions_than_can_be_read_are_counted() {
    let levels: String = (0..12).map(|i| format!("[factor.many.l{i}]\nsign = \"{i}\"\n")).collect();
    let s = story(&format!(
        "sequence = [\"trials\"]\n{levels}[block.trials]\neach = [\"many\"]\ncontents = [\"sign\"]\n\
         [phase.sign]\nduration = 1.0\nelements = [{{ kind = \"text\", text = \"{{sign}}\" }}]"
    ));
    assert_eq!(s.columns[0].tiles.len(), EXAMPLES);
    assert!(s.repeats[0].text.ends_with("(4 of 12 that look different are shown)"));
}

#[test]
fn a_condition_that_has_no_such_screen_leaves_its_place_empty() {
    let s = story(
        r#"sequence = ["trials"]
[factor.parts.all]
[factor.parts.some]
[block.trials]
each = ["parts"]
contents = ["star", "flash"]
[phase.star]
duration = 1.0
when = { parts = "all" }
elements = [{ kind = "fixation" }]"#,
    );
    assert_eq!(names(&s.columns), [vec!["star: all", ""], vec!["flash"]]);
}

#[test]
fn a_phase_that_waits_for_a_counter_says_so() {
    let s = story(
        r#"sequence = ["trials"]
[block.trials]
cycles = 4
count = "block"
contents = ["flash", "pause"]
[phase.pause]
duration = 3.0
when = { block = ["2", "4"] }"#,
    );
    assert_eq!(s.columns[1].lasts, ["3 s", "block 2 or 4 only"]);
}

#[test]
fn sounds_stand_under_their_screen() {
    let s = story(
        r#"sequence = ["page", "trials"]
[sound.calm_word]
file = "calm.wav"
[sound.grim_word]
file = "grim.wav"
[sound.beep]
tone = { frequency = 440, duration = 0.2 }
[block.trials]
each = ["mood"]
contents = ["cue", "test"]
[phase.cue]
duration = 2.0
sounds = [{ play = "beep", at = 0.1 }, { play = "{mood}_word", at = 1 }]
[phase.test]
duration = 3.0
sounds = { play = "beep", every = 1.5 }"#,
    );
    let cue = ["2 s", "sound: beep at 100 ms", "sound: calm word or grim word at 1 s"];
    assert_eq!(s.columns[0].lasts, cue);
    assert_eq!(s.columns[1].lasts, ["3 s", "sound: beep, every 1.5 s"]);
    assert_eq!(s.before[0].lasts, ["until a key"]);
}

#[test]
fn a_picture_that_is_shown_again_is_the_one_that_was_shown_before() {
    let (s, plan) = planned(
        Place::Scanner,
        r#"sequence = ["trials"]
[pictures.scene]
reuse = true
[factor.kind.new]
[factor.kind.repeated]
[block.trials]
each = ["kind"]
max_in_row = { kind = { repeated = 1 } }
order = ["new", "new", "new", "repeated", "new"]
contents = ["first", "again"]
[phase.first]
duration = 1.0
when = { kind = "new" }
elements = [{ kind = "picture", from = "scene" }]
[phase.again]
duration = 1.0
when = { kind = "repeated" }
elements = [{ kind = "picture", from = "scene", same = true }]"#,
    );
    let shown: Vec<&StimulusId> = s
        .columns
        .iter()
        .flat_map(|c| c.tiles.iter().flatten())
        .flat_map(|t| plan.phases().nth(t.phase as usize).unwrap().scene.pictures())
        .collect();
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[0], shown[1]);
}
