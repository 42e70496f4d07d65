//! Tab-separated text as lines of cells, each with its place. What stands in the cells is for those who read them.

use std::ops::Range;

/// A cell and where it stands, in bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    pub text: &'a str,
    pub span: Range<usize>,
}

/// The lines of a text as cells; each has one cell at least. A byte order mark and carriage returns, as
/// spreadsheets write them, are skipped, and so is an empty last line.
pub fn lines(text: &str) -> impl Iterator<Item = Vec<Cell<'_>>> {
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    std::iter::from_fn(move || {
        if at >= text.len() {
            return None;
        }
        let rest = &text[at..];
        let end = rest.find('\n').unwrap_or(rest.len());
        let line = rest[..end].strip_suffix('\r').unwrap_or(&rest[..end]);
        let mut start = at;
        let cells = line
            .split('\t')
            .map(|text| {
                let span = start..start + text.len();
                start = span.end + 1;
                Cell { text, span }
            })
            .collect();
        at += end + 1;
        Some(cells)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_know_their_place_behind_a_byte_order_mark_and_carriage_returns() {
        let text = "\u{feff}a\tbc\r\n\td\n";
        let all: Vec<Vec<Cell<'_>>> = lines(text).collect();
        let texts: Vec<Vec<&str>> =
            all.iter().map(|line| line.iter().map(|c| c.text).collect()).collect();
        assert_eq!(texts, [vec!["a", "bc"], vec!["", "d"]]);
        assert!(all.iter().flatten().all(|c| &text[c.span.clone()] == c.text));
    }
}
