//! The words under and above the screens: how long a phase lasts, what is heard, and how the passes of a block are repeated. It is
//! the one place that turns what a protocol says of time, sounds and order into words.

use crate::plan::schema::{Phase, RunPlan};
use crate::protocol::schema::{
    BlockDef, CueDef, DurationDef, OrderDef, PhaseDef, Protocol, Spread, Window,
};
use indexmap::IndexSet;

/// More lengths to choose from than this are told as a range, more sounds as a number.
const MANY: usize = 5;

/// How long a phase lasts, as the protocol says it, with how long an answer counts where that has a limit.
pub fn duration(name: &str, def: &PhaseDef, plan: &RunPlan) -> Vec<String> {
    let mut lines = vec![match &def.duration {
        DurationDef::Seconds(s) => span(*s),
        DurationDef::Frames { frames, at } if frames.variables().next().is_none() => {
            let plural = if frames.0 == "1" { "" } else { "s" };
            match at {
                // They stand for a time.
                Some(at) => span(frames.0.parse::<f64>().unwrap_or_default() / at),
                None => format!("{} frame{plural}", frames.0),
            }
        }
        DurationDef::Jitter(jitter) => match &jitter.from {
            Spread::Choose(list) => chosen(list),
            Spread::Uniform(low, high) => range(*low, *high),
            Spread::Exponential { from, to, mean } => {
                format!("{}, mean {}", range(*from, *to), span(*mean))
            }
        },
        DurationDef::UntilResponse { at_most: Some(limit), .. } => {
            format!("until a key, {} at most", span(*limit))
        }
        DurationDef::UntilResponse { at_most: None, .. } => "until a key".into(),
        DurationDef::UntilTrigger => "until the scanner".into(),
        DurationDef::UntilVolume(1) => "until the next volume".into(),
        DurationDef::UntilVolume(n) => format!("until {n} more volumes"),
        // What a variable gives is told by what it comes to in the run.
        DurationDef::SecondsOf(_) | DurationDef::Frames { .. } => {
            planned(plan.phases().filter(|p| p.name == name))
        }
    }];
    let window = def.response.as_ref().and_then(|r| r.window.as_ref());
    lines.extend(window.map(|w| match w {
        Window::Seconds(s) => format!("answer within {}", span(*s)),
        Window::Through(phase) => format!("answer to the end of {}", plain(phase)),
    }));
    lines
}

/// What is heard with a phase: `sound: attend at 0.5 s`.
pub fn sounds(name: &str, def: &PhaseDef, plan: &RunPlan) -> Vec<String> {
    let told = |(i, cue): (usize, &CueDef)| {
        let played = plan.phases().filter(|p| p.name == name).filter_map(|p| p.sounds.get(i));
        let names: IndexSet<String> = played.map(|c| plain(&c.sound)).collect();
        let which = match names.len() {
            0..=MANY => names.into_iter().collect::<Vec<_>>().join(" or "),
            many => format!("one of {many}"),
        };
        let at = if cue.at > 0.0 { format!(" at {}", span(cue.at)) } else { String::new() };
        let every = cue.every.map(|s| format!(", every {}", span(s))).unwrap_or_default();
        format!("sound: {which}{at}{every}")
    };
    def.sounds.iter().enumerate().map(told).collect()
}

/// When a phase comes that waits for counters: `block 3 or 6 only`.
pub fn counted(protocol: &Protocol, name: &str) -> Vec<String> {
    let is_counter = |v: &str| protocol.blocks.values().any(|b| b.count.as_deref() == Some(v));
    let when = protocol.phases[name].when.iter().filter(|(variable, _)| is_counter(variable));
    let told = when.map(|(variable, values)| {
        let values: Vec<&str> = values.iter().map(|v| v.0.as_str()).collect();
        format!("{} {} only", plain(variable), values.join(" or "))
    });
    told.collect()
}

/// The lengths that phases have in a plan.
fn planned<'a>(phases: impl Iterator<Item = &'a Phase>) -> String {
    let lengths: Vec<f64> = phases.filter_map(|p| p.length.nominal()).map(|t| t.secs()).collect();
    if lengths.is_empty() { "until it ends".into() } else { chosen(&lengths) }
}

/// How a block is repeated: nothing where it has one pass only.
pub fn repetition(block: &BlockDef, combinations: usize) -> Option<String> {
    let cycles = block.cycles;
    let times = if cycles > 1 { format!("{cycles} \u{d7} ") } else { String::new() };
    if let OrderDef::Explicit(levels) = &block.order {
        let passes = format!("({} passes in a fixed order)", levels.len());
        return (levels.len() > 1 || cycles > 1).then(|| unwrapped(times + &passes, cycles));
    }
    if combinations <= 1 {
        return (cycles > 1).then(|| times.trim_end().to_string());
    }
    // Where some come more often than others, they are not all conditions of their own.
    let what = if block.times.is_empty() { "conditions" } else { "passes" };
    let order = match (&block.order, cycles) {
        (OrderDef::Sequential, _) => "in this order",
        (OrderDef::Latin, _) => "ordered by a Latin square",
        (OrderDef::Williams, _) => "ordered by a Williams design",
        (OrderDef::Cycle, 2..) => "shuffled in each cycle",
        (OrderDef::Shuffle, 2..) => {
            return Some(format!("{times}{combinations} {what}, all shuffled"));
        }
        _ => "shuffled",
    };
    Some(unwrapped(format!("{times}({combinations} {what}, {order})"), cycles))
}

/// Without the parentheses, where nothing stands before them.
fn unwrapped(text: String, cycles: u32) -> String {
    if cycles > 1 { text } else { text.trim_matches(['(', ')']).to_string() }
}

/// The same phase or block, so often in a row.
pub fn in_a_row(n: usize) -> String {
    format!("{n} \u{d7}")
}

/// A name of the protocol as words: `attend_neutral` is `attend neutral`.
pub fn plain(name: &str) -> String {
    name.replace('_', " ")
}

/// `4 s`, `100 ms`.
fn span(seconds: f64) -> String {
    let (factor, unit) = scale(seconds);
    format!("{} {unit}", number(seconds, factor))
}

/// `4, 5, 6 or 7 s`; a range where there are too many.
fn chosen(list: &[f64]) -> String {
    let mut sorted = list.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    let (low, high) = (sorted.first().copied(), sorted.last().copied());
    let (low, high) = (low.unwrap_or_default(), high.unwrap_or_default());
    if sorted.len() > MANY {
        return range(low, high);
    }
    let (factor, unit) = scale(high);
    let mut each: Vec<String> = sorted.iter().map(|s| number(*s, factor)).collect();
    match each.pop() {
        Some(last) if !each.is_empty() => format!("{} or {last} {unit}", each.join(", ")),
        last => format!("{} {unit}", last.unwrap_or_default()),
    }
}

/// `1–10 s`.
fn range(low: f64, high: f64) -> String {
    let (factor, unit) = scale(high);
    format!("{}\u{2013}{} {unit}", number(low, factor), number(high, factor))
}

/// Less than a second is told in milliseconds.
fn scale(seconds: f64) -> (f64, &'static str) {
    if seconds < 1.0 { (1000.0, "ms") } else { (1.0, "s") }
}

/// With three decimals at most, of milliseconds one, and none that are nothing.
fn number(seconds: f64, factor: f64) -> String {
    let decimals = if factor > 1.0 { 1 } else { 3 };
    let text = format!("{:.decimals$}", seconds * factor);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::schema::Template;
    use indexmap::IndexMap;

    fn block(cycles: u32, order: OrderDef) -> BlockDef {
        BlockDef {
            each: vec!["condition".into()],
            cycles,
            order,
            max_in_row: IndexMap::new(),
            times: IndexMap::new(),
            when: IndexMap::new(),
            practice: false,
            count: None,
            contents: vec!["picture".into()],
        }
    }

    #[test]
    fn spans_are_told_in_seconds_and_below_one_in_milliseconds() {
        let told = [4.0, 1.9, 1.0, 0.1, 0.0166667].map(span);
        assert_eq!(told, ["4 s", "1.9 s", "1 s", "100 ms", "16.7 ms"]);
    }

    #[test]
    fn lengths_to_choose_from_are_listed_once_each_or_told_as_a_range() {
        assert_eq!(chosen(&[6.0, 4.0, 7.0, 5.0, 4.0]), "4, 5, 6 or 7 s");
        assert_eq!(chosen(&[2.0]), "2 s");
        assert_eq!(chosen(&[0.2, 0.4]), "200 or 400 ms");
        assert_eq!(chosen(&[0.5, 1.0]), "0.5 or 1 s");
        assert_eq!(chosen(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), "1\u{2013}6 s");
        assert_eq!(range(1.0, 10.0), "1\u{2013}10 s");
    }

    #[test]
    fn the_order_of_a_block_is_told() {
        let told = |cycles, order, n| repetition(&block(cycles, order), n).unwrap_or_default();
        assert_eq!(told(4, OrderDef::Cycle, 3), "4 \u{d7} (3 conditions, shuffled in each cycle)");
        assert_eq!(told(1, OrderDef::Cycle, 3), "3 conditions, shuffled");
        assert_eq!(told(2, OrderDef::Sequential, 3), "2 \u{d7} (3 conditions, in this order)");
        assert_eq!(told(1, OrderDef::Latin, 4), "4 conditions, ordered by a Latin square");
        assert_eq!(told(5, OrderDef::Shuffle, 2), "5 \u{d7} 2 conditions, all shuffled");
        assert_eq!(told(10, OrderDef::Sequential, 1), "10 \u{d7}");
        assert_eq!(told(1, OrderDef::Sequential, 1), "");
        let fixed = OrderDef::Explicit(["a", "b", "a"].map(|l| Template(l.into())).to_vec());
        assert_eq!(told(2, fixed.clone(), 2), "2 \u{d7} (3 passes in a fixed order)");
        assert_eq!(told(1, fixed, 2), "3 passes in a fixed order");
    }
}
