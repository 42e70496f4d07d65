//! Orders: in which sequence the passes of a block come, within the constraints of the protocol. It knows factors and
//! levels by name only, and takes its chance from the stream it is given.

mod search;

use crate::protocol::schema::{BlockDef, InRow, OrderDef};
use indexmap::IndexMap;
use rand_chacha::ChaCha8Rng;
use search::{Answer, Bags};

/// The variables of one pass of a block.
pub type Pass = IndexMap<String, String>;

/// The passes of a block in their order; `combinations` are the crossed levels with their variables, `explicit` the levels
/// of an order that lists them.
///
/// # Errors
/// A sentence, if no order keeps the constraints, or none was found.
pub fn order(
    name: &str,
    block: &BlockDef,
    combinations: &[Pass],
    explicit: &[String],
    allocation: u32,
    rng: &mut ChaCha8Rng,
) -> Result<Vec<Pass>, String> {
    let cycles = block.cycles as usize;
    let one = one_cycle(block, combinations);
    let row = |rows: usize| allocation as usize % rows.max(1);
    let fixed = match &block.order {
        OrderDef::Sequential => Some(one.clone()),
        OrderDef::Explicit(_) => Some(listed(name, block, combinations, explicit)?),
        OrderDef::Latin => Some(picked(&one, latin_row(one.len(), row(one.len())))),
        OrderDef::Williams => {
            Some(picked(&one, williams_row(one.len(), row(williams_rows(one.len())))))
        }
        OrderDef::Shuffle | OrderDef::Cycle => None,
    };
    let limits = &block.max_in_row;
    if let Some(passes) = fixed {
        let all: Vec<&Pass> = std::iter::repeat_n(&passes, cycles).flatten().collect();
        return match broken(&all, limits) {
            None => Ok(all.into_iter().cloned().collect()),
            Some((variable, value)) => Err(format!(
                "the order of block \"{name}\" has \"{variable}\" = {value} more often in a row than its max_in_row allows; \
                 allow more in a row, or choose another order"
            )),
        };
    }
    let bags = match block.order {
        OrderDef::Cycle => Bags { each: one.iter().collect(), bags: cycles },
        _ => Bags { each: std::iter::repeat_n(&one, cycles).flatten().collect(), bags: 1 },
    };
    match search::search(&bags, limits, rng) {
        Answer::Order(all) => Ok(all.into_iter().cloned().collect()),
        Answer::Impossible => Err(impossible(name, &bags, limits)),
        Answer::GaveUp => Err(format!(
            "no order of block \"{name}\" that keeps max_in_row was found in {} steps; allow more in a row",
            search::MOST_STEPS
        )),
    }
}

/// Every combination as often as it comes in one cycle.
fn one_cycle(block: &BlockDef, combinations: &[Pass]) -> Vec<Pass> {
    let often = |pass: &Pass| {
        let times = block.times.iter();
        let of = times.filter_map(|(f, levels)| levels.get(pass.get(f)?)).map(|n| *n as usize);
        of.product::<usize>()
    };
    combinations.iter().flat_map(|p| std::iter::repeat_n(p.clone(), often(p))).collect()
}

/// The levels of an order that lists them.
fn listed(
    name: &str,
    block: &BlockDef,
    combinations: &[Pass],
    explicit: &[String],
) -> Result<Vec<Pass>, String> {
    let factor = block.each.first().map(String::as_str).unwrap_or_default();
    let of = |level: &String| {
        let found = combinations.iter().find(|c| c.get(factor) == Some(level)).cloned();
        found.ok_or_else(|| {
            format!(
                "the order of block \"{name}\" names \"{level}\", which is not a level of factor \"{factor}\"; correct \
                 the values of its variable"
            )
        })
    };
    explicit.iter().map(of).collect()
}

fn picked(passes: &[Pass], places: Vec<usize>) -> Vec<Pass> {
    places.into_iter().map(|i| passes[i].clone()).collect()
}

/// A row of the cyclic Latin square of `n`: each number once in each row and in each column.
fn latin_row(n: usize, row: usize) -> Vec<usize> {
    (0..n).map(|k| (k + row) % n).collect()
}

/// How many rows a Williams design of `n` has: `n`, or twice as many where `n` is odd.
pub fn williams_rows(n: usize) -> usize {
    if n.is_multiple_of(2) || n == 1 { n } else { 2 * n }
}

/// A row of a Williams design (Williams, 1949): 0, 1, n-1, 2, n-2, ... shifted by the row; where `n` is odd, the second
/// half of the rows is the first one backwards. In all rows together each number follows each other one equally often.
fn williams_row(n: usize, row: usize) -> Vec<usize> {
    let place = |k: usize| if k % 2 == 1 { k.div_ceil(2) } else { (n - k / 2) % n };
    let mut found: Vec<usize> = (0..n).map(|k| (place(k) + row) % n).collect();
    if row >= n {
        found.reverse();
    }
    found
}

/// The first bound that an order breaks: the variable and its value.
fn broken(passes: &[&Pass], limits: &IndexMap<String, InRow>) -> Option<(String, String)> {
    for (variable, bound) in limits {
        let (mut last, mut run) = (None, 0);
        for value in passes.iter().map(|p| p.get(variable)) {
            run = if value == last { run + 1 } else { 1 };
            last = value;
            if let Some(value) = value
                && bound.most(value).is_some_and(|most| run > most)
            {
                return Some((variable.clone(), value.clone()));
            }
        }
    }
    None
}

/// Why no order can keep the bounds.
fn impossible(name: &str, bags: &Bags<'_>, limits: &IndexMap<String, InRow>) -> String {
    for (variable, bound) in limits {
        for (value, count) in counts(bags, variable) {
            let others = bags.each.len() - count;
            let Some(most) = bound.most(value).map(|m| m as usize) else { continue };
            if count > most * (others + 1) {
                let within = if bags.bags > 1 { "a cycle" } else { "all passes" };
                return format!(
                    "no order of block \"{name}\" keeps max_in_row: \"{variable}\" is {value} in {count} of the {} passes of {within}, \
                     and with {most} in a row at most {} of them can be; allow more in a row, or add passes with other values",
                    bags.each.len(),
                    most * (others + 1)
                );
            }
        }
    }
    let names: Vec<&str> = limits.keys().map(String::as_str).collect();
    match (names.len(), bags.bags) {
        (1, _) => format!(
            "no order of block \"{name}\" keeps max_in_row of \"{}\" from one cycle to the next; allow more in a row, or use \
             the order \"shuffle\"",
            names[0]
        ),
        _ => format!(
            "no order of block \"{name}\" keeps max_in_row of {} together, though each alone can be kept; allow more in a row \
             for one of them",
            names.join(", ")
        ),
    }
}

/// How often each value of a variable comes in one bag.
fn counts<'a>(bags: &Bags<'a>, variable: &str) -> IndexMap<&'a str, usize> {
    let mut found: IndexMap<&str, usize> = IndexMap::new();
    for value in bags.each.iter().filter_map(|p| p.get(variable)) {
        *found.entry(value).or_default() += 1;
    }
    found
}

#[cfg(test)]
mod tests;
