//! Orders of passes: what an explicit order may name, and bounds on repetition that no order could keep.

use super::Checked;
use super::scope::Scope;
use crate::ground::document::short;
use crate::protocol::schema::{BlockDef, InRow, OrderDef, Template};
use indexmap::IndexMap;

/// The levels of a factor with their variables.
type Levels = IndexMap<String, IndexMap<String, Template>>;

/// More passes than this are not tried out.
const MOST_PASSES: usize = 20_000;

impl<'p> Checked<'p> {
    /// The order of a block, how often its levels come, and its bounds.
    pub(super) fn order(&self, name: &str, block: &BlockDef) {
        if block.each.is_empty() && block.order != OrderDef::Sequential {
            self.warning(
                &["block", name, "order"],
                format!("the order of block \"{}\" changes nothing", short(name)),
                "all its passes are alike",
                "name the factors that vary in \"each\", or leave the order out",
            );
        }
        if let OrderDef::Explicit(order) = &block.order {
            self.explicit(name, block, order);
        }
        self.times(name, block);
        for (variable, bound) in &block.max_in_row {
            self.in_row(name, block, variable, bound);
        }
    }

    fn explicit(&self, name: &str, block: &BlockDef, order: &[Template]) {
        let [factor] = &block.each[..] else {
            self.error(
                &["block", name, "order"],
                format!("block \"{}\" lists its levels, but not of one factor", short(name)),
                "one factor in \"each\"".into(),
                "use one factor, or another order such as \"shuffle\"",
            );
            return;
        };
        let Some(levels) = self.protocol.factors.get(factor) else { return };
        let known = self.of_every_run();
        for (i, variable) in
            order.iter().enumerate().flat_map(|(i, l)| l.variables().map(move |v| (i, v)))
        {
            if !self.protocol.allocate.contains_key(variable) {
                let place = self.root.place(&["block", name, "order", &i.to_string()]);
                let message = format!(
                    "\"{}\" in the order of block \"{}\" is no variable of [allocate]",
                    short(variable),
                    short(name)
                );
                self.unknown(
                    place,
                    message,
                    variable,
                    known.iter().copied(),
                    "name a variable of [allocate]",
                );
            }
        }
        let plain = order.iter().enumerate().flat_map(|(i, l)| match l.variables().next() {
            None => vec![(i, l.0.clone())],
            Some(_) => {
                let values = self.values(l, &Scope::default()).unwrap_or_default();
                values.into_iter().map(|v| (i, v)).collect()
            }
        });
        for (i, level) in plain.filter(|(_, l)| !levels.contains_key(l)) {
            let level = &level;
            let place = self.root.place(&["block", name, "order", &i.to_string()]);
            let message =
                format!("\"{}\" is not a level of factor \"{}\"", short(level), short(factor));
            let known = levels.keys().map(String::as_str);
            self.unknown(place, message, level, known, "name the levels in their order");
        }
    }

    fn in_row(&self, name: &str, block: &BlockDef, variable: &str, bound: &InRow) {
        let path = ["block", name, "max_in_row", variable];
        if self.is_spoken(variable) {
            self.error(
                &path,
                format!(
                    "the order of block \"{}\" depends on the language by \"{}\"",
                    short(name),
                    short(variable)
                ),
                "the same order in every language".into(),
                "bound a variable without words, such as the factor itself",
            );
        }
        let Some(cycle) = self.cycle(block, variable) else {
            let factors = block.each.iter().filter_map(|f| self.protocol.factors.get_key_value(f));
            let known: Vec<&str> = factors
                .flat_map(|(f, l)| {
                    let own = l.values().next().into_iter().flat_map(|v| v.keys());
                    std::iter::once(f).chain(own).map(String::as_str)
                })
                .collect();
            let message =
                format!("\"{}\" does not vary in block \"{}\"", short(variable), short(name));
            let remedy = "bound a factor of \"each\" or one of its variables";
            let place = self.root.place(&path);
            self.unknown(place, message, variable, known.iter().copied(), remedy);
            return;
        };
        if let InRow::Of(values) = bound {
            // What holds a variable is known with the person only.
            let open = cycle.iter().any(|v| v.contains('{'));
            for value in values.keys().filter(|v| !open && !cycle.contains(&v.as_str())) {
                let place = self.root.place(&["block", name, "max_in_row", variable, value]);
                let message = format!(
                    "\"{}\" is not a value of \"{}\" in block \"{}\"",
                    short(value),
                    short(variable),
                    short(name)
                );
                self.unknown(
                    place,
                    message,
                    value,
                    cycle.iter().copied(),
                    "name a value of the variable",
                );
            }
        }
        let cycles = block.cycles as usize;
        if cycle.len().saturating_mul(cycles) > MOST_PASSES || cycle.is_empty() {
            return;
        }
        let fixed = matches!(block.order, OrderDef::Sequential | OrderDef::Explicit(_));
        let runs = match fixed {
            true => longest_runs(cycle.iter().copied().cycle().take(cycle.len() * cycles)),
            false => {
                let bags = if block.order == OrderDef::Cycle { 1 } else { cycles };
                shortest_longest(&cycle, bags)
            }
        };
        let over = runs.into_iter().find_map(|(value, run)| {
            let most = bound.most(value)?;
            (run > most as usize).then_some((value, run, most))
        });
        if let Some((value, longest, most)) = over {
            let order = if fixed { "in the order as written" } else { "in the best of orders" };
            self.error(
                &path,
                format!("{most} in a row cannot be kept for \"{}\"", short(variable)),
                format!("{order} \"{}\" comes {longest} times in a row", short(value)),
                "allow more in a row, add passes with other values, or choose another order",
            );
        }
    }

    /// How often levels come: factors of the block, levels that exist, and an order that does not say so itself.
    fn times(&self, name: &str, block: &BlockDef) {
        if let (Some(_), OrderDef::Explicit(_)) = (block.times.keys().next(), &block.order) {
            self.error(
                &["block", name, "times"],
                format!(
                    "block \"{}\" has \"times\" beside an order that lists its levels",
                    short(name)
                ),
                "one of the two".into(),
                "leave \"times\" out, and list each level as often as it comes",
            );
        }
        for (factor, levels) in &block.times {
            if !block.each.contains(factor) {
                let place = self.root.place(&["block", name, "times", factor]);
                let message = format!(
                    "\"{}\" in \"times\" is no factor of block \"{}\"",
                    short(factor),
                    short(name)
                );
                let known = block.each.iter().map(String::as_str);
                self.unknown(place, message, factor, known, "name a factor of \"each\"");
                continue;
            }
            let Some(known) = self.protocol.factors.get(factor) else { continue };
            for level in levels.keys().filter(|l| !known.contains_key(*l)) {
                let place = self.root.place(&["block", name, "times", factor, level]);
                let message =
                    format!("\"{}\" is not a level of factor \"{}\"", short(level), short(factor));
                self.unknown(
                    place,
                    message,
                    level,
                    known.keys().map(String::as_str),
                    "name a level of the factor",
                );
            }
        }
    }

    /// The values of a variable in one cycle of a block, in the written order.
    fn cycle(&self, block: &BlockDef, variable: &str) -> Option<Vec<&'p str>> {
        let factors: Vec<_> =
            block.each.iter().filter_map(|f| self.protocol.factors.get_key_value(f)).collect();
        let owner = factors.iter().position(|(factor, levels)| {
            *factor == variable || levels.values().next().is_some_and(|v| v.contains_key(variable))
        })?;
        let value = |(factor, levels): (&'p String, &'p Levels), level: &str| -> &'p str {
            let Some((level, variables)) = levels.get_key_value(level) else { return "" };
            match *factor == variable {
                true => level.as_str(),
                false => variables.get(variable).map_or("", |t| t.0.as_str()),
            }
        };
        if let OrderDef::Explicit(order) = &block.order {
            // With variables in it, the order is looked at in the plan of each person.
            let plain = order.iter().all(|l| l.variables().next().is_none());
            let listed = order.iter().filter(|_| plain);
            return Some(listed.map(|l| value(factors[owner], &l.0)).collect());
        }
        if self.passes(block) > MOST_PASSES as u64 {
            return Some(Vec::new());
        }
        let mut all: Vec<(&str, usize)> = vec![("", 1)];
        for (i, (factor, levels)) in factors.iter().enumerate() {
            let often = |level: &str| {
                let times = block.times.get(*factor).and_then(|t| t.get(level));
                times.copied().unwrap_or(1) as usize
            };
            let mut next = Vec::with_capacity(all.len() * levels.len());
            for (seen, n) in all {
                let of = |level: &'p String| {
                    let here = if i == owner { value(factors[owner], level) } else { seen };
                    (here, n * often(level))
                };
                next.extend(levels.keys().map(of));
            }
            all = next;
        }
        Some(all.into_iter().flat_map(|(v, n)| std::iter::repeat_n(v, n)).collect())
    }
}

/// The most passes in a row with each value.
fn longest_runs<'a>(values: impl Iterator<Item = &'a str>) -> IndexMap<&'a str, usize> {
    let mut longest: IndexMap<&str, usize> = IndexMap::new();
    let (mut last, mut run) = (None, 0);
    for value in values {
        run = if last == Some(value) { run + 1 } else { 1 };
        last = Some(value);
        let most = longest.entry(value).or_default();
        *most = run.max(*most);
    }
    longest
}

/// The longest run of each value that even the best order of `bags` such bags together has: its passes are spread over
/// the places between all others.
fn shortest_longest<'a>(bag: &[&'a str], bags: usize) -> IndexMap<&'a str, usize> {
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    for value in bag {
        *counts.entry(value).or_default() += bags;
    }
    let all = bag.len() * bags;
    counts.into_iter().map(|(v, n)| (v, n.div_ceil(all - n + 1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_order_spreads_the_most_frequent_value() {
        let best =
            |bag: &[&str], bags| shortest_longest(bag, bags).values().copied().max().unwrap();
        assert_eq!(best(&["a", "b", "c"], 4), 1);
        assert_eq!(best(&["a", "a", "a", "b"], 1), 2);
        assert_eq!(best(&["a"], 5), 5);
        assert_eq!(longest_runs(["a", "b", "b", "a"].into_iter())["b"], 2);
    }
}
