//! What a plan does that its author may not have meant: marks that never come, totals that leave nothing of a distribution.

use crate::plan::schema::RunPlan;
use crate::plan::timing::{is_open, timed_length};
use crate::protocol::schema::{DurationDef, Protocol, Spread};

/// Marks behind the end of the timed part, as a warning.
pub fn late_marks(plan: &RunPlan) -> Option<String> {
    let end = timed_length(plan);
    let late = plan.marks.iter().filter(|m| m.onset > end).count();
    (late > 0 && !is_open(plan)).then(|| {
        format!(
            "{late} of {} marks lie behind the end of the timed part at {:.3} s, and get no row: correct their `at`",
            plan.marks.len(),
            end.secs()
        )
    })
}

/// A total may move the mean of what is drawn by this share of the way to the nearer bound.
const NEAR: f64 = 0.25;

/// Totals that lie far from what would be drawn without them, a sentence each.
pub fn strained_totals(protocol: &Protocol, plan: &RunPlan) -> Vec<String> {
    let mut said = Vec::new();
    for (name, phase) in &protocol.phases {
        let DurationDef::Jitter(jitter) = &phase.duration else { continue };
        let (from, to) = jitter.from.bounds();
        let meant = match &jitter.from {
            Spread::Choose(_) => continue,
            Spread::Uniform(..) => (from + to) / 2.0,
            Spread::Exponential { mean, .. } => *mean,
        };
        let n = plan.phases().filter(|p| p.name == *name && !p.practice).count();
        let Some(total) = jitter.total.filter(|_| n > 0) else { continue };
        let mean = total / n as f64;
        let room = if mean > meant { to - meant } else { meant - from };
        if (mean - meant).abs() > NEAR * room {
            said.push(format!(
                "the `total` of phase \"{name}\" makes {mean:.3} s of each on average, where {meant:.3} s are meant; little is left of \
                 how they are spread: {:.3} s would fit the {n} of them",
                meant * n as f64
            ));
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::diagnostic::Source;
    use crate::ground::record::Place;
    use crate::ground::time::Nanos;
    use crate::plan::compile::compile;
    use crate::plan::schema::{VolumeSetup, Who};

    fn said(total: f64, at: f64) -> (Vec<String>, Option<String>) {
        let text = format!(
            "sequence = [\"all\"]\n[task]\nname = \"t\"\n[block.all]\ncycles = 10\ncontents = [\"gap\"]\n\
             [phase.gap]\nduration = {{ exponential = [2, 6], mean = 3, total = {total:.1} }}\n\
             [[mark]]\nat = {at:.1}\ntrial_type = \"m\"\n[trial_type.m]\ndescription = \"A mark\"\n"
        );
        let source = Source { path: "t.toml".into(), text };
        let protocol = crate::protocol::parse::parse(&source).expect("it parses").protocol;
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
        let plan = compile(&protocol, None, &who, volumes, 60.0).expect("it is a plan");
        (strained_totals(&protocol, &plan), late_marks(&plan))
    }

    #[test]
    fn totals_near_the_mean_and_marks_within_the_run_are_no_matter() {
        assert_eq!(said(31.0, 30.0), (vec![], None));
    }

    #[test]
    fn totals_far_from_the_mean_and_marks_behind_the_end_are_said() {
        let (totals, marks) = said(59.0, 60.0);
        assert!(totals[0].contains("30.000 s would fit the 10 of them"), "{totals:?}");
        assert!(marks.is_some_and(|m| m.contains("1 of 1 marks")));
    }
}
