//! Which scenes there are, and their table: two matched sets A and B, and a few more for practice.
//! How a theme looks is in `neutral` and `negative`.

use super::Made;
use super::brush::Brush;
use super::norms::Norms;
use super::{negative, neutral};
use image::ExtendedColorType;
use std::fmt::Write as _;

/// The name of the table among the files.
pub const TABLE: &str = "scenes.tsv";

const COLUMNS: &str =
    "id\tfile\tshare\tset\tvalence\thalf\tpart\ttheme\tvalence_mean\tarousal_mean\tnorms\n";

/// The stimulus table, tab-separated, one row a scene.
pub fn table(seed: u64) -> String {
    let norms = Norms::new(seed);
    let mut table = String::from(COLUMNS);
    for scene in scenes() {
        let (id, file, kind, theme) = (scene.id(), scene.file(), scene.kind(), scene.theme.0);
        let (valence, arousal) = norms.of(&scene);
        writeln!(
            table,
            "{id}\t{file}\tyes\t{}\t{kind}\t{}\t{}\t{theme}\t{valence:.2}\t{arousal:.2}\tplaceholder",
            scene.shown_as(),
            scene.half,
            scene.part()
        )
        .expect("writing to a string cannot fail");
    }
    table
}

/// The name of a theme, and what draws its scenes.
pub type Theme = (&'static str, fn(&mut Brush));

/// One scene, before it is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// `A`, `B` or `practice`.
    pub set: &'static str,
    pub negative: bool,
    /// 1 or 2 for the negative scenes of A and B, 0 for all others.
    pub half: usize,
    /// Position of the theme among those of its kind, from 0.
    pub position: usize,
    pub theme: Theme,
}

impl Scene {
    /// The word in the table.
    pub fn kind(&self) -> &'static str {
        if self.negative { "negative" } else { "neutral" }
    }

    /// `A_neg_01`: negative scenes count through the first half, then the second.
    pub fn id(&self) -> String {
        let before = self.half.saturating_sub(1) * negative::THEMES.len();
        let kind = if self.negative { "neg" } else { "neu" };
        format!("{}_{kind}_{:02}", self.set, before + self.position + 1)
    }

    /// The set in the table. Practice comes in two parts, so that two visits can have pictures of their own.
    fn shown_as(&self) -> &'static str {
        match (self.is_practice(), self.position < 2) {
            (true, true) => "practice_A",
            (true, false) => "practice_B",
            (false, _) => self.set,
        }
    }

    /// Which of four parts it belongs to, 1 to 4, so that the runs of one visit can have pictures of their own: each part of a
    /// set has four neutral scenes and four of each negative half. 0 for practice.
    fn part(&self) -> usize {
        if self.is_practice() { 0 } else { 1 + self.position / 4 }
    }

    /// The picture's file, relative to the stimuli folder.
    pub fn file(&self) -> String {
        format!("scenes/{}.png", self.id())
    }

    /// Whether this is a picture to practise with.
    pub fn is_practice(&self) -> bool {
        self.set == "practice"
    }

    /// Which of its theme's scenes this is: 0 to 3.
    pub fn variant(&self) -> usize {
        let set = usize::from(self.set == "B");
        match (self.is_practice(), self.negative) {
            // The sets have no negative scenes of these themes, and the neutral ones as variants 0 and 1.
            (true, true) => self.position % 4,
            (true, false) => 2 + self.position % 2,
            (false, true) => set * 2 + self.half - 1,
            (false, false) => set,
        }
    }

    /// The scene as a PNG file.
    pub fn draw(&self, seed: u64) -> Vec<u8> {
        let mut brush = Brush::new(seed, &self.id(), self.variant());
        (self.theme.1)(&mut brush);
        let picture = brush.into_picture();
        Made::png(&picture, picture.dimensions(), ExtendedColorType::Rgb8)
    }
}

/// Every scene, in the order of the table.
pub fn scenes() -> impl Iterator<Item = Scene> {
    let parts: [(bool, usize, &'static [Theme]); 3] =
        [(false, 0, &neutral::THEMES), (true, 1, &negative::THEMES), (true, 2, &negative::THEMES)];
    let practice: [(bool, usize, &'static [Theme]); 2] =
        [(false, 0, &neutral::PRACTICE), (true, 0, &negative::PRACTICE)];
    let sets = ["A", "B"].into_iter().flat_map(move |set| parts.map(|part| (set, part)));
    sets.chain(practice.map(|part| ("practice", part))).flat_map(
        |(set, (negative, half, themes))| {
            let each = themes.iter().enumerate();
            each.map(move |(position, &theme)| Scene { set, negative, half, position, theme })
        },
    )
}
