//! What `reframe check` finds before anybody sits there: faults of some people only, and what a protocol does that its author
//! may not have meant. The real binary, in a temporary folder.

use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Two pages with a scale, and a table with three pictures of each set.
const TASK: &str = r#"
sequence = ["page", "armed", "trials"]

[task]
name = "demo"
tr = 2.0
volumes = 6
stimuli = "table.tsv"

[allocate.picture_set]
values = ["A", "B", "A"]
every = 2
per_visit = 1

[pictures.scene]
where = { set = "{picture_set}" }

[block.trials]
cycles = 3
contents = ["look", "rate"]

[phase.page]
until = "response"
elements = [{ kind = "text", text = "Press a key." }]

[phase.armed]
until = "trigger"
elements = [{ kind = "fixation" }]

[phase.look]
duration = 1.0
trial_type = "look"
elements = [{ kind = "picture", from = "scene", size = "50%" }]

[phase.rate]
duration = 3.0
trial_type = "rate"
elements = [{ kind = "scale", scale = "mood" }]

[trial_type.look]
description = "A scene"

[trial_type.rate]
description = "A rating"

[scale.mood]
kind = "likert"
points = 3
higher_means = "better"
"#;

/// Exit code, and everything that is said.
fn checked(task: &str, sets: &[(&str, usize)], broken: &str) -> (i32, String) {
    let dir = TempDir::new().unwrap();
    let stimuli = dir.path().join("stimuli");
    fs::create_dir(&stimuli).unwrap();
    let scene = Path::new(env!("CARGO_MANIFEST_DIR")).join("stimuli/scenes/A_neu_01.png");
    let mut table = String::from("id\tfile\tset\n");
    for (set, n) in sets {
        for i in 0..*n {
            table += &format!("{set}{i}\t{set}{i}.png\t{set}\n");
            fs::copy(&scene, stimuli.join(format!("{set}{i}.png"))).unwrap();
        }
    }
    if !broken.is_empty() {
        fs::write(stimuli.join(broken), b"no picture").unwrap();
    }
    fs::write(stimuli.join("table.tsv"), table).unwrap();
    fs::write(dir.path().join("task.toml"), task).unwrap();
    let line = ["check", "task.toml", "--stimuli", "stimuli", "--place", "scanner"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_reframe"));
    let out = command.args(line).current_dir(dir.path()).output().expect("the binary starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap_or(-1), text(&out.stdout) + &text(&out.stderr))
}

const BOTH: [(&str, usize); 2] = [("A", 3), ("B", 3)];

#[track_caller]
fn says(found: &(i32, String), code: i32, parts: &[&str]) {
    for part in parts {
        assert!(found.1.contains(part), "{part:?} is missing in:\n{}", found.1);
    }
    assert_eq!(found.0, code, "{}", found.1);
}

#[test]
fn every_allocation_and_visit_is_planned() {
    let found = checked(TASK, &BOTH, "");
    says(&found, 0, &["Planned: 18 combinations", "show 6 pictures", "no problem found"]);
}

#[test]
fn runs_that_differ_are_planned_too_and_named_where_they_fail() {
    let task = TASK.replace("per_visit = 1", "per_run = 1");
    let found = checked(&task, &BOTH, "");
    says(&found, 0, &["Planned: 18 combinations of allocation, visit and run", "show 6 pictures"]);
    let found = checked(&task, &[("A", 3), ("B", 2)], "");
    says(&found, 2, &["for allocation 0, run 2; allocation 1, run 2; allocation 2, run 1;"]);
}

#[test]
fn a_set_that_is_too_small_is_found_for_those_who_get_it() {
    let found = checked(TASK, &[("A", 3), ("B", 2)], "");
    says(&found, 2, &["for allocation 0, visit 2; allocation 1, visit 2; allocation 2, visit 1;"]);
    says(&found, 2, &["and 2 more: picture source \"scene\" needs 3 pictures with set = B"]);
    let everybody = checked(TASK, &[("A", 2), ("B", 2)], "");
    says(&everybody, 2, &["set = B", "set = A"]);
}

#[test]
fn a_broken_picture_of_a_later_visit_is_found() {
    says(&checked(TASK, &BOTH, "B1.png"), 2, &["B1.png", "1 of 6 pictures cannot be used"]);
}

#[test]
fn a_latin_square_is_planned_for_each_of_its_rows() {
    let levels = "[factor.kind.a]\n[factor.kind.b]\n[factor.kind.c]\n[factor.kind.d]\n";
    let task = TASK.replace("cycles = 3", "each = [\"kind\"]\norder = \"latin\"");
    let task =
        task.replace("per_visit = 1\n", "").replace("contents = [\"look\", ", "contents = [");
    let task = task.replace("sequence = [", "sequence = [\"look\", ") + levels;
    says(&checked(&task, &BOTH, ""), 0, &["Planned: 12 combinations"]);
}

#[test]
fn many_combinations_are_cut_and_the_check_says_so() {
    let values: Vec<String> = (0..97).map(|i| format!("\"{}\"", ["A", "B"][i % 2])).collect();
    let task = TASK.replace("\"A\", \"B\", \"A\"", &values.join(", "));
    let found = checked(&task, &BOTH, "");
    says(&found, 0, &["Planned: 400 combinations", "only 400 of 18818", "1 warning, no error"]);
}

#[test]
fn a_scan_that_ends_before_the_task_is_a_warning_that_counts() {
    let found = checked(&TASK.replace("volumes = 6", "volumes = 5"), &BOTH, "");
    says(&found, 0, &["warning: the scan ends 2.000 s before the task: raise `volumes`"]);
    says(&found, 0, &["1 warning, no error"]);
    assert!(!found.1.contains("no problem found"), "{}", found.1);
}

#[test]
fn a_column_that_the_table_lacks_is_named_with_the_one_that_was_meant() {
    let task = TASK.replace("{ set =", "{ sett =");
    let found = checked(&task, &BOTH, "");
    says(&found, 2, &["stimulus table has no column \"sett\"", "did you mean \"set\"?"]);
    let far = TASK.replace("{ set =", "{ emotion =");
    says(&checked(&far, &BOTH, ""), 2, &["no column \"emotion\"", "it has id, file, set"]);
}

#[test]
fn a_value_that_no_row_has_is_named_with_those_that_there_are() {
    let task = TASK.replace("\"A\", \"B\", \"A\"", "\"A\", \"C\"");
    let found = checked(&task, &BOTH, "");
    says(&found, 2, &["no row of the stimulus table has set = C", "the column has A, B"]);
}

#[test]
fn keys_that_choose_numbers_by_place_on_a_reversed_scale_are_warned_of() {
    let pick = "reverse = \"{turned}\"\nkeys = { pick = [\"left\", \"right\", \"confirm\"], confirm = \"none\" }\n\
                [allocate.turned]\nvalues = [\"no\", \"yes\"]\n";
    let task = TASK.to_string() + pick;
    let said = "key \"left\" chooses 3";
    says(
        &checked(&task, &BOTH, ""),
        0,
        &["warning: scale \"mood\" is labelled with its numbers", said],
    );
    let words = task.replace("points = 3", "labels = [\"low\", \"\", \"high\"]");
    says(&checked(&words, &BOTH, ""), 0, &["no problem found"]);
}

#[test]
fn a_rating_that_begins_anew_after_a_page_is_warned_of() {
    let task = r#"
sequence = ["watch", "rest", "page", "watch", "watch"]
[task]
name = "watching"
[phase.watch]
duration = 3.0
trial_type = "watch"
elements = [{ kind = "scale", scale = "mood" }]
[phase.rest]
duration = 1.0
elements = [{ kind = "fixation" }]
[phase.page]
until = "response"
elements = [{ kind = "text", text = "Go on with a key." }]
[trial_type.watch]
description = "A film, rated"
[scale.mood]
left = 0
right = 100
anchors = ["bad", "good"]
higher_means = "better"
continuous = true
"#;
    says(&checked(task, &[], ""), 0, &["no problem found"]);
    let found = checked(&task.replace("\"rest\", \"page\"", "\"page\", \"rest\""), &[], "");
    says(&found, 0, &["no problem found"]);
    let found =
        checked(&task.replace("\"rest\", \"page\"", "\"rest\", \"watch\", \"page\""), &[], "");
    says(&found, 0, &["scale \"mood\" begins anew in phase \"watch\", after page \"page\""]);
    assert_eq!(found.1.matches("begins anew").count(), 1, "{}", found.1);
    let shown = task.replace(
        "[{ kind = \"text\", text = \"Go on with a key.\" }]",
        "[{ kind = \"scale\", scale = \"mood\" }]",
    );
    says(&checked(&shown, &[], ""), 0, &["after page \"page\": the rating of phase \"page\""]);
}

#[test]
fn sounds_of_a_screen_that_are_too_loud_together_are_warned_of() {
    let tone = "[sound.high]\ntone = { frequency = 880, duration = 0.5 }\n";
    let all = format!("{tone}{}", tone.replace("high", "low").replace("880", "440"));
    let three = "duration = 1.0\nsounds = [{ play = \"high\" }, { play = \"low\" }, { play = \"low\", at = 0.2, volume = VOLUME }]";
    let loud = TASK.replacen("duration = 1.0", three, 1) + &all;
    let found = checked(&loud.replace("VOLUME", "1"), &[("A", 9), ("B", 9)], "");
    says(
        &found,
        0,
        &[
            "\"high\" and \"low\" of phase \"look\"",
            "1.50 times full amplitude",
            "lower their `volume`",
        ],
    );
    let (_, text) = checked(&loud.replace("VOLUME", "0"), &[("A", 9), ("B", 9)], "");
    assert!(!text.contains("full amplitude"), "two of them are just as loud as can be: {text}");
}
