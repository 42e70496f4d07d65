//! What arrived while somebody pressed buttons: a line for each, and figures at the end. It is told events, and touches
//! nothing.

use crate::ground::event::{Event, KeyEvent};
use crate::ground::record::{Level, Response};
use crate::ground::time::Nanos;
use crate::input::mapping::{Mapped, Mapping};
use crate::rig::schema::Rig;
use indexmap::{IndexMap, IndexSet};

/// What arrived so far.
#[derive(Debug)]
pub struct Seen {
    mapping: Mapping,
    began: Nanos,
    pulses: IndexMap<String, Vec<Nanos>>,
    meanings: IndexSet<String>,
}

/// What an event is to whoever looks on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A line for the terminal.
    Line(String),
    /// Somebody ended it.
    End,
    Nothing,
}

impl Seen {
    /// Nothing yet.
    pub fn new(mapping: Mapping, began: Nanos) -> Seen {
        Seen { mapping, began, pulses: IndexMap::new(), meanings: IndexSet::new() }
    }

    /// Takes an event.
    pub fn take(&mut self, event: &Event) -> Told {
        match event {
            Event::Key(key) => self.key(key),
            Event::Pulse { stamp, source } => self.pulse(*stamp, source.clone()),
            Event::Stray { stamp, source, data } => {
                self.line(*stamp, format!("{}  from {source}: nothing in this rig", shown(data)))
            }
            Event::Note { stamp, level, text } => match level {
                Level::Info => Told::Nothing,
                Level::Warning => self.line(*stamp, format!("warning: {text}")),
                Level::Error => self.line(*stamp, format!("error: {text}")),
            },
            Event::Focus { stamp, gained: false } => {
                let text = "the window lost the keyboard: click on it, or keys are not heard";
                self.line(*stamp, text.into())
            }
            Event::Closed { .. } | Event::Signal { .. } => Told::End,
            _ => Told::Nothing,
        }
    }

    fn key(&mut self, key: &KeyEvent) -> Told {
        match self.mapping.read(key) {
            Mapped::Pulse(source) => self.pulse(key.stamp, source),
            Mapped::Abort(_) => Told::End,
            Mapped::Response(r) | Mapped::Rearm(r) if r.down && !r.repeat => {
                self.press(key.stamp, &r, "")
            }
            Mapped::Tap { press, .. } => self.press(key.stamp, &press, ", not held"),
            Mapped::Grey(r) => self.press(key.stamp, &r, ", puts grey on the screen"),
            Mapped::GoOn(r) => self.press(key.stamp, &r, ", takes the grey away"),
            Mapped::Response(_) | Mapped::Rearm(_) | Mapped::Nothing => Told::Nothing,
        }
    }

    fn press(&mut self, stamp: Nanos, r: &Response, more: &str) -> Told {
        let means = match &r.meaning {
            Some(meaning) => format!("\"{meaning}\""),
            None => "nothing in this rig".into(),
        };
        self.meanings.extend(r.meaning.clone());
        let text =
            format!("{}  from {} (stamped by {}): {means}{more}", r.code, r.device, r.source);
        self.line(stamp, text)
    }

    fn pulse(&mut self, stamp: Nanos, source: String) -> Told {
        let pulses = self.pulses.entry(source.clone()).or_default();
        let since = pulses.last().map(|last| stamp - *last);
        pulses.push(stamp);
        let n = pulses.len();
        let gap =
            since.map_or_else(String::new, |s| format!(", {:.1} ms after the last", s.millis()));
        self.line(stamp, format!("pulse {n} from {source}{gap}"))
    }

    fn line(&self, stamp: Nanos, text: String) -> Told {
        Told::Line(format!("{:9.3} s  {text}", (stamp - self.began).secs()))
    }

    /// The most pulses that any source has brought.
    pub fn most_pulses(&self) -> usize {
        self.pulses.values().map(Vec::len).max().unwrap_or(0)
    }

    /// Figures of each source, and the meanings of the rig that nothing was pressed for.
    pub fn summary(&self, rig: &Rig) -> String {
        let mut text = String::new();
        for (source, stamps) in &self.pulses {
            text.push_str(&format!("{source}: {}\n", intervals(stamps)));
        }
        if self.pulses.is_empty() {
            text.push_str("no pulse came\n");
        }
        let missing: Vec<&str> =
            rig.keys.keys().map(String::as_str).filter(|m| !self.meanings.contains(*m)).collect();
        if !missing.is_empty() {
            text.push_str(&format!("never pressed: {}\n", missing.join(", ")));
        }
        text
    }
}

/// Bytes as rig files write them; a text as it is.
fn shown(data: &str) -> String {
    let byte = |word: &str| u8::from_str_radix(word, 16).ok().filter(|_| word.len() == 2);
    let bytes: Option<Vec<u8>> = data.split(' ').map(byte).collect();
    let Some(bytes) = bytes else { return data.into() };
    let one = |b: &u8| match b.is_ascii_graphic() {
        true => format!("\"{}\" (0x{b:02x})", char::from(*b)),
        false => format!("\"0x{b:02x}\""),
    };
    bytes.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The intervals of a row of pulses in words: the repetition time that they show, and how regular they are.
fn intervals(stamps: &[Nanos]) -> String {
    let gaps: Vec<f64> = stamps.windows(2).map(|w| (w[1] - w[0]).millis()).collect();
    let pulses = crate::ground::document::value::counted(stamps.len(), "pulse");
    if gaps.is_empty() {
        return pulses;
    }
    let n = gaps.len() as f64;
    let mean = gaps.iter().sum::<f64>() / n;
    let sd = (gaps.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0)).sqrt();
    let least = gaps.iter().copied().fold(f64::INFINITY, f64::min);
    let most = gaps.iter().copied().fold(0.0, f64::max);
    format!(
        "{pulses}; from pulse to pulse mean {mean:.2} ms, SD {sd:.2}, least {least:.2}, most {most:.2}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> Seen {
        Seen::new(Mapping::new(&Rig::default(), &[]), Nanos::ZERO)
    }

    fn key(code: &str, down: bool) -> Event {
        Event::Key(KeyEvent {
            stamp: Nanos::from_millis(1_500),
            code: code.into(),
            down,
            repeat: false,
            device: "keyboard".into(),
            source: "xinput2".into(),
        })
    }

    #[test]
    fn presses_are_told_with_their_meaning_and_releases_are_not() {
        let mut s = seen();
        let Told::Line(line) = s.take(&key("ArrowLeft", true)) else { panic!("no line") };
        assert_eq!(line, "    1.500 s  ArrowLeft  from keyboard (stamped by xinput2): \"left\"");
        assert_eq!(s.take(&key("ArrowLeft", false)), Told::Nothing);
        let Told::Line(line) = s.take(&key("KeyZ", true)) else { panic!("no line") };
        assert!(line.ends_with("nothing in this rig"), "{line}");
        let summary = s.summary(&Rig::default());
        assert!(summary.contains("never pressed: right, confirm"), "{summary}");
        s.take(&key("Escape", true));
        assert_eq!(s.take(&key("KeyQ", true)), Told::End);
    }

    #[test]
    fn pulses_are_counted_by_source_with_the_time_between_them() {
        let mut s = seen();
        for ms in [0, 2_000, 4_010, 6_000] {
            let stamp = Nanos::from_millis(ms);
            s.take(&Event::Pulse { stamp, source: "serial:COM3".into() });
        }
        assert_eq!(s.most_pulses(), 4);
        let summary = s.summary(&Rig::default());
        assert!(
            summary.contains(
                "serial:COM3: 4 pulses; from pulse to pulse mean 2000.00 ms, SD 10.00, least 1990.00, most 2010.00"
            ),
            "{summary}"
        );
    }

    #[test]
    fn what_no_rig_knows_is_shown_as_it_came() {
        let stray =
            Event::Stray { stamp: Nanos::ZERO, source: "serial:COM3".into(), data: "0d 0a".into() };
        let Told::Line(line) = seen().take(&stray) else { panic!("no line") };
        assert!(line.contains("\"0x0d\" \"0x0a\"  from serial:COM3"), "{line}");
        assert_eq!(shown("39"), "\"9\" (0x39)");
        assert_eq!(shown("TR 2"), "TR 2");
    }
}
