//! Tables of keys: what may stand in each table of a file. The check for unknown keys and the reference for
//! experimenters are both made from them, so neither can say what the other does not.

/// One key that a table may hold.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub name: &'static str,
    /// What is written: `number of seconds`.
    pub kind: &'static str,
    /// What holds without it; `required` where it must be there.
    pub default: &'static str,
    pub meaning: &'static str,
    /// As it stands in a file: `duration = 4.0`.
    pub example: &'static str,
}

/// A table of a file.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// Its head in Markdown: `[phase.NAME]` between backticks.
    pub head: &'static str,
    pub about: &'static str,
    pub keys: &'static [Key],
}

impl Section {
    /// The section as a part of a Markdown document.
    pub fn markdown(&self) -> String {
        let cell = |s: &str| s.replace('|', "\\|");
        let mut out = format!("### {}\n\n{}\n", self.head, self.about);
        if !self.keys.is_empty() {
            out.push_str(
                "\n| key | value | default | meaning | example |\n|---|---|---|---|---|\n",
            );
        }
        for k in self.keys {
            out.push_str(&format!(
                "| `{}` | {} | {} | {} | `{}` |\n",
                k.name,
                cell(k.kind),
                cell(k.default),
                cell(k.meaning),
                cell(k.example)
            ));
        }
        out.push('\n');
        out
    }
}
