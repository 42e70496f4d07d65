//! Rows of the events file: which columns there are, what `trial_type` can be, and whether each is described.

use super::Checked;
use super::scope::Scope;
use super::walk::Used;
use crate::ground::document::short;
use crate::ground::record::Place;
use crate::protocol::parse::is_identifier;
use crate::protocol::schema::{DurationDef, PhaseDef, Protocol, Template};

/// Columns that the writer of the events file and of recordings makes itself, and last those that other programs act
/// upon: nilearn uses `modulation` silently, and `HED` and `sample` mean something to BIDS tools.
pub(crate) const RESERVED_COLUMNS: [&str; 36] = [
    "onset",
    "duration",
    "trial_type",
    "stim_file",
    "identifier",
    "database",
    "seen_before",
    "sound",
    "sound_onset",
    "sound_delay",
    "sound_basis",
    "response",
    "response_button",
    "response_time",
    "response_kind",
    "response_count",
    "accuracy",
    "rating_scale",
    "rating",
    "rating_mean",
    "rating_position",
    "rating_start",
    "rating_reversed",
    "rating_moved",
    "rating_confirmed",
    "first_move_time",
    "confirm_time",
    "onset_planned",
    "onset_delay",
    "onset_basis",
    "late",
    "marker_position",
    "marker_value",
    "modulation",
    "HED",
    "sample",
];

impl<'p> Checked<'p> {
    /// Names of columns, phase by phase, and what does not depend on the blocks around a phase.
    pub(super) fn columns(&self) {
        let Protocol { phases, columns, trial_types, task, .. } = self.protocol;
        for name in columns.keys() {
            self.reserved(&["column", name], name);
        }
        for (name, phase) in phases {
            for column in phase.columns.keys() {
                let path = ["phase", name, "columns", column];
                if !self.reserved(&path, column) && !columns.contains_key(column) {
                    self.error(
                        &path,
                        format!("column \"{}\" is not described", short(column)),
                        format!("a table [column.{}]", short(column)),
                        "BIDS wants a description of every column: add the table with `description = \"...\"`",
                    );
                }
            }
            if phase.trial_type.is_none() && !phase.columns.is_empty() {
                self.error(
                    &["phase", name, "columns"],
                    format!("phase \"{}\" has columns but no row", short(name)),
                    "a \"trial_type\", which gives it a row".into(),
                    "add a trial_type, or remove the columns",
                );
            }
            self.answers(name, phase);
            if matches!(phase.duration, DurationDef::UntilTrigger | DurationDef::UntilVolume(_)) {
                if task.tr.is_none() {
                    self.error(
                        &["phase", name, "until"],
                        "the task waits for the scanner, but [task] has no repetition time".into(),
                        "\"tr\" in [task]".into(),
                        "add a line such as `tr = 2.0` to [task]",
                    );
                }
                let in_lab = self.comes_at(&phase.when, Place::Lab);
                if in_lab && phase.duration == DurationDef::UntilTrigger {
                    self.warning(
                        &["phase", name, "until"],
                        format!("phase \"{}\" waits for a scanner in the lab too", short(name)),
                        "a lab has no scanner",
                        "add `when = { place = \"scanner\" }`",
                    );
                }
            }
        }
        self.marks();
        let with_hed = trial_types.values().filter(|t| !t.hed.is_empty()).count();
        for (name, _) in trial_types.iter().filter(|(_, t)| t.hed.is_empty() && with_hed > 0) {
            self.warning(
                &["trial_type", name],
                format!("trial_type \"{}\" has no HED string", short(name)),
                "others have one; BIDS validators complain of the difference",
                "add a line `hed = \"...\"`, or remove it from all",
            );
        }
    }

    /// The rows of single moments.
    fn marks(&self) {
        for (i, mark) in self.protocol.marks.iter().enumerate() {
            let index = i.to_string();
            if !self.protocol.trial_types.contains_key(&mark.trial_type) {
                let place = self.root.place(&["mark", &index, "trial_type"]);
                let message = format!(
                    "trial_type \"{}\" of a mark is not described",
                    short(&mark.trial_type)
                );
                let known = self.protocol.trial_types.keys().map(String::as_str);
                let remedy = format!(
                    "add a table [trial_type.{}] with `description = \"...\"`",
                    short(&mark.trial_type)
                );
                self.unknown(place, message, &mark.trial_type, known, &remedy);
            }
            for (column, cell) in &mark.columns {
                let path = ["mark", &index, "columns", column];
                let doc = self.protocol.columns.get(column);
                let listed =
                    doc.is_some_and(|d| d.levels.is_empty() || d.levels.contains_key(&cell.0));
                if self.reserved(&path, column) {
                    continue;
                }
                if doc.is_none() || !listed {
                    self.error(
                        &path,
                        format!("column \"{}\" of a mark, or its value, is not described", short(column)),
                        format!("a table [column.{}] that allows the value", short(column)),
                        "BIDS wants a description of every column: add the table, or the value to its levels",
                    );
                } else if let Some(variable) = cell.variables().next() {
                    self.error(
                        &path,
                        format!(
                            "column \"{}\" of a mark holds the variable \"{}\"",
                            short(column),
                            short(variable)
                        ),
                        "a plain value".into(),
                        "a moment stands in no block: write the value itself",
                    );
                }
            }
        }
    }

    fn reserved(&self, path: &[&str], column: &str) -> bool {
        let reserved = RESERVED_COLUMNS.iter().any(|r| r.eq_ignore_ascii_case(column));
        if reserved {
            self.error(
                path,
                format!("\"{}\" is a column that the program writes itself", short(column)),
                "another name".into(),
                "rename the column, for example with a word in front of it",
            );
        }
        reserved
    }

    /// The row of a phase at one place among the blocks.
    pub(super) fn row(
        &self,
        name: &str,
        phase: &'p PhaseDef,
        scope: &Scope<'p>,
        used: &mut Used<'p>,
    ) {
        if let Some(trial_type) = &phase.trial_type {
            match self.values(trial_type, scope) {
                Some(values) => {
                    for value in values {
                        self.trial_type(name, &value);
                        used.trial_types.insert(value);
                    }
                }
                None => used.open_types = true,
            }
        }
        for (column, template) in &phase.columns {
            self.one_line(name, column, template, scope);
            let Some(doc) = self.protocol.columns.get(column) else { continue };
            if doc.levels.is_empty() {
                continue;
            }
            for value in self.values(template, scope).unwrap_or_default() {
                if !doc.levels.contains_key(&value) {
                    let known = doc.levels.keys().map(String::as_str);
                    let place = self.root.place(&["phase", name, "columns", column]);
                    let message = format!(
                        "column \"{}\" can be \"{}\", which its levels do not list",
                        short(column),
                        short(&value)
                    );
                    let remedy =
                        format!("add the value to \"levels\" of [column.{}]", short(column));
                    self.unknown(place, message, &value, known, &remedy);
                }
            }
        }
    }

    /// A text for the screen may have several lines or none; a cell has one.
    fn one_line(&self, phase: &str, column: &str, template: &Template, scope: &Scope<'p>) {
        let levels = scope.factors.iter().filter_map(|(f, _)| self.protocol.factors.get(*f));
        let broken = levels.flat_map(|l| l.values()).any(|variables| {
            let mut used = template.variables().filter_map(|v| variables.get(v));
            used.any(|text| text.0.contains('\n'))
        });
        let values = self.values(template, scope).unwrap_or_default();
        if broken || values.iter().any(|v| v.is_empty() || v.trim() != v) {
            self.error(
                &["phase", phase, "columns", column],
                format!("column \"{}\" can hold what is no cell of a table", short(column)),
                "one line, not empty, no spaces at its ends".into(),
                "use another variable for the column, or n/a where there is no value",
            );
        }
    }

    fn trial_type(&self, phase: &str, value: &str) {
        let path = ["phase", phase, "trial_type"];
        if !is_identifier(value) {
            self.error(
                &path,
                format!("trial_type can be \"{}\"", short(value)),
                "a letter, then letters, digits and \"_\"".into(),
                "analysis programs read it as a name: choose words such as cue_attend",
            );
        } else if !self.protocol.trial_types.contains_key(value) {
            let place = self.root.place(&path);
            let message =
                format!("trial_type \"{value}\" of phase \"{}\" is not described", short(phase));
            let known = self.protocol.trial_types.keys().map(String::as_str);
            let remedy = format!("add a table [trial_type.{value}] with `description = \"...\"`");
            self.unknown(place, message, value, known, &remedy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RESERVED_COLUMNS;

    #[test]
    fn the_reference_lists_every_column_that_is_reserved_and_no_other() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/protocol-reference.md");
        let text = std::fs::read_to_string(path).unwrap();
        let list = text.split("\n**Columns** that").nth(1).expect("the list of columns");
        let list = list.split("\n\n").next().unwrap().split_once(": ").unwrap().1;
        let named: Vec<&str> =
            list.trim_end_matches('.').split(',').map(|name| name.trim()).collect();
        assert_eq!(named, RESERVED_COLUMNS);
    }
}
