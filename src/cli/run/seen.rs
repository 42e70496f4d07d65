//! Pictures that the person has seen in an earlier run of the same dataset: said before the run, for nobody can unsee them.

use super::Prepared;
use crate::ground::scene::StimulusId;
use crate::logger::rundir;
use crate::plan::schema::RunPlan;
use std::collections::BTreeSet;

/// A warning for each earlier run of this person whose plan shows pictures of this one. Runs whose plan cannot be read are
/// passed over: they say nothing of pictures.
pub fn warnings(p: &Prepared) -> Vec<String> {
    let found = rundir::find_runs(&p.data).unwrap_or_default();
    let earlier = found.into_iter().filter(|f| {
        f.name.sub == p.name.sub && f.name.dry_run == p.name.dry_run && f.name != p.name
    });
    let mine = pictures(&p.plan);
    earlier
        .filter_map(|f| {
            let text = std::fs::read_to_string(f.folder.join("plan.json")).ok()?;
            let theirs = pictures(&serde_json::from_str(&text).ok()?);
            let both: Vec<&StimulusId> = mine.intersection(&theirs).collect();
            let first = both.first()?;
            let of = both.len();
            let other = match f.name.ses == p.name.ses {
                true => "the run is another of the same visit",
                false => "each visit should have pictures of its own: is --ses right?",
            };
            Some(format!(
                "{of} of {} pictures were in {} already, such as \"{first}\"; {other}",
                mine.len(),
                f.name
            ))
        })
        .collect()
}

/// The pictures of a plan that are no practice.
fn pictures(plan: &RunPlan) -> BTreeSet<StimulusId> {
    let phases = plan.phases().filter(|p| !p.practice);
    phases.flat_map(|p| p.scene.pictures()).map(|id| plan.original(id).clone()).collect()
}
