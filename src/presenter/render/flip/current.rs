//! What is on the screen now.

use crate::ground::ports::ShowRequest;
use crate::ground::scene::{Rgb, Scene, StimulusId};
use crate::ground::time::Nanos;
use crate::presenter::gpu::{Look, Prepared};

/// What is on the screen now.
#[derive(Debug)]
pub struct Current {
    /// Its ticket; 0 before the first.
    pub ticket: u64,
    pub scene: Scene,
    pub mark: bool,
    /// None where it must be prepared again before it is drawn again.
    pub prepared: Option<Prepared>,
    /// How its moving parts look on the screen.
    pub look: Look,
    /// Whether it must be drawn again although nothing moved.
    pub stale: bool,
    /// Some of its pictures may still be on their way: it appeared without them, or was on a screen that is gone.
    pub restoring: bool,
    /// Pictures that it appeared without.
    pub lacks: Vec<StimulusId>,
}

impl Current {
    /// Nothing was shown yet.
    pub fn blank(background: Rgb) -> Current {
        let scene = Scene::blank(background);
        let look = Look::default();
        Current {
            ticket: 0,
            scene,
            mark: false,
            prepared: None,
            look,
            stale: true,
            restoring: false,
            lacks: Vec::new(),
        }
    }

    /// A request was shown.
    pub fn shown(request: ShowRequest, prepared: Option<Prepared>, look: Look) -> Current {
        let ShowRequest { ticket, scene, mark, .. } = request;
        let (stale, restoring, lacks) = (false, false, Vec::new());
        Current { ticket, scene, mark, prepared, look, stale, restoring, lacks }
    }

    /// It changes without being another scene. Where only a marker moves, what was prepared stays good.
    pub fn update(&mut self, update: ShowRequest) {
        if self.prepared.as_mut().is_some_and(|p| !p.adopt(&self.scene, &update.scene)) {
            self.prepared = None;
        }
        self.scene = update.scene;
        self.mark = update.mark;
        self.stale = true;
    }

    /// Whether a moving part would look different at an instant.
    pub fn differs_at(&self, t: Nanos) -> bool {
        self.scene.is_moving() && self.prepared.as_ref().is_none_or(|p| p.look_at(t) != self.look)
    }
}
