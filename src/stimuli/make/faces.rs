//! Schematic faces, and their table: twenty people in two sets, half of them women, each with three expressions at
//! two strengths, sadness at one and one of rest, and four more people for practice. They are grey, of one size, seen through one
//! oval, and of equal luminance and contrast. Who a person is, how units move a face and how it is drawn is in the
//! files below.

mod draw;
mod matching;
mod person;
mod plate;
mod units;

use super::Made;
use image::ExtendedColorType;
use person::{PER_SET, PRACTICE, Person, Seat, Sex};
use plate::SIZE;
use std::fmt::Write as _;
use units::Expression;

/// The name of the table among the files.
pub const TABLE: &str = "faces.tsv";

const COLUMNS: &str = "id\tfile\tshare\tset\tperson\tsex\texpression\tstrength\tnorms\n";

/// One face, before it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Face {
    /// `A`, `B` or `practice`.
    set: &'static str,
    sex: Sex,
    /// Position among the people of one sex in the set, from 0.
    position: usize,
    expression: Expression,
    /// Strength of the expression, in percent.
    strength: u32,
}

impl Face {
    /// `F01` to `F12`, `M01` to `M12`: nobody is in two sets.
    fn person(&self) -> String {
        let before = match self.set {
            "A" => 0,
            "B" => PER_SET,
            _ => 2 * PER_SET,
        };
        format!("{}{:02}", self.sex.letter(), before + self.position + 1)
    }

    /// The set in the table. Practice comes in two parts, so that two visits can have faces of their own.
    fn shown_as(&self) -> &'static str {
        match (self.set, self.position < PRACTICE / 2) {
            ("practice", true) => "practice_A",
            ("practice", false) => "practice_B",
            (set, _) => set,
        }
    }

    /// `A_F01_fearful_100`.
    fn id(&self) -> String {
        format!("{}_{}_{}_{}", self.set, self.person(), self.expression.name(), self.strength)
    }

    /// The picture's file, relative to the stimuli folder.
    pub fn file(&self) -> String {
        format!("faces/{}.png", self.id())
    }

    /// The face as a PNG file, 8-bit grey.
    pub fn draw(&self, seed: u64) -> Vec<u8> {
        Made::png(&self.grey(seed), SIZE, ExtendedColorType::L8)
    }

    /// The pixels of the face, row by row.
    fn grey(&self, seed: u64) -> Vec<u8> {
        let person = Person::new(seed, self.sex, Seat::new(self.set, self.position));
        matching::matched(&draw::draw(
            &person,
            self.expression.at(f64::from(self.strength) / 100.0),
        ))
    }
}

/// Every face, in the order of the table.
pub fn faces() -> impl Iterator<Item = Face> {
    let sets: [(&'static str, usize, &'static [u32]); 3] =
        [("A", PER_SET, &[50, 100]), ("B", PER_SET, &[50, 100]), ("practice", PRACTICE, &[100])];
    sets.into_iter().flat_map(|(set, people, strengths)| {
        [Sex::Female, Sex::Male].into_iter().flat_map(move |sex| {
            (0..people).flat_map(move |position| {
                Expression::ALL.into_iter().flat_map(move |expression| {
                    let strengths: &'static [u32] = match expression {
                        Expression::Neutral => &[0],
                        Expression::Sad if set == "practice" => &[],
                        Expression::Sad => &[100],
                        _ => strengths,
                    };
                    let face = move |&strength| Face { set, sex, position, expression, strength };
                    strengths.iter().map(face)
                })
            })
        })
    })
}

/// The stimulus table, tab-separated, one row a face.
pub fn table() -> String {
    let mut table = String::from(COLUMNS);
    for face in faces() {
        writeln!(
            table,
            "{}\t{}\tyes\t{}\t{}\t{}\t{}\t{}\tplaceholder",
            face.id(),
            face.file(),
            face.shown_as(),
            face.person(),
            face.sex.name(),
            face.expression.name(),
            face.strength
        )
        .expect("writing to a string cannot fail");
    }
    table
}

#[cfg(test)]
mod tests;
