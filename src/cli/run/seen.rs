//! Pictures that the person has seen in an earlier run of the same dataset: said before the run, for nobody can unsee them.

use super::Prepared;
use super::history::Earlier;
use std::collections::BTreeSet;

/// A warning for each earlier run of this person that showed pictures of this one.
pub fn warnings(p: &Prepared) -> Vec<String> {
    let mine: BTreeSet<String> = p.plan.counted_pictures().cloned().collect();
    let warning = |e: &Earlier| {
        let both: Vec<&String> = mine.intersection(&e.progress.seen).collect();
        let first = both.first()?;
        let of = both.len();
        let other = match e.name.ses == p.name.ses {
            true => {
                "the runs of one visit draw from the same pictures, those of another (--ses) from others"
            }
            false => "each visit should have pictures of its own: is --ses right?",
        };
        Some(format!(
            "{of} of {} pictures were in {} already, such as \"{first}\"; {other}",
            mine.len(),
            e.name
        ))
    };
    p.earlier.iter().filter_map(warning).collect()
}
