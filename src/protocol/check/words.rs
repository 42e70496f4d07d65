//! Words in several languages: complete, free of circles, known where they are used, and kept out of the data, which
//! must not depend on the language of a run.

use super::walk::Used;
use super::{Checked, RUN_VARIABLES};
use crate::ground::document::short;
use crate::protocol::schema::Template;
use std::collections::BTreeSet;

impl<'p> Checked<'p> {
    /// The words themselves, and the tables in which they can be used without a phase.
    pub(super) fn words(&self) {
        let p = self.protocol;
        let languages: BTreeSet<&str> = p.languages().into_iter().collect();
        for (name, texts) in &p.words {
            for language in languages.iter().filter(|l| !texts.contains_key(**l)) {
                let why = match *language == p.task.language {
                    true => "the language of the task",
                    false => "another word has this language",
                };
                self.error(
                    &["words", name],
                    format!("word \"{}\" lacks its text in language \"{language}\"", short(name)),
                    why.into(),
                    &format!("add a line such as `{language} = \"...\"`, or remove the language everywhere"),
                );
            }
            let said = texts.iter().find(|(_, text)| !text.0.trim().is_empty());
            for (language, text) in texts {
                if let (Some((other, _)), true) = (said, text.0.trim().is_empty()) {
                    self.error(
                        &["words", name, language],
                        format!("word \"{}\" is empty in language \"{language}\"", short(name)),
                        format!("a text, as in language \"{other}\""),
                        "write the text in this language; only a word that is empty in all of them may be empty",
                    );
                }
                self.word(&["words", name, language], name, text);
            }
        }
        self.allocated_words();
        self.instructions();
    }

    fn word(&self, path: &[&str], name: &str, text: &Template) {
        for variable in text.variables() {
            if self.protocol.words.contains_key(variable) {
                self.error(
                    path,
                    format!("word \"{}\" holds the word \"{}\"", short(name), short(variable)),
                    "words hold no words".into(),
                    "write the text itself, or put both words where they are shown",
                );
            } else if variable.contains('.') {
                self.error(
                    path,
                    format!(
                        "word \"{}\" holds \"{}\", a column of a picture",
                        short(name),
                        short(variable)
                    ),
                    "only trial_type, columns and right answers know the pictures".into(),
                    "use a variable of a factor here",
                );
            }
        }
    }

    /// Values of `[allocate]` are plain, or words that are: what they depended on would have to be allocated itself.
    fn allocated_words(&self) {
        let p = self.protocol;
        for (name, allocate) in &p.allocate {
            for (i, value) in allocate.values.iter().enumerate() {
                let index = i.to_string();
                let path = ["allocate", name.as_str(), "values", &index];
                for variable in value.variables() {
                    let Some(texts) = p.words.get(variable) else {
                        let message = format!(
                            "a value of allocate \"{}\" holds the variable \"{}\"",
                            short(name),
                            short(variable)
                        );
                        let known = p.words.keys().map(String::as_str);
                        let remedy = "write the value itself, or name a word";
                        self.unknown(self.root.place(&path), message, variable, known, remedy);
                        continue;
                    };
                    if let Some(inner) = texts.values().flat_map(Template::variables).next() {
                        self.error(
                            &path,
                            format!("word \"{}\" in a value of allocate \"{}\" holds the variable \"{}\"", short(variable), short(name), short(inner)),
                            "a word without variables".into(),
                            "use a word that is a plain text in every language",
                        );
                    }
                }
            }
        }
    }

    fn instructions(&self) {
        let p = self.protocol;
        let known = self.of_every_run();
        for variable in p.task.instructions.variables() {
            let place = || self.root.place(&["task", "instructions"]);
            let texts = p.words.get(variable).into_iter().flat_map(|t| t.values());
            let inner = texts.flat_map(Template::variables).find(|v| !known.contains(v));
            let unknown = inner.or((!known.contains(&variable)).then_some(variable));
            if let Some(unknown) = unknown {
                let message = format!(
                    "variable \"{}\" is not known in the instructions of [task]",
                    short(unknown)
                );
                let remedy = "words and variables of [allocate] may stand here";
                self.unknown(place(), message, unknown, known.iter().copied(), remedy);
            }
        }
    }

    /// The variables that have a value everywhere in a run.
    pub(super) fn of_every_run(&self) -> Vec<&'p str> {
        let p = self.protocol;
        let words = p.words.keys().map(String::as_str);
        p.allocate.keys().map(String::as_str).chain(RUN_VARIABLES).chain(words).collect()
    }

    /// Whether the value of a variable depends on the language: it is a word, or made of one.
    pub(super) fn is_spoken(&self, variable: &str) -> bool {
        let p = self.protocol;
        let is_word = |v: &str| p.words.contains_key(v);
        let allocated = |v: &str| {
            p.allocate.get(v).is_some_and(|a| a.values.iter().any(|t| t.variables().any(is_word)))
        };
        let direct = |v: &str| is_word(v) || allocated(v);
        let levels = p.factors.values().flat_map(|l| l.values());
        let mut values = levels.filter_map(|l| l.get(variable));
        direct(variable) || values.any(|t| t.variables().any(direct))
    }

    /// Notes a variable as used, with those that its value is made of.
    pub(super) fn uses(&self, variable: &'p str, used: &mut Used<'p>) {
        if used.variables.contains(&variable) {
            return;
        }
        used.variables.push(variable);
        let p = self.protocol;
        let levels = p.factors.values().flat_map(|l| l.values());
        let of_factors = levels.filter_map(|l| l.get(variable));
        let allocated = p.allocate.get(variable).into_iter().flat_map(|a| &a.values);
        let words = p.words.get(variable).into_iter().flat_map(|w| w.values());
        let inner: Vec<&str> =
            of_factors.chain(allocated).chain(words).flat_map(Template::variables).collect();
        inner.into_iter().for_each(|v| self.uses(v, used));
    }
}
