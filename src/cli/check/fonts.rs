//! Letters of a run that none of its fonts has: which they are, where they stand, and which font would help. It knows what a
//! plan shows, and leaves shaping to the presenter.

use crate::ground::scene::{ElementKind, ScaleLook, Scene};
use crate::plan::schema::RunPlan;
use crate::presenter::fonts::{Fonts, script};
use indexmap::{IndexMap, IndexSet};

/// So many letters of a script, and so many places, are named.
const NAMED: usize = 12;

/// Warnings on the texts of one plan, which are in one language: at most one for letters that are missing, with every
/// place and the remedy; or one on a font file that cannot be used here. `fonts` are those of the rig.
pub fn warnings(plan: &RunPlan, fonts: &[String]) -> Vec<String> {
    let mut fonts = match Fonts::load(fonts) {
        Ok(fonts) => fonts,
        Err(e) => {
            return vec![format!("{e}; {}; until then no run can be shown", e.remedy())];
        }
    };
    let mut scripts: IndexMap<&'static str, IndexSet<char>> = IndexMap::new();
    let mut places = IndexSet::new();
    for (place, text) in texts(plan) {
        for letter in fonts.missing(text) {
            scripts.entry(script(letter)).or_default().insert(letter);
            places.insert(place.clone());
        }
    }
    if scripts.is_empty() {
        return Vec::new();
    }
    let language = &plan.who.language;
    let letters = scripts.iter().map(|(script, letters)| format!("{script} {}", listed(letters)));
    let letters: Vec<String> = letters.collect();
    let mut advice: IndexSet<(&str, String)> = IndexSet::new();
    advice.extend(scripts.keys().map(|script| debian(script, language)));
    let files: Vec<String> = advice.iter().map(|(_, file)| format!("\"{file}\"")).collect();
    let packages: IndexSet<&str> = advice.iter().map(|(package, _)| *package).collect();
    let packages: Vec<&str> = packages.into_iter().collect();
    vec![format!(
        "no font has these letters of the texts in language \"{language}\", and a box is drawn for each: {}; they stand in {}; \
         name fonts that have them under [screen] in the rig, such as font = [{}], which are in Debian's {}",
        letters.join("; "),
        some(places.into_iter().collect()),
        files.join(", "),
        packages.join(" and ")
    )]
}

/// Every text that a plan shows, with the phase or scale that it is of; each once.
fn texts(plan: &RunPlan) -> IndexSet<(String, &str)> {
    let mut all = IndexSet::new();
    for phase in plan.segments.iter().flat_map(|s| &s.phases) {
        let name = phase.scale.as_ref().map(|s| s.name.as_str());
        of_scene(&phase.scene, &phase.name, name, &mut all);
    }
    all
}

fn of_scene<'a>(
    scene: &'a Scene,
    phase: &str,
    scale: Option<&str>,
    all: &mut IndexSet<(String, &'a str)>,
) {
    for element in &scene.elements {
        match &element.kind {
            ElementKind::Text { text, .. } => {
                all.insert((format!("phase \"{phase}\""), text));
            }
            ElementKind::Scale(view) => {
                let place = scale.map_or(format!("the scale of phase \"{phase}\""), |s| {
                    format!("scale \"{s}\"")
                });
                let labels = match &view.look {
                    ScaleLook::Points { labels } => labels.as_slice(),
                    ScaleLook::Line | ScaleLook::Figures { .. } => &[],
                };
                let words = [&view.question].into_iter().chain(&view.anchors).chain(labels);
                all.extend(words.map(|text| (place.clone(), text.as_str())));
            }
            ElementKind::Picture { .. }
            | ElementKind::Fixation { .. }
            | ElementKind::Rect(_)
            | ElementKind::Ellipse(_) => {}
        }
    }
}

fn listed(letters: &IndexSet<char>) -> String {
    some(letters.iter().map(|&c| format!("{c} (U+{:04X})", u32::from(c))).collect())
}

fn some(mut all: Vec<String>) -> String {
    let more = all.len().saturating_sub(NAMED);
    all.truncate(NAMED);
    let text = all.join(", ");
    if more > 0 { format!("{text} and {more} more") } else { text }
}

/// A Debian package with a font for a script, and the file in it.
fn debian(script: &str, language: &str) -> (&'static str, String) {
    let noto = |name: &str| {
        ("fonts-noto-core", format!("/usr/share/fonts/truetype/noto/{name}-Regular.ttf"))
    };
    match script {
        "Han" | "Hiragana" | "Katakana" | "Hangul" | "Bopomofo" | "CJK" => {
            // One letter has other forms in other countries.
            let country = match (script, language.to_ascii_lowercase().as_str()) {
                ("Hangul", _) => "KR",
                ("Hiragana" | "Katakana", _) => "JP",
                (_, l) if l.starts_with("ja") => "JP",
                (_, l) if l.starts_with("ko") => "KR",
                (_, l) if l.contains("hk") || l.starts_with("yue") => "HK",
                (_, l) if l.contains("tw") || l.contains("hant") => "TC",
                _ => "SC",
            };
            let file = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
            ("fonts-noto-cjk", format!("{file}#Noto Sans CJK {country}"))
        }
        "Common" | "Inherited" | "Unknown" => noto("NotoSansSymbols2"),
        "Ahom" | "Dogra" | "Tangut" | "Tibetan" | "Yezidi" => noto(&format!("NotoSerif{script}")),
        "Nko" => noto("NotoSansNKo"),
        _ => noto(&format!("NotoSans{}", script.replace('_', ""))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_for_chinese_characters_is_that_of_the_language() {
        for (language, country) in
            [("zh", "SC"), ("zh-TW", "TC"), ("zh-Hant", "TC"), ("zh-HK", "HK"), ("ja", "JP")]
        {
            let (package, file) = debian("Han", language);
            assert_eq!(package, "fonts-noto-cjk");
            assert!(file.ends_with(&format!("#Noto Sans CJK {country}")), "{language} {file}");
        }
        assert!(debian("Canadian_Aboriginal", "cr").1.contains("NotoSansCanadianAboriginal-"));
    }

    #[test]
    fn full_width_forms_and_cjk_punctuation_come_with_the_fonts_for_chinese_characters() {
        for letter in ['，', '。', '「', '　', '！', 'Ａ', '￥', 'ｱ'] {
            let (package, _) = debian(script(letter), "ja");
            assert_eq!(package, "fonts-noto-cjk", "{letter} {}", script(letter));
        }
        assert_eq!((script(','), script('A'), script('漢')), ("Common", "Latin", "Han"));
    }

    #[test]
    fn long_lists_are_cut_and_say_so() {
        let all = |n: u32| some((0..n).map(|i| i.to_string()).collect());
        assert_eq!(all(2), "0, 1");
        assert!(all(12).ends_with(", 11") && all(14).ends_with(", 11 and 2 more"));
    }
}
