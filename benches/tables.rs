//! A stimulus table of 5,000 pictures: how long its protocol takes to check, pictures and every person included, and how
//! long one plan takes that draws all of them. `cargo bench --profile dev --bench tables` prints the times;
//! docs/benchmarks.md keeps the figures.

use clap::Parser;
use reframe::cli::{Cli, Exit, run};
use reframe::ground::diagnostic::Source;
use reframe::ground::record::Place;
use reframe::ground::time::Nanos;
use reframe::plan::compile::compile;
use reframe::plan::schema::{VolumeSetup, Who};
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

const ROWS: usize = 5_000;

/// A task that shows `trials` of the pictures, by filters of three columns, in blocks whose order is bounded twice.
fn task(trials: usize) -> String {
    format!(
        r#"
sequence = ["trials"]

[task]
name = "large"
stimuli = "table.tsv"

[allocate.set]
values = ["A", "B"]

[allocate.half]
values = ["1", "2"]
every = 2

[factor.condition.look_neutral]
valence = "neutral"

[factor.condition.look_negative]
valence = "negative"

[pictures.scene]
where = {{ set = ["{{set}}", "C"], valence = "{{valence}}", arousal = "> 1" }}

[block.trials]
each = ["condition"]
cycles = {}
order = "shuffle"
max_in_row = {{ condition = 2, valence = {{ negative = 3 }} }}
contents = ["picture", "gap"]

[phase.picture]
duration = 1.0
elements = [{{ kind = "picture", from = "scene" }}]
trial_type = "{{condition}}"
columns = {{ arousal = "{{scene.arousal}}", half = "{{half}}" }}

[phase.gap]
duration = {{ exponential = [1, 6], mean = 2, total = {}.0 }}

[trial_type.look_neutral]
description = "Neutral"

[trial_type.look_negative]
description = "Negative"

[column.arousal]
description = "Arousal"

[column.half]
description = "Half"
"#,
        trials / 2,
        trials * 2
    )
}

fn table(folder: &Path) -> String {
    std::fs::create_dir(folder.join("stimuli")).expect("a folder");
    let pixels =
        image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([x as u8 * 3, y as u8 * 5, 90]));
    let mut png = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut png, image::ImageFormat::Png).expect("it can be encoded");
    let mut text = String::from("id\tfile\tshare\tset\tvalence\tarousal\n");
    for i in 0..ROWS {
        let file = format!("p{i:04}.png");
        std::fs::write(folder.join("stimuli").join(&file), png.get_ref())
            .expect("room on the disk");
        let (set, valence) = (["A", "B", "C"][i % 3], ["neutral", "negative"][i / 3 % 2]);
        let arousal = 1.5 + (i % 70) as f64 / 10.0;
        writeln!(text, "p{i:04}\t{file}\tno\t{set}\t{valence}\t{arousal}")
            .expect("a string takes all");
    }
    std::fs::write(folder.join("stimuli/table.tsv"), &text).expect("room on the disk");
    text
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = table(folder.path());
    for trials in [300, 3_000] {
        let file = folder.path().join(format!("task{trials}.toml"));
        std::fs::write(&file, task(trials)).expect("room on the disk");
        let begun = Instant::now();
        let line = ["reframe", "check", &file.display().to_string()].map(String::from);
        assert_eq!(run(Cli::parse_from(line)), Exit::Done);
        eprintln!("check, {ROWS} rows, {trials} trials: {:.3} s", begun.elapsed().as_secs_f64());
        let source = |text: String| Source { path: "task.toml".into(), text };
        let protocol =
            reframe::protocol::parse::parse(&source(task(trials))).expect("it parses").protocol;
        let begun = Instant::now();
        let table = reframe::table::parse::parse(&source(text.clone())).expect("it parses");
        let read = begun.elapsed().as_secs_f64();
        let who = Who {
            sub: "01".into(),
            ses: None,
            run: 1,
            allocation: 0,
            visit: 0,
            seed: 1,
            place: Place::Lab,
            language: "en".into(),
        };
        let volumes = VolumeSetup {
            tr: Nanos::ZERO,
            expected: None,
            dummies: 0,
            dummies_pulse: false,
            dummies_stored: false,
            pulses: Default::default(),
        };
        let begun = Instant::now();
        let plan = compile(&protocol, Some(&table), &who, volumes, 60.0).expect("it is a plan");
        assert_eq!(plan.pictures.len(), trials);
        eprintln!(
            "plan, {ROWS} rows, {trials} trials: {:.3} s; reading the table {read:.3} s",
            begun.elapsed().as_secs_f64()
        );
    }
}
