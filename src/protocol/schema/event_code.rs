//! The code that a phase sends to the rig's marker devices: a number, or one by the value of a variable. Where it goes and
//! what a recorder makes of it is no matter here.

use super::Template;
use indexmap::IndexMap;

/// Which code goes out with a phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventCode {
    /// The code itself (`12`, `{code}`), or where there are `codes`, the variable whose value decides (`{emotion}`).
    pub of: Template,
    /// Codes by value; empty where `of` is the code.
    pub codes: IndexMap<String, u8>,
}

impl EventCode {
    /// The code for what `of` came out as; none where that is no code, or the value has none.
    pub fn code(&self, value: &str) -> Option<u8> {
        match self.codes.is_empty() {
            true => value.parse().ok().filter(|code| *code > 0),
            false => self.codes.get(value).copied(),
        }
    }

    /// Every code that is written down here.
    pub fn written(&self) -> impl Iterator<Item = u8> {
        let own = self.codes.is_empty().then(|| self.code(&self.of.0)).flatten();
        own.into_iter().chain(self.codes.values().copied())
    }
}
