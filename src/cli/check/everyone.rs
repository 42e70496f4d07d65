//! Everybody who may come: each combination of allocation, visit and run that a protocol tells apart is planned, so that a fault
//! of one of them is found before that person sits there. It shows no plan; the timeline is that of the first person.

use super::super::failure::Failure;
use super::super::load::Loaded;
use crate::ground::document::value::counted;
use crate::ground::recipe::{Made, Recipe};
use crate::ground::record::Place;
use crate::ground::scene::StimulusId;
use crate::plan::compile::compile;
use crate::plan::order::williams_rows;
use crate::plan::schema::{VolumeSetup, Who};
use crate::protocol::schema::{Allocate, OrderDef, Protocol, When};
use indexmap::{IndexMap, IndexSet};

/// At most so many allocations, visits, runs, and combinations of them are planned.
const ALLOCATIONS: u64 = 120;
const VISITS: u64 = 8;
const RUNS: u64 = 8;
const COMBINATIONS: usize = 400;
/// So many combinations are named before the rest is counted.
const NAMED: usize = 4;

/// What everybody together will see.
pub struct Everyone {
    pub pictures: IndexSet<StimulusId>,
    /// Phases that come for somebody.
    pub phases: IndexSet<String>,
    /// Pictures that are made of those, whatever they are made with by chance.
    pub made: Vec<Made>,
    /// How many combinations were planned, of how many there are.
    pub planned: usize,
    pub of: u64,
    /// What the combinations are of, in words.
    pub by: &'static str,
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
    let protocol = &loaded.protocol;
    let (allocations, visits) = (allocations(protocol), moving(protocol, |a| a.per_visit));
    let runs = moving(protocol, |a| a.per_run);
    let each_run = |a, v| (1..=runs.min(RUNS) as u32).map(move |r| Combination(a, v, r));
    let combinations = (0..allocations.min(ALLOCATIONS) as u32)
        .flat_map(|a| (0..visits.min(VISITS) as u32).flat_map(move |v| each_run(a, v)))
        .take(COMBINATIONS);
    let mut pictures = IndexSet::new();
    let mut phases: IndexSet<String> = IndexSet::new();
    let mut made: IndexMap<StimulusId, Made> = IndexMap::new();
    let mut faults: IndexMap<String, Vec<Combination>> = IndexMap::new();
    let mut planned = 0;
    for Combination(allocation, visit, run) in combinations {
        let run = if runs > 1 { run } else { who.run };
        let who = Who { allocation, visit, run, ..who.clone() };
        planned += 1;
        match compile(protocol, loaded.table.as_ref(), &who, volumes, refresh_hz) {
            Ok(plan) => {
                for phase in plan.phases().filter(|p| !phases.contains(&p.name)).collect::<Vec<_>>()
                {
                    phases.insert(phase.name.clone());
                }
                pictures.extend(plan.pictures.into_keys());
                made.extend(plan.made.into_values().map(|m| {
                    let recipe = Recipe { seed: 0, ..m.recipe };
                    let m = Made { recipe, ..m };
                    (m.id(), m)
                }));
            }
            Err(e) => {
                let found = faults.entry(e.to_string()).or_default();
                found.push(Combination(allocation, visit, run));
            }
        }
    }
    let told = |(fault, found): (&String, &Vec<Combination>)| {
        let path = &loaded.source.path;
        match found.len() == planned {
            true => format!("{path}: {fault}"),
            false => format!("{path}: for {}: {fault}", listed(found, visits > 1, runs > 1)),
        }
    };
    let mut told: Vec<String> = faults.iter().map(told).collect();
    match told.pop() {
        None => {
            let made = made.into_values().collect();
            let of = allocations.saturating_mul(visits).saturating_mul(runs);
            let by = if runs > 1 { "allocation, visit and run" } else { "allocation and visit" };
            Ok(Everyone { pictures, phases, made, planned, of, by })
        }
        Some(last) => {
            let problems = told.iter().map(|text| format!("error: {text}\n")).collect();
            Err(Failure { problems, ..Failure::wrong(last) })
        }
    }
}

/// Allocation and visit, both from 0, and the number of the run.
struct Combination(u32, u32, u32);

/// `allocation 1, visit 2; allocation 3, visit 2; and 4 more`: allocations from 0, visits and runs from 1, as everywhere.
fn listed(found: &[Combination], visits: bool, runs: bool) -> String {
    let name = |Combination(a, v, r): &Combination| {
        let visit = if visits { format!(", visit {}", v + 1) } else { String::new() };
        let run = if runs { format!(", run {r}") } else { String::new() };
        format!("allocation {a}{visit}{run}")
    };
    let mut names: Vec<String> = found.iter().take(NAMED).map(name).collect();
    if found.len() > NAMED {
        names.push(format!("and {} more", found.len() - NAMED));
    }
    names.join("; ")
}

/// Phases that wait for a counter to have a value which it has for nobody, a warning each.
pub fn never_shown(protocol: &Protocol, everyone: &Everyone, place: Place) -> Vec<String> {
    let elsewhere =
        |when: &When| when.get("place").is_some_and(|all| all.iter().all(|v| v.0 != place.name()));
    let counters: Vec<&String> =
        protocol.blocks.values().filter_map(|b| b.count.as_ref()).collect();
    let counted = |when: &When| when.keys().any(|v| counters.contains(&v));
    let conditional =
        protocol.phases.iter().filter(|(_, p)| counted(&p.when) && !elsewhere(&p.when));
    conditional
        .filter(|(name, _)| !everyone.phases.contains(*name))
        .map(|(name, phase)| {
            let names: Vec<&str> = phase.when.keys().map(String::as_str).collect();
            format!(
                "phase \"{name}\" never comes for anybody who was planned: correct its `when` ({})",
                names.join(", ")
            )
        })
        .collect()
}

/// Combinations that were left out, as a warning.
pub fn left_out(everyone: &Everyone) -> Option<String> {
    (everyone.planned as u64 != everyone.of).then(|| {
        format!(
            "only {} of {} combinations of {} were planned and their pictures looked at; a fault of another \
             one would be found when that run is started: shorten the lists of [allocate]",
            everyone.planned, everyone.of, everyone.by
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

/// How many visits, or runs, of a person differ by the steps of the lists; two at least where a list takes any.
fn moving(protocol: &Protocol, step: impl Fn(&Allocate) -> u32) -> u64 {
    let lists = protocol.allocate.values().filter(|a| step(a) > 0);
    let lengths = lists.map(|a| {
        let n = a.values.len() as u64;
        (n / common_divisor(n, u64::from(step(a))).max(1)).max(2)
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
        format!("Planned: {} combinations of {}{shown}", everyone.planned, everyone.by)
    })
}
