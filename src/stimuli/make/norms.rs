//! Made-up norms for the placeholder scenes, on the usual scales from 1 to 9, so that matching can be tried.
//! They were rated by nobody, and the table says so. Sets and halves have equal means by construction.

use super::scenes::Scene;
use crate::ground::hash;
use rand::RngExt;

/// Valence and arousal that a scene of average theme gets, and how far themes go from it.
const NEUTRAL: Centre = Centre { valence: 5.2, arousal: 3.0, spread: 0.5 };
const NEGATIVE: Centre = Centre { valence: 2.8, arousal: 5.9, spread: 0.6 };

struct Centre {
    valence: f64,
    arousal: f64,
    spread: f64,
}

/// The norms that belong to one seed.
#[derive(Clone, Copy, Debug)]
pub struct Norms {
    seed: u64,
}

impl Norms {
    /// The norms of this seed.
    pub fn new(seed: u64) -> Norms {
        Norms { seed }
    }

    /// Valence and arousal of a scene, to two decimals.
    pub(super) fn of(&self, scene: &Scene) -> (f64, f64) {
        let centre = if scene.negative { NEGATIVE } else { NEUTRAL };
        let theme = self.deviation(&["theme", scene.kind(), scene.theme.0], centre.spread);
        // Themes go in pairs: what one variant of the first gains, that of the second loses, so that each
        // variant (a set, and a half of it) keeps the same mean.
        let pair = (scene.position / 2).to_string();
        let variant = match scene.is_practice() {
            true => scene.set.to_string(),
            false => scene.variant().to_string(),
        };
        let own = self.deviation(&["variant", scene.kind(), &pair, &variant], 0.3);
        let sign = if scene.position.is_multiple_of(2) { 1.0 } else { -1.0 };
        let value = |centre: f64, i: usize| centre + theme[i] + sign * own[i];
        (value(centre.valence, 0), value(centre.arousal, 1))
    }

    /// Two whole hundredths between minus and plus `spread`.
    fn deviation(&self, names: &[&str], spread: f64) -> [f64; 2] {
        let mut chance = hash::stream(self.seed, &[&["norms"], names].concat());
        let mut one = || (spread * (2.0 * chance.random::<f64>() - 1.0) * 100.0).round() / 100.0;
        [one(), one()]
    }
}
