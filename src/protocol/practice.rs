//! A protocol without its practice, for people who have practised already.

use super::schema::Protocol;

impl Protocol {
    /// Whether any block of it is practice.
    pub fn has_practice(&self) -> bool {
        self.blocks.values().any(|b| b.practice)
    }

    /// The same protocol with no practice in its sequence and its blocks. What the data files say of the task as a
    /// whole stays as it is: nothing is defined otherwise.
    pub fn without_practice(&self) -> Protocol {
        let mut bare = self.clone();
        let stays = |name: &String| self.blocks.get(name).is_none_or(|b| !b.practice);
        bare.sequence.retain(stays);
        for block in bare.blocks.values_mut().filter(|b| !b.practice) {
            block.contents.retain(stays);
        }
        bare
    }
}
