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

fn story_at(place: Place, text: &str) -> Story {
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
    };
    let plan = compile(&protocol, None, &who, volumes, 60.0).unwrap();
    tell(&protocol, &plan)
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
