//! Blocks in blocks: no circles, not too deep, not too many phases in all.

use super::Checked;
use crate::ground::document::short;
use crate::protocol::schema::{BlockDef, DurationDef, OrderDef};
use std::collections::HashMap;

/// The most phases of one run.
const MOST_PHASES: u64 = 20_000;
/// The most of them before `when` leaves any out.
const MOST_BEFORE: u64 = 400_000;
/// The most blocks within one another.
const DEEPEST: usize = 8;

/// What one showing of a phase or block comes to.
#[derive(Clone, Copy, Default)]
struct Size {
    phases: u64,
    /// Phases when every block has one pass: the places that must be looked at.
    places: u64,
    triggers: u64,
    depth: usize,
}

impl Size {
    fn and(self, o: Size) -> Size {
        Size {
            phases: self.phases.saturating_add(o.phases),
            places: self.places.saturating_add(o.places),
            triggers: self.triggers.saturating_add(o.triggers),
            depth: self.depth.max(o.depth),
        }
    }
}

impl Checked<'_> {
    /// Whether the blocks can be walked through: no circle, and within the bounds.
    pub(super) fn structure(&self) -> bool {
        let mut known = HashMap::new();
        let mut whole = Size::default();
        for name in &self.protocol.sequence {
            match self.size(name, &mut known, &mut Vec::new()) {
                Some(size) => whole = whole.and(size),
                None => return false,
            }
        }
        for name in self.protocol.blocks.keys() {
            if self.size(name, &mut known, &mut Vec::new()).is_none() {
                return false;
            }
        }
        let conditional = self.protocol.phases.values().any(|p| !p.when.is_empty())
            || self.protocol.blocks.values().any(|b| !b.when.is_empty());
        let most = if conditional { MOST_BEFORE } else { MOST_PHASES };
        if whole.phases > most {
            self.error(
                &["sequence"],
                format!("a run has {} phases", whole.phases),
                format!("at most {most}"),
                "lower \"cycles\", or split the task into runs",
            );
        }
        if whole.depth > DEEPEST {
            self.error(
                &["sequence"],
                format!("blocks stand in blocks {} deep", whole.depth),
                format!("at most {DEEPEST}"),
                "use more factors in one block instead of more blocks",
            );
        }
        if whole.triggers > 1 {
            self.error(
                &["sequence"],
                format!("a run waits for the scanner {} times", whole.triggers),
                "at most one phase with `until = \"trigger\"`, shown once".into(),
                "the times of a run count from its one trigger: split the task into runs",
            );
        }
        whole.phases <= most && whole.depth <= DEEPEST && whole.places <= MOST_PHASES
    }

    /// The size of a phase or block; nothing where it contains itself.
    fn size<'a>(
        &'a self,
        name: &'a str,
        known: &mut HashMap<&'a str, Size>,
        path: &mut Vec<&'a str>,
    ) -> Option<Size> {
        if let Some(size) = known.get(name) {
            return Some(*size);
        }
        let Some(block) = self.protocol.blocks.get(name) else {
            let triggers = self.phase(name).map(|p| p.duration == DurationDef::UntilTrigger);
            let triggers = u64::from(triggers.unwrap_or(false));
            return Some(Size { phases: 1, places: 1, triggers, depth: 0 });
        };
        if path.contains(&name) {
            let circle: Vec<String> = path.iter().map(|n| short(n)).collect();
            self.error(
                &["block", name, "contents"],
                format!("block \"{}\" contains itself", short(name)),
                format!("a circle: {} > {}", circle.join(" > "), short(name)),
                "a block repeats its contents by \"cycles\" and \"each\", not by its own name",
            );
            return None;
        }
        path.push(name);
        let mut inner = Size::default();
        for part in &block.contents {
            inner = inner.and(self.size(part, known, path)?);
        }
        path.pop();
        let passes = self.passes(block);
        let size = Size {
            phases: inner.phases.saturating_mul(passes),
            triggers: inner.triggers.saturating_mul(passes),
            places: inner.places.saturating_add(1),
            depth: inner.depth + 1,
        };
        known.insert(name, size);
        Some(size)
    }

    /// How often the contents of a block come.
    pub(super) fn passes(&self, block: &BlockDef) -> u64 {
        let combinations = match &block.order {
            OrderDef::Explicit(order) => order.len() as u64,
            _ => self.protocol.passes_in_cycle(block),
        };
        combinations.saturating_mul(u64::from(block.cycles))
    }
}
