//! Where a software driver copies the picture through the X socket, the server has drawn it once it answers
//! the next question on the same connection. Says nothing about a card that flips by itself.

use super::Feedback;
use crate::ground::clock::monotonic_now;
use crate::ground::record::Basis;
use crate::ground::time::Nanos;
use crate::presenter::render::x11::X11Link;
use std::sync::Arc;

/// One GetInputFocus round trip on the surface's own connection.
#[derive(Debug)]
pub struct X11Roundtrip {
    pub link: Arc<X11Link>,
}

impl Feedback for X11Roundtrip {
    fn basis(&self) -> Basis {
        Basis::X11Roundtrip
    }

    fn onset(&mut self, _returned: Nanos, _flip: Nanos) -> Option<(Nanos, Basis)> {
        self.link.round_trip().then(|| (monotonic_now(), Basis::X11Roundtrip))
    }
}
