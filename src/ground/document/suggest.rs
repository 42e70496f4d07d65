//! Which known word was probably meant.

/// The known word nearest to what was written, if it is near enough to be a slip.
pub fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > 100 {
        return None;
    }
    let folded = written.to_lowercase();
    let slips = |k: &str| distance(&folded, &k.to_lowercase());
    let (far, near) = known.map(|k| (slips(k), k)).min_by_key(|(d, _)| *d)?;
    (far <= (written.chars().count() / 3).max(1)).then_some(near)
}

/// How many characters must be added, left out, replaced or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        rows[i][0] = i;
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_another_word_finds_none() {
        let known = ["duration", "elements", "x", "y"];
        for (written, meant) in
            [("duraton", "duration"), ("Elements", "elements"), ("elemnets", "elements")]
        {
            assert_eq!(nearest(written, known.into_iter()), Some(meant));
        }
        assert_eq!(nearest("colour", known.into_iter()), None);
        assert_eq!(nearest(&"d".repeat(101), known.into_iter()), None);
    }
}
