//! What stands in the cells of an events file, as text: fixed decimals, `n/a` for what is not there, nothing
//! that breaks a table.

use super::{Column, Field, columns};
use crate::bids::rows::{EventRow, Micros, Timeline};
use crate::ground::precision::decimals;
use crate::ground::record::Answer;
use crate::plan::schema::{NO_PRESS, RunPlan};

/// The events file of a run, with its header.
pub(in crate::bids) fn events_tsv(plan: &RunPlan, time: &Timeline<'_>) -> String {
    let columns = columns(&plan.task);
    let line = |cells: Vec<String>| cells.join("\t") + "\n";
    let name = |c: &Column<'_>| match c {
        Column::Fixed(f) => f.name.to_string(),
        Column::Protocol(name) => (*name).to_string(),
    };
    let mut text = line(columns.iter().map(name).collect());
    for row in &time.rows {
        let cell = |c: &Column<'_>| match c {
            Column::Fixed(f) => cell(f.field, plan, time, row).unwrap_or_else(na),
            Column::Protocol(name) => protocol_cell(row, name).map_or_else(na, clean),
        };
        text.push_str(&line(columns.iter().map(cell).collect()));
    }
    text
}

/// What a protocol puts into a cell.
fn protocol_cell<'a>(row: &EventRow<'a>, name: &str) -> Option<&'a str> {
    row.phase.row.as_ref()?.columns.get(name).map(String::as_str)
}

fn cell(field: Field, plan: &RunPlan, time: &Timeline<'_>, row: &EventRow<'_>) -> Option<String> {
    let planned_row = row.phase.row.as_ref()?;
    let picture = row.picture(plan);
    let file = picture.and_then(|id| plan.pictures.get(id));
    Some(match field {
        Field::Onset => seconds(row.onset),
        Field::Duration => seconds(row.duration),
        Field::TrialType => planned_row.trial_type.clone(),
        Field::StimFile => file.filter(|f| f.share)?.file.clone(),
        Field::Identifier => clean(&picture?.0),
        Field::Database => clean(file?.database.as_deref()?),
        Field::SeenBefore => {
            let file = &file?.file;
            flag(plan.seen.contains(file))
        }
        Field::Sound => clean(row.heard?.sound),
        Field::SoundOnset => seconds(row.heard?.onset),
        Field::SoundDelay => seconds(row.heard?.delay?),
        Field::SoundBasis => row.heard?.basis?.name().into(),
        Field::OnsetPlanned => seconds(row.planned),
        Field::OnsetDelay => seconds(row.onset - row.planned),
        Field::OnsetBasis => row.basis.map_or("schedule", |b| b.name()).into(),
        Field::Late => flag(row.late),
        Field::RatingScale => clean(&row.phase.scale.as_ref()?.name),
        Field::RatingReversed => flag(row.phase.scale.as_ref()?.reversed),
        // Whether it would have been a miss or rightly withheld, nobody knows.
        Field::ResponseKind | Field::Accuracy if row.cut && !row.is_pressed() => return None,
        _ => match row.answer? {
            answer @ Answer::Button { .. } => button(field, time, row, answer)?,
            answer @ Answer::Rating { .. } => rating(field, time, row, answer)?,
        },
    })
}

fn flag(b: bool) -> String {
    u8::from(b).to_string()
}

fn button(
    field: Field,
    time: &Timeline<'_>,
    row: &EventRow<'_>,
    answer: &Answer,
) -> Option<String> {
    let Answer::Button { meaning, correct, rt_ns, given, anticipated, presses, .. } = answer else {
        return None;
    };
    let pressed = meaning.is_some();
    let right = row.phase.response.as_ref().and_then(|r| r.correct.as_deref());
    let withheld = !pressed && right == Some(NO_PRESS);
    let kind = match (pressed, anticipated) {
        (false, _) if withheld => "withheld",
        (false, _) => "miss",
        (true, true) => "anticipation",
        (true, false) => "answer",
    };
    Some(match field {
        // Early journals name the button alone, and count nothing.
        Field::Response => clean(given.as_deref().or(meaning.as_deref())?),
        Field::ResponseButton => clean(meaning.as_deref()?),
        Field::ResponseTime => seconds(time.since_onset((*rt_ns)?)),
        Field::ResponseKind => kind.into(),
        Field::ResponseCount => (*presses).max(u32::from(pressed)).to_string(),
        Field::Accuracy => flag((*correct).filter(|_| (pressed || withheld) && !anticipated)?),
        _ => return None,
    })
}

fn rating(
    field: Field,
    time: &Timeline<'_>,
    row: &EventRow<'_>,
    answer: &Answer,
) -> Option<String> {
    let Answer::Rating {
        rating,
        position,
        start,
        moved,
        confirmed,
        first_move_ns,
        confirm_ns,
        mean,
    } = answer
    else {
        return None;
    };
    let scale = row.phase.scale.as_ref();
    // One that goes on from the screen before may have been moved there.
    let value = |v| decimal(v, scale.map_or(SHARE_DECIMALS, |s| decimals(s.left, s.right)));
    let answered = *moved || *confirmed || scale.is_some_and(|s| s.continues);
    Some(match field {
        Field::Rating => value((*rating).filter(|_| answered)?),
        Field::RatingMean => value((*mean).filter(|_| answered)?),
        Field::RatingPosition => decimal(*position, SHARE_DECIMALS),
        Field::RatingStart => decimal(*start, SHARE_DECIMALS),
        Field::RatingMoved => flag(*moved),
        Field::RatingConfirmed => flag(*confirmed),
        Field::FirstMoveTime => seconds(time.since_onset((*first_move_ns)?)),
        Field::ConfirmTime => seconds(time.since_onset((*confirm_ns)?)),
        _ => return None,
    })
}

fn na() -> String {
    "n/a".into()
}

/// Seconds with six decimals.
fn seconds(t: Micros) -> String {
    let sign = if t < 0 { "-" } else { "" };
    let t = t.unsigned_abs();
    format!("{sign}{}.{:06}", t / 1_000_000, t % 1_000_000)
}

/// Decimals of shares of a scale.
pub(in crate::bids) const SHARE_DECIMALS: usize = 4;

/// From two to `most` decimals (at least 2), without zeros at the end; never a negative zero.
pub(in crate::bids) fn decimal(x: f64, most: usize) -> String {
    if !x.is_finite() {
        return na();
    }
    let mut text = format!("{x:.most$}");
    for _ in 2..most {
        if text.ends_with('0') {
            text.pop();
        }
    }
    if text == "-0.00" { "0.00".into() } else { text }
}

/// Text as a cell can hold it: no tabs, line ends or double quotes, nothing empty.
pub(in crate::bids) fn clean(text: &str) -> String {
    let plain = |c: char| match c {
        '"' => '\'',
        c if c.is_control() => ' ',
        c => c,
    };
    let text: String = text.chars().map(plain).collect();
    if text.trim().is_empty() { na() } else { text.trim().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_six_decimals_and_ratings_two_to_four() {
        assert_eq!(seconds(-1), "-0.000001");
        assert_eq!(seconds(61_000_000), "61.000000");
        let cases = [62.5, 62.12345, 0.0, -0.000001, 100.0, f64::NAN];
        assert_eq!(
            cases.map(|x| decimal(x, 4)),
            ["62.50", "62.1234", "0.00", "0.00", "100.00", "n/a"]
        );
    }

    #[test]
    fn ratings_of_a_small_scale_have_more_decimals() {
        let cases = [0.0005, 0.0001234, 0.0, 0.001, -0.0000001];
        assert_eq!(cases.map(|x| decimal(x, 6)), ["0.0005", "0.000123", "0.00", "0.001", "0.00"]);
    }

    #[test]
    fn cells_hold_no_tab_no_line_end_no_quote_and_are_never_empty() {
        assert_eq!(clean("a\tb\n\"c\" "), "a b 'c'");
        assert_eq!(clean(" \r\n"), "n/a");
    }
}
