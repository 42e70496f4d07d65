//! A source file in three readings: as it stands, as code alone, and as code that is shipped.
//! It knows Rust's comments, literals and `#[cfg(test)]`, and no rule.

/// One file of the program.
#[derive(Debug)]
pub struct Source {
    /// From the repository's root, with forward slashes: `src/plan/compile.rs`.
    pub path: String,
    pub text: String,
    /// The text with comments and the contents of literals blanked, byte for byte.
    pub code: String,
    /// `code` without what is compiled for tests only.
    pub shipped: String,
    /// The text without comments, and without what is compiled for tests only: code with its words.
    pub spoken: String,
}

impl Source {
    /// Reads the text of a file.
    pub fn new(path: &str, text: &str) -> Source {
        let code = blanked(text, true);
        let spoken = blanked(text, false);
        let ranges: Vec<(usize, usize)> = test_items(&code);
        let [shipped, spoken] = [&code, &spoken].map(|reading| without(reading, &ranges));
        let file = Source { path: path.into(), text: text.into(), code, shipped, spoken };
        if path.ends_with("/tests.rs") { file.for_tests() } else { file }
    }

    /// The same file, where all of it is compiled for tests only.
    pub fn for_tests(mut self) -> Source {
        let whole = [(0, self.text.len())];
        self.shipped = without(&self.shipped, &whole);
        self.spoken = without(&self.spoken, &whole);
        self
    }

    /// The paths, without `.rs`, of modules that this file declares for tests only.
    pub fn test_modules(&self) -> Vec<String> {
        let items = test_items(&self.code);
        let names = items.iter().filter_map(|&(from, to)| {
            let item = self.code[from..to].strip_suffix(';')?;
            item.rsplit_once("mod ").map(|(_, name)| name.trim())
        });
        names.map(|name| format!("{}/{name}", self.path.trim_end_matches(".rs"))).collect()
    }

    /// The room that the file belongs to: `plan` for `src/plan.rs` and `src/plan/compile.rs`.
    pub fn room(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
    }

    /// How many modules deep the file stands: 1 for `src/plan.rs`, 2 for `src/plan/compile.rs`.
    pub fn depth(&self) -> usize {
        self.path.matches('/').count()
    }

    /// `path:line: what`, for a byte of the text.
    pub fn at(&self, byte: usize, what: &str) -> String {
        let line = self.text.as_bytes()[..byte].iter().filter(|b| **b == b'\n').count() + 1;
        format!("{}:{line}: {what}", self.path)
    }
}

/// The text with comments blanked, and the contents of string and character literals too where `literals`.
fn blanked(text: &str, literals: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut blank = |from: usize, to: usize| {
        let to = to.min(bytes.len());
        out[from..to].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
    };
    let find = |from: usize, what: &str| {
        let rest = bytes.get(from..).unwrap_or(&[]);
        let at = rest.windows(what.len()).position(|w| w == what.as_bytes());
        at.map_or(bytes.len(), |at| from + at)
    };
    let mut i = 0;
    while i < bytes.len() {
        let rest = &bytes[i..];
        if rest.starts_with(b"//") {
            let end = find(i, "\n");
            blank(i, end);
            i = end;
        } else if rest.starts_with(b"/*") {
            let end = end_of_comment(bytes, i);
            blank(i, end);
            i = end;
        } else if let Some(hashes) = raw_string(bytes, i) {
            let start = i + hashes + 2;
            let end = find(start, &format!("\"{}", "#".repeat(hashes)));
            if literals {
                blank(start, end);
            }
            i = end + 1 + hashes;
        } else if bytes[i] == b'"' || is_character(rest) {
            let end = end_of_literal(bytes, i);
            if literals {
                blank(i + 1, end);
            }
            i = end + 1;
        } else {
            i += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn end_of_comment(bytes: &[u8], from: usize) -> usize {
    let (mut depth, mut i) = (0, from);
    while i < bytes.len() {
        match &bytes[i..(i + 2).min(bytes.len())] {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => {
                i += 1;
                continue;
            }
        }
        i += 2;
        if depth == 0 {
            break;
        }
    }
    i
}

/// The number of `#` of a raw string that begins here.
fn raw_string(bytes: &[u8], at: usize) -> Option<usize> {
    let part_of_word = at > 0 && is_word(bytes[at - 1]) && bytes[at - 1] != b'b';
    if bytes[at] != b'r' || part_of_word {
        return None;
    }
    let hashes = bytes[at + 1..].iter().take_while(|b| **b == b'#').count();
    (bytes.get(at + 1 + hashes) == Some(&b'"')).then_some(hashes)
}

/// Whether a character literal (and no lifetime) begins here.
fn is_character(rest: &[u8]) -> bool {
    let literal = rest.iter().skip(2).take(4).position(|b| *b == b'\'');
    rest[0] == b'\''
        && (rest.get(1) == Some(&b'\\') || literal.is_some_and(|n| n == 0 || rest[1] > 127))
}

fn end_of_literal(bytes: &[u8], from: usize) -> usize {
    let mut i = from + 1;
    while i < bytes.len() && bytes[i] != bytes[from] {
        i += if bytes[i] == b'\\' { 2 } else { 1 };
    }
    i.min(bytes.len())
}

/// The text with these byte ranges blanked.
fn without(text: &str, ranges: &[(usize, usize)]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for &(from, to) in ranges {
        bytes[from..to].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Byte ranges of the items under `#[cfg(test)]`.
fn test_items(code: &str) -> Vec<(usize, usize)> {
    let bytes = code.as_bytes();
    let mut ranges = Vec::new();
    for (from, _) in code.match_indices("#[cfg(test)]") {
        let mut depth = 0;
        let mut end = from + "#[cfg(test)]".len();
        while end < bytes.len() {
            match bytes[end] {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            end += 1;
            if depth == 0 && matches!(bytes[end - 1], b'}' | b';') {
                break;
            }
        }
        ranges.push((from, end));
    }
    ranges
}

/// Whether the byte can stand in a Rust name.
pub fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}
