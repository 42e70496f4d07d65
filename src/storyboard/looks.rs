//! Which conditions look alike: what a phase shows, as the protocol describes it, with the variables of a condition put in.
//! Pictures of the same description are alike, whichever of them is drawn. It knows no kind of element by name, so that new
//! ones need nothing here.

use crate::plan::schema::Phase;
use crate::protocol::schema::{ElementKindDef, PhaseDef, PictureOf, Protocol};

/// What a phase looks like under the variables of one of its occurrences; equal where a reader would see no difference.
pub fn look(protocol: &Protocol, def: &PhaseDef, phase: &Phase) -> String {
    let mut text = String::new();
    for element in &def.elements {
        text.push_str(&format!("{element:?}"));
        match &element.kind {
            ElementKindDef::Picture { of: PictureOf::Drawn { from, .. }, .. } => {
                text.push_str(&format!("{:?}", protocol.pictures.get(from)));
            }
            ElementKindDef::Scale { scale } => {
                text.push_str(&format!("{:?}", protocol.scales.get(scale)));
            }
            _ => {}
        }
    }
    // A block's number is another in each pass, and no difference between conditions.
    let counters: Vec<&String> =
        protocol.blocks.values().filter_map(|b| b.count.as_ref()).collect();
    for (name, value) in &phase.variables {
        if !counters.contains(&name) {
            text = text.replace(&format!("{{{name}}}"), value);
        }
    }
    text
}
