//! The fonts that texts are drawn with: the rig's own in their order, then the built-in one; never the system's, which
//! differ from PC to PC. Shaping and the search for letters that no font has. It knows no card and no scene.

mod labels;
mod shape;

pub use labels::LabelRows;
pub use shape::Shaped;

use crate::ground::plain;
use glyphon::cosmic_text::Fallback;
use glyphon::fontdb::{Database, FaceInfo, ID, Language, Source, Stretch, Style, Weight};
use glyphon::{Attrs, Buffer, Family, FontSystem, Metrics, Shaping};
use std::sync::Arc;
use unicode_script::{Script, UnicodeScript};

/// A font file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the font \"{path}\" cannot be used: {why}")]
pub struct FontError {
    /// As the rig names it.
    pub path: String,
    pub why: String,
}

impl FontError {
    /// What helps.
    pub fn remedy(&self) -> &'static str {
        "name TrueType or OpenType files in the rig's screen.font"
    }
}

/// Fonts in order of preference.
pub struct Fonts {
    system: FontSystem,
    faces: Vec<ID>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fonts({})", self.faces.len())
    }
}

/// Every face answers to this name alone, so that nothing of a font but its place in the list decides when it is taken.
const FAMILY: &str = "reframe";

/// No font is preferred for a script: the next in the list is tried.
struct InOrder;

impl Fallback for InOrder {
    fn common_fallback(&self) -> &[&'static str] {
        &[]
    }

    fn forbidden_fallback(&self) -> &[&'static str] {
        &[]
    }

    fn script_fallback(&self, _: Script, _: &str) -> &[&'static str] {
        &[]
    }
}

impl Fonts {
    /// Opens font files; letters that the first lacks are taken from the next that has them, and from the built-in font
    /// (DejaVu Sans) last. A collection (`.ttc`) gives all its fonts in their order, or after `#` one of them by its
    /// place from 0 or its name: `NotoSansCJK-Regular.ttc#Noto Sans CJK SC`.
    ///
    /// # Errors
    /// A file that cannot be read or is no font, and a name that is not in a collection.
    pub fn load(paths: &[String]) -> Result<Fonts, FontError> {
        let mut db = Database::new();
        let mut faces = Vec::new();
        let built_in: &'static [u8] = dejavu::sans::regular();
        for path in paths {
            for face in open(path)? {
                faces.push((push(&mut db, face), path.as_str()));
            }
        }
        let mut read = Database::new();
        read.load_font_source(Source::Binary(Arc::new(built_in)));
        for face in read.faces() {
            faces.push((push(&mut db, face.clone()), "built in"));
        }
        let mut system =
            FontSystem::new_with_locale_and_db_and_fallback("en-US".into(), db, InOrder);
        for (id, path) in &faces {
            if system.get_font(*id, Weight::NORMAL).is_none() {
                let why = "its tables are broken".into();
                return Err(FontError { path: (*path).into(), why });
            }
        }
        Ok(Fonts { system, faces: faces.into_iter().map(|(id, _)| id).collect() })
    }

    /// The letters of a text that no font has, each once, in the order in which they come. Controls, joiners and the like
    /// are never missing.
    pub fn missing(&mut self, text: &str) -> Vec<char> {
        let mut buffer = Buffer::new(&mut self.system, Metrics::new(16.0, 20.0));
        buffer.set_size(None, None);
        buffer.set_text(&one_way_lines(text), &attrs(), Shaping::Advanced, None);
        buffer.shape_until_scroll(&mut self.system, false);
        let mut found = Vec::new();
        for run in buffer.layout_runs() {
            for glyph in run.glyphs.iter().filter(|g| g.glyph_id == 0) {
                let cluster = run.text.get(glyph.start..glyph.end).unwrap_or_default();
                let letters: Vec<char> = cluster.chars().filter(|c| !is_unseen(*c)).collect();
                let mut lacking: Vec<char> =
                    letters.iter().copied().filter(|c| !self.has(*c)).collect();
                if lacking.is_empty() {
                    // Each of them is in some font, and all of them are in none.
                    lacking = letters;
                }
                for c in lacking {
                    if !found.contains(&c) {
                        found.push(c);
                    }
                }
            }
        }
        found.sort_by_key(|c| text.find(*c));
        found
    }

    fn has(&mut self, c: char) -> bool {
        let Fonts { system, faces } = self;
        let mut fonts = faces.iter().filter_map(|id| system.get_font(*id, Weight::NORMAL));
        fonts.any(|font| font.as_swash().charmap().map(c) != 0)
    }

    pub(super) fn system(&mut self) -> &mut FontSystem {
        &mut self.system
    }
}

/// The name of the script that a letter belongs to, as Unicode has it (`Devanagari`, `Canadian_Aboriginal`; `Common` for
/// what many scripts share), but `CJK` for the punctuation and the full-width forms that only fonts of Chinese, Japanese and
/// Korean have, whichever script they are counted among.
pub fn script(letter: char) -> &'static str {
    match (letter, letter.script().full_name()) {
        (
            '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FFEF}',
            "Common" | "Inherited" | "Latin" | "Unknown",
        ) => "CJK",
        (_, name) => name,
    }
}

fn attrs() -> Attrs<'static> {
    Attrs::new().family(Family::Name(FAMILY))
}

/// Letters that nothing is drawn for: controls, joiners, marks of direction, variation selectors, tags.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || c.is_whitespace()
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Puts a font behind those that are there. Weight and style of a file are what they are: they choose nothing.
fn push(db: &mut Database, face: FaceInfo) -> ID {
    db.push_face_info(FaceInfo {
        families: vec![(FAMILY.into(), Language::English_UnitedStates)],
        post_script_name: FAMILY.into(),
        style: Style::Normal,
        weight: Weight::NORMAL,
        stretch: Stretch::Normal,
        monospaced: false,
        ..face
    })
}

/// The longest font file that is read, in bytes: collections of Chinese fonts have some 20 MB.
const LONGEST_FONT: u64 = 256 << 20;

/// A text as the shaper takes it. All that ends a paragraph for the direction of letters (class B of Unicode's bidirectional
/// algorithm) ends a line: the shaper takes two directions in one line for a defect of its own, and ends the program.
fn one_way_lines(text: &str) -> String {
    text.replace(|c| matches!(c, '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2029}'), "\n")
}

/// The fonts of a file, or the one that is chosen from a collection.
fn open(path: &str) -> Result<Vec<FaceInfo>, FontError> {
    let error = |why: String| FontError { path: path.into(), why };
    let (file, chosen) = match path.rsplit_once('#') {
        Some((file, chosen)) if !std::path::Path::new(path).exists() => (file, Some(chosen)),
        _ => (path, None),
    };
    let bytes = plain::read(std::path::Path::new(file), LONGEST_FONT)
        .map_err(|e| error(format!("it {e}; {}", e.remedy())))?;
    let mut read = Database::new();
    let ids = read.load_font_source(Source::Binary(Arc::new(bytes)));
    let faces: Vec<FaceInfo> = ids.iter().filter_map(|id| read.face(*id)).cloned().collect();
    if faces.is_empty() {
        return Err(error("it holds no font".into()));
    }
    let Some(chosen) = chosen else { return Ok(faces) };
    let names = |f: &FaceInfo| f.families.iter().any(|(name, _)| name == chosen);
    let is_chosen = |f: &FaceInfo| chosen.parse() == Ok(f.index) || names(f);
    match faces.iter().find(|f| is_chosen(f)) {
        Some(face) => Ok(vec![face.clone()]),
        None => {
            let name = |f: &FaceInfo| f.families.first().map(|(name, _)| name.clone());
            let known: Vec<String> = faces.iter().filter_map(name).collect();
            Err(error(format!("it holds {}, and no \"{chosen}\"", known.join(", "))))
        }
    }
}

#[cfg(test)]
mod tests;
