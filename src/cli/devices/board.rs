//! What stands in the window of `reframe devices`: what to do, and the last thing that arrived.

use crate::ground::event::Event;
use crate::ground::ports::{Display, Due, PictureSource, Pixels, ShowRequest};
use crate::ground::scene::{Element, ElementKind, Extent, Rgb, Scene, StimulusId};
use crate::presenter::render::{self, RenderConfig, RenderHandle, Target};
use crate::rig::schema::Rig;
use crossbeam_channel::Sender;
use std::sync::Arc;

/// A window with two lines of text.
pub struct Board {
    display: RenderHandle,
    ticket: u64,
}

impl Board {
    pub fn open(rig: &Rig, target: Target, sender: Sender<Event>) -> Board {
        let config = RenderConfig {
            screen: rig.screen.clone(),
            background: Rgb::GREY,
            ..RenderConfig::default()
        };
        let display = render::start(config, target, Arc::new(NoPictures), Vec::new(), sender);
        let mut board = Board { display, ticket: 0 };
        board.show("nothing yet");
        board
    }

    /// Says what arrived.
    pub fn show(&mut self, line: &str) {
        self.ticket += 1;
        let text = |id: &str, y: f64, text: &str| Element {
            id: id.into(),
            x: Extent::Px(0.0),
            y: Extent::Share(y),
            depth: 1,
            opacity: 1.0,
            kind: ElementKind::Text {
                text: text.into(),
                height: Extent::Share(0.04),
                wrap: Some(Extent::Share(1.2)),
                color: Rgb([230; 3]),
            },
        };
        let elements =
            vec![text("what", 0.1, "Press each button."), text("came", -0.05, line.trim())];
        let scene = Scene { background: Rgb::GREY, elements };
        let (ticket, due) = (self.ticket, Due::Next);
        self.display.show(ShowRequest {
            ticket,
            scene,
            due,
            report: true,
            mark: false,
            event: None,
            sounds: None,
        });
    }

    pub fn close(self) {
        self.display.stop();
    }
}

/// It shows none.
struct NoPictures;

impl PictureSource for NoPictures {
    fn load(&self, id: &StimulusId) -> Result<Pixels, String> {
        Err(format!("picture \"{id}\" is asked for by a window without pictures"))
    }
}
