//! What a protocol needs of a rig: meanings that must have keys. Whoever knows both files compares them.

use super::schema::{DurationDef, ElementKindDef, Protocol};

/// Meanings that a phase listens to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need<'p> {
    pub phase: &'p str,
    pub meanings: Vec<&'p str>,
    /// Whether each of them must have a key, or one is enough (a page that any of them ends).
    pub all: bool,
}

impl Need<'_> {
    /// The meanings that lack a key, where that matters.
    pub fn lacking(&self, has_key: impl Fn(&str) -> bool) -> Vec<&str> {
        let lacking: Vec<&str> = self.meanings.iter().copied().filter(|m| !has_key(m)).collect();
        if self.all || lacking.len() == self.meanings.len() { lacking } else { Vec::new() }
    }
}

impl Protocol {
    /// The keys that its phases need, phase by phase.
    pub fn needs(&self) -> Vec<Need<'_>> {
        let mut needs = Vec::new();
        for (phase, def) in &self.phases {
            let mut need = |meanings: Vec<_>, all| needs.push(Need { phase, meanings, all });
            if let DurationDef::UntilResponse(keys) = &def.duration {
                need(keys.iter().map(String::as_str).collect(), false);
            }
            if let Some(response) = &def.response {
                need(response.keys.iter().map(String::as_str).collect(), true);
            }
            for element in &def.elements {
                let ElementKindDef::Scale { scale } = &element.kind else { continue };
                let Some(keys) = self.scales.get(scale).map(|s| &s.keys) else { continue };
                let ends = [keys.left.as_str(), keys.right.as_str()];
                need(ends.into_iter().chain(keys.confirm.as_deref()).collect(), true);
            }
        }
        needs
    }
}
