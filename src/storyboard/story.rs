//! What is told, without any place: the screens of a run in order, each once, with what stands under it; conditions that look
//! different side by side; and what is repeated. It knows no pixel.

use super::looks::look;
use super::words;
use crate::ground::scene::StimulusId;
use crate::plan::schema::{Length, Phase, RunPlan};
use crate::protocol::schema::{BlockDef, ElementKindDef, OrderDef, PictureOf, Protocol};
use indexmap::{IndexMap, IndexSet};
use std::ops::Range;

/// At most so many conditions are shown side by side; of more than that, so many examples.
const LANES: usize = 9;
const EXAMPLES: usize = 4;
/// At most so many combinations of conditions are looked at.
const COMBINATIONS: usize = 200;

/// A run as a row of screens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// Pages and the like before the run itself.
    pub before: Vec<Column>,
    pub columns: Vec<Column>,
    /// Inner ones before those around them.
    pub repeats: Vec<Repeat>,
}

/// One moment: a screen, or one for each condition where these differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// One, or one for each condition of the part that it is in; none where that condition has no such screen.
    pub tiles: Vec<Option<Tile>>,
    /// How long it lasts, and what is heard with it.
    pub lasts: Vec<String>,
}

/// A screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// The phase of the plan that stands for all of them.
    pub phase: u32,
    pub name: String,
}

/// Columns that come more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// First and last column.
    pub first: usize,
    pub last: usize,
    pub text: String,
}

/// Every phase of a plan that a story shows, each once.
pub fn phases(story: &Story) -> IndexSet<u32> {
    let columns = story.before.iter().chain(&story.columns);
    columns.flat_map(|c| c.tiles.iter().flatten()).map(|t| t.phase).collect()
}

/// The story of a plan. `protocol` is the one that it was made from, in its language, without practice.
pub fn tell(protocol: &Protocol, plan: &RunPlan) -> Story {
    let phases: Vec<&Phase> = plan.phases().collect();
    let zero = plan.segments.get(plan.zero_segment()).and_then(|s| s.phases.first());
    let zero = zero.map_or(0, |p| p.index as usize);
    let teller = Teller { protocol, plan, phases };
    let mut story = Story::default();
    let mut at = 0;
    for (name, times) in runs(&protocol.sequence) {
        let end = teller.end(name, times, at);
        let part = teller.part(name, times, at..end);
        let plain = part.repeats.is_empty() && story.columns.is_empty();
        if plain && end <= zero && teller.phases[at..end].iter().all(|p| is_page(p)) {
            story.before.extend(part.columns);
        } else {
            let shift = story.columns.len();
            story.columns.extend(part.columns);
            story.repeats.extend(part.repeats.into_iter().map(|r| Repeat {
                first: r.first + shift,
                last: r.last + shift,
                ..r
            }));
        }
        at = end;
    }
    story
}

/// Shown before the run and not part of it: it ends with a key, and nothing is recorded of it.
fn is_page(phase: &Phase) -> bool {
    let waits_for_scanner = matches!(phase.length, Length::UntilTrigger);
    phase.row.is_none() && phase.length.nominal().is_none() && !waits_for_scanner
}

/// Names, each with how often it comes in a row.
fn runs(names: &[String]) -> Vec<(&str, usize)> {
    let mut runs: Vec<(&str, usize)> = Vec::new();
    for name in names {
        match runs.last_mut() {
            Some((last, times)) if *last == name => *times += 1,
            _ => runs.push((name, 1)),
        }
    }
    runs
}

/// The levels of factors that a pass may have.
type Levels<'a> = IndexMap<&'a str, &'a str>;

struct Teller<'a> {
    protocol: &'a Protocol,
    plan: &'a RunPlan,
    phases: Vec<&'a Phase>,
}

/// What is found while a part is walked through.
#[derive(Default)]
struct Walk<'a> {
    /// Phases in order, each with the factors that are crossed where it stands.
    steps: Vec<(&'a str, Vec<&'a str>)>,
    repeats: Vec<Repeat>,
    /// Factors of the part with the levels that come.
    factors: IndexMap<&'a str, Vec<&'a str>>,
}

impl<'a> Teller<'a> {
    /// How many phases of the plan a phase or block makes.
    fn size(&self, name: &str) -> usize {
        let Some(block) = self.protocol.blocks.get(name) else {
            // Phases of the other place are in no plan.
            return usize::from(self.phases.iter().any(|p| p.name == name));
        };
        let passes = match &block.order {
            OrderDef::Explicit(levels) => levels.len(),
            _ => self.combinations(block),
        };
        let inner: usize = block.contents.iter().map(|n| self.size(n)).sum();
        block.cycles as usize * passes * inner
    }

    /// Where the phases of a name of the sequence end that begin at `at`; conditions may have left some out.
    fn end(&self, name: &str, times: usize, at: usize) -> usize {
        let mut names = Vec::new();
        self.names(name, &mut names);
        let most = self.phases[at..].iter().take(times * self.size(name));
        at + most.take_while(|p| names.contains(&p.name.as_str())).count()
    }

    fn names<'n>(&'n self, name: &'n str, found: &mut Vec<&'n str>) {
        match self.protocol.blocks.get(name) {
            Some(block) => block.contents.iter().for_each(|n| self.names(n, found)),
            None => found.push(name),
        }
    }

    fn combinations(&self, block: &BlockDef) -> usize {
        self.protocol.passes_in_cycle(block) as usize
    }

    /// The columns of one name of the sequence, which made these phases of the plan.
    fn part(&self, name: &'a str, times: usize, range: Range<usize>) -> Story {
        let mut walk = Walk::default();
        self.walk(name, times, &[], &mut walk);
        let phases = &self.phases[range];
        let lanes = self.lanes(&walk, phases);
        let shown = if lanes.len() > LANES { examples(&lanes) } else { lanes.clone() };
        let shown = &shown[..];
        if let Some(outermost) = walk.repeats.last_mut().filter(|_| shown.len() < lanes.len()) {
            let (n, of) = (shown.len(), lanes.len());
            outermost.text.push_str(&format!(" ({n} of {of} that look different are shown)"));
        }
        let column = |c: usize| self.column(walk.steps[c].0, c, shown);
        let columns = (0..walk.steps.len()).filter_map(column).collect();
        Story { before: Vec::new(), columns, repeats: walk.repeats }
    }

    fn walk(&self, name: &'a str, times: usize, factors: &[&'a str], walk: &mut Walk<'a>) {
        if self.size(name) == 0 {
            return;
        }
        let first = walk.steps.len();
        let mut texts = Vec::new();
        if let Some(block) = self.protocol.blocks.get(name) {
            let mut inner = factors.to_vec();
            for factor in &block.each {
                inner.push(factor);
                let levels: IndexSet<&str> = match &block.order {
                    OrderDef::Explicit(levels)
                        if levels.iter().all(|l| l.variables().next().is_none()) =>
                    {
                        levels.iter().map(|l| l.0.as_str()).collect()
                    }
                    _ => self.protocol.factors[factor].keys().map(String::as_str).collect(),
                };
                walk.factors.entry(factor).or_insert_with(|| levels.into_iter().collect());
            }
            for (name, times) in runs(&block.contents) {
                self.walk(name, times, &inner, walk);
            }
            texts.extend(words::repetition(block, self.combinations(block)));
        } else {
            walk.steps.push((name, factors.to_vec()));
        }
        texts.extend((times > 1).then(|| words::in_a_row(times)));
        let last = walk.steps.len() - 1;
        walk.repeats.extend(texts.into_iter().map(|text| Repeat { first, last, text }));
    }

    /// The pictures that phases of a part show once more, where they first do so.
    fn shown_again(&self, walk: &Walk<'a>, phases: &[&'a Phase]) -> IndexSet<&'a StimulusId> {
        let again = |name: &str| {
            let elements = &self.protocol.phases[name].elements;
            elements.iter().any(|e| match &e.kind {
                ElementKindDef::Picture { of, .. } => {
                    matches!(of, PictureOf::Drawn { same: true, .. })
                }
                _ => false,
            })
        };
        let names = walk.steps.iter().map(|(name, _)| *name).filter(|name| again(name));
        let first = names.filter_map(|name| phases.iter().find(|p| p.name == name));
        first.flat_map(|p| p.scene.pictures()).map(|id| self.plan.original(id)).collect()
    }

    /// Conditions that look different somewhere, each as the combinations that look like it.
    fn lanes(&self, walk: &Walk<'a>, phases: &[&'a Phase]) -> Vec<Lane<'a>> {
        let mut combinations: Vec<Levels<'a>> = vec![Levels::new()];
        for (factor, levels) in &walk.factors {
            let with = |before: &Levels<'a>| {
                let before = before.clone();
                levels.iter().map(move |level| {
                    let mut next = before.clone();
                    next.insert(factor, level);
                    next
                })
            };
            combinations = combinations.iter().flat_map(with).take(COMBINATIONS).collect();
        }
        let wanted = self.shown_again(walk, phases);
        let mut lanes: IndexMap<Vec<Option<String>>, Lane<'a>> = IndexMap::new();
        for levels in combinations {
            let found = walk.steps.iter().map(|(name, factors)| {
                let fits = |p: &&&Phase| {
                    let has = |f: &&str| {
                        p.variables.get(*f).map(String::as_str) == levels.get(f).copied()
                    };
                    p.name == *name && factors.iter().all(has)
                };
                // One that shows what is shown again elsewhere, if there is one.
                let again = |p: &&&Phase| {
                    fits(p) && p.scene.pictures().any(|id| wanted.contains(self.plan.original(id)))
                };
                phases.iter().find(again).or_else(|| phases.iter().find(fits)).copied()
            });
            let found: Vec<Option<&Phase>> = found.collect();
            // A combination that never comes is none.
            if found.iter().all(Option::is_none) {
                continue;
            }
            let looks: Vec<Option<String>> = found
                .iter()
                .map(|p| p.map(|p| look(self.protocol, &self.protocol.phases[&p.name], p)))
                .collect();
            let lane =
                lanes.entry(looks.clone()).or_insert_with(|| Lane { looks, all: Vec::new() });
            lane.all.push((levels, found));
        }
        lanes.into_values().collect()
    }

    /// Column `c` of a part: one screen where all lanes look alike there.
    fn column(&self, name: &str, c: usize, lanes: &[Lane<'a>]) -> Option<Column> {
        let first = lanes.first()?;
        let def = &self.protocol.phases[name];
        let mut lasts = words::duration(name, def, self.plan);
        lasts.extend(words::sounds(name, def, self.plan));
        lasts.extend(words::counted(self.protocol, name));
        if lanes.iter().all(|l| l.phase(c).is_none()) {
            return None;
        }
        let tile = |lane: &Lane<'_>, name: &str| {
            lane.phase(c).map(|phase| Tile { phase, name: words::plain(name) })
        };
        if lanes.iter().all(|l| l.looks[c] == first.looks[c]) {
            return Some(Column { tiles: vec![tile(first, name)], lasts });
        }
        let mut names: Vec<Option<String>> = lanes.iter().map(|l| l.trial_type(c)).collect();
        if names.iter().any(Option::is_none) || names.iter().all(|n| *n == names[0]) {
            let of = |l: &Lane<'_>| l.levels().map(|levels| format!("{name}: {levels}"));
            names = lanes.iter().map(of).collect();
        }
        let tiles = lanes.iter().zip(&names);
        let tiles = tiles.map(|(lane, n)| tile(lane, n.as_deref().unwrap_or(name))).collect();
        Some(Column { tiles, lasts })
    }
}

/// A few of many conditions: as many as can be of each level of the outermost factor.
fn examples<'a>(lanes: &[Lane<'a>]) -> Vec<Lane<'a>> {
    let mut groups: IndexMap<Option<&str>, Vec<usize>> = IndexMap::new();
    for (i, lane) in lanes.iter().enumerate() {
        groups.entry(lane.all[0].0.values().next().copied()).or_default().push(i);
    }
    let longest = groups.values().map(Vec::len).max().unwrap_or(0);
    let in_turn = (0..longest).flat_map(|n| groups.values().filter_map(move |g| g.get(n)));
    let mut picked: Vec<usize> = in_turn.copied().take(EXAMPLES).collect();
    picked.sort_unstable();
    picked.into_iter().map(|i| lanes[i].clone()).collect()
}

/// Conditions that look alike throughout a part.
#[derive(Clone)]
struct Lane<'a> {
    /// What each column looks like.
    looks: Vec<Option<String>>,
    /// Each with the phases that stand for it; none where a condition leaves one out.
    all: Vec<(Levels<'a>, Vec<Option<&'a Phase>>)>,
}

impl Lane<'_> {
    fn phase(&self, c: usize) -> Option<u32> {
        self.all[0].1[c].map(|p| p.index)
    }

    /// What its rows are called in the data.
    fn trial_type(&self, c: usize) -> Option<String> {
        let rows = self.all.iter().map(|(_, phases)| phases[c].and_then(|p| p.row.as_ref()));
        let types = rows.map(|row| row.map(|r| r.trial_type.clone())).collect::<Option<_>>();
        joined(types?)
    }

    /// What its conditions are called.
    fn levels(&self) -> Option<String> {
        let all = self.all.iter();
        joined(all.map(|(l, _)| l.values().copied().collect::<Vec<_>>().join(", ")).collect())
    }
}

/// One or two names.
fn joined(names: IndexSet<String>) -> Option<String> {
    let names: Vec<String> = names.into_iter().filter(|n| !n.is_empty()).collect();
    (1..=2).contains(&names.len()).then(|| names.join(" / "))
}

#[cfg(test)]
mod tests;
