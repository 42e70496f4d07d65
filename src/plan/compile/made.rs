//! Pictures that are shown changed: each gets its recipe, with its seed, and a name. A picture with the same settings has one
//! recipe in a run, so that it is made once and looks the same each time.

use super::Chance;
use crate::ground::recipe::{Look, Made, Recipe};
use crate::ground::scene::StimulusId;
use indexmap::IndexMap;
use rand::Rng;
use std::cell::RefCell;

/// The recipes of a run, as they come up.
pub(super) struct Studio<'a> {
    chance: &'a Chance<'a>,
    made: RefCell<IndexMap<StimulusId, Made>>,
}

impl<'a> Studio<'a> {
    pub fn new(chance: &'a Chance<'a>) -> Studio<'a> {
        Studio { chance, made: RefCell::default() }
    }

    /// What a scene shows of a picture with this look: the picture itself where nothing is done to it.
    pub fn picture(&self, of: &StimulusId, look: &Look) -> StimulusId {
        if look.is_plain() {
            return of.clone();
        }
        let seed = look.scramble.map_or(0, |_| {
            let settings = serde_json::to_string(look).expect("a look has only string keys");
            self.chance.stream(&["scramble", &of.0, &settings]).next_u64()
        });
        let made = Made { of: of.clone(), recipe: Recipe { look: look.clone(), seed } };
        let id = made.id();
        self.made.borrow_mut().entry(id.clone()).or_insert(made);
        id
    }

    /// The picture that a scene shows by this name, as the stimulus table has it.
    pub fn original(&self, id: &StimulusId) -> StimulusId {
        self.made.borrow().get(id).map_or(id, |made| &made.of).clone()
    }

    /// All recipes, in order of first use.
    pub fn into_made(self) -> IndexMap<StimulusId, Made> {
        self.made.into_inner()
    }
}
