//! Paths that files name: what may be joined to a folder without leaving it. It opens nothing.

/// Whether a path stays inside its folder on every system: parts of `[0-9a-zA-Z+_.-]` with `/` between them,
/// none of them empty, `.` or `..`.
pub fn is_inner_path(path: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "+_.-".contains(c);
    let inner = |part: &str| !matches!(part, "" | "." | "..") && part.chars().all(allowed);
    path.len() <= 240 && path.split('/').all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_parts_make_an_inner_path() {
        for good in ["a.png", "set+1/AF09_x-1.JPG", "...", "a/.b"] {
            assert!(is_inner_path(good), "{good}");
        }
        for bad in ["", "/a", "a/", "a//b", "..", "a/../b", "./a", "a\\b", "C:a", "a b", "é", "a\0"]
        {
            assert!(!is_inner_path(bad), "{bad}");
        }
        assert!(!is_inner_path(&"a".repeat(241)));
    }
}
