//! What simulated participants go by: a variable, and numbers for values that it has.

use super::Checked;
use super::scope::Scope;
use super::walk::Used;
use crate::ground::document::short;
use crate::protocol::schema::Template;
use indexmap::IndexMap;

impl<'p> Checked<'p> {
    /// `by`, and the values that have a number.
    pub(super) fn simulated(&self, used: &mut Used<'p>) {
        let p = self.protocol;
        let counters = p.blocks.values().filter_map(|b| b.count.as_deref()).collect();
        let levels = |(f, l): (&'p String, &'p indexmap::IndexMap<String, _>)| {
            (f.as_str(), l.keys().map(String::as_str).collect())
        };
        let factors = p.factors.iter().filter(|(_, l)| !l.is_empty()).map(levels).collect();
        let everywhere = Scope { factors, counters, ..Scope::default() };
        let (rating, response) = (&p.simulate.rating, &p.simulate.response);
        self.model(&["rating"], "mean", &rating.by, &rating.mean, (&everywhere, used));
        for (name, rating) in &p.simulate.scales {
            if !p.scales.contains_key(name) {
                let place = self.root.place(&["simulate", "scale", name]);
                let message = format!("\"{}\" in [simulate.scale] is not a scale", short(name));
                let known = p.scales.keys().map(String::as_str);
                self.unknown(place, message, name, known, "name a table [scale.NAME]");
            }
            self.model(&["scale", name], "mean", &rating.by, &rating.mean, (&everywhere, used));
        }
        let (by, numbers) = (&response.by, &response.accuracy);
        self.model(&["response"], "accuracy", by, numbers, (&everywhere, used));
    }

    /// One table: what its numbers go by, and the values that have one.
    fn model(
        &self,
        group: &[&str],
        key: &str,
        by: &'p Option<String>,
        numbers: &IndexMap<String, f64>,
        (everywhere, used): (&Scope<'p>, &mut Used<'p>),
    ) {
        let table = format!("[simulate.{}]", group.join("."));
        let Some(by) = by else {
            if !numbers.is_empty() {
                let place = [&["simulate"], group, &[key]].concat();
                self.warning(
                    &place,
                    format!("\"{key}\" of {table} is never used"),
                    "no \"by\" says what its values are of",
                    "add a line such as `by = \"condition\"`",
                );
            }
            return;
        };
        self.uses(by, used);
        let place = || self.root.place(&[&["simulate"], group, &["by"]].concat());
        let known = self.known(everywhere);
        if !known.contains(&by.as_str()) {
            let message = format!("\"{}\" in {table} is not a variable", short(by));
            self.unknown(place(), message, by, known.iter().copied(), "name a variable");
            return;
        }
        if self.is_spoken(by) {
            let message = format!("\"by\" of {table} depends on the language by \"{}\"", short(by));
            let expected = "the same people in every language";
            let remedy = "name a variable without words, such as the factor itself";
            self.root.problems.error(place(), message, expected, remedy);
            return;
        }
        let Some(values) = self.values(&Template(format!("{{{by}}}")), everywhere) else { return };
        for value in numbers.keys().filter(|v| !values.contains(*v)) {
            let place = self.root.place(&[&["simulate"], group, &[key, value]].concat());
            let message = format!("\"{}\" is not a value of \"{}\"", short(value), short(by));
            let known = values.iter().map(String::as_str);
            self.unknown(place, message, value, known, "name a value of the variable");
        }
    }
}
