//! `when`: whether a phase or block can come at a place among the blocks, and what its variables can be there.

use super::Checked;
use super::scope::Scope;
use super::walk::Used;
use crate::ground::document::short;
use crate::ground::record::Place;
use crate::protocol::schema::{DurationDef, PhaseDef, Template, When};

impl<'p> Checked<'p> {
    /// Whether the place of a run alone would not leave it out.
    pub(super) fn comes_at(&self, when: &When, place: Place) -> bool {
        when.get("place").is_none_or(|all| all.iter().any(|v| v.0 == place.name()))
    }

    /// The scope in which it comes: levels that leave it out are gone. Nothing where it never comes, which is said.
    pub(super) fn narrowed(
        &self,
        kind: &str,
        name: &str,
        when: &'p When,
        scope: &Scope<'p>,
        used: &mut Used<'p>,
    ) -> Option<Scope<'p>> {
        let mut inner = scope.clone();
        let known = self.known(scope);
        for (variable, values) in when {
            self.uses(variable, used);
            values.iter().flat_map(Template::variables).for_each(|v| self.uses(v, used));
            let path = [kind, name, "when", variable];
            if !known.contains(&variable.as_str()) {
                if !scope.torn {
                    let message = format!(
                        "\"{}\" in \"when\" of {kind} \"{}\" is not known there",
                        short(variable),
                        short(name)
                    );
                    let remedy = "use a variable that the blocks around it bring, or place";
                    self.unknown(
                        self.root.place(&path),
                        message,
                        variable,
                        known.iter().copied(),
                        remedy,
                    );
                }
                return None;
            }
            if let Some(spoken) = values
                .iter()
                .flat_map(Template::variables)
                .chain([variable.as_str()])
                .find(|v| self.is_spoken(v))
            {
                let message = format!(
                    "\"when\" of {kind} \"{}\" depends on the language by \"{}\"",
                    short(name),
                    short(spoken)
                );
                self.error(
                    &path,
                    message,
                    "the same run in every language".into(),
                    "use a variable without words here",
                );
                return None;
            }
            if !self.narrow(&mut inner, variable, values) || !self.possible(scope, variable, values)
            {
                let listed =
                    self.values(&Template(format!("{{{variable}}}")), scope).unwrap_or_default();
                let can: Vec<&str> = match variable.as_str() {
                    "place" => vec!["scanner", "lab"],
                    _ => listed.iter().map(String::as_str).collect(),
                };
                self.error(
                    &path,
                    format!(
                        "{kind} \"{}\" never comes: \"{}\" has no such value there",
                        short(name),
                        short(variable)
                    ),
                    format!("one of {}", can.join(", ")),
                    "correct the value, or leave the condition out",
                );
                return None;
            }
        }
        Some(inner)
    }

    /// Takes out the levels with other values; false where none is left.
    fn narrow(&self, scope: &mut Scope<'p>, variable: &str, wanted: &[Template]) -> bool {
        if wanted.iter().any(|t| t.variables().next().is_some()) {
            return true;
        }
        for (factor, names) in &mut scope.factors {
            let Some(levels) = self.protocol.factors.get(*factor) else { continue };
            let value = |level: &str| match *factor == variable {
                true => Some(Template(level.to_string())),
                false => levels.get(level).and_then(|v| v.get(variable)).cloned(),
            };
            if names.iter().all(|l| value(l).is_none()) {
                continue;
            }
            // What only a run knows may be anything.
            let fits = |t: Template| t.variables().next().is_some() || wanted.contains(&t);
            names.retain(|l| value(l).is_none_or(fits));
            return !names.is_empty();
        }
        true
    }

    /// Whether one of the values can come, as far as that is known.
    fn possible(&self, scope: &Scope<'p>, variable: &str, wanted: &[Template]) -> bool {
        if variable == "place" {
            return wanted.iter().all(|t| ["scanner", "lab"].contains(&t.0.as_str()));
        }
        let Some(values) = self.values(&Template(format!("{{{variable}}}")), scope) else {
            return true;
        };
        wanted.iter().any(|t| t.variables().next().is_some() || values.contains(&t.0))
    }

    /// At one place among the blocks: a length that a variable gives is a number.
    pub(super) fn length(&self, name: &str, phase: &'p PhaseDef, scope: &Scope<'p>) {
        let (text, key, whole) = match &phase.duration {
            DurationDef::SecondsOf(text) => (text, "duration", false),
            DurationDef::Frames { frames, .. } => (frames, "frames", true),
            _ => return,
        };
        for value in self.values(text, scope).unwrap_or_default() {
            let good = match whole {
                true => value.parse::<u32>().is_ok_and(|n| (1..=100_000).contains(&n)),
                false => value.parse::<f64>().is_ok_and(|s| (0.001..=7200.0).contains(&s)),
            };
            if !good {
                let path = ["phase", name, "duration", if whole { "frames" } else { "" }];
                self.error(
                    &path[..if whole { 4 } else { 3 }],
                    format!("\"{key}\" of phase \"{}\" can come out as \"{}\"", short(name), short(&value)),
                    if whole { "a whole number from 1 to 100000" } else { "seconds from 0.001 to 7200, with a dot" }.into(),
                    "correct the values of its variable, or keep the phase out with `when` where it has none",
                );
            }
        }
    }
}
