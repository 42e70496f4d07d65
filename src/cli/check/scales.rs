//! What a scale may do that its author did not mean: keys that choose from the left of a reversed row, and a rating that begins
//! anew after a page. It warns and refuses nothing.

use crate::plan::schema::{Length, Phase, RunPlan, Scale};
use crate::protocol::schema::{Protocol, ScaleDef, ScaleKindDef};

/// Warnings on the scales of a protocol, and on how a plan shows them.
pub fn warnings(protocol: &Protocol, plan: &RunPlan) -> Vec<String> {
    let turned = protocol.scales.iter().filter(|(_, s)| s.reverse.is_some() && picks_numbers(s));
    let mut all: Vec<String> = turned
        .map(|(name, s)| {
            let first = s.keys.pick.first().map_or("", String::as_str);
            format!(
                "scale \"{name}\" is labelled with its numbers, and `pick` chooses by place, from the left: where it stands the other way \
                 round, key \"{first}\" chooses {}; leave `reverse` out, or move the marker with `left` and `right`",
                s.right
            )
        })
        .collect();
    all.extend(begun_anew(plan));
    all
}

/// Whether keys choose points whose labels are their own values.
fn picks_numbers(scale: &ScaleDef) -> bool {
    let ScaleKindDef::Likert { labels } = &scale.kind else { return false };
    let last = (labels.len().max(2) - 1) as f64;
    let own = |(i, label): (usize, &str)| {
        let value = scale.left + (scale.right - scale.left) * i as f64 / last;
        label.trim().parse::<f64>().is_ok_and(|n| (n - value).abs() < 0.005)
    };
    !scale.keys.pick.is_empty() && labels.iter().map(|l| l.0.as_str()).enumerate().all(own)
}

/// Ratings that go on through phases, and do not through a page between two of them; each once.
fn begun_anew(plan: &RunPlan) -> Vec<String> {
    let mut said = Vec::new();
    let phases: Vec<&Phase> = plan.phases().collect();
    for (i, phase) in phases.iter().enumerate() {
        let Some(scale) = phase.scale.as_ref().filter(|s| s.continuous && !s.continues) else {
            continue;
        };
        let pages = phases[..i].iter().rev().take_while(|p| p.length == Length::UntilResponse);
        let pages = pages.count();
        let Some(page) = (pages > 0).then(|| phases[i - pages]) else { continue };
        // The page may show it itself; else it is the phase before the page.
        let shows = |p: &Phase| {
            let same = |s: &&Scale| s.name == scale.name;
            p.practice == phase.practice && p.scale.as_ref().filter(same).is_some()
        };
        let from = (i - pages).saturating_sub(1);
        let Some(before) = phases[from..i].iter().find(|p| shows(p)) else { continue };
        let text = format!(
            "scale \"{}\" begins anew in phase \"{}\", after page \"{}\": the rating of phase \"{}\" does not go on across a page \
             that waits for a key; give the page a `duration` if one rating is meant",
            scale.name, phase.name, page.name, before.name
        );
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said
}
