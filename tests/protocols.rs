//! Files that people write: those that ship are right, broken ones are refused with words that help.

use reframe::ground::diagnostic::Source;
use reframe::protocol::parse::{Parsed, parse};
use reframe::protocol::schema::{DurationDef, Protocol};
use std::path::Path;

fn source(path: &Path) -> Source {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    Source { path: path.file_name().unwrap().to_string_lossy().into_owned(), text }
}

fn shipped(name: &str) -> Protocol {
    let s = source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("protocols").join(name));
    match parse(&s) {
        Ok(Parsed { protocol, warnings }) => {
            assert!(warnings.is_empty(), "{}", s.render(&warnings, false));
            protocol
        }
        Err(problems) => panic!("{}", s.render(&problems, false)),
    }
}

/// Seconds of all phases that last a fixed time.
fn seconds(p: &Protocol, parts: &[String]) -> f64 {
    let of = |name: &String| match (p.phases.get(name), p.blocks.get(name)) {
        (Some(phase), _) => match phase.duration {
            DurationDef::Seconds(s) => s,
            _ => 0.0,
        },
        (_, Some(block)) => {
            let levels: usize = block.each.iter().map(|f| p.factors[f].len()).product();
            seconds(p, &block.contents) * levels as f64 * f64::from(block.cycles)
        }
        _ => unreachable!("a parsed protocol names what exists"),
    };
    parts.iter().map(of).sum()
}

#[test]
fn shipped_protocols_fill_their_volumes_before_the_end_page() {
    for (name, volumes) in [("reappraisal-block.toml", 250), ("reappraisal-minute.toml", 30)] {
        let p = shipped(name);
        assert_eq!(p.sequence.last().unwrap(), "end_page");
        let timed = seconds(&p, &p.sequence[..p.sequence.len() - 1]);
        assert_eq!(p.task.volumes, Some(volumes));
        assert_eq!(timed, p.task.tr.unwrap() * f64::from(volumes), "{name}");
        assert!(p.task.status.starts_with("proposal"), "{name} is not called a proposal");
    }
}
