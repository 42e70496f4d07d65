//! Blocks become a flat list of phases, each with the variables that hold there.

use super::{Chance, CompileError, MAX_PHASES, Occurrence};
use crate::ground::record::Place;
use crate::plan::order::{Pass, order};
use crate::plan::schema::Who;
use crate::protocol::schema::{
    Allocate, BlockDef, DurationDef, OrderDef, Protocol, Template, When,
};
use indexmap::IndexMap;

/// The phases of the run in order, without those of the other place.
pub(super) fn expand(
    protocol: &Protocol,
    who: &Who,
    chance: &Chance<'_>,
) -> Result<Vec<Occurrence>, CompileError> {
    let mut walk = Walk {
        protocol,
        who,
        chance,
        counts: IndexMap::new(),
        entered: IndexMap::new(),
        practice: None,
        practices: 0,
        within: Vec::new(),
        passes: 0,
        out: Vec::new(),
    };
    let variables = of_run(protocol, who);
    for name in &protocol.sequence {
        walk.step(name, &variables)?;
    }
    Ok(walk.out)
}

/// The variables that hold everywhere in a run, with the texts of `protocol` in one language.
pub(super) fn of_run(protocol: &Protocol, who: &Who) -> IndexMap<String, String> {
    let mut variables = IndexMap::new();
    variables.insert("sub".to_string(), who.sub.clone());
    variables.insert("ses".to_string(), who.ses.clone().unwrap_or_else(|| "n/a".into()));
    variables.insert("run".to_string(), who.run.to_string());
    variables.insert("visit".to_string(), (who.visit + 1).to_string());
    variables.insert("place".to_string(), who.place.name().to_string());
    for (name, allocate) in &protocol.allocate {
        variables.insert(name.clone(), allocated(allocate, who).0.clone());
    }
    variables
}

/// Value number `(allocation / every + visit * per_visit + (run - 1) * per_run) mod n`.
fn allocated<'a>(a: &'a Allocate, who: &Who) -> &'a Template {
    let step = u64::from(who.allocation / a.every.max(1))
        + u64::from(who.visit) * u64::from(a.per_visit)
        + u64::from(who.run.saturating_sub(1)) * u64::from(a.per_run);
    &a.values[(step % a.values.len() as u64) as usize]
}

/// Whether every variable has one of the values that it must have.
fn holds(
    when: &When,
    name: &str,
    variables: &IndexMap<String, String>,
) -> Result<bool, CompileError> {
    for (variable, wanted) in when {
        let unknown = || CompileError::UnknownVariable(variable.clone(), name.to_string());
        let value = variables.get(variable).ok_or_else(unknown)?;
        let mut one = false;
        for text in wanted {
            one |= fill(text, name, variables)? == *value;
        }
        if !one {
            return Ok(false);
        }
    }
    Ok(true)
}

fn fill(
    text: &Template,
    name: &str,
    variables: &IndexMap<String, String>,
) -> Result<String, CompileError> {
    text.fill(|v| variables.get(v).map(String::as_str))
        .map_err(|v| CompileError::UnknownVariable(v, name.to_string()))
}

struct Walk<'a> {
    protocol: &'a Protocol,
    who: &'a Who,
    chance: &'a Chance<'a>,
    /// Passes so far by the name of their counter, over the whole run; each practice counts for itself.
    counts: IndexMap<(Option<u32>, String), u32>,
    /// How often each block was entered, in practice and outside: each entry has a stream of its own.
    entered: IndexMap<(bool, String), u32>,
    /// The practice that is going on, and how many have begun.
    practice: Option<u32>,
    practices: u32,
    /// The passes that are going on, outermost first, and how many have begun.
    within: Vec<(String, u32)>,
    passes: u32,
    out: Vec<Occurrence>,
}

impl Walk<'_> {
    fn step(
        &mut self,
        name: &str,
        variables: &IndexMap<String, String>,
    ) -> Result<(), CompileError> {
        if let Some(block) = self.protocol.blocks.get(name) {
            return self.block(name, block, variables);
        }
        let phase = &self.protocol.phases[name];
        let here = holds(&phase.when, name, variables)?;
        // Without a scanner nothing would ever end this wait.
        let waits = phase.duration == DurationDef::UntilTrigger && self.who.place == Place::Lab;
        if here && !waits {
            if self.out.len() >= MAX_PHASES {
                return Err(CompileError::TooLong(self.out.len() + 1, MAX_PHASES));
            }
            self.out.push(Occurrence {
                name: name.to_string(),
                variables: variables.clone(),
                practice: self.practice,
                within: self.within.clone(),
            });
        }
        Ok(())
    }

    fn block(
        &mut self,
        name: &str,
        block: &BlockDef,
        outer: &IndexMap<String, String>,
    ) -> Result<(), CompileError> {
        if !holds(&block.when, name, outer)? {
            return Ok(());
        }
        let around = self.practice;
        if block.practice {
            self.practice = Some(self.practices);
            self.practices += 1;
        }
        let practising = self.practice.is_some();
        let entered = self.entered.entry((practising, name.to_string())).or_insert(0);
        *entered += 1;
        let stream = ["order", name, &entered.to_string(), "practice"];
        let mut rng = self.chance.stream(if practising { &stream } else { &stream[..3] });
        let combinations = self.combinations(block, outer)?;
        let listed = match &block.order {
            OrderDef::Explicit(levels) => {
                levels.iter().map(|l| fill(l, name, outer)).collect::<Result<Vec<_>, _>>()?
            }
            _ => Vec::new(),
        };
        let passes = order(name, block, &combinations, &listed, self.who.allocation, &mut rng)
            .map_err(CompileError::Order)?;
        for pass in passes {
            let mut variables = outer.clone();
            variables.extend(pass);
            if let Some(count) = &block.count {
                let n = self.counts.entry((self.practice, count.clone())).or_insert(0);
                *n += 1;
                variables.insert(count.clone(), n.to_string());
            }
            self.passes += 1;
            self.within.push((name.to_string(), self.passes));
            for inner in &block.contents {
                self.step(inner, &variables)?;
            }
            self.within.pop();
        }
        self.practice = around;
        Ok(())
    }

    /// Every combination of the levels of the block's factors, with the levels' variables.
    fn combinations(
        &self,
        block: &BlockDef,
        outer: &IndexMap<String, String>,
    ) -> Result<Vec<Pass>, CompileError> {
        let mut all = vec![Pass::new()];
        for factor in &block.each {
            let mut next = Vec::new();
            for before in &all {
                for (level, texts) in &self.protocol.factors[factor] {
                    let mut pass = before.clone();
                    pass.insert(factor.clone(), level.clone());
                    for (variable, text) in texts {
                        let known = |v: &str| pass.get(v).or_else(|| outer.get(v));
                        let value = text.fill(|v| known(v).map(String::as_str)).map_err(|v| {
                            CompileError::UnknownVariable(v, format!("{factor}.{level}"))
                        })?;
                        pass.insert(variable.clone(), value);
                    }
                    next.push(pass);
                }
            }
            all = next;
        }
        Ok(all)
    }
}
