//! A run that was killed and is gone on with: what both parts hold together, and what is known to have been seen.

use super::album::Album;
use super::killed::files;
use super::program::{done, reframe};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Goes on with the run of a person, on the virtual clock: both parts together hold each block once from end to end, and the
/// picture that was seen last is known to have been.
#[track_caller]
pub fn go_on(data: &Path, task: &Path, album: &Album, sub: usize, last: &str) {
    let sub = format!("{sub:03}");
    let mut command = reframe();
    command.arg("run").arg(task).arg("--data").arg(data);
    command.args(["--sub", &sub, "--stimuli", album.path(), "--trigger", "emulate:0.5"]);
    command.args(["--participant", "simulated", "--clock", "virtual", "--resume"]);
    done(&mut command);
    let person = data.join(format!("sub-{sub}"));
    let rows = |run: u32| -> Vec<(String, String, String)> {
        let of_run = format!("_run-{run}_events.tsv");
        let file =
            files(&person).into_iter().find(|f| f.ends_with(&of_run)).expect("an events file");
        let table = std::fs::read_to_string(file).unwrap();
        let cells = |l: &str| l.split('\t').map(String::from).collect::<Vec<_>>();
        let header = cells(table.lines().next().expect("a header"));
        let at = |name: &str| header.iter().position(|h| h == name).expect("the column");
        let (kind, block, condition) = (at("trial_type"), at("block"), at("condition"));
        let row = |l: &str| {
            let cells = cells(l);
            (cells[kind].clone(), cells[block].clone(), cells[condition].clone())
        };
        table.lines().skip(1).map(row).collect()
    };
    let (first, second) = (rows(1), rows(2));
    let mut conditions: BTreeMap<String, u32> = BTreeMap::new();
    for block in 1..=12 {
        let block = block.to_string();
        let of = |rows: &[(String, String, String)]| -> Vec<(String, String)> {
            let own = rows.iter().filter(|r| r.1 == block);
            own.map(|r| (r.0.clone(), r.2.clone())).collect()
        };
        let again = of(&second);
        let whole = if again.is_empty() { of(&first) } else { again };
        assert_eq!(whole.len(), 6, "sub-{sub}, block {block}: a cue, four pictures, a rating");
        assert_eq!(whole.last().unwrap().0, "rating");
        *conditions.entry(whole[0].1.clone()).or_default() += 1;
    }
    assert!(conditions.len() == 3 && conditions.values().all(|n| *n == 4), "{conditions:?}");
    let folder = data.join(format!("sourcedata/reframe/sub-{sub}"));
    let plan =
        files(&folder).into_iter().find(|f| f.contains("_run-2_") && f.ends_with("plan.json"));
    let plan = std::fs::read_to_string(plan.expect("a plan of the second part")).unwrap();
    let plan: Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(plan["restart"]["before"], 1);
    let seen = plan["seen"].as_array().expect("pictures that were seen");
    assert!(
        seen.iter().any(|file| file.as_str().is_some_and(|f| f.contains(last))),
        "sub-{sub}: {last} was on the screen"
    );
}
