//! What a task is made of besides its timeline: languages, practice, scales.

use crate::ground::document::value::counted;
use crate::plan::schema::{Length, RunPlan, ScaleText};
use crate::protocol::schema::Protocol;
use std::fmt::Write;

/// Writes languages and practice where there are any, and each scale with its kind.
pub fn write_form(out: &mut String, protocol: &Protocol, plan: &RunPlan) -> std::fmt::Result {
    let languages = protocol.languages();
    if languages.len() > 1 {
        let shown = &plan.who.language;
        writeln!(out, "Languages: {}; told here in {shown}", languages.join(", "))?;
    }
    let practice: Vec<_> = plan.phases().filter(|p| p.practice).collect();
    if !practice.is_empty() {
        let pages = practice.iter().filter(|p| p.length == Length::UntilResponse).count();
        let again: Vec<&str> = practice
            .iter()
            .filter_map(|p| p.again.as_ref())
            .flat_map(|a| a.keys.iter().map(String::as_str))
            .collect();
        let anew = match again.first() {
            Some(_) => format!("; begun anew with {}", unique(&again).join(" or ")),
            None => String::new(),
        };
        writeln!(
            out,
            "Practice: {}, {pages} of them until a key{anew}; never counted, not in the time of the run",
            counted(practice.len(), "phase")
        )?;
    }
    for (name, scale) in &plan.task.scales {
        writeln!(out, "Scale {name}: {}", scale_text(scale))?;
    }
    if languages.len() > 1 || !practice.is_empty() || !plan.task.scales.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

fn scale_text(scale: &ScaleText) -> String {
    let points = scale.points.map_or(String::new(), |n| format!(", {n} points"));
    let mut text = format!(
        "{}{points}, {} to {}, higher is {}",
        scale.kind, scale.left, scale.right, scale.higher_means
    );
    if scale.reversible {
        text.push_str("; the other way round for some people");
    }
    if scale.continuous {
        text.push_str("; rated while other things are shown");
    }
    text
}

fn unique<'a>(all: &[&'a str]) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    for text in all {
        if !found.contains(text) {
            found.push(text);
        }
    }
    found
}
