//! The tables of the protocol, one after the other, as text.

use super::{Phase, Script, Shown, quoted, seconds};
use crate::ground::time::Nanos;
use std::fmt::Write;

/// The longest cell that a mark can hold, in characters.
pub(super) const LONG_CELL: usize = 200;

impl Script<'_> {
    /// The whole file.
    pub(super) fn text(&self, notes: &[String]) -> String {
        let mut out = self.opening(notes);
        self.head(&mut out).expect("writing to a string cannot fail");
        self.pages(&mut out).expect("writing to a string cannot fail");
        if !self.time.screens.is_empty() {
            self.timeline(&mut out).expect("writing to a string cannot fail");
            self.phases(&mut out).expect("writing to a string cannot fail");
        }
        self.marks(&mut out).expect("writing to a string cannot fail");
        self.described(&mut out).expect("writing to a string cannot fail");
        out
    }

    fn head(&self, out: &mut String) -> std::fmt::Result {
        let mut sequence = Vec::new();
        sequence.extend(self.wanted.tr.map(|_| "\"armed\""));
        sequence.push("\"start\"");
        sequence.extend((self.time.lead > Nanos::ZERO).then_some("\"lead_in\""));
        sequence.extend((!self.time.screens.is_empty()).then_some("\"timeline\""));
        writeln!(out, "sequence = [{}]\n", sequence.join(", "))?;
        let file = self.file();
        writeln!(out, "[task]\nname = {}", quoted(&task_name(&file)))?;
        let title: String = format!("Timeline of {file}").chars().take(LONG_CELL).collect();
        writeln!(out, "title = {}", quoted(&title))?;
        let mut about = format!("Runs the timeline of the events file {file} again.");
        if self.time.shift > Nanos::ZERO {
            let later = seconds(self.time.shift);
            write!(about, " Everything is {later} s later than in that file.")?;
        }
        writeln!(out, "description = {}", quoted(&about))?;
        writeln!(out, "status = {}", quoted(&format!("made from {file}")))?;
        if let Some(tr) = self.wanted.tr {
            writeln!(out, "tr = {}", seconds(Nanos::from_secs(tr)))?;
        }
        Ok(())
    }

    fn pages(&self, out: &mut String) -> std::fmt::Result {
        let mut only = "";
        if self.wanted.tr.is_some() {
            only = "when = { place = \"lab\" }\n";
            writeln!(
                out,
                "\n# The first pulse of the scanner is onset zero.\n[phase.armed]\nuntil = \"trigger\"\n\
                 when = {{ place = \"scanner\" }}\n\
                 elements = [{{ kind = \"text\", text = \"The scan is about to start. Please keep still.\" }}]"
            )?;
        }
        writeln!(
            out,
            "\n# The key that ends this page is onset zero.\n[phase.start]\nuntil = \"response\"\n{only}\
             elements = [{{ kind = \"text\", text = \"Press the space bar to begin.\" }}]"
        )?;
        if self.time.lead > Nanos::ZERO {
            let what = match self.time.screens.is_empty() {
                true => "The file has moments only: nothing is shown while they pass.",
                false => "Up to the first event.",
            };
            let lead = seconds(self.time.lead);
            writeln!(out, "\n# {what}\n[phase.lead_in]\nduration = {lead}\n{FIXATION}")?;
        }
        Ok(())
    }

    fn gaps(&self) -> usize {
        self.time.screens.iter().filter(|s| s.gap > Nanos::ZERO).count()
    }

    /// The events, and the block that goes through them.
    fn timeline(&self, out: &mut String) -> std::fmt::Result {
        let screens = &self.time.screens;
        let gaps = self.gaps();
        writeln!(
            out,
            "\n# --- the timeline: a line for each event; `kind` is its phase, `seconds` its length{} ---\n\n[factor.event]",
            if gaps > 0 { ", `gap` the time behind it" } else { "" }
        )?;
        let has_picture = self.phases.iter().any(|p| p.shown != Shown::Text);
        let held = |i: &usize| self.phases.iter().any(|p| p.columns.contains(i));
        let held: Vec<usize> = (0..self.columns.len()).filter(held).collect();
        let digits = screens.len().to_string().len().max(3);
        for (i, (screen, phase)) in screens.iter().zip(&self.screens).enumerate() {
            let kind = &self.phases[*phase].name;
            let length = seconds(screen.length);
            write!(out, "e{:0digits$} = {{ kind = \"{kind}\", seconds = {length}", i + 1)?;
            if gaps > 0 {
                if gaps < screens.len() {
                    let then = if screen.gap > Nanos::ZERO { "gap" } else { "next" };
                    write!(out, ", then = \"{then}\"")?;
                }
                write!(out, ", gap = {}", seconds(screen.gap))?;
            }
            if has_picture {
                let picture = self.picture(&screen.what).unwrap_or_else(|| "n/a".into());
                write!(out, ", picture = {}", quoted(&picture))?;
            }
            for column in held.iter().map(|i| &self.columns[*i]) {
                let cell = self.cell(column, &screen.what).unwrap_or_else(|| "n/a".into());
                write!(out, ", {} = {}", column.variable, quoted(&cell))?;
            }
            writeln!(out, " }}")?;
        }
        let mut contents: Vec<String> = self.phases.iter().map(|p| quoted(&p.name)).collect();
        contents.extend((gaps > 0).then(|| "\"gap\"".to_string()));
        writeln!(
            out,
            "\n[block.timeline]\neach = [\"event\"]\ncontents = [{}]",
            contents.join(", ")
        )
    }

    /// What is shown for each trial type, and between.
    fn phases(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "\n# --- what is shown ---")?;
        for phase in &self.phases {
            self.phase(phase, out)?;
        }
        let gaps = self.gaps();
        if gaps > 0 {
            let when = match gaps < self.time.screens.len() {
                true => "when = { then = \"gap\" }\n",
                false => "",
            };
            writeln!(out, "\n[phase.gap]\nduration = \"{{gap}}\"\n{when}{FIXATION}")?;
        }
        Ok(())
    }

    fn phase(&self, phase: &Phase, out: &mut String) -> std::fmt::Result {
        let Phase { name, kind, shown, columns } = phase;
        let kind = &self.kinds[*kind];
        writeln!(out, "\n[phase.{name}]\nduration = \"{{seconds}}\"")?;
        writeln!(out, "when = {{ kind = \"{name}\" }}")?;
        let element = match shown {
            Shown::Text => {
                format!("kind = \"text\", text = {}, wrap = \"120%\"", quoted(&kind.text))
            }
            Shown::Picture => "kind = \"picture\", file = \"{picture}\"".into(),
            Shown::Placeholder => "kind = \"placeholder\", label = \"{picture}\"".into(),
        };
        writeln!(out, "elements = [{{ {element} }}]\ntrial_type = \"{}\"", kind.name)?;
        let cells: Vec<String> = (columns.iter().map(|i| &self.columns[*i]))
            .map(|c| format!("{} = \"{{{}}}\"", c.name, c.variable))
            .collect();
        match cells.is_empty() {
            true => Ok(()),
            false => writeln!(out, "columns = {{ {} }}", cells.join(", ")),
        }
    }

    fn marks(&self, out: &mut String) -> std::fmt::Result {
        if !self.marks.is_empty() {
            writeln!(
                out,
                "\n# --- moments without duration: they have a row, and nothing is shown ---"
            )?;
        }
        for (mark, kind) in self.time.marks.iter().zip(&self.marks) {
            let (at, kind) = (seconds(mark.at), &self.kinds[*kind].name);
            writeln!(out, "\n[[mark]]\nat = {at}\ntrial_type = \"{kind}\"")?;
            let cells: Vec<String> = (self.columns.iter())
                .filter_map(|c| Some((c, self.cell(c, &mark.what)?)))
                .filter(|(_, cell)| cell.chars().count() <= LONG_CELL)
                .map(|(c, cell)| format!("{} = {}", c.name, quoted(&cell)))
                .collect();
            if !cells.is_empty() {
                writeln!(out, "columns = {{ {} }}", cells.join(", "))?;
            }
        }
        Ok(())
    }

    /// What the sidecar says of trial types and columns.
    fn described(&self, out: &mut String) -> std::fmt::Result {
        let file = self.file();
        writeln!(out, "\n# --- what the data hold ---")?;
        for kind in &self.kinds {
            let types: Vec<String> = kind.types.iter().map(|t| format!("\"{t}\"")).collect();
            let about = match (types.as_slice(), &self.events.type_column) {
                ([], None) => format!("An event of {file}"),
                ([], Some(column)) => {
                    format!("An event without a value in column {column} of {file}")
                }
                ([one], Some(column)) => {
                    format!("An event with {one} in column {column} of {file}")
                }
                (all, _) => format!("Events of one onset in {file}: {}", all.join(" and ")),
            };
            let about: String = about.chars().take(2000).collect();
            writeln!(out, "\n[trial_type.{}]\ndescription = {}", kind.name, quoted(&about))?;
        }
        for column in &self.columns {
            let about = match column.cell {
                None => format!("Onset of the event in {file}, in seconds"),
                Some(_) => format!("Column \"{}\" of {file}", column.original),
            };
            writeln!(out, "\n[column.{}]\ndescription = {}", column.name, quoted(&about))?;
        }
        Ok(())
    }

    /// The name of the events file, in one line.
    pub(super) fn file(&self) -> String {
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        self.wanted.file.chars().map(plain).take(LONG_CELL).collect()
    }
}

const FIXATION: &str = "elements = [{ kind = \"fixation\" }]";

/// The task that the file name gives, as `task-X`; else letters and digits of that name.
fn task_name(file: &str) -> String {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).take(40).collect()
    };
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let task = stem.split('_').find_map(|part| part.strip_prefix("task-"));
    let name = task.map(plain).filter(|name| !name.is_empty()).unwrap_or_else(|| plain(stem));
    if name.is_empty() { "events".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::task_name;

    #[test]
    fn the_task_is_named_as_the_file_says() {
        for (file, name) in [
            ("sub-01_task-Emotionregulation_run-01_events.tsv", "Emotionregulation"),
            ("task-a-b_events.tsv", "ab"),
            ("my events.tsv", "myevents"),
            ("é.tsv", "events"),
        ] {
            assert_eq!(task_name(file), name);
        }
    }
}
