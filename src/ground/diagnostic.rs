//! A problem in a file, with its place and its remedy, and how a list of them is printed.
//! All problems of a file are gathered and shown at once.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::ops::Range;

/// A text file that was read, kept for pointing into it.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as the user gave it.
    pub path: String,
    pub text: String,
}

/// How serious a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but something in it may not be meant.
    Warning,
}

/// One problem in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub severity: Severity,
    /// Byte range in the text that is wrong; empty where something is missing.
    pub span: Range<usize>,
    /// What is wrong, naming the thing: `unknown key "durration" in phase "cue"`.
    pub message: String,
    /// What was expected, shown beside the text.
    pub expected: String,
    /// What to do.
    pub remedy: String,
}

impl Problem {
    /// An error at a place of the file.
    pub fn error(
        span: Range<usize>,
        message: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Problem {
        Problem {
            severity: Severity::Error,
            span,
            message: message.into(),
            expected: expected.into(),
            remedy: remedy.into(),
        }
    }

    /// A warning at a place of the file.
    pub fn warning(
        span: Range<usize>,
        message: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Problem {
        Problem { severity: Severity::Warning, ..Problem::error(span, message, expected, remedy) }
    }
}

impl Source {
    /// Line and column (from 1, in characters) of a byte offset.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let mut upto = offset.min(self.text.len());
        while !self.text.is_char_boundary(upto) {
            upto -= 1;
        }
        let before = &self.text[..upto];
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        (line, before[start..].chars().count() + 1)
    }

    /// The problems as a person reads them: each with file, line, column, text, expectation, remedy.
    pub fn render(&self, problems: &[Problem], color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let mut sorted: Vec<&Problem> = problems.iter().collect();
        sorted.sort_by_key(|p| (p.span.start, p.span.end));
        let mut out = String::new();
        for p in sorted {
            let level = match p.severity {
                Severity::Error => Level::ERROR,
                Severity::Warning => Level::WARNING,
            };
            let end = p.span.end.min(self.text.len());
            let span = p.span.start.min(end)..end;
            let mut mark = AnnotationKind::Primary.span(span);
            if !p.expected.is_empty() {
                mark = mark.label(p.expected.as_str());
            }
            let snippet = Snippet::source(self.text.as_str()).path(self.path.as_str());
            let mut group =
                level.primary_title(p.message.as_str()).element(snippet.annotation(mark));
            if !p.remedy.is_empty() {
                group = group.element(Level::HELP.message(p.remedy.as_str()));
            }
            out.push_str(&renderer.render(&[group]));
            out.push_str("\n\n");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_name_file_line_column_text_expectation_and_remedy() {
        let s = Source { path: "a.toml".into(), text: "x = 1\nyy = 2\n".into() };
        let p = Problem::error(6..8, "unknown key \"yy\"", "expected \"y\"", "rename it to \"y\"");
        let text = s.render(&[p], false);
        for part in ["a.toml:2:1", "unknown key \"yy\"", "yy = 2", "expected \"y\"", "rename it"] {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
        assert_eq!(s.line_column(7), (2, 2));
    }
}
