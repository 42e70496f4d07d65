//! What a task's sidecar says about its columns. It is a function of the protocol alone, so that all runs of a
//! task share it.

use super::cells::{clean, decimal};
use super::{Column, Field, Fixed, SHARE, columns};
use crate::ground::precision::decimals;
use crate::plan::schema::{ColumnText, ScaleText, TaskDoc};
use serde_json::{Map, Value, json};

/// The sidecar of a task: every column that its events files have.
pub(in crate::bids) fn task_sidecar(task: &TaskDoc) -> Value {
    let mut all = Map::new();
    for column in columns(task) {
        let (name, doc) = match column {
            Column::Fixed(f) => (f.name, fixed_doc(f, task)),
            Column::Protocol(name) => (name, protocol_doc(&task.columns[name])),
        };
        all.insert(name.into(), Value::Object(doc));
    }
    Value::Object(all)
}

fn protocol_doc(text: &ColumnText) -> Map<String, Value> {
    let mut doc = Map::new();
    doc.insert("Description".into(), json!(text.description));
    if let Some(units) = &text.units {
        doc.insert("Units".into(), json!(units));
    }
    if !text.levels.is_empty() {
        doc.insert("Levels".into(), json!(text.levels));
    }
    doc
}

fn fixed_doc(f: &Fixed, task: &TaskDoc) -> Map<String, Value> {
    let mut doc = Map::new();
    doc.insert("Description".into(), json!(description(f, task)));
    if let Some(units) = f.units {
        doc.insert("Units".into(), json!(units));
    }
    if !f.levels.is_empty() {
        let levels = f.levels.iter().map(|(v, d)| ((*v).to_string(), json!(d)));
        doc.insert("Levels".into(), Value::Object(levels.collect()));
    }
    match f.field {
        Field::TrialType => {
            let levels: Map<String, Value> =
                task.trial_types.iter().map(|(k, t)| (k.clone(), json!(t.description))).collect();
            let hed: Map<String, Value> = (task.trial_types.iter())
                .filter(|(_, t)| !t.hed.trim().is_empty())
                .map(|(k, t)| (k.clone(), json!(t.hed)))
                .collect();
            doc.insert("Levels".into(), Value::Object(levels));
            if !hed.is_empty() {
                doc.insert("HED".into(), Value::Object(hed));
            }
        }
        Field::ResponseTime => {
            doc.insert("HED".into(), json!(RESPONSE_TIME_HED));
        }
        Field::Rating | Field::RatingMean => {
            let mut scales = task.scales.values();
            if let (Some(scale), None) = (scales.next(), scales.next()) {
                if let Some(unit) = &scale.unit {
                    doc.insert("Units".into(), json!(unit));
                }
                // Rounded outwards, as the values are rounded.
                let most = decimals(scale.left, scale.right);
                let (low, high) = (scale.left.min(scale.right), scale.left.max(scale.right));
                doc.insert("Minimum".into(), json!(outward(low, most, f64::min)));
                doc.insert("Maximum".into(), json!(outward(high, most, f64::max)));
            }
        }
        Field::RatingScale => {
            let levels = task.scales.iter().map(|(n, s)| (clean(n), json!(sentence(&s.question))));
            doc.insert("Levels".into(), Value::Object(levels.collect()));
        }
        Field::RatingPosition | Field::RatingStart => {
            doc.insert("Minimum".into(), json!(0));
            doc.insert("Maximum".into(), json!(1));
        }
        _ => {}
    }
    doc
}

/// The HED string of a reaction time, as the validators accept it.
const RESPONSE_TIME_HED: &str = "(Delay/# s, (Agent-action, Participant-response, (Experiment-participant, (Press, Push-button))))";

/// A bound of values that are rounded to at most so many decimals.
fn outward(bound: f64, most: usize, choose: fn(f64, f64) -> f64) -> f64 {
    let rounded = decimal(bound, most).parse().unwrap_or(bound);
    choose(bound, rounded)
}

fn description(f: &Fixed, task: &TaskDoc) -> String {
    match f.field {
        Field::Rating => {
            let scales: Vec<String> = task.scales.iter().map(|(n, s)| scale_text(n, s)).collect();
            format!("{} {}", f.description, scales.join(" "))
        }
        Field::RatingPosition | Field::RatingStart => format!("{}, {SHARE}.", f.description),
        _ => f.description.into(),
    }
}

/// What a rating on a scale means.
fn scale_text(name: &str, scale: &ScaleText) -> String {
    let end = |value: f64, word: Option<&String>| match word {
        Some(word) => format!("{value} ({word})"),
        None => value.to_string(),
    };
    let middle = match &scale.anchors[..] {
        [_, middle, _] => format!(" over {middle}"),
        _ => String::new(),
    };
    let ends = [scale.anchors.first(), scale.anchors.get(1).and(scale.anchors.last())];
    let mut text = format!(
        "Scale {name}, a {}: {} From {} at the left{middle} to {} at the right{}; a higher value means {}.",
        scale.kind,
        sentence(&scale.question),
        end(scale.left, ends[0]),
        end(scale.right, ends[1]),
        scale.unit.as_ref().map_or_else(String::new, |u| format!(", in {u}")),
        scale.higher_means.replace('_', " "),
    );
    if let Some(points) = scale.points {
        text.push_str(&format!(" It has {points} points"));
        let worded = |(_, label): &(usize, &String)| !label.trim().is_empty();
        let labels = scale.labels.iter().enumerate().filter(worded);
        let most = decimals(scale.left, scale.right);
        let value = |at| decimal(point(scale, at), most);
        let labels: Vec<String> =
            labels.map(|(at, l)| format!("{} ({})", value(at), l.trim())).collect();
        text.push_str(&match &labels[..] {
            [] => ".".to_string(),
            _ => format!(", from left to right: {}.", labels.join(", ")),
        });
    }
    if scale.continuous {
        text.push_str(
            " It is rated while other things are shown, and goes on from screen to screen.",
        );
    }
    if scale.reversible {
        text.push_str(
            " For some people it stands on the screen the other way round (rating_reversed); a value means the same.",
        );
    }
    text
}

/// The value of a point, counted from 0 at the left.
fn point(scale: &ScaleText, at: usize) -> f64 {
    let last = f64::from(scale.points.unwrap_or(2).max(2) - 1);
    scale.left + at as f64 * (scale.right - scale.left) / last
}

/// A text with an end.
fn sentence(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.ends_with(['.', '?', '!', ':']) { text } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_of_a_scale_take_in_every_rounded_rating() {
        assert_eq!(outward(2.0 / 3.0, 4, f64::max), 0.6667);
        assert_eq!(outward(1.0 / 3.0, 4, f64::max), 1.0 / 3.0);
        assert_eq!(outward(-1.0 / 3.0, 4, f64::min), -1.0 / 3.0);
        assert_eq!(outward(2.0 / 3.0, 4, f64::min), 2.0 / 3.0);
        assert_eq!(outward(0.002 / 3.0, 7, f64::max), 0.0006667);
    }
}
