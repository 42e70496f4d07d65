//! Everybody who may come: each combination of allocation and visit that a protocol tells apart is planned, so that a fault of
//! one of them is found before that person sits there. It shows no plan; the timeline is that of the first person.

use super::super::failure::Failure;
use super::super::load::Loaded;
use crate::ground::document::value::counted;
use crate::ground::recipe::{Made, Recipe};
use crate::ground::scene::StimulusId;
use crate::plan::compile::compile;
use crate::plan::order::williams_rows;
use crate::plan::schema::{VolumeSetup, Who};
use crate::protocol::schema::{OrderDef, Protocol};
use indexmap::{IndexMap, IndexSet};

/// At most so many allocations, visits, and combinations of both are planned.
const ALLOCATIONS: u64 = 120;
const VISITS: u64 = 8;
const COMBINATIONS: usize = 400;
/// So many combinations are named before the rest is counted.
const NAMED: usize = 4;

/// What everybody together will see.
pub struct Everyone {
    pub pictures: IndexSet<StimulusId>,
    /// Pictures that are made of those, whatever they are made with by chance.
    pub made: Vec<Made>,
    /// How many combinations were planned, of how many there are.
    pub planned: usize,
    pub of: u64,
}

/// Plans a run of each combination, otherwise as `who`.
///
/// # Errors
/// Every fault that compiling finds, with those it is found for.
pub fn plan(
    loaded: &Loaded,
    who: &Who,
    volumes: VolumeSetup,
    refresh_hz: f64,
) -> Result<Everyone, Failure> {
    let (allocations, visits) = (allocations(&loaded.protocol), visits(&loaded.protocol));
    let combinations = (0..allocations.min(ALLOCATIONS) as u32)
        .flat_map(|a| (0..visits.min(VISITS) as u32).map(move |v| (a, v)))
        .take(COMBINATIONS);
    let mut pictures = IndexSet::new();
    let mut made: IndexMap<StimulusId, Made> = IndexMap::new();
    let mut faults: IndexMap<String, Vec<(u32, u32)>> = IndexMap::new();
    let mut planned = 0;
    for (allocation, visit) in combinations {
        let who = Who { allocation, visit, ..who.clone() };
        planned += 1;
        match compile(&loaded.protocol, loaded.table.as_ref(), &who, volumes, refresh_hz) {
            Ok(plan) => {
                pictures.extend(plan.pictures.into_keys());
                made.extend(plan.made.into_values().map(|m| {
                    let recipe = Recipe { seed: 0, ..m.recipe };
                    let m = Made { recipe, ..m };
                    (m.id(), m)
                }));
            }
            Err(e) => faults.entry(e.to_string()).or_default().push((allocation, visit)),
        }
    }
    let told = |(fault, found): (&String, &Vec<(u32, u32)>)| {
        let path = &loaded.source.path;
        match found.len() == planned {
            true => format!("{path}: {fault}"),
            false => format!("{path}: for {}: {fault}", listed(found, visits > 1)),
        }
    };
    let mut told: Vec<String> = faults.iter().map(told).collect();
    match told.pop() {
        None => {
            let made = made.into_values().collect();
            Ok(Everyone { pictures, made, planned, of: allocations.saturating_mul(visits) })
        }
        Some(last) => {
            let problems = told.iter().map(|text| format!("error: {text}\n")).collect();
            Err(Failure { problems, ..Failure::wrong(last) })
        }
    }
}

/// `allocation 1, visit 2; allocation 3, visit 2; and 4 more`: allocations from 0, visits from 1, as everywhere.
fn listed(found: &[(u32, u32)], visits: bool) -> String {
    let name = |(a, v): &(u32, u32)| match visits {
        true => format!("allocation {a}, visit {}", v + 1),
        false => format!("allocation {a}"),
    };
    let mut names: Vec<String> = found.iter().take(NAMED).map(name).collect();
    if found.len() > NAMED {
        names.push(format!("and {} more", found.len() - NAMED));
    }
    names.join("; ")
}

/// Combinations that were left out, as a warning.
pub fn left_out(everyone: &Everyone) -> Option<String> {
    (everyone.planned as u64 != everyone.of).then(|| {
        format!(
            "only {} of {} combinations of allocation and visit were planned and their pictures looked at; a fault of another \
             one would be found when that run is started: shorten the lists of [allocate]",
            everyone.planned, everyone.of
        )
    })
}

/// How many people in a row differ before it begins anew: by the lists of `[allocate]` and by Latin squares.
fn allocations(protocol: &Protocol) -> u64 {
    let lists = protocol.allocate.values();
    let lists = lists.map(|a| a.values.len() as u64 * u64::from(a.every.max(1)));
    let squares = protocol.blocks.values().filter_map(|b| {
        let passes = protocol.passes_in_cycle(b);
        match b.order {
            OrderDef::Latin => Some(passes),
            OrderDef::Williams => Some(williams_rows(passes as usize) as u64),
            _ => None,
        }
    });
    lists.chain(squares).fold(1, common_multiple)
}

/// How many visits of a person differ; two at least where a list goes on from visit to visit.
fn visits(protocol: &Protocol) -> u64 {
    let moving = protocol.allocate.values().filter(|a| a.per_visit > 0);
    let lengths = moving.map(|a| {
        let n = a.values.len() as u64;
        (n / common_divisor(n, u64::from(a.per_visit)).max(1)).max(2)
    });
    lengths.fold(1, common_multiple)
}

fn common_multiple(a: u64, b: u64) -> u64 {
    a.saturating_mul(b / common_divisor(a, b).max(1)).max(1)
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// What is said of them in the report, where there is more than one.
pub fn summary(everyone: &Everyone) -> Option<String> {
    (everyone.planned > 1).then(|| {
        let shown = match everyone.pictures.len() {
            0 => String::new(),
            n => format!("; all of them together show {}", counted(n, "picture")),
        };
        format!("Planned: {} combinations of allocation and visit{shown}", everyone.planned)
    })
}
