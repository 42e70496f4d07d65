//! What the protocol language means: words in every place, practice that leaves the run alone, ratings that go on, scales
//! the other way round, answers by name, decks of pictures. The protocol is the second example of the reference.

use indexmap::IndexMap;
use reframe::ground::diagnostic::Source;
use reframe::ground::record::Place;
use reframe::ground::scene::{ElementKind, ScaleLook, ScaleView, StimulusId};
use reframe::ground::time::Nanos;
use reframe::plan::compile::{CompileError, compile};
use reframe::plan::schema::{Anchor, Length, Phase, RunPlan, VolumeSetup, Who};
use reframe::plan::timing::{rounding, timed_length};
use reframe::protocol::schema::{ElementKindDef, Protocol, Template};
use reframe::table::{Stimulus, Table};
use std::collections::BTreeSet;

const REFERENCE: &str = include_str!("../docs/protocol-reference.md");

fn example() -> String {
    let second = REFERENCE.split("<!-- example -->\n```toml\n").nth(2).expect("a second example");
    second.split_once("```\n").expect("the end of the example").0.to_string()
}

fn read(text: &str) -> Protocol {
    let source = Source { path: "example.toml".into(), text: text.into() };
    match reframe::protocol::parse::parse(&source) {
        Ok(parsed) => parsed.protocol,
        Err(problems) => panic!("{}", source.render(&problems, false)),
    }
}

/// Six faces of the practice, twenty of the run, three clips.
fn table() -> Table {
    let mut rows = IndexMap::new();
    for (part, n) in [("practice", 6), ("faces", 20), ("clips", 3)] {
        for i in 0..n {
            let id = StimulusId(format!("{part}_{i}"));
            let sex = if i % 2 == 0 { "male" } else { "female" };
            let values = [("id", id.0.as_str()), ("part", part), ("sex", sex)];
            rows.insert(
                id.clone(),
                Stimulus {
                    id: id.clone(),
                    file: format!("{}.png", id.0),
                    share: true,
                    database: None,
                    values: values.map(|(k, v)| (k.to_string(), v.to_string())).into(),
                },
            );
        }
    }
    let columns = ["id", "file", "part", "sex"].map(str::to_string).to_vec();
    Table { columns, rows }
}

fn who(allocation: u32, seed: u64, language: &str) -> Who {
    Who {
        sub: "01".into(),
        ses: None,
        run: 1,
        allocation,
        visit: 0,
        seed,
        place: Place::Scanner,
        language: language.into(),
    }
}

fn planned(protocol: &Protocol, who: &Who) -> Result<RunPlan, CompileError> {
    let volumes = VolumeSetup {
        tr: Nanos::from_secs(2.0),
        expected: None,
        dummies: 0,
        dummies_pulse: true,
        dummies_stored: false,
        pulses: Default::default(),
    };
    compile(protocol, Some(&table()), who, volumes, 60.0)
}

fn plan(protocol: &Protocol, who: &Who) -> RunPlan {
    planned(protocol, who).unwrap_or_else(|e| panic!("{e}"))
}

fn named<'a>(plan: &'a RunPlan, name: &str) -> Vec<&'a Phase> {
    plan.phases().filter(|p| p.name == name).collect()
}

fn text(phase: &Phase) -> &str {
    let mut texts = phase.scene.elements.iter().filter_map(|e| match &e.kind {
        ElementKind::Text { text, .. } => Some(text.as_str()),
        _ => None,
    });
    texts.next_back().expect("a text")
}

fn view(phase: &Phase) -> &ScaleView {
    let mut views = phase.scene.elements.iter().filter_map(|e| match &e.kind {
        ElementKind::Scale(view) => Some(view),
        _ => None,
    });
    views.next().expect("a scale")
}

#[test]
fn words_are_spoken_in_every_place_and_the_task_is_described_in_its_own_language() {
    let protocol = read(&example());
    assert_eq!(protocol.languages(), ["en", "de"]);
    let [en, de] = ["en", "de"].map(|l| plan(&protocol, &who(0, 1, l)));
    assert_eq!(text(named(&en, "lead_in")[0]), "left key: man     right key: woman");
    assert_eq!(text(named(&de, "lead_in")[0]), "linke Taste: Mann     rechte Taste: Frau");
    assert_eq!(view(named(&de, "clip")[0]).anchors, ["gar nicht", "sehr"]);
    let mood = view(named(&de, "mood")[0]);
    assert_eq!(mood.question, "Ich bin ruhig");
    let labels = ["gar nicht", "", "", "sehr"].map(String::from).to_vec();
    assert_eq!(mood.look, ScaleLook::Points { labels });
    assert!(de.task.instructions.starts_with("Sagen Sie"), "{}", de.task.instructions);
    assert!(en.task.instructions.starts_with("Say of each"), "{}", en.task.instructions);
    let mut same = de.task.clone();
    same.instructions = en.task.instructions.clone();
    assert_eq!(same, en.task);
    assert_eq!(en.task.scales["mood"].labels, ["not at all", "", "", "very much"]);
    let unheard = planned(&protocol, &who(0, 1, "fr")).unwrap_err();
    assert!(unheard.to_string().contains("\"fr\", only in en, de"), "{unheard}");
}

#[test]
fn words_stand_in_levels_of_factors_and_the_data_name_the_level() {
    let text = r#"
sequence = ["trials"]
[task]
name = "x"
language = "de"
[words.look]
de = "SCHAUEN {hand}"
en = "LOOK {hand}"
[words.decrease]
de = "MINDERN"
en = "DECREASE"
[allocate.hand]
values = ["L", "R"]
[factor.cue.look]
shown = "{look}!"
[factor.cue.decrease]
shown = "{decrease}"
[block.trials]
each = ["cue"]
contents = ["cue"]
[phase.cue]
duration = 1
elements = [{ kind = "text", text = "{shown}" }]
trial_type = "{cue}"
[trial_type.look]
description = "a"
[trial_type.decrease]
description = "b"
"#;
    let text = text
        .replace("[phase.cue]", "[phase.cue_page]")
        .replace("[\"cue\"]\n[phase", "[\"cue_page\"]\n[phase");
    let protocol = read(&text);
    let shown = |language: &str, allocation: u32| -> Vec<(String, String)> {
        let plan = plan(&protocol, &who(allocation, 1, language));
        let of =
            |p: &Phase| (self::text(p).to_string(), p.row.as_ref().unwrap().trial_type.clone());
        plan.phases().map(of).collect()
    };
    let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
    assert_eq!(shown("de", 0), [pair("SCHAUEN L!", "look"), pair("MINDERN", "decrease")]);
    assert_eq!(shown("en", 1), [pair("LOOK R!", "look"), pair("DECREASE", "decrease")]);
}

#[test]
fn what_is_allocated_goes_on_from_run_to_run() {
    let text = example().replace(
        "values = [\"no\", \"yes\"]\nevery = 2",
        "values = [\"no\", \"yes\"]\nper_run = 1",
    );
    let protocol = read(&text);
    let turned = |allocation, run| {
        let plan = plan(&protocol, &Who { run, ..who(allocation, 1, "en") });
        named(&plan, "clip")[0].scale.as_ref().expect("a scale").reversed
    };
    assert_eq!([1, 2, 3].map(|run| turned(0, run)), [false, true, false]);
    assert_eq!([1, 2, 3].map(|run| turned(1, run)), [true, false, true]);
}

#[test]
fn whatever_the_language_a_run_has_the_same_order_pictures_and_times() {
    let protocol = read(&example());
    for seed in 0..50 {
        let bare = |language: &str| {
            let mut plan = plan(&protocol, &who(seed as u32, seed, language));
            plan.who.language.clear();
            plan.task.instructions.clear();
            for phase in plan.segments.iter_mut().flat_map(|s| &mut s.phases) {
                phase.variables.retain(|name, _| !name.ends_with("_word"));
                for element in &mut phase.scene.elements {
                    match &mut element.kind {
                        ElementKind::Text { text, .. } => text.clear(),
                        ElementKind::Scale(view) => {
                            view.question.clear();
                            view.anchors.clear();
                            if let ScaleLook::Points { labels } = &mut view.look {
                                labels.clear();
                            }
                        }
                        _ => {}
                    }
                }
            }
            plan
        };
        assert_eq!(bare("en"), bare("de"));
    }
}

#[test]
fn practice_has_no_rows_and_begins_anew_with_its_first_segment() {
    let plan = plan(&read(&example()), &who(0, 1, "en"));
    let practice: Vec<_> = plan.phases().filter(|p| p.practice).map(|p| p.name.as_str()).collect();
    assert_eq!(practice[..3], ["press_left", "press_right", "practice_face"]);
    assert_eq!(practice.len(), 9);
    assert!(plan.phases().all(|p| !p.practice || p.row.is_none()));
    let ready = named(&plan, "ready")[0];
    let again = ready.again.as_ref().expect("keys that begin anew");
    assert_eq!((again.keys.as_slice(), again.segment), (&["left".to_string()][..], 2));
    assert_eq!(plan.segments[2].phases[0].name, "practice_face");
    assert_eq!(plan.segments[2].anchor, Anchor::Response);
    assert!(plan.phases().filter(|p| p.name != "ready").all(|p| p.again.is_none()));
    for segment in &plan.segments {
        let all = segment.phases.iter().all(|p| p.practice);
        assert!(
            all || segment.phases.iter().all(|p| !p.practice),
            "a stretch that is half practice"
        );
    }
}

#[test]
fn without_practice_the_run_itself_stays_the_same() {
    // Drawn gaps, random starts, counters and shuffled blocks in both parts must not touch each other.
    let text = example()
        .replace("duration = 1.9\n", "duration = { choose = [1.5, 1.9, 2.3, 2.7] }\n")
        .replace("cycles = 10", "cycles = 10\ncount = \"n\"")
        .replace("cycles = 3", "cycles = 3\ncount = \"m\"")
        .replace(
            "contents = [\"practice_trials\", \"ready\"]",
            "contents = [\"practice_trials\", \"pleasure\", \"ready\"]",
        );
    let protocol = read(&text);
    assert!(protocol.has_practice());
    for seed in 0..200 {
        let who = who(seed as u32 % 8, seed, "de");
        let whole = plan(&protocol, &who);
        let bare = plan(&protocol.without_practice(), &who);
        assert!(bare.phases().all(|p| !p.practice));
        assert_eq!(whole.task, bare.task);
        let run = |plan: &RunPlan| -> Vec<Phase> {
            let run = plan.phases().filter(|p| !p.practice);
            run.map(|p| Phase { index: 0, ..p.clone() }).collect()
        };
        assert_eq!(run(&whole), run(&bare), "seed {seed}");
        assert_eq!(timed_length(&whole), timed_length(&bare));
        let gaps = |p: &&Phase| p.name == "gap";
        let four = Length::Time(Nanos::from_secs(1.5));
        let n = run(&whole).iter().filter(gaps).filter(|p| p.length == four).count();
        assert!(n == 2 || n == 3, "each gap of the run comes equally often: {n} of 10");
    }
}

#[test]
fn onset_zero_is_never_in_practice_however_long_it_is() {
    let text = example()
        .replace("cycles = 3", "cycles = 3\n")
        .replace("[phase.practice_face]\nduration = 0.1", "[phase.practice_face]\nduration = 300");
    let protocol = read(&text);
    let lab = Who { place: Place::Lab, ..who(0, 1, "en") };
    let plan = plan(&protocol, &lab);
    let zero = &plan.segments[plan.zero_segment()];
    assert_eq!(zero.phases[0].name, "lead_in");
}

#[test]
fn pictures_of_practice_and_run_are_different_rows_drawn_or_not() {
    let wider = example().replace("where = { part = \"practice\" }", "where = {}");
    for seed in 0..20 {
        let error = planned(&read(&wider), &who(0, seed, "en")).unwrap_err();
        let CompileError::PracticePicture { practice, run, .. } = &error else { panic!("{error}") };
        assert_eq!((practice.as_str(), run.as_str()), ("practice_face", "face"));
        assert!(error.to_string().contains("own pictures"), "{error}");
    }
}

#[test]
fn a_deck_shows_each_picture_once_before_any_comes_again_and_none_twice_running() {
    let text = example().replace("cycles = 6\n", "cycles = 12\n");
    let protocol = read(&text);
    let mut orders = BTreeSet::new();
    for seed in 0..500 {
        let plan = plan(&protocol, &who(0, seed, "en"));
        let clips: Vec<String> = named(&plan, "clip")
            .iter()
            .map(|p| p.scene.pictures().next().expect("a clip").0.clone())
            .collect();
        assert_eq!(clips.len(), 12);
        for deck in clips.chunks(3) {
            assert_eq!(deck.iter().collect::<BTreeSet<_>>().len(), 3, "{clips:?}");
        }
        assert!(clips.windows(2).all(|w| w[0] != w[1]), "{clips:?}");
        orders.insert(clips[..6].to_vec());
    }
    // Six orders of the first deck, four of the second that do not begin with its last.
    assert_eq!(orders.len(), 24);
    let mut short = table();
    short.rows.retain(|id, _| !id.0.starts_with("clips") || id.0 == "clips_1");
    let volumes = plan(&protocol, &who(0, 1, "en")).volumes;
    let one = compile(&protocol, Some(&short), &who(0, 1, "en"), volumes, 60.0).expect("one card");
    assert!(named(&one, "clip").iter().all(|p| p.scene.pictures().all(|id| id.0 == "clips_1")));
}

#[test]
fn a_rating_goes_on_through_the_phases_that_show_it() {
    let text = example()
        .replace("continuous = true", "continuous = true\nstart = { random = [0, 1] }")
        .replace(
            "sequence = [\"buttons\", \"training\", \"armed\", \"lead_in\", \"faces\", \"clips\",",
            "sequence = [\"buttons\", \"training\", \"armed\", \"lead_in\", \"faces\", \"clips\", \"gap\", \"clips\",",
        );
    let protocol = read(&text);
    let plan = plan(&protocol, &who(0, 3, "en"));
    let clips: Vec<_> =
        named(&plan, "clip").into_iter().map(|p| p.scale.as_ref().unwrap()).collect();
    let goes_on: Vec<bool> = clips.iter().map(|s| s.continues).collect();
    let six = [false, true, true, true, true, true];
    assert_eq!(goes_on, [six, six].concat());
    assert!(clips[..6].iter().all(|s| s.start == clips[0].start));
    assert!(clips[6..].iter().all(|s| s.start == clips[6].start));
    assert_ne!(clips[0].start, clips[6].start);
    assert!(clips.iter().all(|s| s.continuous && s.key_confirm.is_none() && !s.pick_confirms));
    assert!(named(&plan, "pleasure")[0].scale.as_ref().is_some_and(|s| !s.continues));
}

#[test]
fn a_reversed_scale_exchanges_what_is_seen_and_keeps_what_a_value_means() {
    let text = example()
        .replace("figures = \"valence\"", "figures = \"valence\"\nreverse = \"{turned}\"")
        .replace("labels = [", "reverse = \"{turned}\"\nlabels = [");
    let protocol = read(&text);
    let [plain, turned] = [0, 2].map(|a| plan(&protocol, &who(a, 1, "en")));
    let scale = |plan: &RunPlan, name: &str| named(plan, name)[0].scale.clone().unwrap();
    for name in ["clip", "pleasure", "mood"] {
        let (a, b) = (scale(&plain, name), scale(&turned, name));
        assert_eq!((a.reversed, b.reversed), (false, true));
        assert_eq!((a.left, a.right), (b.right, b.left));
        let steps = a.points.map_or(7, |n| n - 1);
        for at in (0..=steps).map(|i| f64::from(i) / f64::from(steps)) {
            assert!((a.value(at) - b.value(1.0 - at)).abs() < 1e-12, "{name} at {at}");
        }
    }
    assert_eq!(view(named(&turned, "clip")[0]).anchors, ["very much", "not at all"]);
    let ScaleLook::Points { labels } = &view(named(&turned, "mood")[0]).look else { panic!() };
    assert_eq!(labels, &["very much", "", "", "not at all"]);
    let ScaleLook::Figures { mirrored, points: 9, .. } = view(named(&turned, "pleasure")[0]).look
    else {
        panic!("nine points")
    };
    assert!(mirrored);
    assert_eq!(plain.task, turned.task);
}

#[test]
fn points_start_on_a_point_and_carry_their_keys() {
    let protocol = read(&example());
    let mut starts = BTreeSet::new();
    for seed in 0..300 {
        let plan = plan(&protocol, &who(0, seed, "en"));
        let sam = named(&plan, "pleasure")[0].scale.clone().unwrap();
        assert_eq!((sam.points, sam.left, sam.right), (Some(9), 1.0, 9.0));
        assert_eq!(sam.start * 8.0, (sam.start * 8.0).round());
        assert_eq!((sam.repeat, sam.delay), (Nanos::from_secs(0.2), Nanos::from_secs(0.2)));
        starts.insert((sam.start * 8.0) as u32);
        let mood = named(&plan, "mood")[0].scale.clone().unwrap();
        let picks: Vec<_> = mood.picks.iter().map(|(k, n)| (k.as_str(), *n)).collect();
        assert_eq!(picks, [("one", 0), ("two", 1), ("three", 2), ("four", 3)]);
        assert!(mood.pick_confirms && mood.key_confirm.is_none());
    }
    assert_eq!(starts.len(), 9, "every point is a start");
}

#[test]
fn keys_stand_for_the_answers_of_the_person_and_the_right_one_is_an_answer() {
    let protocol = read(&example());
    for allocation in 0..4 {
        let plan = plan(&protocol, &who(allocation, 1, "de"));
        let (left, right) =
            if allocation % 2 == 0 { ("male", "female") } else { ("female", "male") };
        let faces = named(&plan, "face");
        assert_eq!(faces.len(), 10);
        for face in faces {
            let window = face.response.as_ref().unwrap();
            assert_eq!(
                (window.answers["left"].as_str(), window.answers["right"].as_str()),
                (left, right)
            );
            let id = face.scene.pictures().next().unwrap();
            assert_eq!(window.correct.as_ref(), Some(&table().rows[id].values["sex"]));
            assert_eq!(window.anticipation, Nanos::from_secs(0.15));
        }
        assert!(plan.task.has_given);
    }
    // A cell that no key stands for is found when the plan is made.
    let other = example().replace("correct = \"{face.sex}\"", "correct = \"{face.part}\"");
    let error = planned(&read(&other), &who(0, 1, "en")).unwrap_err();
    assert_eq!(
        error,
        CompileError::NoSuchAnswer("face".into(), "faces".into(), "male, female".into())
    );
}

#[test]
fn frames_that_leave_no_time_for_an_answer_are_found_with_the_screen() {
    let text = example()
        .replace("[phase.face]\nduration = 0.1", "[phase.face]\nduration = { frames = 9 }")
        .replace("window = 1.9\nanticipation = 0.15", "anticipation = 0.15");
    let error = planned(&read(&text), &who(0, 1, "en")).unwrap_err();
    assert!(matches!(error, CompileError::OnlyAnticipations { .. }), "{error}");
    let taken = text.replace("anticipation = 0.15", "anticipation = 0");
    assert!(planned(&read(&taken), &who(0, 1, "en")).is_ok());
}

#[test]
fn a_reverse_that_only_a_run_knows_must_come_out_yes_or_no() {
    let text = example().replace("reverse = \"{turned}\"", "reverse = \"{run}\"");
    let error = planned(&read(&text), &who(0, 1, "en")).unwrap_err();
    assert!(error.to_string().contains("comes out as \"1\""), "{error}");
}

#[test]
fn faces_of_a_tenth_of_a_second_are_whole_frames_at_60_and_120_hertz_and_not_at_75_or_144() {
    let plan = plan(&read(&example()), &who(0, 1, "en"));
    let length = named(&plan, "face")[0].length;
    let off = [60.0, 75.0, 120.0, 144.0].map(|hz| rounding(length, hz).expect("a length").is_off());
    assert_eq!(off, [false, true, false, true]);
}

#[test]
fn keys_that_a_pointer_replaces_are_not_needed_where_there_is_one() {
    let protocol = read(&example());
    let lacking = |has: &[&str], pointer| -> BTreeSet<String> {
        let needs = protocol.needs();
        let lacking = |m: &str| has.contains(&m);
        needs.iter().flat_map(|n| n.lacking(lacking, pointer)).map(str::to_string).collect()
    };
    let all = ["left", "right", "confirm", "one", "two", "three", "four"];
    assert!(lacking(&all, false).is_empty());
    assert_eq!(
        lacking(&all[..4], false),
        BTreeSet::from(["two", "three", "four"].map(String::from))
    );
    assert!(lacking(&all[..3], true).is_empty());
    assert_eq!(lacking(&all[..2], true), BTreeSet::from(["confirm".to_string()]));
}

#[test]
fn every_word_of_the_example_is_replaced_in_both_languages() {
    let protocol = read(&example());
    for language in protocol.languages() {
        let spoken = protocol.in_language(language).expect("a language of it");
        assert_eq!((spoken.languages(), spoken.words.len()), (vec![language], 0));
        assert_eq!(spoken.in_language(language).as_ref(), Ok(&spoken));
        let shown: Vec<&Template> = spoken
            .phases
            .values()
            .flat_map(|p| &p.elements)
            .filter_map(|e| match &e.kind {
                ElementKindDef::Text { text, .. } => Some(text),
                _ => None,
            })
            .collect();
        assert!(shown.len() >= 4);
        for text in shown {
            assert!(text.variables().all(|v| !protocol.words.contains_key(v)), "{text:?}");
        }
    }
}

/// A task of one page and a row of four points, each with a key of a box of four buttons.
const FOUR_BUTTONS: &str = r#"
sequence = ["rate"]
[task]
name = "four"
[phase.rate]
duration = 4.0
trial_type = "rate"
elements = [{ kind = "scale", scale = "intensity" }]
[trial_type.rate]
description = "A rating"
[scale.intensity]
kind = "likert"
points = 4
higher_means = "more_intense"
keys = { pick = ["left", "right", "confirm", "other"], confirm = "none" }
"#;

#[test]
fn four_buttons_choose_four_points_and_none_of_them_moves_the_marker() {
    let protocol = read(FOUR_BUTTONS);
    let plan = plan(&protocol, &who(0, 1, "en"));
    let scale = plan.phases().next().and_then(|p| p.scale.as_ref()).expect("a scale");
    assert_eq!((scale.key_left.as_str(), scale.key_right.as_str()), ("", ""));
    assert_eq!((scale.picks["left"], scale.picks["other"]), (0, 3));
    assert!(scale.pick_confirms && scale.key_confirm.is_none());
    let needs = protocol.needs();
    assert_eq!(needs.len(), 1);
    let box_only = |m: &str| ["left", "right", "confirm", "other"].contains(&m);
    assert!(needs[0].lacking(box_only, false).is_empty());
    assert_eq!(needs[0].lacking(|m| m != "other", false), ["other"]);
}

#[test]
fn keys_that_move_stay_beside_keys_that_pick_where_they_are_written() {
    let text = FOUR_BUTTONS.replace(
        "keys = { pick = [\"left\", \"right\", \"confirm\", \"other\"]",
        "keys = { left = \"left\", pick = [\"one\", \"two\", \"three\", \"four\"]",
    );
    let plan = plan(&read(&text), &who(0, 1, "en"));
    let scale = plan.phases().next().and_then(|p| p.scale.as_ref()).expect("a scale");
    assert_eq!((scale.key_left.as_str(), scale.key_right.as_str()), ("left", ""));
}
