//! Practice: where it may stand, so that nothing of it is ever counted and no time of the run counts from it. Looked
//! at as the phases follow one another at each place, since `when` leaves some out.

use super::Checked;
use crate::ground::document::short;
use crate::ground::record::Place;
use crate::protocol::schema::{DurationDef, PhaseDef};

/// A phase as it comes in a run.
struct Shown<'p> {
    name: &'p str,
    phase: &'p PhaseDef,
    /// Which practice it belongs to, and the name of its block.
    practice: Option<(usize, &'p str)>,
}

/// The practice around a place, and how many have begun.
#[derive(Clone, Copy, Default)]
struct Around<'p> {
    practice: Option<(usize, &'p str)>,
    begun: usize,
}

impl<'p> Checked<'p> {
    /// Every practice at both places.
    pub(super) fn practice(&self) {
        for place in [Place::Scanner, Place::Lab] {
            let mut shown = Vec::new();
            let mut around = Around::default();
            for name in &self.protocol.sequence {
                self.follow(name, place, &mut around, &mut shown);
            }
            self.placed(&shown, place);
        }
    }

    /// Lists the phases of a part. Two passes of a block show all that can follow one another.
    fn follow(
        &self,
        name: &'p str,
        place: Place,
        around: &mut Around<'p>,
        shown: &mut Vec<Shown<'p>>,
    ) {
        if let Some((name, phase)) = self.protocol.phases.get_key_value(name) {
            let waits = phase.duration == DurationDef::UntilTrigger && place == Place::Lab;
            if self.comes_at(&phase.when, place) && !waits {
                shown.push(Shown { name, phase, practice: around.practice });
            }
            return;
        }
        let Some((name, block)) = self.protocol.blocks.get_key_value(name) else { return };
        if !self.comes_at(&block.when, place) {
            return;
        }
        let before = around.practice;
        if block.practice {
            if let Some((_, outer)) = before {
                self.error(
                    &["block", name, "practice"],
                    format!(
                        "practice block \"{}\" stands in practice block \"{}\"",
                        short(name),
                        short(outer)
                    ),
                    "practice holds no other practice".into(),
                    "leave the line out here: what stands in a practice block is practice already",
                );
            } else {
                around.practice = Some((around.begun, name));
                around.begun += 1;
            }
        }
        for _ in 0..self.passes(block).min(2) {
            for part in &block.contents {
                self.follow(part, place, around, shown);
            }
        }
        around.practice = before;
    }

    fn placed(&self, shown: &[Shown<'p>], place: Place) {
        let mut pulsed = false;
        for (i, this) in shown.iter().enumerate() {
            let waits = this.phase.duration == DurationDef::UntilTrigger;
            match this.practice {
                Some((_, block)) if waits || pulsed => self.error(
                    &["block", block, "practice"],
                    match waits {
                        true => format!("practice block \"{}\" waits for the scanner", short(block)),
                        false => format!("practice block \"{}\" stands behind the phase that waits for the scanner", short(block)),
                    },
                    "practice before the scan: no time of a scan is practice".into(),
                    "move the practice before the phase with `until = \"trigger\"`",
                ),
                None if !this.phase.again.is_empty() => self.error(
                    &["phase", this.name, "again"],
                    format!("phase \"{}\" begins a practice anew where there is none", short(this.name)),
                    "\"again\" in blocks with `practice = true` only".into(),
                    "leave the line out, or use a page of its own outside of the practice",
                ),
                _ => {}
            }
            pulsed |= waits && this.practice.is_none();
            if let (DurationDef::UntilVolume(_), false, Place::Scanner) =
                (&this.phase.duration, pulsed, place)
            {
                self.error(
                    &["phase", this.name, "until"],
                    format!(
                        "phase \"{}\" waits for a volume before the scan has begun",
                        short(this.name)
                    ),
                    "a phase with `until = \"trigger\"` before it".into(),
                    "move it behind the phase that waits for the scanner, or give it a duration",
                );
            }
            if let Some(before) = i.checked_sub(1).map(|i| &shown[i]) {
                self.border(before, this);
                self.comes_late(before.phase, (this.name, this.phase), place);
            }
        }
    }

    /// Practice is a stretch of its own: a key ends what stands before it, and a key ends it.
    fn border(&self, before: &Shown<'p>, this: &Shown<'p>) {
        let same = before.practice.map(|(n, _)| n) == this.practice.map(|(n, _)| n);
        if same || before.phase.duration.is_page() {
            return;
        }
        let remedy = "put a page with `until = \"response\"` between them";
        if let Some((_, block)) = before.practice {
            self.error(
                &["block", block, "practice"],
                format!(
                    "practice block \"{}\" ends with phase \"{}\", and phase \"{}\" follows by the clock",
                    short(block),
                    short(before.name),
                    short(this.name)
                ),
                "a page that waits for a key at its end: no time of the run counts from practice".into(),
                remedy,
            );
        } else if let Some((_, block)) = this.practice {
            self.error(
                &["block", block, "practice"],
                format!(
                    "practice block \"{}\" follows phase \"{}\" by the clock",
                    short(block),
                    short(before.name)
                ),
                "a page that waits for a key directly before it, or nothing".into(),
                remedy,
            );
        }
    }
}
