//! What the test shows: a square that changes its grey a little, and a line that says what goes on. Nothing that flickers
//! strongly, for somebody is looking.

use crate::ground::scene::{Element, ElementKind, Extent, Rgb, Scene, Shape};

/// Two greys of the square, on a middle grey: weak enough for eyes that flicker troubles.
const GREYS: [Rgb; 2] = [Rgb([108; 3]), Rgb([148; 3])];
const TEXT: Rgb = Rgb([230; 3]);

/// Makes the test's scenes.
#[derive(Clone, Debug)]
pub struct Scenes {
    how_to_end: String,
}

impl Scenes {
    pub fn new(how_to_end: String) -> Scenes {
        Scenes { how_to_end }
    }

    /// The scene with this number, while that is measured.
    pub fn of(&self, what: &str, number: u64) -> Scene {
        let side = Extent::Share(0.1);
        let color = GREYS[(number % 2) as usize];
        let square = Shape { width: side, height: side, color, stroke: None };
        let text = |id: &str, y: f64, height: f64, text: String| Element {
            id: id.into(),
            x: Extent::Px(0.0),
            y: Extent::Share(y),
            depth: 1,
            opacity: 1.0,
            kind: ElementKind::Text {
                text,
                height: Extent::Share(height),
                wrap: Some(Extent::Share(1.2)),
                color: TEXT,
            },
        };
        Scene {
            background: Rgb::GREY,
            elements: vec![
                Element {
                    id: "square".into(),
                    x: Extent::Px(0.0),
                    y: Extent::Px(0.0),
                    depth: 0,
                    opacity: 1.0,
                    kind: ElementKind::Rect(square),
                },
                text("what", 0.22, 0.045, format!("Timing self-test: {what}")),
                text("how", -0.22, 0.03, self.how_to_end.clone()),
            ],
        }
    }
}
