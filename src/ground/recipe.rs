//! What is done to a picture when it is loaded, as data: cut, mirrored, scrambled, tinted, in this order. It knows no pixel;
//! `stimuli/derive` follows it.

use super::hash::sha256_hex;
use super::scene::{Rgb, StimulusId};
use serde::{Deserialize, Serialize};

/// Which way a picture is mirrored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flip {
    /// Left and right change places.
    H,
    /// Top and bottom change places.
    V,
    /// Half a turn.
    Both,
}

/// How a picture is scrambled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scramble {
    /// Its phases are changed at random, its amplitudes are kept.
    Phase,
    /// It is cut into tiles that change places; so many stand side by side.
    Blocks(u32),
    /// Its pixels change places.
    Pixels,
}

/// What is done to a picture, before chance comes in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Look {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flip: Option<Flip>,
    /// Shares (0 to 1) of width or height that are cut off at the left, top, right and bottom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crop: Option<[f64; 4]>,
    /// The colour of the light in which it is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tint: Option<Rgb>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scramble: Option<Scramble>,
}

/// All that a changed picture is made by: the same recipe makes the same pixels of the same file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    #[serde(flatten)]
    pub look: Look,
    /// What its scrambling is drawn from; 0 where nothing is scrambled.
    pub seed: u64,
}

/// A changed picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// The picture of the stimulus table that it is made of.
    pub of: StimulusId,
    #[serde(flatten)]
    pub recipe: Recipe,
}

impl Look {
    /// Whether the picture is shown as it is.
    pub fn is_plain(&self) -> bool {
        *self == Look::default()
    }

    /// What is done, in a word for each step: `crop+phase`.
    pub fn words(&self) -> String {
        let flip = self.flip.map(|f| match f {
            Flip::H => "flip-h",
            Flip::V => "flip-v",
            Flip::Both => "flip-both",
        });
        let scramble = self.scramble.map(|s| match s {
            Scramble::Phase => "phase",
            Scramble::Blocks(_) => "blocks",
            Scramble::Pixels => "pixels",
        });
        let steps = [self.crop.map(|_| "crop"), flip, scramble, self.tint.map(|_| "tint")];
        steps.into_iter().flatten().collect::<Vec<_>>().join("+")
    }
}

impl Made {
    /// The name of the changed picture in scenes: the original's, what was done, and twelve digits of the recipe's hash, so that
    /// another recipe has another name.
    pub fn id(&self) -> StimulusId {
        let recipe = serde_json::to_string(&self.recipe).expect("a recipe has only string keys");
        let hash = sha256_hex(recipe.as_bytes());
        StimulusId(format!("{}|{}|{}", self.of, self.recipe.look.words(), &hash[..12]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(look: Look, seed: u64) -> Made {
        Made { of: StimulusId("f01".into()), recipe: Recipe { look, seed } }
    }

    #[test]
    fn every_recipe_has_a_name_of_its_own_that_says_what_was_done() {
        let all = [
            made(Look { scramble: Some(Scramble::Phase), ..Look::default() }, 1),
            made(Look { scramble: Some(Scramble::Phase), ..Look::default() }, 2),
            made(Look { scramble: Some(Scramble::Blocks(8)), ..Look::default() }, 1),
            made(Look { scramble: Some(Scramble::Blocks(9)), ..Look::default() }, 1),
            made(
                Look { flip: Some(Flip::H), crop: Some([0.1, 0.0, 0.0, 0.0]), ..Look::default() },
                0,
            ),
            made(Look { tint: Some(Rgb([255, 0, 0])), ..Look::default() }, 0),
            made(Look { tint: Some(Rgb([254, 0, 0])), ..Look::default() }, 0),
        ];
        let mut names: Vec<String> = all.iter().map(|m| m.id().0).collect();
        assert!(names[0].starts_with("f01|phase|") && names[4].starts_with("f01|crop+flip-h|"));
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all.len());
    }

    #[test]
    fn a_recipe_is_the_same_when_it_is_read_back() {
        let look = Look {
            flip: Some(Flip::Both),
            crop: Some([0.1, 0.2, 0.3, 0.4]),
            tint: Some(Rgb([1, 2, 3])),
            scramble: Some(Scramble::Blocks(16)),
        };
        let whole = made(look, u64::MAX);
        let text = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<Made>(&text).unwrap(), whole, "{text}");
    }
}
