//! `reframe doctor`: what this PC lacks for a run, each with its remedy.

use super::args::DoctorArgs;
use super::failure::{Exit, Failure};
use super::load;
use super::say;
use crate::doctor::{Chapter, Patient, State, examine};
use crate::rig::schema::Rig;
use std::path::Path;

/// Runs the command.
pub fn run(args: &DoctorArgs) -> Result<Exit, Failure> {
    let wanted = args.rig.is_some() || !args.trigger.is_empty();
    let rig = match wanted {
        true => Some(load::rig(args.rig.as_deref(), Path::new(""))?.rig),
        false => None,
    };
    let own = |rig: &Rig| rig.trigger.sources.clone();
    let mut triggers = rig.as_ref().map(own).unwrap_or_default();
    triggers.extend(args.trigger.iter().cloned());
    let patient = Patient { rig: rig.as_ref(), triggers: &triggers, data: &args.data };
    let chapters = examine(&patient);
    say(format_args!("{}", text(&chapters)));
    let missing = chapters.iter().flat_map(|c| &c.findings).any(|f| f.state == State::Missing);
    Ok(if missing { Exit::Device } else { Exit::Done })
}

fn text(chapters: &[Chapter]) -> String {
    let mut text = String::new();
    for chapter in chapters {
        text.push_str(&format!("{}\n", chapter.head));
        for f in &chapter.findings {
            text.push_str(&format!("  {:8} {}\n", f.state.word(), f.text));
            if let Some(help) = &f.help {
                text.push_str(&format!("           help: {help}\n"));
            }
        }
    }
    let count =
        |state| chapters.iter().flat_map(|c| &c.findings).filter(|f| f.state == state).count();
    let (missing, warnings) = (count(State::Missing), count(State::Warning));
    text.push_str(&match (missing, warnings) {
        (0, 0) => "nothing is wrong\n".to_string(),
        (0, n) => format!("{n} warnings; nothing is missing\n"),
        (m, n) => format!("{m} missing, {n} warnings\n"),
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Finding;

    #[test]
    fn each_finding_stands_under_its_heading_with_its_remedy() {
        let finding = |state, help: Option<&str>| Finding {
            state,
            text: "the thing".into(),
            help: help.map(String::from),
        };
        let findings = vec![finding(State::Ok, None), finding(State::Missing, Some("buy one"))];
        let told = text(&[Chapter { head: "things", findings }]);
        assert_eq!(
            told,
            "things\n  ok       the thing\n  missing  the thing\n           help: buy one\n1 missing, 0 warnings\n"
        );
    }
}
