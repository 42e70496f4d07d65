//! Who the people are: what stays the same in all pictures of one person. The people of one sex are spread evenly
//! over the range of every trait, and each trait is spread in the same way over both sets.

use crate::ground::hash;
use rand::RngExt;
use rand::seq::SliceRandom;

/// People of one sex in each of the sets A and B.
pub const PER_SET: usize = 5;
/// People of one sex in the practice set.
pub const PRACTICE: usize = 2;
/// Steps in which a trait goes over its range: each has two neighbours, one a set.
const PAIRS: usize = PER_SET + 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sex {
    Female,
    Male,
}

impl Sex {
    /// The word in the table.
    pub fn name(self) -> &'static str {
        if self == Sex::Female { "female" } else { "male" }
    }

    /// The letter in names of persons.
    pub fn letter(self) -> char {
        if self == Sex::Female { 'F' } else { 'M' }
    }
}

/// A person's place among those of one sex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    /// 0 for set A, 1 for set B; the two people of the last pair are those for practice.
    side: usize,
    pair: usize,
}

impl Seat {
    /// The seat at this position, from 0, among those of one sex in set `A`, `B` or `practice`.
    pub fn new(set: &str, position: usize) -> Seat {
        match set {
            "A" => Seat { side: 0, pair: position },
            "B" => Seat { side: 1, pair: position },
            _ => Seat { side: position % PRACTICE, pair: PER_SET },
        }
    }
}

/// What makes a person. Lengths are pixels of the picture, tones go from 0 (black) to 1 (white).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Person {
    pub sex: Sex,
    /// Half the width of the face at the cheekbones.
    pub face: f64,
    /// Height of the chin's lower edge in the picture, with the mouth closed.
    pub chin_y: f64,
    /// Half the width at the corners of the jaw.
    pub jaw: f64,
    /// Half the width of the chin.
    pub chin: f64,
    pub skin: f64,
    pub hair: f64,
    /// Which of the six ways to wear hair of this sex.
    pub style: usize,
    /// The side of the parting: -1 or 1.
    pub parting: f64,
    pub brow_height: f64,
    pub brow_width: f64,
    pub brow_arch: f64,
    /// Half the distance between the eyes' centres.
    pub eye_gap: f64,
    /// Half the width of an eye.
    pub eye_width: f64,
    /// Height of the upper lid over the eye's centre.
    pub eye_open: f64,
    /// How much higher the outer corner is than the inner one.
    pub eye_tilt: f64,
    pub iris: f64,
    pub nose_length: f64,
    /// Half the width of the nose's wings.
    pub nose_width: f64,
    /// From the nose's base to the line between the lips.
    pub lip_height: f64,
    /// Half the width of the mouth.
    pub mouth: f64,
    pub upper_lip: f64,
    pub lower_lip: f64,
    /// How much darker than the skin the lips are, as a share.
    pub lip_dark: f64,
    /// Shade of a shaven beard, as a share.
    pub stubble: f64,
    /// How deep the lines of the face are, from 0 to 1.
    pub lines: f64,
}

impl Person {
    /// The person who sits there.
    pub fn new(seed: u64, sex: Sex, seat: Seat) -> Person {
        let f = sex == Sex::Female;
        let t = |name: &str, woman: [f64; 2], man: [f64; 2]| {
            let [low, high] = if f { woman } else { man };
            low + (high - low) * share(seed, sex, seat, name)
        };
        let face = t("face", [89.0, 102.0], [96.0, 110.0]);
        let (style, second) = pair(seed, sex, seat, "style");
        Person {
            sex,
            face,
            chin_y: t("chin_y", [347.0, 374.0], [362.0, 386.0]),
            jaw: face * t("jaw", [0.68, 0.81], [0.84, 0.96]),
            chin: t("chin", [20.0, 33.0], [34.0, 50.0]),
            skin: t("skin", [0.58, 0.69], [0.54, 0.68]),
            // Much hair is lighter and little hair darker, so that matching need not change either much.
            hair: t("hair", [0.0, 0.16], [0.0, 0.16]) + if f { WOMEN[style] } else { MEN[style] },
            style,
            parting: if second { 1.0 } else { -1.0 },
            brow_height: t("brow_height", [26.0, 31.0], [21.0, 26.0]),
            brow_width: t("brow_width", [4.0, 7.0], [8.5, 14.0]),
            brow_arch: t("brow_arch", [3.0, 10.0], [0.0, 4.0]),
            eye_gap: t("eye_gap", [40.0, 49.5], [40.0, 50.0]),
            eye_width: t("eye_width", [23.0, 27.0], [20.5, 24.0]),
            eye_open: t("eye_open", [10.0, 12.5], [7.8, 9.8]),
            eye_tilt: t("eye_tilt", [0.0, 3.5], [-2.5, 1.0]),
            iris: t("iris", [0.26, 0.56], [0.26, 0.56]),
            nose_length: t("nose_length", [47.0, 62.0], [55.0, 71.0]),
            nose_width: t("nose_width", [14.0, 18.5], [18.5, 24.5]),
            lip_height: t("lip_height", [34.0, 42.0], [36.0, 44.0]),
            mouth: t("mouth", [26.0, 34.0], [30.0, 39.0]),
            upper_lip: t("upper_lip", [6.5, 9.5], [3.0, 5.5]),
            lower_lip: t("lower_lip", [9.0, 12.5], [5.0, 8.5]),
            lip_dark: t("lip_dark", [0.34, 0.46], [0.16, 0.26]),
            stubble: t("stubble", [0.0, 0.0], [0.04, 0.17]) + if f { 0.0 } else { BEARD[style] },
            lines: t("lines", [0.0, 0.5], [0.2, 1.0]),
        }
    }
}

/// The darkest tone of each way to wear hair: see `draw/hair.rs` for their order.
const WOMEN: [f64; 6] = [0.32, 0.24, 0.08, 0.26, 0.10, 0.25];
const MEN: [f64; 6] = [0.12, 0.08, 0.08, 0.08, 0.20, 0.14];
/// What is added to the beard's shade: who has no hair at all has a short beard.
const BEARD: [f64; 6] = [0.0, 0.0, 0.0, 0.34, 0.0, 0.0];

/// Where a person stands in the range of a trait: 0 to 1.
fn share(seed: u64, sex: Sex, seat: Seat, name: &str) -> f64 {
    let (step, second) = pair(seed, sex, seat, name);
    (2 * step + usize::from(second)) as f64 / (2 * PAIRS - 1) as f64
}

/// The step of a trait that is a person's own, and whether the person has the upper of its two places.
/// Each set takes one place of every step but the practice pair's, in an order of its own.
fn pair(seed: u64, sex: Sex, seat: Seat, name: &str) -> (usize, bool) {
    let mut chance = hash::stream(seed, &["person", sex.name(), name]);
    let mut steps: Vec<usize> = (0..PAIRS).collect();
    steps.shuffle(&mut chance);
    let upper: Vec<bool> = (0..PAIRS).map(|_| chance.random()).collect();
    let mut own = hash::stream(seed, &["person", sex.name(), name, ["A", "B"][seat.side]]);
    steps[..PER_SET].shuffle(&mut own);
    let step = match (seat.pair, seat.side) {
        // Two neighbours in everything would be twins, and these two are in one set.
        (PER_SET, 1) => (steps[PER_SET] + PAIRS / 2) % PAIRS,
        (pair, _) => steps[pair],
    };
    (step, upper[step] == (seat.side == 1))
}
