//! `[words.NAME]`: texts in several languages.

use super::words::{LONG_TEXT, by_name, template};
use crate::ground::document::{Table, short};
use crate::protocol::schema::Template;
use indexmap::IndexMap;

/// The most languages of a task.
const MOST: usize = 50;
/// What a language tag is, for messages.
pub const EXPECTED: &str = "a language tag such as \"en\", \"de\" or \"pt-BR\"";

/// All words, by name and language.
pub fn words(root: &Table<'_>) -> IndexMap<String, IndexMap<String, Template>> {
    by_name(root, "words", "[words.attend]", 500, |t| {
        let mut found = IndexMap::new();
        for (language, span, value) in t.at_most(MOST) {
            if !is_language(language) {
                t.problems.error(
                    span,
                    format!("\"{}\" of {} is no language", short(language), t.what),
                    EXPECTED,
                    "write the two letters of ISO 639-1 in lower case, as in `en = \"...\"`",
                );
            }
            let text = template(&value, LONG_TEXT);
            found.insert(language.to_string(), text.unwrap_or_default());
        }
        found
    })
}

/// Whether it is a language tag (BCP 47): two or three small letters, then parts of letters and digits after `-`.
pub fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let rest = |p: &str| (2..=8).contains(&p.len()) && p.chars().all(|c| c.is_ascii_alphanumeric());
    (2..=3).contains(&first.len())
        && first.chars().all(|c| c.is_ascii_lowercase())
        && text.len() <= 30
        && parts.all(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags_are_told_from_other_words() {
        for good in ["en", "de", "pt-BR", "zh-Hant-TW", "gsw", "es-419"] {
            assert!(is_language(good), "{good}");
        }
        for bad in ["", "EN", "e", "german", "en_GB", "en-", "en-x", "1n", "é"] {
            assert!(!is_language(bad), "{bad}");
        }
    }
}
