//! Every phase at every place among the blocks: are its variables known there, what does its row say.

use super::scope::Scope;
use super::{Checked, listed};
use crate::ground::document::short;
use crate::ground::document::suggest::nearest;
use crate::protocol::schema::{
    BlockDef, DurationDef, ElementKindDef, OrderDef, PhaseDef, PictureOf, ScaleDef, ScaleKindDef,
    Template,
};
use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

/// What the runs of a protocol use.
#[derive(Default)]
pub(super) struct Used<'p> {
    /// Phases and blocks.
    pub parts: Vec<&'p str>,
    pub scales: Vec<&'p str>,
    pub pictures: Vec<&'p str>,
    pub factors: Vec<&'p str>,
    pub columns: Vec<&'p str>,
    pub variables: Vec<&'p str>,
    pub trial_types: BTreeSet<String>,
    pub sounds: BTreeSet<String>,
    /// A `trial_type` depends on what only a run knows, so that any may be used.
    pub open_types: bool,
    /// The same of the name of a sound.
    pub open_sounds: bool,
    /// Phases and blocks that were looked at, with the blocks around them.
    seen: HashSet<(&'p str, Scope<'p>)>,
}

/// A template and where it stands.
pub(super) struct Text<'a> {
    pub template: &'a Template,
    /// `"columns" of phase "cue"`.
    pub what: String,
    pub place: Range<usize>,
    pub role: Role,
}

/// Where a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// To the person alone.
    Shown,
    /// Into the data, or it decides what is shown: the same in every language.
    Fixed,
    /// The same, and `{picture.column}` may stand in it.
    FixedOfPicture,
    /// It names what the person alone hears: no word, but what a word decides, and `{picture.column}`.
    Heard,
}

impl<'p> Checked<'p> {
    /// Walks through one pass of every block.
    pub(super) fn walk(&self) -> Used<'p> {
        let mut used = Used::default();
        for name in &self.protocol.sequence {
            self.part(name, &Scope::default(), &mut used);
        }
        for variable in self.protocol.task.instructions.variables() {
            self.uses(variable, &mut used);
        }
        self.simulated(&mut used);
        for mark in &self.protocol.marks {
            used.trial_types.insert(mark.trial_type.clone());
            used.columns.extend(mark.columns.keys().map(String::as_str));
        }
        used
    }

    fn part(&self, name: &'p str, scope: &Scope<'p>, used: &mut Used<'p>) {
        if !used.seen.insert((name, scope.clone())) {
            return;
        }
        used.parts.push(name);
        if let Some((name, phase)) = self.protocol.phases.get_key_value(name) {
            if let Some(scope) = self.narrowed("phase", name, &phase.when, scope, used) {
                self.phase_at(name, phase, &scope, used);
            }
        } else if let Some((name, block)) = self.protocol.blocks.get_key_value(name) {
            let Some(scope) = self.narrowed("block", name, &block.when, scope, used) else {
                return;
            };
            let inner = self.enter(name, block, &scope, used);
            for part in &block.contents {
                self.part(part, &inner, used);
            }
        }
    }

    /// The scope within a block.
    fn enter(
        &self,
        name: &'p str,
        block: &'p BlockDef,
        scope: &Scope<'p>,
        used: &mut Used<'p>,
    ) -> Scope<'p> {
        let mut inner = scope.clone();
        // What is not a list was not read; its variables would all seem unknown.
        let each = self.root.value(&["block", name, "each"]);
        inner.torn |= each.is_some_and(|v| !v.is_list());
        self.order(name, block);
        if let OrderDef::Explicit(order) = &block.order {
            order.iter().flat_map(Template::variables).for_each(|v| self.uses(v, used));
        }
        block.max_in_row.keys().for_each(|v| self.uses(v, used));
        for factor in &block.each {
            let Some((factor, levels)) = self.protocol.factors.get_key_value(factor) else {
                inner.torn = true;
                continue;
            };
            used.factors.push(factor);
            let before = self.known(&inner);
            let own = levels.values().next().into_iter().flat_map(|v| v.keys());
            let mut own = std::iter::once(factor).chain(own);
            if let Some(twice) = own.find(|n| before.contains(&n.as_str())) {
                self.error(
                    &["block", name, "each"],
                    format!("\"{}\" is a variable already where this block stands", short(twice)),
                    format!("factor \"{}\" brings it a second time", short(factor)),
                    "vary a factor in one block only, and name variables of two factors apart",
                );
            }
            let levels = match &block.order {
                OrderDef::Explicit(order)
                    if order.iter().all(|o| o.variables().next().is_none()) =>
                {
                    keys(levels).into_iter().filter(|l| order.iter().any(|o| o.0 == *l)).collect()
                }
                _ => keys(levels),
            };
            if !levels.is_empty() {
                inner.factors.push((factor, levels));
            }
        }
        inner.counters.extend(block.count.as_deref());
        inner.practice |= block.practice;
        inner
    }

    fn phase_at(&self, name: &'p str, phase: &'p PhaseDef, scope: &Scope<'p>, used: &mut Used<'p>) {
        if !scope.practice {
            self.kept(name, phase);
        }
        let texts = self.texts(name, phase, used);
        let known = self.known(scope);
        let drawn = drawn(phase);
        for text in &texts {
            for variable in text.template.variables() {
                self.uses(variable, used);
                if !scope.torn {
                    self.variable(name, text, variable, &known, &drawn);
                    self.within_word(name, text, variable, &known);
                }
            }
        }
        if !scope.torn {
            self.row(name, phase, scope, used);
            self.right_answer(name, phase, scope);
            self.length(name, phase, scope);
            self.event_code(name, phase, scope);
            self.heard(name, phase, scope, used);
            self.reversed(phase, scope);
        }
    }

    fn variable(
        &self,
        phase: &str,
        text: &Text<'_>,
        variable: &str,
        known: &[&str],
        drawn: &[&str],
    ) {
        let place = || text.place.clone();
        let Some((picture, column)) = variable.split_once('.') else {
            let spoken = match text.role {
                Role::Shown => false,
                Role::Fixed | Role::FixedOfPicture => self.is_spoken(variable),
                Role::Heard => self.protocol.words.contains_key(variable),
            };
            if spoken {
                let message =
                    format!("{} depends on the language by \"{}\"", text.what, short(variable));
                let expected = "the same data in every language";
                let remedy = match text.role {
                    Role::Heard => "name it by a variable of a factor, whose values may hold words",
                    _ => "use a variable without words here; what is shown can be another one",
                };
                self.root.problems.error(place(), message, expected, remedy);
            } else if !known.contains(&variable) {
                let message = format!(
                    "variable \"{}\" in {} is not known in phase \"{}\"",
                    short(variable),
                    text.what,
                    short(phase)
                );
                let remedy = "use a variable that the blocks around this phase bring";
                self.unknown(place(), message, variable, known.iter().copied(), remedy);
            }
            return;
        };
        let message = format!("variable \"{}\" in {} has no picture", short(variable), text.what);
        if !matches!(text.role, Role::FixedOfPicture | Role::Heard) {
            let expected = "only trial_type, columns, right answers, sounds and the `where` of pictures know the pictures";
            let remedy = "use a variable of a factor here";
            self.root.problems.error(place(), message, expected, remedy);
        } else if drawn.iter().filter(|d| **d == picture).count() == 0 || column.is_empty() {
            let expected = match nearest(picture, drawn.iter().copied()) {
                Some(near) if near != picture => format!("did you mean \"{near}.{column}\"?"),
                _ => "a source that an element of this phase draws from, and a column".into(),
            };
            let remedy = format!(
                "write {{NAME.COLUMN}} with a NAME that this phase draws from{}",
                listed(drawn.iter().copied())
            );
            self.root.problems.error(place(), message, expected, remedy);
        }
    }

    /// What the texts of a word hold must be known where the word is used.
    fn within_word(&self, phase: &str, text: &Text<'_>, word: &str, known: &[&str]) {
        let texts = self.protocol.words.get(word);
        for inner in texts.into_iter().flat_map(|t| t.values()) {
            for variable in inner.variables().filter(|v| !v.contains('.')) {
                let what = format!("word \"{}\" in {}", short(word), text.what);
                let text =
                    Text { template: inner, what, place: text.place.clone(), role: Role::Shown };
                self.variable(phase, &text, variable, known, &[]);
            }
        }
    }

    /// All templates of a phase, those of its scale and its pictures with them.
    fn texts(&self, name: &'p str, phase: &'p PhaseDef, used: &mut Used<'p>) -> Vec<Text<'p>> {
        let mut texts = Vec::new();
        let mut add = |template, what: String, place: Range<usize>, role| {
            texts.push(Text { template, what, place, role });
        };
        for element in &phase.elements {
            match &element.kind {
                ElementKindDef::Text { text, .. } => {
                    let what = format!("text \"{}\"", short(&text.0));
                    add(text, what, self.element_place(name, "text", &text.0), Role::Shown);
                }
                ElementKindDef::Scale { scale } => {
                    used.scales.push(scale);
                    if let Some(def) = self.protocol.scales.get(scale) {
                        for (key, index, template, role) in of_scale(def) {
                            let what = format!("\"{key}\" of scale \"{}\"", short(scale));
                            let path = ["scale", scale.as_str(), key, &index.to_string()];
                            add(template, what, self.root.place(&path), role);
                        }
                    }
                }
                ElementKindDef::Picture { of: PictureOf::Drawn { from, .. }, .. } => {
                    used.pictures.push(from);
                    let Some(draw) = self.protocol.pictures.get(from) else { continue };
                    for (column, value) in
                        draw.filter.iter().flat_map(|(c, v)| v.iter().map(move |v| (c, v)))
                    {
                        let what = format!("\"where\" of pictures \"{}\"", short(from));
                        let place = self.root.place(&["pictures", from, "where", column]);
                        add(value, what, place, Role::FixedOfPicture);
                    }
                }
                ElementKindDef::Picture { of: PictureOf::File(file), .. } => {
                    add(
                        file,
                        format!("file \"{}\"", short(&file.0)),
                        self.element_place(name, "file", &file.0),
                        Role::Fixed,
                    );
                }
                ElementKindDef::Placeholder { label, .. } => {
                    add(
                        label,
                        format!("label \"{}\"", short(&label.0)),
                        self.element_place(name, "label", &label.0),
                        Role::Shown,
                    );
                }
                _ => {}
            }
        }
        match &phase.duration {
            DurationDef::SecondsOf(text) => {
                let place = self.root.place(&["phase", name, "duration"]);
                add(text, "\"duration\"".into(), place, Role::Fixed);
            }
            DurationDef::Frames { frames, .. } => {
                let place = self.root.place(&["phase", name, "duration", "frames"]);
                add(frames, "\"frames\"".into(), place, Role::Fixed);
            }
            _ => {}
        }
        if let Some(trial_type) = &phase.trial_type {
            let place = self.root.place(&["phase", name, "trial_type"]);
            add(trial_type, "\"trial_type\"".into(), place, Role::FixedOfPicture);
        }
        for (column, value) in &phase.columns {
            used.columns.push(column);
            let what = format!("column \"{}\"", short(column));
            let place = self.root.place(&["phase", name, "columns", column]);
            add(value, what, place, Role::FixedOfPicture);
        }
        if let Some(marker) = &phase.marker {
            let place = self.root.place(&["phase", name, "marker"]);
            add(&marker.of, "\"marker\"".into(), place, Role::FixedOfPicture);
        }
        for (i, cue) in phase.sounds.iter().enumerate() {
            add(&cue.play, "\"play\"".into(), self.cue_place(name, i, "play"), Role::Heard);
        }
        if let Some(correct) = phase.response.as_ref().and_then(|r| r.correct.as_ref()) {
            let place = self.root.place(&["phase", name, "response", "correct"]);
            add(correct, "\"correct\"".into(), place, Role::FixedOfPicture);
        }
        for (key, answer) in phase.response.iter().flat_map(|r| &r.answers) {
            let place = self.root.place(&["phase", name, "response", "keys", key]);
            add(
                answer,
                format!("the answer of key \"{}\"", short(key)),
                place,
                Role::FixedOfPicture,
            );
        }
        texts
    }
}

/// The templates of a scale: the key, the place in its list, and where they go.
fn of_scale(def: &ScaleDef) -> Vec<(&'static str, usize, &Template, Role)> {
    let labels: &[Template] = match &def.kind {
        ScaleKindDef::Likert { labels } => labels,
        ScaleKindDef::Vas | ScaleKindDef::Sam { .. } => &[],
    };
    let mut all = vec![("question", 0, &def.question, Role::Shown)];
    all.extend(def.anchors.iter().enumerate().map(|(i, t)| ("anchors", i, t, Role::Shown)));
    all.extend(labels.iter().enumerate().map(|(i, t)| ("labels", i, t, Role::Shown)));
    all.extend(def.reverse.iter().map(|t| ("reverse", 0, t, Role::Fixed)));
    all
}

/// The sources that the pictures of a phase are drawn from.
fn drawn(phase: &PhaseDef) -> Vec<&str> {
    phase.elements.iter().filter_map(|e| e.kind.source()).collect()
}

fn keys<T>(map: &indexmap::IndexMap<String, T>) -> Vec<&str> {
    map.keys().map(String::as_str).collect()
}
