//! Texts and scales that leave the visible part of the screen: a translation that is longer than the original, or a head
//! coil that hides the corners. It lays scenes out for the rig's screen and draws nothing.

use crate::ground::document::short;
use crate::plan::schema::RunPlan;
use crate::presenter::fonts::Fonts;
use crate::presenter::layout::{Placed, TextBox, lay_out};
use crate::rig::geometry::Geometry;
use crate::rig::schema::Screen;
use indexmap::IndexSet;

/// Height in pixels of the screen that is laid out for; the rig gives its shape.
const HEIGHT: f64 = 1080.0;
/// Letters may stand this far over the edge of their line, in pixels.
const SLACK: f64 = 2.0;

/// A warning for each text of a plan that a screen of this shape cannot show whole. `fonts` that cannot be used are said elsewhere.
pub fn warnings(plan: &RunPlan, screen: &Screen) -> Vec<String> {
    let Ok(mut fonts) = Fonts::load(&screen.fonts) else { return Vec::new() };
    let width = HEIGHT * screen.size_m[0] / screen.size_m[1];
    let geometry = Geometry::new(screen, width.round() as u32, HEIGHT as u32);
    let mut seen = IndexSet::new();
    let mut said = Vec::new();
    for phase in plan.phases() {
        for placed in lay_out(&phase.scene, &geometry, |_| None) {
            let texts = match &placed {
                Placed::Text(text) => vec![text],
                Placed::Scale(scale) => {
                    [&scale.question].into_iter().chain(&scale.anchors).collect()
                }
                _ => continue,
            };
            for text in texts {
                if !seen.insert((phase.name.clone(), text.text.clone())) {
                    continue;
                }
                if let Some(edge) = over(text, &mut fonts, &geometry) {
                    said.push(format!(
                        "text \"{}\" of phase \"{}\" in language \"{}\" does not fit: it leaves the visible part of the screen {edge}; \
                         make it smaller or shorter, or move it",
                        short(text.text.trim()),
                        phase.name,
                        plan.who.language
                    ));
                }
            }
        }
    }
    said
}

/// The edge over which a text goes.
fn over(text: &TextBox, fonts: &mut Fonts, g: &Geometry) -> Option<&'static str> {
    if text.text.trim().is_empty() {
        return None;
    }
    let shaped = fonts.shape(text);
    let (top, height) = (f64::from(shaped.top), f64::from(shaped.height));
    let v = &g.visible;
    if top < v.y - SLACK {
        Some("at the top")
    } else if top + height > v.y + v.h + SLACK {
        Some("at the bottom")
    } else {
        (f64::from(shaped.width) > v.w + SLACK).then_some("at its sides")
    }
}
