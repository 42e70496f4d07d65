//! A protocol in one of its languages: every word is replaced by its text. It chooses no language.

use super::schema::{ElementKindDef, Protocol, ScaleKindDef, Template};
use super::template::Piece;
use indexmap::IndexMap;

/// A task has not been written in the language that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the task has no texts in language \"{asked}\", only in {}; choose one of these, or add the language to each [words.NAME]", .known.join(", "))]
pub struct NoSuchLanguage {
    pub asked: String,
    pub known: Vec<String>,
}

impl Protocol {
    /// The languages it can be shown in: that of the task first, then those of its words as written.
    pub fn languages(&self) -> Vec<&str> {
        let mut all = vec![self.task.language.as_str()];
        for language in self.words.values().flat_map(IndexMap::keys) {
            if !all.contains(&language.as_str()) {
                all.push(language);
            }
        }
        all
    }

    /// The same protocol with the text of this language in the place of each word; it has no words and no other
    /// language any more.
    ///
    /// # Errors
    /// [`NoSuchLanguage`], with those that there are.
    pub fn in_language(&self, language: &str) -> Result<Protocol, NoSuchLanguage> {
        let known = self.languages();
        if !known.contains(&language) {
            let known = known.into_iter().map(str::to_string).collect();
            return Err(NoSuchLanguage { asked: language.to_string(), known });
        }
        let text = |word: &str| Some(self.words.get(word)?.get(language)?.0.as_str());
        let mut spoken = self.clone();
        spoken.words = IndexMap::new();
        spoken.task.language = language.to_string();
        spoken.each_template(&mut |t| t.put(&text));
        Ok(spoken)
    }

    /// Every template in it, those of the words left out.
    fn each_template(&mut self, change: &mut dyn FnMut(&mut Template)) {
        change(&mut self.task.instructions);
        self.allocate.values_mut().flat_map(|a| &mut a.values).for_each(&mut *change);
        let levels = self.factors.values_mut().flat_map(|f| f.values_mut());
        levels.flat_map(|l| l.values_mut()).for_each(&mut *change);
        self.pictures
            .values_mut()
            .flat_map(|d| d.filter.values_mut().flatten())
            .for_each(&mut *change);
        for scale in self.scales.values_mut() {
            change(&mut scale.question);
            scale.anchors.iter_mut().chain(&mut scale.reverse).for_each(&mut *change);
            if let ScaleKindDef::Likert { labels } = &mut scale.kind {
                labels.iter_mut().for_each(&mut *change);
            }
        }
        for phase in self.phases.values_mut() {
            for element in &mut phase.elements {
                match &mut element.kind {
                    ElementKindDef::Text { text, .. }
                    | ElementKindDef::Placeholder { label: text, .. } => change(text),
                    _ => {}
                }
            }
            if let Some(response) = &mut phase.response {
                response.answers.values_mut().chain(&mut response.correct).for_each(&mut *change);
            }
            phase.columns.values_mut().chain(&mut phase.trial_type).for_each(&mut *change);
        }
    }
}

impl Template {
    /// Puts texts in the place of the variables that have one; the others stay.
    fn put<'t>(&mut self, text: &dyn Fn(&str) -> Option<&'t str>) {
        if !self.variables().any(|v| text(v).is_some()) {
            return;
        }
        let mut out = String::new();
        for piece in self.pieces() {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Variable(name) => match text(name) {
                    Some(text) => out.push_str(text),
                    None => out.extend(["{", name, "}"]),
                },
            }
        }
        self.0 = out;
    }
}
