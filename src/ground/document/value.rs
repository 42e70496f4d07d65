//! A value of a file, read as what it should be. What cannot be read is on the list of problems, and the
//! reader goes on.

use super::{Problems, Table, short};
use std::ops::Range;
use toml::de::DeValue;

/// A value with its place and its name in messages.
#[derive(Clone, Debug)]
pub struct Value<'a> {
    pub problems: &'a Problems,
    pub(super) value: &'a DeValue<'a>,
    pub span: Range<usize>,
    /// Its name in messages: `"duration" of phase "cue"`.
    pub what: String,
}

impl<'a> Value<'a> {
    /// Says what is wrong with it: `message` follows the name of the value.
    pub fn wrong(&self, message: &str, expected: impl Into<String>, remedy: impl Into<String>) {
        self.problems.error(
            self.span.clone(),
            format!("{} {message}", self.what),
            expected,
            remedy,
        );
    }

    /// Says that it is of another type than expected.
    pub fn mistyped(&self, expected: &str, example: &str) {
        let found = match self.value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.wrong(
            &format!("is {found}"),
            format!("expected {expected}"),
            format!("write for example `{example}`"),
        );
    }

    /// The text, whatever its length, where it is one.
    pub fn as_str(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// The number as it is written, where it is one: `2.50`.
    pub fn written_number(&self) -> Option<String> {
        self.as_number()?;
        match self.value {
            DeValue::Float(f) => Some(f.as_str().to_string()),
            DeValue::Integer(i) => Some(i.as_str().to_string()),
            _ => None,
        }
    }

    /// The number, where it is one; neither infinite nor "not a number".
    pub fn as_number(&self) -> Option<f64> {
        let number = match self.value {
            DeValue::Float(f) => f.as_str().parse::<f64>().ok()?,
            DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix()).ok()? as f64,
            _ => return None,
        };
        number.is_finite().then_some(number)
    }

    /// The truth value, where it is one.
    pub fn as_flag(&self) -> Option<bool> {
        self.value.as_bool()
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        self.value.is_array()
    }

    /// Whether it is a table.
    pub fn is_table(&self) -> bool {
        self.value.is_table()
    }

    /// A text of at most `most` characters without control characters other than newlines.
    pub fn text(&self, most: usize) -> Option<String> {
        let Some(text) = self.as_str() else {
            self.mistyped("a text in quotes", "\"...\"");
            return None;
        };
        let length = text.chars().count();
        if length > most {
            self.wrong(
                &format!("has {length} characters"),
                format!("at most {most}"),
                "shorten the text",
            );
            return None;
        }
        // A file that Windows saved has its line breaks in texts of several lines too.
        let text = text.replace("\r\n", "\n");
        if let Some(c) = text.chars().find(|c| c.is_control() && *c != '\n') {
            self.wrong(
                &format!("holds the control character U+{:04X}", c as u32),
                "printable characters and line breaks",
                "leave the character out; a tab becomes a space",
            );
            return None;
        }
        Some(text)
    }

    /// A number from `least` to `most`.
    pub fn number(&self, least: f64, most: f64) -> Option<f64> {
        let Some(number) = self.as_number() else {
            let example = format!("{:?}", 0.5_f64.clamp(least, most));
            self.mistyped(&format!("a number from {least} to {most}"), &example);
            return None;
        };
        if !(least..=most).contains(&number) {
            self.wrong(
                &format!("is {number}"),
                format!("expected {least} to {most}"),
                "choose a value in this range",
            );
            return None;
        }
        Some(number)
    }

    /// A whole number from `least` to `most`.
    pub fn whole(&self, least: i32, most: i32) -> Option<i32> {
        if !self.value.is_integer() {
            let example = 1.clamp(least, most).to_string();
            self.mistyped(&format!("a whole number from {least} to {most}"), &example);
            return None;
        }
        self.number(f64::from(least), f64::from(most)).map(|n| n as i32)
    }

    /// A whole number from `least` to `most`, none of them negative.
    pub fn count(&self, least: u32, most: u32) -> Option<u32> {
        self.whole(least as i32, most as i32).map(|n| n as u32)
    }

    /// `true` or `false`.
    pub fn flag(&self) -> Option<bool> {
        let flag = self.as_flag();
        if flag.is_none() {
            self.mistyped("true or false, without quotes", "true");
        }
        flag
    }

    /// One of the words.
    pub fn word<T: Clone>(&self, words: &[(&str, T)]) -> Option<T> {
        let list = || {
            let names: Vec<String> = words.iter().map(|(w, _)| format!("\"{w}\"")).collect();
            names.join(", ")
        };
        let Some(written) = self.as_str() else {
            self.mistyped(&format!("one of {}", list()), &format!("\"{}\"", words[0].0));
            return None;
        };
        let found = words.iter().find(|(w, _)| *w == written).map(|(_, t)| t.clone());
        if found.is_none() {
            let near = super::suggest::nearest(written, words.iter().map(|(w, _)| *w));
            let expected =
                near.map_or("not a known word".into(), |n| format!("did you mean \"{n}\"?"));
            let message = format!("is \"{}\"", short(written));
            self.wrong(&message, expected, format!("write one of {}", list()));
        }
        found
    }

    /// The items of a list with at least `least` and at most `most` of them.
    pub fn list(&self, least: usize, most: usize, example: &str) -> Option<Vec<Value<'a>>> {
        let Some(items) = self.value.as_array() else {
            self.mistyped("a list in [ ]", example);
            return None;
        };
        if items.len() < least || items.len() > most {
            let expected = match least == most {
                true => format!("expected {least}"),
                false => format!("expected {least} to {most}"),
            };
            self.wrong(
                &format!("has {}", counted(items.len(), "item")),
                expected,
                format!("write for example `{example}`"),
            );
            return None;
        }
        Some(self.items())
    }

    /// A list of texts, each of 1 to 200 characters.
    pub fn texts(&self, least: usize, most: usize, example: &str) -> Option<Vec<String>> {
        let items = self.list(least, most, example)?;
        Some(
            items
                .iter()
                .filter_map(|i| {
                    let text = i.text(200)?;
                    if text.is_empty() {
                        i.wrong("is empty", "a text", "write a text or leave the item out");
                        return None;
                    }
                    Some(text)
                })
                .collect(),
        )
    }

    /// A list of exactly `N` numbers from `least` to `most`.
    pub fn numbers<const N: usize>(
        &self,
        least: f64,
        most: f64,
        example: &str,
    ) -> Option<[f64; N]> {
        let items = self.list(N, N, example)?;
        let numbers: Vec<f64> = items.iter().filter_map(|i| i.number(least, most)).collect();
        numbers.try_into().ok()
    }

    /// The table, where it is one; nothing is said where it is not.
    pub fn as_table(&self) -> Option<Table<'a>> {
        let entries = self.value.as_table()?;
        let (problems, span) = (self.problems, self.span.clone());
        Some(Table { problems, entries, span, what: self.what.clone() })
    }

    /// The items of the list, of which there are none where it is no list.
    pub fn items(&self) -> Vec<Value<'a>> {
        let item = |(i, v): (usize, &'a toml::Spanned<DeValue<'a>>)| Value {
            problems: self.problems,
            value: v.get_ref(),
            span: v.span(),
            what: format!("item {} of {}", i + 1, self.what),
        };
        let items = self.value.as_array().map(|a| &a[..]).unwrap_or_default();
        items.iter().enumerate().map(item).collect()
    }

    /// A table.
    pub fn table(&self, example: &str) -> Option<Table<'a>> {
        let table = self.as_table();
        if table.is_none() {
            self.mistyped("a table", example);
        }
        table
    }
}

/// Short forms for the values that most tables hold.
impl Table<'_> {
    /// The text of a key, see [`Value::text`].
    pub fn text(&self, key: &str, most: usize) -> Option<String> {
        self.get(key)?.text(most)
    }

    /// The number of a key, see [`Value::number`].
    pub fn number(&self, key: &str, least: f64, most: f64) -> Option<f64> {
        self.get(key)?.number(least, most)
    }

    /// The whole number of a key, see [`Value::count`].
    pub fn count(&self, key: &str, least: u32, most: u32) -> Option<u32> {
        self.get(key)?.count(least, most)
    }

    /// The truth value of a key, see [`Value::flag`].
    pub fn flag(&self, key: &str) -> Option<bool> {
        self.get(key)?.flag()
    }
}

/// A number of things: `1 item`, `2 items`.
pub fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}
