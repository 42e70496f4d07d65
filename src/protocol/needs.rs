//! What a protocol needs of a rig: meanings that must have keys. Whoever knows both files compares them.

use super::schema::{DurationDef, ElementKindDef, Protocol, ScaleDef};

/// Meanings that a phase listens to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need<'p> {
    pub phase: &'p str,
    pub meanings: Vec<&'p str>,
    /// Whether each of them must have a key, or one is enough (a page that any of them ends).
    pub all: bool,
    /// Whether a mouse or trackball of the rig does as well.
    pub or_pointer: bool,
}

impl Need<'_> {
    /// The meanings that lack a key, where that matters. `pointer` is whether the rig has a mouse or trackball.
    pub fn lacking(&self, has_key: impl Fn(&str) -> bool, pointer: bool) -> Vec<&str> {
        if self.or_pointer && pointer {
            return Vec::new();
        }
        let lacking: Vec<&str> = self.meanings.iter().copied().filter(|m| !has_key(m)).collect();
        if self.all || lacking.len() == self.meanings.len() { lacking } else { Vec::new() }
    }
}

impl Protocol {
    /// The keys that its phases need, phase by phase.
    pub fn needs(&self) -> Vec<Need<'_>> {
        self.phases
            .iter()
            .flat_map(|(phase, def)| {
                let ending = match (&def.duration, &def.response) {
                    (DurationDef::UntilResponse { keys, .. }, None) => {
                        needed(phase, keys.iter(), false)
                    }
                    _ => None,
                };
                let answers = def.response.as_ref();
                let answers = answers.and_then(|r| needed(phase, r.keys.iter(), true));
                let scales = def.elements.iter().filter_map(|e| match &e.kind {
                    ElementKindDef::Scale { scale } => self.scales.get(scale),
                    _ => None,
                });
                let ratings: Vec<Need<'_>> = scales.flat_map(|s| of_scale(phase, s)).collect();
                let again = needed(phase, def.again.iter(), false);
                ending.into_iter().chain(answers).chain(again).chain(ratings).collect::<Vec<_>>()
            })
            .collect()
    }
}

fn needed<'p>(
    phase: &'p str,
    meanings: impl Iterator<Item = &'p String>,
    all: bool,
) -> Option<Need<'p>> {
    let meanings: Vec<&str> = meanings.map(String::as_str).collect();
    (!meanings.is_empty()).then_some(Need { phase, meanings, all, or_pointer: false })
}

/// The marker must be moved somehow: by two keys, by a key for each point, or with the pointer.
fn of_scale<'p>(phase: &'p str, scale: &'p ScaleDef) -> Vec<Need<'p>> {
    let keys = &scale.keys;
    let moving = match keys.pick.is_empty() {
        true => needed(phase, [&keys.left, &keys.right].into_iter(), true),
        false => needed(phase, keys.pick.iter(), true),
    };
    let moving = moving.map(|n| Need { or_pointer: scale.pointer, ..n });
    let confirm = keys.confirm.iter().filter(|_| !scale.continuous);
    moving.into_iter().chain(needed(phase, confirm, true)).collect()
}
