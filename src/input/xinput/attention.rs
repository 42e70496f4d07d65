//! Whether keys and clicks on an X server are meant for our window, told from its focus and crossing events in their order.

use x11rb::protocol::xproto::{NotifyDetail, NotifyMode};

/// What the window has of the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Away,
    /// It was given to the window, or to one inside it.
    Given,
    /// Nobody was given it, or one around the window was, and the pointer is in the window: X servers send keys there then.
    Pointed,
}

/// The keyboard's and the pointer's attention to one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attention {
    focus: Focus,
    /// Somebody else has taken the keyboard for a while, as window managers do while they switch windows.
    grabbed: bool,
    inside: bool,
}

/// Who has the keyboard at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstFocus {
    Window,
    /// Nobody, or the root window: keys go where the pointer is.
    PointerRoot,
    Other,
}

impl Attention {
    /// As the server answers when it is asked at the start.
    pub fn new(first: FirstFocus, inside: bool) -> Attention {
        let focus = match first {
            FirstFocus::Window => Focus::Given,
            FirstFocus::PointerRoot if inside => Focus::Pointed,
            FirstFocus::PointerRoot | FirstFocus::Other => Focus::Away,
        };
        Attention { focus, grabbed: false, inside }
    }

    /// Whether keys are sent to the window.
    pub fn has_keys(&self) -> bool {
        self.focus != Focus::Away
    }

    /// Whether the pointer is in the window and nobody has taken it.
    pub fn has_pointer(&self) -> bool {
        self.inside
    }

    pub fn focus_in(&mut self, mode: NotifyMode, detail: NotifyDetail) {
        if mode == NotifyMode::WHILE_GRABBED {
            // It will be ours when the other lets go of the keyboard, which is told too.
            return;
        }
        self.grabbed = false;
        self.focus = if detail == NotifyDetail::POINTER { Focus::Pointed } else { Focus::Given };
    }

    pub fn focus_out(&mut self, mode: NotifyMode, detail: NotifyDetail) {
        self.grabbed = matches!(mode, NotifyMode::GRAB | NotifyMode::WHILE_GRABBED);
        self.focus = match detail {
            NotifyDetail::INFERIOR if !self.grabbed => Focus::Given,
            _ => Focus::Away,
        };
    }

    /// The pointer came into the window; `focus` is what the event says of the keyboard.
    pub fn enter(&mut self, focus: bool) {
        self.inside = true;
        if focus && !self.grabbed && self.focus == Focus::Away {
            self.focus = Focus::Pointed;
        }
    }

    pub fn leave(&mut self, mode: NotifyMode, detail: NotifyDetail) {
        if detail == NotifyDetail::INFERIOR {
            return;
        }
        self.inside = false;
        // One who grabs the pointer has not moved it.
        if self.focus == Focus::Pointed && mode != NotifyMode::GRAB {
            self.focus = Focus::Away;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NORMAL: NotifyMode = NotifyMode::NORMAL;
    const NONLINEAR: NotifyDetail = NotifyDetail::NONLINEAR;

    fn away() -> Attention {
        Attention::new(FirstFocus::Other, true)
    }

    #[test]
    fn the_first_answer_decides_until_an_event_comes() {
        assert!(Attention::new(FirstFocus::Window, false).has_keys());
        assert!(Attention::new(FirstFocus::PointerRoot, true).has_keys());
        assert!(!Attention::new(FirstFocus::PointerRoot, false).has_keys());
        assert!(!Attention::new(FirstFocus::Other, true).has_keys());
    }

    #[test]
    fn the_focus_comes_and_goes() {
        let mut a = away();
        a.focus_in(NORMAL, NONLINEAR);
        assert!(a.has_keys());
        a.leave(NORMAL, NONLINEAR);
        assert!(a.has_keys() && !a.has_pointer(), "the pointer does not matter where it was given");
        a.focus_out(NORMAL, NONLINEAR);
        assert!(!a.has_keys());
    }

    #[test]
    fn a_keyboard_that_somebody_grabs_is_away_until_it_is_let_go() {
        let mut a = away();
        a.focus_in(NORMAL, NONLINEAR);
        a.focus_out(NotifyMode::GRAB, NONLINEAR);
        assert!(!a.has_keys());
        a.enter(true);
        assert!(!a.has_keys(), "the pointer does not bring it back");
        a.focus_in(NotifyMode::UNGRAB, NONLINEAR);
        assert!(a.has_keys());
    }

    #[test]
    fn a_focus_that_comes_while_another_grabs_counts_from_the_end_of_the_grab() {
        let mut a = away();
        a.focus_in(NotifyMode::WHILE_GRABBED, NONLINEAR);
        assert!(!a.has_keys());
        a.focus_in(NotifyMode::UNGRAB, NONLINEAR);
        assert!(a.has_keys());
        a.focus_out(NotifyMode::WHILE_GRABBED, NONLINEAR);
        assert!(!a.has_keys());
    }

    #[test]
    fn without_a_focus_keys_go_where_the_pointer_is() {
        let mut a = Attention::new(FirstFocus::PointerRoot, false);
        a.enter(true);
        assert!(a.has_keys());
        a.leave(NotifyMode::GRAB, NONLINEAR);
        assert!(a.has_keys() && !a.has_pointer(), "a menu elsewhere takes clicks, not keys");
        a.enter(true);
        a.leave(NORMAL, NONLINEAR);
        assert!(!a.has_keys());
        a.enter(false);
        assert!(!a.has_keys(), "somebody else has the focus");
        a.focus_in(NORMAL, NotifyDetail::POINTER);
        assert!(a.has_keys());
        a.focus_out(NORMAL, NotifyDetail::POINTER);
        assert!(!a.has_keys());
    }

    #[test]
    fn a_window_inside_ours_is_ours() {
        let mut a = away();
        a.focus_in(NORMAL, NONLINEAR);
        a.focus_out(NORMAL, NotifyDetail::INFERIOR);
        assert!(a.has_keys());
        a.leave(NORMAL, NotifyDetail::INFERIOR);
        assert!(a.has_pointer());
    }
}
