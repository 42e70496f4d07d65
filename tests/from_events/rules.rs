//! The rules by which rows become screens and marks, reckoned for the tests without the program's own code.

/// Nanoseconds in a second.
pub const NANO: f64 = 1e9;

/// What a run of an events file must hold, in nanoseconds from onset zero.
pub struct Expected {
    /// Onset and end of each row that is shown.
    pub screens: Vec<(f64, f64)>,
    pub marks: Vec<f64>,
    /// The rows of the file that each screen and each mark comes from, by their place in it.
    pub origins: Vec<Vec<usize>>,
    pub mark_origins: Vec<usize>,
}

/// Reads `onset` and `duration` of a file.
pub fn expected(text: &str, tr: Option<f64>) -> Expected {
    let mut lines = text.trim_start_matches('\u{feff}').lines().filter(|l| !l.trim().is_empty());
    let head: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let column = |name: &str| head.iter().position(|h| h.trim() == name).unwrap();
    let (onset, duration) = (column("onset"), column("duration"));
    let nanos = |cell: &str| (cell.trim().parse::<f64>().unwrap_or(0.0) * NANO).round();
    let mut rows: Vec<(f64, f64, usize)> = (lines.enumerate())
        .map(|(i, line)| {
            let cells: Vec<&str> = line.split('\t').collect();
            (nanos(cells[onset]), nanos(cells[duration]), i)
        })
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (shown, marks): (Vec<_>, Vec<_>) = rows.into_iter().partition(|r| r.1 >= 1e6);
    // Rows within a millisecond of the first of them are one.
    let mut groups: Vec<Vec<(f64, f64, usize)>> = Vec::new();
    for row in shown {
        match groups.last_mut() {
            Some(group) if row.0 - group[0].0 < 1e6 => group.push(row),
            _ => groups.push(vec![row]),
        }
    }
    let before = groups.first().map_or(0.0, |g| (-g[0].0).max(0.0));
    let shift = tr.map_or(before, |tr| (before / (tr * NANO)).ceil() * tr * NANO);
    let half_a_frame = (NANO / 120.0).floor();
    let mut screens = Vec::new();
    for (i, group) in groups.iter().enumerate() {
        let mut from = group[0].0 + shift;
        let mut to = group.iter().map(|r| r.0 + r.1).fold(f64::MIN, f64::max) + shift;
        if let Some(next) = groups.get(i + 1) {
            let next = next[0].0 + shift;
            if to > next || next - to < half_a_frame {
                to = next;
            }
        }
        if i == 0 && from < half_a_frame {
            from = 0.0;
        }
        screens.push((from, to));
    }
    Expected {
        screens,
        marks: marks.iter().map(|m| m.0 + shift).collect(),
        origins: groups.iter().map(|g| g.iter().map(|r| r.2).collect()).collect(),
        mark_origins: marks.iter().map(|m| m.2).collect(),
    }
}
