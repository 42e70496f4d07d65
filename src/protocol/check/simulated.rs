//! What simulated participants go by: a variable, and numbers for values that it has.

use super::Checked;
use super::scope::Scope;
use super::walk::Used;
use crate::ground::document::short;
use crate::protocol::schema::Template;

impl<'p> Checked<'p> {
    /// `by`, and the values that have a number.
    pub(super) fn simulated(&self, used: &mut Used<'p>) {
        let p = self.protocol;
        let counters = p.blocks.values().filter_map(|b| b.count.as_deref()).collect();
        let levels = |(f, l): (&'p String, &'p indexmap::IndexMap<String, _>)| {
            (f.as_str(), l.keys().map(String::as_str).collect())
        };
        let factors = p.factors.iter().filter(|(_, l)| !l.is_empty()).map(levels).collect();
        let everywhere = Scope { factors, counters, torn: false };
        let (rating, response) = (&p.simulate.rating, &p.simulate.response);
        for (group, key, by, numbers) in [
            ("rating", "mean", &rating.by, &rating.mean),
            ("response", "accuracy", &response.by, &response.accuracy),
        ] {
            let Some(by) = by else {
                if !numbers.is_empty() {
                    self.warning(
                        &["simulate", group, key],
                        format!("\"{key}\" of [simulate.{group}] is never used"),
                        "no \"by\" says what its values are of",
                        "add a line such as `by = \"condition\"`",
                    );
                }
                continue;
            };
            used.variables.push(by);
            let known = self.known(&everywhere);
            if !known.contains(&by.as_str()) {
                let place = self.root.place(&["simulate", group, "by"]);
                let message = format!("\"{}\" in [simulate.{group}] is not a variable", short(by));
                self.unknown(place, message, by, known.iter().copied(), "name a variable");
                continue;
            }
            let Some(values) = self.values(&Template(format!("{{{by}}}")), &everywhere) else {
                continue;
            };
            for value in numbers.keys().filter(|v| !values.contains(*v)) {
                let place = self.root.place(&["simulate", group, key, value]);
                let message = format!("\"{}\" is not a value of \"{}\"", short(value), short(by));
                let known = values.iter().map(String::as_str);
                self.unknown(place, message, value, known, "name a value of the variable");
            }
        }
    }
}
