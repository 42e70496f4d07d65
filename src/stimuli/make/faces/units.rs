//! Expressions as movements of facial muscles: action units of the Facial Action Coding System (Ekman & Friesen
//! 1978; Ekman, Friesen & Hager 2002), each from 0 (at rest) to 1. It says how strongly a unit acts, never how
//! that looks.

/// How strongly each drawn unit acts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Units {
    /// AU 1: the inner brows rise.
    pub inner_brow: f64,
    /// AU 2: the outer brows rise.
    pub outer_brow: f64,
    /// AU 4: the brows go down and together.
    pub frown: f64,
    /// AU 5: the upper lids rise.
    pub upper_lid: f64,
    /// AU 6: the cheeks rise and push up the lower lids.
    pub cheek: f64,
    /// AU 7: the lids tighten.
    pub tight_lid: f64,
    /// AU 12: the lip corners are pulled up and out.
    pub smile: f64,
    /// AU 15: the lip corners are pulled down.
    pub depress: f64,
    /// AU 20: the lips are stretched to the sides.
    pub stretch: f64,
    /// AU 23: the lips tighten.
    pub tight_lip: f64,
    /// AU 24: the lips are pressed together.
    pub press: f64,
    /// AU 25: the lips part.
    pub part: f64,
    /// AU 26: the jaw drops.
    pub jaw: f64,
}

/// What a face shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expression {
    Fearful,
    Angry,
    Happy,
    Neutral,
    Sad,
}

impl Expression {
    /// All of them, in the order of the table.
    pub const ALL: [Expression; 5] = [
        Expression::Fearful,
        Expression::Angry,
        Expression::Happy,
        Expression::Neutral,
        Expression::Sad,
    ];

    /// The word in tables and file names.
    pub fn name(self) -> &'static str {
        match self {
            Expression::Fearful => "fearful",
            Expression::Angry => "angry",
            Expression::Happy => "happy",
            Expression::Neutral => "neutral",
            Expression::Sad => "sad",
        }
    }

    /// The units of this expression at a strength from 0 to 1: those of the full expression, each times the
    /// strength. Fear is 1+2+4+5+20+26 (with 25, since a dropped jaw parts the lips), anger 4+5+7+23+24, joy 6+12
    /// (with 25, as in a broad smile), sadness 1+4+15.
    pub fn at(self, strength: f64) -> Units {
        let s = strength.clamp(0.0, 1.0);
        let rest = Units::default();
        match self {
            Expression::Neutral => rest,
            Expression::Fearful => Units {
                inner_brow: s,
                outer_brow: 0.7 * s,
                frown: 0.5 * s,
                upper_lid: s,
                stretch: s,
                part: s,
                jaw: 0.8 * s,
                ..rest
            },
            Expression::Angry => Units {
                frown: s,
                upper_lid: 0.35 * s,
                tight_lid: s,
                tight_lip: s,
                press: 0.8 * s,
                ..rest
            },
            Expression::Happy => Units { cheek: s, smile: s, part: 0.8 * s, ..rest },
            Expression::Sad => Units { inner_brow: s, frown: 0.6 * s, depress: s, ..rest },
        }
    }
}
