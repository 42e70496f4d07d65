//! Names that must refer to something, and variables that must have one meaning each.

use super::{Checked, RUN_VARIABLES};
use crate::ground::document::short;
use crate::protocol::schema::{ElementKindDef, PictureOf, Template};
use indexmap::IndexSet;

impl Checked<'_> {
    /// References from lists and elements; phases and blocks share their names.
    pub(super) fn names(&self) {
        let p = self.protocol;
        for name in p.blocks.keys().filter(|n| p.phases.contains_key(*n)) {
            self.error(
                &["block", name],
                format!("block \"{}\" has the name of a phase", short(name)),
                "a name of its own".into(),
                "rename one of the two, also in the lists that name it",
            );
        }
        self.contents("\"sequence\"", &["sequence"], &p.sequence);
        for (name, block) in &p.blocks {
            let what = format!("\"contents\" of block \"{}\"", short(name));
            self.contents(&what, &["block", name, "contents"], &block.contents);
            for (i, factor) in block.each.iter().enumerate() {
                if !p.factors.contains_key(factor) {
                    let place = self.root.place(&["block", name, "each", &i.to_string()]);
                    let message = format!("\"{}\" is not a factor", short(factor));
                    let known = p.factors.keys().map(String::as_str);
                    self.unknown(place, message, factor, known, "name a table [factor.NAME.LEVEL]");
                }
            }
        }
        self.elements();
    }

    fn contents(&self, what: &str, path: &[&str], names: &[String]) {
        let p = self.protocol;
        for (i, name) in names.iter().enumerate() {
            if p.phases.contains_key(name) || p.blocks.contains_key(name) {
                continue;
            }
            let index = i.to_string();
            let place = self.root.place(&[path, &[&index]].concat());
            let message = format!("\"{}\" in {what} is neither a phase nor a block", short(name));
            let known = p.phases.keys().chain(p.blocks.keys()).map(String::as_str);
            self.unknown(place, message, name, known, "name a table [phase.NAME] or [block.NAME]");
        }
    }

    fn elements(&self) {
        let p = self.protocol;
        for (phase, def) in &p.phases {
            for element in &def.elements {
                let place = |key: &str| self.element_place(phase, key, element_name(&element.kind));
                match &element.kind {
                    ElementKindDef::Picture { of: PictureOf::Drawn { from, .. }, .. }
                        if !p.pictures.contains_key(from) =>
                    {
                        let message = format!("\"{}\" is not a source of pictures", short(from));
                        let known = p.pictures.keys().map(String::as_str);
                        let remedy = "name a table [pictures.NAME]";
                        self.unknown(place("from"), message, from, known, remedy);
                    }
                    ElementKindDef::Scale { scale } if !p.scales.contains_key(scale) => {
                        let message = format!("\"{}\" is not a scale", short(scale));
                        let known = p.scales.keys().map(String::as_str);
                        self.unknown(
                            place("scale"),
                            message,
                            scale,
                            known,
                            "name a table [scale.NAME]",
                        );
                    }
                    _ => {}
                }
            }
        }
        if let (true, Some(first)) = (p.task.stimuli.is_empty(), p.pictures.keys().next()) {
            self.error(
                &["pictures", first],
                "pictures are drawn, but [task] names no stimulus table".into(),
                "\"stimuli\" in [task]".into(),
                "add a line such as `stimuli = \"scenes.tsv\"` to [task]",
            );
        }
    }

    /// Where the element of a phase stands whose `key` is this name.
    pub(super) fn element_place(
        &self,
        phase: &str,
        key: &str,
        name: &str,
    ) -> std::ops::Range<usize> {
        let elements = self.root.value(&["phase", phase, "elements"]);
        let items = elements.map(|v| v.items()).unwrap_or_default();
        let found = items.iter().filter_map(|i| i.as_table()?.get(key));
        let mut found = found.filter(|v| v.as_str() == Some(name));
        found.next().map_or_else(|| self.root.place(&["phase", phase]), |v| v.span)
    }

    /// Variables: one meaning each, the same ones in every level, and values that can be known. Whether each
    /// has one meaning, so that what templates say can be checked.
    pub(super) fn variables(&self) -> bool {
        let p = self.protocol;
        let taken = |name: &str| {
            let counts = p.blocks.values().filter(|b| b.count.as_deref() == Some(name)).count();
            usize::from(RUN_VARIABLES.contains(&name))
                + usize::from(p.allocate.contains_key(name))
                + usize::from(p.factors.contains_key(name))
                + usize::from(p.words.contains_key(name))
                + counts
        };
        let clear = std::cell::Cell::new(true);
        let clash = |path: &[&str], name: &str| {
            clear.set(false);
            self.error(
                path,
                format!("variable \"{}\" has two meanings", short(name)),
                "a name that no factor, allocation, word or counter has, nor sub, ses, run, visit, place".into(),
                "rename one of them, also where it is used",
            );
        };
        for name in p.allocate.keys().filter(|n| taken(n) > 1) {
            clash(&["allocate", name], name);
        }
        for name in p.words.keys().filter(|n| taken(n) > 1) {
            clash(&["words", name], name);
        }
        for name in p.factors.keys().filter(|n| taken(n) > 1) {
            clash(&["factor", name], name);
        }
        for (block, def) in &p.blocks {
            if let Some(count) = def.count.as_deref().filter(|n| taken(n) > 1) {
                clash(&["block", block, "count"], count);
            }
        }
        for (factor, levels) in &p.factors {
            for (level, variables) in levels {
                for (name, value) in variables {
                    let path = ["factor", factor.as_str(), level, name];
                    if taken(name) > 0 {
                        clash(&path, name);
                    }
                    self.level_value(&path, value);
                }
            }
            self.same_variables(factor);
        }
        clear.get()
    }

    fn level_value(&self, path: &[&str; 4], value: &Template) {
        let known = self.of_every_run();
        let words = |v: &str| self.protocol.words.get(v).into_iter().flat_map(|w| w.values());
        for variable in value.variables() {
            let inner = words(variable).flat_map(Template::variables);
            for variable in inner.chain([variable]).filter(|v| !known.contains(v)) {
                let message = format!(
                    "variable \"{}\" is not known in level \"{}\"",
                    short(variable),
                    short(path[2])
                );
                let remedy = "a level's values may hold variables of [allocate] and words that hold no others";
                let known = known.iter().copied();
                self.unknown(self.root.place(path), message, variable, known, remedy);
            }
        }
    }

    fn same_variables(&self, factor: &str) {
        let levels = &self.protocol.factors[factor];
        let all: IndexSet<&String> = levels.values().flat_map(|v| v.keys()).collect();
        for (level, variables) in levels {
            if let Some(lacking) = all.iter().find(|name| !variables.contains_key(**name)) {
                self.error(
                    &["factor", factor, level],
                    format!("level \"{}\" lacks the variable \"{}\"", short(level), short(lacking)),
                    "the same variables in every level of a factor".into(),
                    "give it a value here too",
                );
            }
        }
    }
}

fn element_name(kind: &ElementKindDef) -> &str {
    match kind {
        ElementKindDef::Picture { of: PictureOf::Drawn { from, .. }, .. } => from,
        ElementKindDef::Scale { scale } => scale,
        _ => "",
    }
}
