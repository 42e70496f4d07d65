//! Names for what has any text: a letter, then letters, digits and `_`, and never one name for two texts.

use crate::protocol::parse::is_identifier;
use std::collections::HashSet;

/// The longest name that is made; another word can still follow it.
const LONG: usize = 40;

/// Letters with marks, and what they become.
const PLAIN: [(&str, &str); 17] = [
    ("àáâãåāăą", "a"),
    ("äæ", "ae"),
    ("çćčĉċ", "c"),
    ("ďđð", "d"),
    ("èéêëēĕėęě", "e"),
    ("ĝğġģ", "g"),
    ("ìíîïĩīĭįı", "i"),
    ("ķ", "k"),
    ("ĺļľł", "l"),
    ("ñńņň", "n"),
    ("òóôõōŏő", "o"),
    ("öøœ", "oe"),
    ("ŕŗř", "r"),
    ("śŝşšș", "s"),
    ("ùúûũūŭůűų", "u"),
    ("ü", "ue"),
    ("źżž", "z"),
];

/// A name as near to the text as a name can be; `what` stands in front of digits, and for what has no letters.
pub fn identifier(text: &str, what: &str) -> String {
    let mut out = String::new();
    let (minus, rest) = match text.strip_prefix('-') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => ("minus_", rest),
        _ => ("", text),
    };
    out.push_str(minus);
    for c in rest.chars() {
        // Marks that follow their letter.
        if ('\u{300}'..='\u{36f}').contains(&c) {
            continue;
        }
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if let Some(plain) = plain(c) {
            out.push_str(&plain);
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
    let cut: String = out.trim_matches('_').chars().take(LONG).collect();
    match cut.trim_end_matches('_') {
        "" => what.to_string(),
        name if name.starts_with(|c: char| c.is_ascii_digit()) => format!("{what}_{name}"),
        name => name.to_string(),
    }
}

fn plain(c: char) -> Option<String> {
    let low: String = c.to_lowercase().collect();
    let (_, plain) = match low.as_str() {
        "ß" => ("", "ss"),
        "ý" | "ÿ" => ("", "y"),
        "þ" => ("", "th"),
        low => *PLAIN.iter().find(|(marked, _)| marked.contains(low))?,
    };
    Some(if c.is_uppercase() { plain.to_ascii_uppercase() } else { plain.to_string() })
}

/// Names that are taken.
#[derive(Debug, Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// None but these is taken.
    pub fn without(taken: &[&str]) -> Names {
        Names(taken.iter().map(|name| name.to_string()).collect())
    }

    /// The name that is wanted, or with a number behind it where it is taken.
    pub fn give(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_string();
        let mut number = 2;
        while !self.0.insert(name.clone()) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        name
    }

    /// A name for each of these texts, which differ. A text that is a name keeps it, unless `reserved` says that the
    /// name has another use: then `prefix` stands before it.
    pub fn of(
        texts: &[&str],
        what: &str,
        prefix: &str,
        reserved: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        let keeps = |text: &str| is_identifier(text) && text.len() <= LONG && !reserved(text);
        let mut names = Names::default();
        let mut given: Vec<Option<String>> =
            texts.iter().map(|text| keeps(text).then(|| names.give(text))).collect();
        for (name, text) in given.iter_mut().zip(texts).filter(|(name, _)| name.is_none()) {
            let mut wanted = identifier(text, what);
            if reserved(&wanted) {
                wanted = format!("{prefix}{wanted}");
            }
            *name = Some(names.give(&wanted));
        }
        given.into_iter().map(|name| name.expect("each text was given a name")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_near_to_the_text_as_names_can_be() {
        for (text, name) in [
            ("happy", "happy"),
            ("Look Neutral-Cue", "Look_Neutral_Cue"),
            ("fröhlich", "froehlich"),
            ("Émotion", "Emotion"),
            ("Straße", "Strasse"),
            ("e\u{301}te\u{301}", "ete"),
            ("2back", "type_2back"),
            ("-1", "minus_1"),
            ("???", "type"),
            ("", "type"),
            ("感情", "type"),
        ] {
            assert_eq!(identifier(text, "type"), name, "{text}");
        }
        assert_eq!(identifier(&"a b".repeat(40), "type").len(), 40);
    }

    #[test]
    fn two_texts_never_have_one_name_and_names_are_kept() {
        let texts = ["a b", "a-b", "a_b", "onset", "orig_onset"];
        let names = Names::of(&texts, "column", "orig_", |name| name == "onset");
        assert_eq!(names, ["a_b_2", "a_b_3", "a_b", "orig_onset_2", "orig_onset"]);
    }
}
