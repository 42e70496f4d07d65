//! Texts with `{variables}`: which ones are used, and filling them in. It knows no variable's value.

use super::schema::Template;

/// One piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words that stand as they are.
    Words(&'a str),
    /// The name between braces: `condition`, `face.sex`.
    Variable(&'a str),
}

impl Template {
    /// The template cut into words and variables. A brace without its partner stands for itself; parsed
    /// protocols have none.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        let mut rest = self.0.as_str();
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            if let Some(inner) = rest.strip_prefix('{')
                && let Some(end) = inner.find('}')
            {
                rest = &inner[end + 1..];
                return Some(Piece::Variable(&inner[..end]));
            }
            let brace = rest.char_indices().skip(1).find(|(_, c)| *c == '{');
            let (words, after) = rest.split_at(brace.map_or(rest.len(), |(at, _)| at));
            rest = after;
            Some(Piece::Words(words))
        })
    }

    /// The names of its variables.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.pieces().filter_map(|p| match p {
            Piece::Variable(name) => Some(name),
            Piece::Words(_) => None,
        })
    }

    /// The text with every variable replaced by what `value` says it is.
    ///
    /// # Errors
    /// The name of the first variable without a value.
    pub fn fill<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> Result<String, String> {
        let mut out = String::new();
        for piece in self.pieces() {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Variable(name) => {
                    out.push_str(value(name).ok_or_else(|| name.to_string())?);
                }
            }
        }
        Ok(out)
    }
}

/// What is wrong with the braces of a text, if anything.
pub(super) fn brace_fault(text: &str) -> Option<&'static str> {
    let mut open = false;
    for c in text.chars() {
        match (c, open) {
            ('{', true) => return Some("has a \"{\" inside of braces"),
            ('}', false) => return Some("has a \"}\" without its \"{\""),
            ('{', false) => open = true,
            ('}', true) => open = false,
            _ => {}
        }
    }
    open.then_some("has a \"{\" without its \"}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_and_filled() {
        let t = Template("cue_{instruction} {face.sex}!".into());
        assert_eq!(t.variables().collect::<Vec<_>>(), ["instruction", "face.sex"]);
        let value = |n: &str| (n == "instruction").then_some("attend");
        assert_eq!(t.fill(value), Err("face.sex".into()));
        assert_eq!(t.fill(|_| Some("x")), Ok("cue_x x!".into()));
    }

    #[test]
    fn a_filled_value_is_not_read_as_a_template_again() {
        assert_eq!(Template("{a}".into()).fill(|_| Some("{b}")), Ok("{b}".into()));
    }

    #[test]
    fn odd_braces_have_a_name_and_lose_no_text() {
        for (text, fault) in [("{a", true), ("a}", true), ("{a{b}}", true), ("{a} b", false)] {
            assert_eq!(brace_fault(text).is_some(), fault, "{text}");
        }
        let odd = Template("é{ü".into());
        assert_eq!(odd.fill(|_| None), Ok("é{ü".into()));
    }
}
