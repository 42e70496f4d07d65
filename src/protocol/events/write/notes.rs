//! What the reader of a made protocol is told: what became of the rows, and how to go on from there.

use super::parts::LONG_CELL;
use super::{Script, Shown, seconds};
use crate::ground::document::value::counted;
use crate::ground::paths::is_inner_path;
use crate::ground::time::Nanos;

/// The width of a comment, in characters.
const WIDTH: usize = 110;

impl Script<'_> {
    /// Where the protocol is not the file, a sentence each.
    pub(super) fn notes(&self) -> Vec<String> {
        let (events, time) = (self.events, self.time);
        let mut said = Vec::new();
        let mut say = |n: usize, text: &dyn Fn() -> String| {
            if n > 0 {
                said.push(text());
            }
        };
        say(usize::from(time.shift > Nanos::ZERO), &|| {
            let whole =
                if self.wanted.tr.is_some() { ", a whole number of repetition times" } else { "" };
            format!(
                "Events begin before onset zero, and nothing can be shown before the timeline does: everything is {} s later than \
                 in the file{whole}. The onset in the file is in a column of its own.",
                seconds(time.shift)
            )
        });
        say(usize::from(events.sorted), &|| "Rows were put into the order of their onsets.".into());
        say(time.joined, &|| {
            format!(
                "{} joined with another that has the same onset (within 1 ms).",
                were(time.joined, "row")
            )
        });
        say(time.cut, &|| {
            format!("{} cut short where the next row begins.", were(time.cut, "row"))
        });
        say(time.unknown, &|| {
            format!(
                "{} no duration in the file: kept as {}.",
                has(time.unknown),
                marks(time.unknown)
            )
        });
        say(time.flashes, &|| {
            format!("{} less than 1 ms: kept as {}.", last(time.flashes), marks(time.flashes))
        });
        say(time.absorbed, &|| {
            format!(
                "{} of less than half a frame left out: the row before lasts until the next begins.",
                were(time.absorbed, "gap")
            )
        });
        let untyped = usize::from(events.type_column.is_none());
        say(untyped, &|| {
            "The file has no column trial_type: choose another with --map trial_type=COLUMN.".into()
        });
        let renamed: Vec<String> = (self.columns.iter())
            .filter(|c| c.cell.is_some() && c.name != c.original)
            .map(|c| format!("\"{}\" is {}", c.original, c.name))
            .collect();
        say(renamed.len(), &|| format!("Columns have other names here: {}.", renamed.join(", ")));
        let empty = |i: &usize| !self.columns.iter().any(|c| c.cell == Some(*i));
        let empty: Vec<usize> = (0..events.columns.len()).filter(empty).collect();
        let names: Vec<&str> = empty.iter().map(|i| events.columns[*i].as_str()).collect();
        say(empty.len(), &|| {
            format!("Columns without any value are left out: {}.", names.join(", "))
        });
        say(usize::from(events.braces), &|| "Braces in texts became parentheses.".into());
        let long = time.marks.iter().flat_map(|m| m.what.cells.iter().flatten());
        let long = long.filter(|cell| cell.chars().count() > LONG_CELL).count();
        say(long, &|| {
            format!("{} of marks left out: longer than {LONG_CELL} characters.", were(long, "cell"))
        });
        self.pictures(&mut say);
        said
    }

    fn pictures(&self, say: &mut dyn FnMut(usize, &dyn Fn() -> String)) {
        let Some(column) = &self.events.picture_column else { return };
        let shows = |shown: Shown| {
            let of = move |phase: &usize| self.phases[*phase].shown == shown;
            self.screens.iter().filter(move |p| of(p)).count()
        };
        let (there, boxes) = (shows(Shown::Picture), shows(Shown::Placeholder));
        say(boxes, &|| {
            format!(
                "Pictures are in column \"{column}\": {there} of {} were found in the stimuli folder; a labelled box stands for \
                 the others, and a run with boxes is a dry run.",
                there + boxes
            )
        });
        let odd = |p: &&str| !is_inner_path(&super::path(p));
        let odd =
            self.time.screens.iter().filter_map(|s| s.what.picture.as_deref()).filter(odd).count();
        say(odd, &|| {
            format!(
                "{} a name that cannot be used: rename the file and the cell with letters, digits and + _ . -",
                match odd {
                    1 => "1 picture has".to_string(),
                    n => format!("{n} pictures have"),
                }
            )
        });
    }

    /// The comment at the top.
    pub(super) fn opening(&self, notes: &[String]) -> String {
        let time = self.time;
        let mut out = String::new();
        let mut add = |text: &str| out.push_str(&comment(text));
        add(&format!("The timeline of {} as a protocol, to be run again.", self.file()));
        add(&format!(
            "Made by `reframe protocol from-events`: {} and {}.",
            counted(time.screens.len(), "screen"),
            counted(time.marks.len(), "mark")
        ));
        for note in notes {
            add(&format!("- {note}"));
        }
        add("");
        if self.phases.iter().any(|p| p.shown == Shown::Placeholder) {
            add(
                "For pictures instead of boxes: put them into the stimuli folder under the names in `picture` below, and write \
                 `elements = [{ kind = \"picture\", file = \"{picture}\" }]` in their phase.",
            );
        }
        if self.phases.iter().any(|p| p.shown == Shown::Text) {
            add(
                "Texts stand for what was shown: give their phase other elements, such as a picture or a scale.",
            );
        }
        add(
            "Lengths are exact: to move one event, lengthen one `gap` or `seconds` and shorten another as much.",
        );
        out.push('\n');
        out
    }
}

fn were(n: usize, thing: &str) -> String {
    format!("{} {}", counted(n, thing), if n == 1 { "was" } else { "were" })
}

fn has(n: usize) -> String {
    format!("{} {}", counted(n, "row"), if n == 1 { "has" } else { "have" })
}

fn last(n: usize) -> String {
    format!("{} {}", counted(n, "row"), if n == 1 { "lasts" } else { "last" })
}

fn marks(n: usize) -> &'static str {
    if n == 1 { "a mark" } else { "marks" }
}

/// A comment of as many lines as it needs.
fn comment(text: &str) -> String {
    let mut out = String::from("#");
    let mut width = 1;
    for word in text.split_whitespace() {
        if width > 1 && width + 1 + word.chars().count() > WIDTH {
            out.push_str(if text.starts_with('-') { "\n#  " } else { "\n#" });
            width = 1;
        }
        out.push(' ');
        out.push_str(word);
        width += 1 + word.chars().count();
    }
    out.push('\n');
    out
}
