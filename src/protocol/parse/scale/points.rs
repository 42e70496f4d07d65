//! The kinds of scale: points, their labels and figures, and which keys each kind has no use for.

use super::{FAR, Kind, SHORT_TEXT};
use crate::ground::document::Table;
use crate::ground::precision::decimals;
use crate::ground::scene::Figures;
use crate::protocol::parse::words::template;
use crate::protocol::schema::{ScaleKindDef, Template};

/// The most points of a scale.
const MOST: u32 = 21;
/// Points of a manikin that does not say how many.
const SAM_POINTS: u32 = 9;

/// Says of each key that this kind of scale has no use for that it has none.
pub fn fitting(t: &Table<'_>, kind: Kind) {
    let step = "the marker goes from point to point: leave the line out, or see \"repeat\"";
    let pointless = "leave the line out, or add `kind = \"likert\"`";
    let refused: &[(&[&str], &str, &str)] = match kind {
        Kind::Unread => &[],
        Kind::Vas => &[
            (&["labels", "points", "repeat"], "a line has no points", pointless),
            (&["figures"], "a line has no figures", "leave the line out, or add `kind = \"sam\"`"),
            (&["keys.pick", "keys.pick_confirms"], "a line has no points", pointless),
        ],
        Kind::Likert => &[
            (
                &["figures"],
                "points with labels have no figures",
                "leave the line out, or write `kind = \"sam\"`",
            ),
            (&["step", "hold.speed", "hold.acceleration", "hold.top_speed"], "it has points", step),
        ],
        Kind::Sam => &[
            (
                &["labels"],
                "figures have no labels",
                "leave the line out; words for the ends are \"anchors\"",
            ),
            (&["step", "hold.speed", "hold.acceleration", "hold.top_speed"], "it has points", step),
        ],
    };
    for (keys, expected, remedy) in refused {
        for key in *keys {
            let path: Vec<&str> = key.split('.').collect();
            if let Some(v) = t.value(&path) {
                v.wrong("is for another kind of scale", *expected, *remedy);
            }
        }
    }
}

/// How many points a scale has; none for a line. A scale whose points could not be read has some all the same.
pub fn number(t: &Table<'_>, kind: Kind) -> Option<u32> {
    match kind {
        Kind::Vas => None,
        Kind::Unread => Some(2),
        Kind::Likert => {
            let example = "[\"never\", \"sometimes\", \"always\"]";
            match (t.get("labels"), t.get("points")) {
                (Some(labels), None) => {
                    let items = labels.list(2, MOST as usize, example).unwrap_or_default();
                    Some(items.len().max(2) as u32)
                }
                (None, Some(points)) => Some(points.count(2, MOST).unwrap_or(2)),
                (Some(_), Some(points)) => {
                    let remedy = "leave this line out: there are as many points as labels";
                    points.wrong("stands beside \"labels\"", "one of the two", remedy);
                    Some(2)
                }
                (None, None) => {
                    t.missing(
                        "labels",
                        "the labels of its points, or \"points\"",
                        &format!("labels = {example}"),
                    );
                    Some(2)
                }
            }
        }
        Kind::Sam => {
            let Some(value) = t.get("points") else { return Some(SAM_POINTS) };
            let number = value.count(2, MOST).unwrap_or(SAM_POINTS);
            if number != 5 && number != 9 {
                let remedy =
                    "write 5 for a point under each figure, or 9 for points between them too";
                value.wrong(&format!("is {number}"), "5 or 9", remedy);
                return Some(SAM_POINTS);
            }
            Some(number)
        }
    }
}

/// The kind with its labels or figures; `ends` are the values of the first and the last point.
pub fn kind(t: &Table<'_>, kind: Kind, number: Option<u32>, ends: (f64, f64)) -> ScaleKindDef {
    match kind {
        Kind::Vas | Kind::Unread => ScaleKindDef::Vas,
        Kind::Likert => {
            let written = t.get("labels").map(|v| v.items()).unwrap_or_default();
            let labels: Vec<Template> =
                written.iter().map(|v| template(v, SHORT_TEXT).unwrap_or_default()).collect();
            let labels = match labels.is_empty() {
                true => values(number.unwrap_or(2), ends),
                false => labels,
            };
            ScaleKindDef::Likert { labels }
        }
        Kind::Sam => {
            let shown = [
                ("valence", Figures::Valence),
                ("arousal", Figures::Arousal),
                ("dominance", Figures::Dominance),
            ];
            let figures =
                t.need("figures", "valence, arousal or dominance", "figures = \"valence\"");
            ScaleKindDef::Sam {
                figures: figures.and_then(|v| v.word(&shown)).unwrap_or(Figures::Valence),
                points: number.unwrap_or(SAM_POINTS),
            }
        }
    }
}

/// The values of the points as labels, to six decimals, or more where the scale is a small one.
fn values(points: u32, (left, right): (f64, f64)) -> Vec<Template> {
    let last = f64::from((points - 1).max(1));
    let value = |i: u32| left + f64::from(i) * (right - left) / last;
    let text = |v: f64| {
        // Minus zero would be read as a number of its own.
        let unit = 10f64.powi(decimals(left, right).max(6) as i32);
        let rounded = (v.clamp(-FAR, FAR) * unit).round() / unit + 0.0;
        Template(rounded.to_string())
    };
    (0..points).map(|i| text(value(i))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_values_are_written_as_people_write_numbers() {
        let texts = |n, ends| values(n, ends).into_iter().map(|t| t.0).collect::<Vec<_>>();
        assert_eq!(texts(7, (1.0, 7.0)), ["1", "2", "3", "4", "5", "6", "7"]);
        assert_eq!(texts(5, (-1.0, 1.0)), ["-1", "-0.5", "0", "0.5", "1"]);
        assert_eq!(texts(3, (0.3, 0.1)), ["0.3", "0.2", "0.1"]);
        assert_eq!(texts(3, (0.0, 1e-6)), ["0", "0.0000005", "0.000001"]);
        assert_eq!(texts(4, (0.0, 1.0)), ["0", "0.333333", "0.666667", "1"]);
    }
}
