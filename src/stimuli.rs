//! Pictures: reading them from a folder, safely, changing them by recipe, and making the placeholder scenes that are shipped.
//! This room knows files and pixels; it knows no screen, no texture and no protocol.

pub mod decode;
pub mod derive;
pub mod folder;
pub mod make;
