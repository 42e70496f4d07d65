//! Which variables a phase can use at its place among the blocks, and which values a template can take there.

use super::Checked;
use crate::protocol::schema::Template;
use crate::protocol::template::Piece;
use std::collections::BTreeSet;

/// More combinations of levels than this are not tried.
const MOST_COMBINATIONS: usize = 5000;

/// The blocks around a place: factors with the levels that come, and counters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Scope<'p> {
    pub factors: Vec<(&'p str, Vec<&'p str>)>,
    pub counters: Vec<&'p str>,
    /// One of them is practice.
    pub practice: bool,
    /// A factor around this place does not exist, so that its variables cannot be known.
    pub torn: bool,
}

impl<'p> Checked<'p> {
    /// The names of all variables at a place.
    pub(super) fn known(&self, scope: &Scope<'p>) -> Vec<&'p str> {
        let p = self.protocol;
        let mut names: Vec<&str> = Vec::new();
        for (factor, _) in &scope.factors {
            names.push(factor);
            let first = p.factors.get(*factor).and_then(|l| l.values().next());
            names.extend(first.into_iter().flat_map(|v| v.keys()).map(String::as_str));
        }
        names.extend(&scope.counters);
        names.extend(self.of_every_run());
        names
    }

    /// Every value that a template can take at a place; nothing where it depends on what only a run knows
    /// (a counter, a picture, the person), or on several allocations at once.
    pub(super) fn values(&self, text: &Template, scope: &Scope<'p>) -> Option<BTreeSet<String>> {
        let p = self.protocol;
        let factor_of = |variable: &str| {
            scope.factors.iter().position(|(f, _)| {
                *f == variable
                    || p.factors
                        .get(*f)
                        .and_then(|l| l.values().next())
                        .is_some_and(|v| v.contains_key(variable))
            })
        };
        let mut factors: Vec<usize> = Vec::new();
        let mut allocated: BTreeSet<&str> = BTreeSet::new();
        for variable in text.variables() {
            if p.allocate.contains_key(variable) {
                allocated.insert(variable);
                continue;
            }
            let index = factor_of(variable)?;
            if !factors.contains(&index) {
                factors.push(index);
            }
            let levels = p.factors.get(scope.factors[index].0)?;
            for value in levels.values().filter_map(|v| v.get(variable)) {
                for inner in value.variables() {
                    allocated.insert(p.allocate.get_key_value(inner)?.0);
                }
            }
        }
        let allocated: Vec<&str> = allocated.into_iter().collect();
        let choices: &[Template] = match allocated[..] {
            [] => &[],
            [one] => &p.allocate[one].values,
            _ => return None,
        };
        if choices.iter().any(|c| c.variables().next().is_some()) {
            return None;
        }
        let combinations = factors
            .iter()
            .map(|&i| scope.factors[i].1.len())
            .fold(choices.len().max(1), usize::saturating_mul);
        if combinations > MOST_COMBINATIONS {
            return None;
        }
        let mut found = BTreeSet::new();
        for number in 0..combinations {
            let mut rest = number;
            let choice = choices.get(rest % choices.len().max(1));
            rest /= choices.len().max(1);
            let mut levels: Vec<(&str, &str)> = Vec::new();
            for &i in &factors {
                let (factor, names) = &scope.factors[i];
                levels.push((factor, names[rest % names.len()]));
                rest /= names.len();
            }
            found.insert(self.filled(text, &levels, choice.map(|c| c.0.as_str()))?);
        }
        Some(found)
    }

    fn filled(
        &self,
        text: &Template,
        levels: &[(&str, &str)],
        choice: Option<&str>,
    ) -> Option<String> {
        let mut out = String::new();
        for piece in text.pieces() {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Variable(name) if self.protocol.allocate.contains_key(name) => {
                    out.push_str(choice?);
                }
                Piece::Variable(name) => {
                    out.push_str(&self.level_variable(name, levels, choice)?);
                }
            }
        }
        Some(out)
    }

    fn level_variable(
        &self,
        name: &str,
        levels: &[(&str, &str)],
        choice: Option<&str>,
    ) -> Option<String> {
        levels.iter().find_map(|(factor, level)| {
            if *factor == name {
                return Some(level.to_string());
            }
            let value = self.protocol.factors.get(*factor)?.get(*level)?.get(name)?;
            value.fill(|_| choice).ok()
        })
    }
}
