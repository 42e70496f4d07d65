//! Progress in the terminal. Only on a terminal is a line redrawn.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts pictures while they are loaded.
pub fn loading() -> ProgressBar {
    pictures("loading pictures")
}

/// A bar that counts pictures while something is done with them.
pub fn pictures(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    bar.set_style(style("{msg} {wide_bar} {pos}/{len}"));
    bar.set_message(what);
    bar
}

/// So many are done, of so many.
pub fn count(bar: &ProgressBar, done: usize, of: usize) {
    bar.set_length(of as u64);
    bar.set_position(done as u64);
}

/// The form of a line of progress.
pub fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is well formed")
}
