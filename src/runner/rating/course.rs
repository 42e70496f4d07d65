//! How the marker of a rating went: each marker with the instant at which it became valid. From it comes all that is
//! said of a stretch of time: where the marker stood, who moved it first and when, and its mean.

use super::area::area;
use crate::ground::scene::Marker;
use crate::ground::time::Nanos;

/// A marker that became valid.
#[derive(Clone, Debug, PartialEq)]
struct Mark {
    since: Nanos,
    marker: Marker,
    /// The person chose the position, even if the marker stood there.
    chosen: bool,
}

/// The way of a marker, by time.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    start: f64,
    marks: Vec<Mark>,
}

/// A stretch of time on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    pub from: Nanos,
    pub to: Nanos,
    /// Whether what became valid at `to` still belongs to it: so where nothing follows.
    pub inclusive: bool,
}

impl Course {
    /// A marker that stands at its start.
    pub fn new(start: f64) -> Course {
        Course { start, marks: Vec::new() }
    }

    /// Another marker becomes valid, not before the last one.
    pub fn mark(&mut self, since: Nanos, marker: Marker, chosen: bool) {
        self.marks.push(Mark { since, marker, chosen });
    }

    /// The marker as it was when the span began.
    fn before(&self, span: Span) -> Marker {
        let i = self.marks.partition_point(|m| m.since < span.from);
        i.checked_sub(1).map_or(Marker::At(self.start), |i| self.marks[i].marker)
    }

    fn within(&self, span: Span) -> &[Mark] {
        let from = self.marks.partition_point(|m| m.since < span.from);
        let inside = |m: &Mark| m.since < span.to || (span.inclusive && m.since == span.to);
        let to = self.marks.partition_point(inside);
        &self.marks[from..to.max(from)]
    }

    /// Position (0 to 1) when the span begins.
    pub fn begins_at(&self, span: Span) -> f64 {
        self.before(span).at(span.from)
    }

    /// Position (0 to 1) when the span ends.
    pub fn ends_at(&self, span: Span) -> f64 {
        self.within(span).last().map_or(self.before(span), |m| m.marker).at(span.to)
    }

    /// The first touch within a span that changed or chose a position. Where a key that was held before still
    /// moves the marker, it is the instant at which the marker goes.
    pub fn first_move(&self, span: Span) -> Option<Nanos> {
        let marks = self.within(span);
        let mut last = self.before(span);
        let until = |i: usize| marks.get(i).map_or(span.to, |m| m.since);
        if let Some(t) = goes(&last, span.from, until(0)) {
            return Some(t);
        }
        for (i, m) in marks.iter().enumerate() {
            let jumps = m.marker.at(m.since) != last.at(m.since);
            if m.chosen || jumps || goes(&m.marker, m.since, until(i + 1)).is_some() {
                return Some(m.since);
            }
            last = m.marker;
        }
        None
    }

    /// Mean position (0 to 1) over the time of a span: the integral over its length, exactly.
    pub fn mean(&self, span: Span) -> f64 {
        if span.to <= span.from {
            return self.begins_at(span);
        }
        let (mut since, mut marker, mut sum) = (span.from, self.before(span), 0.0);
        for m in self.within(span) {
            sum += area(&marker, since, m.since);
            (since, marker) = (m.since, m.marker);
        }
        (sum + area(&marker, since, span.to)) / (span.to - span.from).secs()
    }

    /// The markers of a span with the time since it began, the first of them at zero.
    pub fn path(&self, span: Span) -> Vec<(Nanos, Marker)> {
        let marks = self.within(span).iter().map(|m| (m.since - span.from, m.marker));
        std::iter::once((Nanos::ZERO, self.before(span))).chain(marks).collect()
    }
}

/// From when on a marker stands elsewhere than at `from`, if by `until` it does.
fn goes(marker: &Marker, from: Nanos, until: Nanos) -> Option<Nanos> {
    match marker {
        Marker::At(_) => None,
        Marker::Moving(m) => {
            let begins = from.max(m.since + m.delay);
            let end = if m.direction > 0.0 { 1.0 } else { 0.0 };
            let top = if m.acceleration > 0.0 { m.top_speed } else { m.speed };
            (begins < until && top > 0.0 && m.at(begins) != end).then_some(begins)
        }
        Marker::Stepping(s) => {
            let first = s.since + s.delay;
            let every = s.every.0.max(1);
            let next = if from < first {
                first
            } else {
                first + Nanos(((from - first).0 / every + 1) * every)
            };
            // A step at the last instant is made.
            (next <= until && s.point(next) != s.point(from)).then_some(next)
        }
    }
}
