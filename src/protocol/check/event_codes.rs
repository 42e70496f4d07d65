//! The codes that phases send to marker devices: each value that can come at a place has one, and one that fits into a byte.

use super::Checked;
use super::scope::Scope;
use crate::ground::document::short;
use crate::protocol::schema::PhaseDef;

impl<'p> Checked<'p> {
    /// At one place among the blocks. What only a run knows is looked at when its plan is made.
    pub(super) fn event_code(&self, name: &str, phase: &'p PhaseDef, scope: &Scope<'p>) {
        let Some(marker) = &phase.marker else { return };
        for value in self.values(&marker.of, scope).unwrap_or_default() {
            if marker.code(&value).is_some() {
                continue;
            }
            let (name, value) = (short(name), short(&value));
            let path = ["phase", name.as_str(), "marker"];
            if marker.codes.is_empty() {
                self.error(
                    &path,
                    format!("\"marker\" of phase \"{name}\" can come out as \"{value}\""),
                    "a whole number from 1 to 255".into(),
                    "correct the values of its variable, or keep the phase out with `when` where it has none",
                );
            } else {
                self.error(
                    &path,
                    format!("\"marker\" of phase \"{name}\" has no code for \"{value}\""),
                    format!("a code for every value of {}", marker.of.0),
                    "add it to the table, as in `fearful = 11`",
                );
            }
        }
    }
}
