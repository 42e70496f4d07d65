//! The columns of an events file: which there are, what stands in them, and what is said about them. One
//! table gives the file, its sidecar and docs/bids-output.md.

mod cells;
mod docs;
mod table;

pub(super) use cells::{SHARE_DECIMALS, clean, decimal, events_tsv};
pub(super) use docs::task_sidecar;

use crate::plan::schema::TaskDoc;
use crate::protocol::RESERVED_COLUMNS;
use table::{FIXED, Field, Fixed, SHARE, When};

/// Column names that a protocol may not use. They are refused when a protocol is read; a plan may be older than that.
pub(super) fn is_reserved(name: &str) -> bool {
    name == "n/a" || RESERVED_COLUMNS.iter().any(|r| r.eq_ignore_ascii_case(name))
}

/// A column of one task: our own, or the protocol's.
enum Column<'a> {
    Fixed(&'static Fixed),
    Protocol(&'a str),
}

fn columns(task: &TaskDoc) -> Vec<Column<'_>> {
    let mut all = Vec::new();
    for c in FIXED {
        let there = match c.when {
            When::Always => true,
            When::Pictures => task.has_pictures,
            When::Unshared => task.has_pictures && task.has_unshared,
            When::Sounds => task.has_sounds,
            When::Buttons => task.has_buttons,
            When::Given => task.has_buttons && task.has_given,
            When::Scales => !task.scales.is_empty(),
            When::ManyScales => task.scales.len() > 1,
            When::Continuous => task.scales.values().any(|s| s.continuous),
            When::Reversible => task.scales.values().any(|s| s.reversible),
        };
        if there {
            all.push(Column::Fixed(c));
        }
        if c.field == Field::TrialType {
            all.extend(task.columns.keys().map(|k| Column::Protocol(k)));
        }
    }
    all
}

/// docs/bids-output.md: the dictionary of the columns, for researchers.
pub fn dictionary() -> String {
    let mut text = String::from(DICTIONARY_HEAD);
    for f in FIXED {
        let when = match f.when {
            When::Always => "always",
            When::Pictures => "tasks with pictures",
            When::Unshared => "tasks with pictures that may not be shared",
            When::Sounds => "tasks with sounds",
            When::Buttons => "tasks with buttons",
            When::Given => "tasks in which buttons stand for answers",
            When::Scales => "tasks with rating scales",
            When::ManyScales => "tasks with more than one scale",
            When::Continuous => "tasks with a scale that is rated while other things are shown",
            When::Reversible => "tasks with a scale that runs from right to left for some people",
        };
        let mut about = match f.field {
            Field::RatingPosition | Field::RatingStart => format!("{}, {SHARE}.", f.description),
            _ => f.description.into(),
        };
        for (value, meaning) in f.levels {
            about.push_str(&format!(" `{value}`: {meaning}."));
        }
        let units = f.units.unwrap_or("");
        text.push_str(&format!("| `{}` | {when} | {units} | {about} |\n", f.name));
        if f.field == Field::TrialType {
            text.push_str("| *the protocol's own* | as the protocol says | | Columns that the protocol names, in its order, as it describes them. |\n");
        }
    }
    text
}

const DICTIONARY_HEAD: &str = include_str!("columns/dictionary_head.md");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::record::{Basis, SoundBasis};

    #[test]
    fn a_protocol_may_use_no_column_that_is_written_here_and_every_other() {
        let ours = FIXED.iter().map(|c| c.name).chain(crate::bids::trace::COLUMNS);
        let all: Vec<&str> = ours.chain(["modulation", "HED", "sample"]).collect();
        assert_eq!(all, RESERVED_COLUMNS);
    }

    #[test]
    fn every_basis_of_an_onset_is_described() {
        let column = FIXED.iter().find(|c| c.field == Field::OnsetBasis).unwrap();
        let all = [
            Basis::WpPresentation,
            Basis::X11Present,
            Basis::DxgiStatistics,
            Basis::PresentWait,
            Basis::X11Roundtrip,
            Basis::X11Msc,
            Basis::Estimate,
            Basis::Virtual,
        ];
        for basis in all {
            assert!(column.levels.iter().any(|(v, _)| *v == basis.name()), "{basis:?}");
        }
    }

    #[test]
    fn every_basis_of_a_sound_is_described() {
        let column = FIXED.iter().find(|c| c.field == Field::SoundBasis).unwrap();
        let all = [SoundBasis::DeviceStamps, SoundBasis::EarlierStamps, SoundBasis::Virtual];
        assert_eq!(
            column.levels.iter().map(|(v, _)| *v).collect::<Vec<_>>(),
            all.map(|b| b.name())
        );
    }
}
