//! Orders of passes: what an explicit order may name, and bounds on repetition that no order could keep.

use super::Checked;
use crate::ground::document::short;
use crate::protocol::schema::{BlockDef, OrderDef};
use indexmap::IndexMap;

/// More passes than this are not tried out.
const MOST_PASSES: usize = 20_000;

impl<'p> Checked<'p> {
    /// The order of a block, and its bounds.
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
        for (variable, &most) in &block.max_in_row {
            self.in_row(name, block, variable, most);
        }
    }

    fn explicit(&self, name: &str, block: &BlockDef, order: &[String]) {
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
        for (i, level) in order.iter().enumerate().filter(|(_, l)| !levels.contains_key(*l)) {
            let place = self.root.place(&["block", name, "order", &i.to_string()]);
            let message =
                format!("\"{}\" is not a level of factor \"{}\"", short(level), short(factor));
            let known = levels.keys().map(String::as_str);
            self.unknown(place, message, level, known, "name the levels in their order");
        }
    }

    fn in_row(&self, name: &str, block: &BlockDef, variable: &str, most: u32) {
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
        let cycles = block.cycles as usize;
        if cycle.len().saturating_mul(cycles) > MOST_PASSES || cycle.is_empty() {
            return;
        }
        let fixed = matches!(block.order, OrderDef::Sequential | OrderDef::Explicit(_));
        let longest = if fixed {
            longest_run(cycle.iter().copied().cycle().take(cycle.len() * cycles))
        } else {
            let whole = shortest_longest(cycle.iter().copied(), cycles);
            match block.order {
                OrderDef::Cycle => whole.max(shortest_longest(cycle.iter().copied(), 1)),
                _ => whole,
            }
        };
        if longest > most as usize {
            let order = if fixed { "in the order as written" } else { "in the best of orders" };
            self.error(
                &path,
                format!("{most} in a row cannot be kept for \"{}\"", short(variable)),
                format!("{order} one value comes {longest} times in a row"),
                "allow more in a row, add passes with other values, or choose another order",
            );
        }
    }

    /// The values of a variable in one cycle of a block, in the written order.
    fn cycle(&self, block: &BlockDef, variable: &str) -> Option<Vec<&'p str>> {
        let factors: Vec<_> =
            block.each.iter().filter_map(|f| self.protocol.factors.get_key_value(f)).collect();
        let owner = factors.iter().position(|(factor, levels)| {
            *factor == variable || levels.values().next().is_some_and(|v| v.contains_key(variable))
        })?;
        let (factor, levels) = factors[owner];
        let value = |level: &'p String| match *factor == variable {
            true => level.as_str(),
            false => levels[level].get(variable).map_or("", |t| t.0.as_str()),
        };
        if let OrderDef::Explicit(order) = &block.order {
            let known = order.iter().filter_map(|l| levels.get_key_value(l));
            return Some(known.map(|(l, _)| value(l)).collect());
        }
        let count = |part: &[(&String, _)]| {
            let sizes = part.iter().map(|(_, l): &(_, &IndexMap<_, IndexMap<_, _>>)| l.len());
            sizes.fold(1, usize::saturating_mul)
        };
        let (outer, inner): (usize, usize) =
            (count(&factors[..owner]), count(&factors[owner + 1..]));
        if outer.saturating_mul(inner).saturating_mul(levels.len()) > MOST_PASSES {
            return Some(Vec::new());
        }
        let once: Vec<&str> =
            levels.keys().flat_map(|l| std::iter::repeat_n(value(l), inner)).collect();
        Some(once.repeat(outer))
    }
}

/// The most equal values in a row.
fn longest_run<'a>(values: impl Iterator<Item = &'a str>) -> usize {
    let (mut last, mut run, mut longest) = (None, 0, 0);
    for value in values {
        run = if last == Some(value) { run + 1 } else { 1 };
        last = Some(value);
        longest = longest.max(run);
    }
    longest
}

/// The longest run that even the best order of `cycles` such cycles has: the passes with the most frequent value
/// are spread over the places between all others.
fn shortest_longest<'a>(values: impl Iterator<Item = &'a str>, cycles: usize) -> usize {
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    let mut all = 0;
    for value in values {
        *counts.entry(value).or_default() += cycles;
        all += cycles;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    most.div_ceil(all - most + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_order_spreads_the_most_frequent_value() {
        assert_eq!(shortest_longest(["a", "b", "c"].into_iter(), 4), 1);
        assert_eq!(shortest_longest(["a", "a", "a", "b"].into_iter(), 1), 2);
        assert_eq!(shortest_longest(["a"].into_iter(), 5), 5);
        assert_eq!(longest_run(["a", "b", "b", "a"].into_iter()), 2);
    }
}
