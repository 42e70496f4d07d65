//! Progress in the terminal. Only on a terminal is a line redrawn.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts pictures.
pub fn loading() -> ProgressBar {
    let bar = ProgressBar::new(0);
    bar.set_style(style("{msg} {wide_bar} {pos}/{len}"));
    bar.set_message("loading pictures");
    bar
}

/// The form of a line of progress.
pub fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is well formed")
}
