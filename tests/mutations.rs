//! Whatever a file holds, its reader neither panics nor points outside of it: valid files are damaged at random.

use proptest::prelude::*;
use reframe::ground::diagnostic::{Problem, Severity, Source};
use reframe::ground::record::Place;
use reframe::ground::time::Nanos;
use reframe::plan::compile::compile;
use reframe::plan::schema::{VolumeSetup, Who};
use reframe::protocol::schema::Protocol;

const PROTOCOLS: [&str; 2] = [
    include_str!("../protocols/reappraisal-block.toml"),
    include_str!("../protocols/reappraisal-minute.toml"),
];
const REFERENCE: &str = include_str!("../docs/protocol-reference.md");

/// Protocols that are right: those that ship, and the last example of the reference, which uses everything else.
fn protocols() -> [&'static str; 3] {
    let last = REFERENCE.rsplit_once("<!-- example -->\n```toml\n").expect("an example").1;
    let example = last.split_once("```\n").expect("the end of the example").0;
    [PROTOCOLS[0], PROTOCOLS[1], example]
}

/// A table in which some pictures fit the example.
const PICTURES: &str = "id\tfile\tpart\tsex\nf1\tf1.png\tfaces\tmale\nc1\tc1.png\tclips\tn/a\nc2\tc2.png\tclips\tn/a\np1\tp1.png\tpractice\tfemale\np2\tp2.png\tpractice\tmale\np3\tp3.png\tpractice\tmale\n";

/// What was read can be planned or is refused, in each language, with and without practice.
fn planned(protocol: &Protocol) {
    let table = Source { path: "t.tsv".into(), text: PICTURES.into() };
    let table = reframe::table::parse::parse(&table).expect("a table");
    let volumes = VolumeSetup {
        tr: Nanos::from_secs(2.0),
        expected: None,
        dummies: 0,
        dummies_pulse: true,
        dummies_stored: false,
        pulses: Default::default(),
    };
    for language in protocol.languages() {
        let who = Who {
            sub: "1".into(),
            ses: None,
            run: 1,
            allocation: 1,
            visit: 0,
            seed: 1,
            place: Place::Scanner,
            language: language.into(),
        };
        for protocol in [protocol, &protocol.without_practice()] {
            if let Ok(plan) = compile(protocol, Some(&table), &who, volumes, 60.0) {
                assert!(plan.phases().all(|p| !p.practice || p.row.is_none()));
            }
        }
    }
}
const RIG: &str = concat!(
    include_str!("../protocols/rigs/scanner-key5.toml"),
    "\n[offset]\nseconds = 0.01\nmeasured = \"2026-11-22\"\nmode = [1920, 1080, 60.0]\n",
    "[sound]\nbuffer = 256\nrate = 48000\noffset = 0.012\nmeasured = \"2026-11-22\"\n"
);
const TABLE: &str =
    "id\tfile\tshare\tset\tvalence\na\ta.png\tyes\tA\t2.5\nb\tx/b.jpg\tno\tB\tn/a\n";

/// Values that stand where others are expected.
const ODD: [&str; 36] = [
    "\"{man}\"",
    "\"{left_word}\"",
    "\"likert\"",
    "\"sam\"",
    "[\"\", \"{never}\"]",
    "{ left = \"{man}\", right = \"\" }",
    "[\"left\"]",
    "{ pick = [\"a\", \"b\"] }",
    "-1",
    "0",
    "1e308",
    "-0.0",
    "nan",
    "inf",
    "99999999999999999999",
    "0x7fffffffffffffff",
    "true",
    "\"\"",
    "\"{\"",
    "\"{}\"",
    "\"{a.b.c}\"",
    "\"{condition}{block}\"",
    "\"n/a\"",
    "\"é\\u0000\"",
    "[]",
    "[[[]]]",
    "{}",
    "{ random = [1, 0] }",
    "[\"blocks\"]",
    "[\"condition\", \"condition\"]",
    "\"*\"",
    "\"-999999px\"",
    "1979-05-27",
    "\"blocks\"",
    "[\"attend_neutral\", \"attend_neutral\"]",
    "{ frames = 1 }",
];

#[derive(Clone, Debug)]
enum Damage {
    /// Removes some characters.
    Cut { at: usize, length: usize },
    /// Puts in a piece of text.
    Insert { at: usize, text: String },
    /// Puts one line in the place of another.
    Move { from: usize, to: usize },
    /// Removes a line.
    Drop { line: usize },
    /// Gives a key another value.
    Value { line: usize, odd: usize },
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<usize>;
    prop_oneof![
        1 => (at(), 0..40_usize).prop_map(|(at, length)| Damage::Cut { at, length }),
        1 => (at(), "[\\PC\t\n\"\\[\\]{}=.,#]{0,6}").prop_map(|(at, text)| Damage::Insert { at, text }),
        2 => (at(), at()).prop_map(|(from, to)| Damage::Move { from, to }),
        2 => at().prop_map(|line| Damage::Drop { line }),
        4 => (at(), 0..ODD.len()).prop_map(|(line, odd)| Damage::Value { line, odd }),
    ]
}

fn apply(text: &str, damage: &Damage) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut lines: Vec<String> = text.split('\n').map(str::to_string).collect();
    let count = lines.len();
    match damage {
        Damage::Cut { at, length } => {
            let from = at % (chars.len() + 1);
            let to = (from + length).min(chars.len());
            return chars[..from].iter().chain(&chars[to..]).collect();
        }
        Damage::Insert { at, text } => {
            let (before, after) = chars.split_at(at % (chars.len() + 1));
            return before
                .iter()
                .copied()
                .chain(text.chars())
                .chain(after.iter().copied())
                .collect();
        }
        Damage::Move { from, to } => lines[to % count] = lines[from % count].clone(),
        Damage::Drop { line } => drop(lines.remove(line % count)),
        Damage::Value { line, odd } => {
            let line = &mut lines[line % count];
            if let Some((key, _)) = line.split_once('=') {
                *line = format!("{key}= {}", ODD[*odd]);
            }
        }
    }
    lines.join("\n")
}

/// Every problem lies in the file, names a remedy, and can be shown.
fn sound(source: &Source, problems: &[Problem], refused: bool) {
    assert_eq!(refused, problems.iter().any(|p| p.severity == Severity::Error));
    for p in problems {
        assert!(p.span.start <= p.span.end && p.span.end <= source.text.len(), "{p:?}");
        assert!(!p.message.is_empty() && !p.remedy.is_empty(), "{p:?}");
    }
    let shown = source.render(problems, false);
    assert!(problems.is_empty() || shown.contains("f.txt:"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(400), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_protocols_are_read_or_refused_in_order(
        which in 0..3_usize,
        damages in proptest::collection::vec(damage(), 1..4),
    ) {
        let text = damages.iter().fold(protocols()[which].to_string(), |t, d| apply(&t, d));
        let source = Source { path: "f.txt".into(), text };
        match reframe::protocol::parse::parse(&source) {
            Ok(parsed) => {
                sound(&source, &parsed.warnings, false);
                planned(&parsed.protocol);
            }
            Err(problems) => sound(&source, &problems, true),
        }
    }

    #[test]
    fn damaged_rigs_are_read_or_refused_in_order(damages in proptest::collection::vec(damage(), 1..4)) {
        let text = damages.iter().fold(RIG.to_string(), |t, d| apply(&t, d));
        let source = Source { path: "f.txt".into(), text };
        match reframe::rig::parse::parse(&source) {
            Ok((_, warnings)) => sound(&source, &warnings, false),
            Err(problems) => sound(&source, &problems, true),
        }
    }

    #[test]
    fn damaged_tables_are_read_or_refused_in_order(damages in proptest::collection::vec(damage(), 1..4)) {
        let text = damages.iter().fold(TABLE.to_string(), |t, d| apply(&t, d));
        let source = Source { path: "f.txt".into(), text };
        match reframe::table::parse::parse(&source) {
            Ok(table) => prop_assert!(!table.rows.is_empty()),
            Err(problems) => sound(&source, &problems, true),
        }
    }
}

fn refused(text: String) -> Vec<Problem> {
    let source = Source { path: "f.txt".into(), text };
    let problems = reframe::protocol::parse::parse(&source).expect_err("it is refused");
    sound(&source, &problems, true);
    problems
}

#[test]
fn a_file_beyond_all_bounds_is_refused_at_once() {
    let large = refused("#".repeat((4 << 20) + 1));
    assert!(large[0].message.contains("4194305 bytes"), "{}", large[0].message);
    refused("[".repeat(500_000));
    refused(format!("a = {}", "{a=".repeat(300_000)));
    let mut many = String::from("sequence = [\"a\"]\n[task]\nname = \"x\"\n");
    for i in 0..20_000 {
        many.push_str(&format!("[phase.p{i}]\ndur = {i}\n"));
    }
    assert!(refused(many).len() <= 100);
}

/// Each block holds the next one a hundred times: walking through it would never end.
#[test]
fn a_tangle_of_blocks_is_refused_at_once() {
    let mut text =
        String::from("sequence = [\"b0\"]\n[task]\nname = \"x\"\n[phase.p]\nduration = 1\n");
    for i in 0..8 {
        let inner =
            if i == 7 { "\"p\", ".repeat(100) } else { format!("\"b{}\", ", i + 1).repeat(100) };
        text.push_str(&format!("[block.b{i}]\ncontents = [{inner}]\n"));
    }
    let problems = refused(text);
    assert!(problems[0].message.contains("phases"), "{}", problems[0].message);
}
