//! The search for an order by chance that keeps every bound. Passes that are alike in all bounded variables are one
//! class; each next class is drawn with the chance of its passes that are left, among those after which the rest can
//! still be placed. With one bounded variable that is never wrong; with several the search goes back where it must, and
//! remembers from where nothing was found, so that an answer "impossible" is a proof.

use super::Pass;
use crate::protocol::schema::InRow;
use indexmap::IndexMap;
use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::HashSet;

/// After so many steps the search is given up.
pub const MOST_STEPS: usize = 400_000;

/// Passes that are ordered: so many bags, one after the other, each with all of these.
pub struct Bags<'a> {
    pub each: Vec<&'a Pass>,
    pub bags: usize,
}

/// What the search found.
pub enum Answer<'a> {
    Order(Vec<&'a Pass>),
    /// No order keeps the bounds.
    Impossible,
    GaveUp,
}

/// An order of all bags.
pub fn search<'a>(
    bags: &Bags<'a>,
    limits: &IndexMap<String, InRow>,
    rng: &mut ChaCha8Rng,
) -> Answer<'a> {
    let classes = Classes::of(bags, limits);
    let all = bags.each.len() * bags.bags;
    let mut steps = 0;
    let mut dead: HashSet<(usize, State)> = HashSet::new();
    let mut path: Vec<usize> = Vec::with_capacity(all);
    // For each place: the state before it, and the classes that are still to be tried there.
    let mut state = classes.start();
    let mut open: Vec<(State, Vec<usize>)> = Vec::with_capacity(all);
    let mut fresh = true;
    while path.len() < all {
        steps += 1;
        if steps > MOST_STEPS {
            return Answer::GaveUp;
        }
        if fresh {
            if state.left.iter().all(|n| *n == 0) {
                state.left.clone_from(&classes.sizes);
            }
            open.push((state.clone(), classes.candidates(&state, rng)));
        }
        let (here, candidates) = open.last_mut().expect("one was pushed");
        let next = std::iter::from_fn(|| candidates.pop())
            .map(|class| (class, classes.after(here, class)))
            .find(|(_, after)| !dead.contains(&(path.len() + 1, after.clone())));
        match next {
            Some((class, after)) => {
                path.push(class);
                state = after;
                fresh = true;
            }
            None => {
                dead.insert((path.len(), here.clone()));
                open.pop();
                if path.pop().is_none() {
                    return Answer::Impossible;
                }
                fresh = false;
            }
        }
    }
    Answer::Order(classes.deal(&path, bags, rng))
}

/// What decides how an order can go on.
#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    /// Passes of each class that are left in the bag.
    left: Vec<usize>,
    /// For each bounded variable the value that came last, and how often in a row.
    runs: Vec<(usize, u32)>,
}

/// Passes that are alike in all bounded variables.
struct Classes<'a> {
    members: Vec<Vec<&'a Pass>>,
    sizes: Vec<usize>,
    /// Value of each class by variable; values are numbered from 1, 0 is none.
    values: Vec<Vec<usize>>,
    /// Bounds by variable and value.
    bounds: Vec<Vec<Option<u32>>>,
}

impl<'a> Classes<'a> {
    fn of(bags: &Bags<'a>, limits: &IndexMap<String, InRow>) -> Classes<'a> {
        let mut groups: IndexMap<Vec<Option<&str>>, Vec<&Pass>> = IndexMap::new();
        for pass in &bags.each {
            let key = limits.keys().map(|v| pass.get(v).map(String::as_str)).collect();
            groups.entry(key).or_default().push(pass);
        }
        let mut bounds: Vec<Vec<Option<u32>>> = Vec::new();
        let mut values: Vec<Vec<usize>> = vec![Vec::new(); groups.len()];
        for (i, bound) in limits.values().enumerate() {
            let mut names: Vec<&str> = Vec::new();
            for (class, key) in groups.keys().enumerate() {
                let number = key[i].map_or(0, |value| {
                    let known = names.iter().position(|n| *n == value);
                    1 + known.unwrap_or_else(|| {
                        names.push(value);
                        names.len() - 1
                    })
                });
                values[class].push(number);
            }
            let of = names.iter().map(|n| bound.most(n));
            bounds.push(std::iter::once(None).chain(of).collect());
        }
        let members: Vec<Vec<&Pass>> = groups.into_values().collect();
        Classes { sizes: members.iter().map(Vec::len).collect(), members, values, bounds }
    }

    fn start(&self) -> State {
        State { left: self.sizes.clone(), runs: vec![(0, 0); self.bounds.len()] }
    }

    fn after(&self, state: &State, class: usize) -> State {
        let mut next = state.clone();
        next.left[class] -= 1;
        for (run, value) in next.runs.iter_mut().zip(&self.values[class]) {
            *run = (*value, if run.0 == *value { run.1 + 1 } else { 1 });
        }
        next
    }

    /// The classes that may come next, in the reverse of the order in which they are tried.
    fn candidates(&self, state: &State, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let mut fit: Vec<usize> = (0..self.sizes.len())
            .filter(|&c| state.left[c] > 0 && self.keeps(&self.after(state, c)))
            .collect();
        let mut order = Vec::with_capacity(fit.len());
        while !fit.is_empty() {
            let all: usize = fit.iter().map(|&c| state.left[c]).sum();
            let mut at = (rng.next_u64() % all as u64) as usize;
            let place = fit.iter().position(|&c| {
                let here = at < state.left[c];
                at = at.saturating_sub(state.left[c]);
                here
            });
            order.push(fit.swap_remove(place.expect("the chance lies within all of them")));
        }
        order.reverse();
        order
    }

    /// Whether no bound is broken, and for each variable alone what is left of the bag can still be placed: the passes
    /// with one value fit into the gaps between all others.
    fn keeps(&self, state: &State) -> bool {
        let all: usize = state.left.iter().sum();
        self.bounds.iter().enumerate().all(|(i, bounds)| {
            let (last, run) = state.runs[i];
            if bounds[last].is_some_and(|most| run > most) {
                return false;
            }
            let mut left = vec![0; bounds.len()];
            for (class, n) in state.left.iter().enumerate() {
                left[self.values[class][i]] += n;
            }
            bounds.iter().enumerate().all(|(value, most)| {
                let Some(most) = most.map(|m| m as usize) else { return true };
                let first = if value == last { most - (run as usize).min(most) } else { most };
                left[value] <= first + most * (all - left[value])
            })
        })
    }

    /// The passes themselves: those of one class come in an order by chance.
    fn deal(&self, path: &[usize], bags: &Bags<'a>, rng: &mut ChaCha8Rng) -> Vec<&'a Pass> {
        let mut out = Vec::with_capacity(path.len());
        for bag in path.chunks(bags.each.len().max(1)) {
            let mut hands = self.members.clone();
            hands.iter_mut().for_each(|h| h.shuffle(rng));
            out.extend(bag.iter().map(|&class| hands[class].pop().expect("as many as were drawn")));
        }
        out
    }
}
