//! Behind the mixer: what goes beyond the amplitude that a device can give is cut off there, sounds harsh, and is not what was
//! made. This counts it.

use super::desk::Cut;
use super::part::Now;
use crossbeam_channel::Sender;
use kira::Frame;
use kira::effect::{Effect, EffectBuilder};
use kira::info::Info;
use std::sync::Arc;

/// Full amplitude, and what rounding makes of it.
const FULL: f32 = 1.0 + 1e-4;

/// An effect of the main track that changes nothing.
#[derive(Debug)]
pub struct Meter {
    now: Arc<Now>,
    cuts: Sender<Cut>,
    /// Number of the next sample.
    frame: u64,
}

impl Meter {
    /// `now` is where the device is; `cuts` takes what is found, chunk by chunk.
    pub fn new(now: Arc<Now>, cuts: Sender<Cut>) -> Meter {
        Meter { now, cuts, frame: 0 }
    }
}

impl EffectBuilder for Meter {
    type Handle = ();

    fn build(self) -> (Box<dyn Effect>, ()) {
        (Box::new(self), ())
    }
}

impl Effect for Meter {
    fn on_start_processing(&mut self) {
        self.frame = self.now.read().0;
    }

    fn process(&mut self, mixed: &mut [Frame], _dt: f64, _info: &Info<'_>) {
        // The track's own volume comes behind its effects.
        let gain = self.now.gain();
        let beyond = |f: &Frame| f.left.abs().max(f.right.abs()) * gain > FULL;
        let mut places = mixed.iter().enumerate().filter(|(_, f)| beyond(f)).map(|(i, _)| i as u64);
        if let Some(first) = places.next() {
            let (mut last, mut count) = (first, 1);
            places.for_each(|i| (last, count) = (i, count + 1));
            let cut = Cut { first: self.frame + first, last: self.frame + last, count };
            // There is room for many seconds; whoever reads them has gone where there is none.
            let _ = self.cuts.try_send(cut);
        }
        self.frame += mixed.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::desk::Mixer;
    use crate::audio::mixer::KiraMixer;
    use crate::audio::part::Part;
    use crate::audio::samples::Samples;
    use crate::ground::cue::Tone;
    use crate::ground::time::Nanos;
    use crossbeam_channel::unbounded;
    use kira::backend::mock::{MockBackend, MockBackendSettings};

    const RATE: u32 = 48_000;

    /// So many tones at once, each so loud, all of them together by this: what was cut off.
    fn cut(tones: usize, volume: f64, gain: f64) -> Vec<Cut> {
        let (cuts, found) = unbounded();
        let now = Arc::new(Now::new(RATE));
        let settings = MockBackendSettings { sample_rate: RATE };
        let mut mixer = KiraMixer::<MockBackend>::start(settings, now.clone(), cuts).unwrap();
        mixer.volume(gain);
        let (duration, ramp) = (Nanos::from_millis(40), Nanos::ZERO);
        let tone = Samples::tone(&Tone { frequency: 1_000.0, duration, ramp }, RATE);
        for _ in 0..tones {
            let part = Arc::new(Part::default());
            part.set_due(Nanos::from_millis(100));
            mixer.play(&tone, &part, volume, 0.0).unwrap();
        }
        for asked in 0..20 {
            now.tell(asked * 512, Some(Nanos::ZERO));
            mixer.manager.backend_mut().on_start_processing();
            (0..4).for_each(|_| mixer.manager.backend_mut().process());
        }
        found.try_iter().collect()
    }

    #[test]
    fn what_goes_beyond_full_amplitude_is_counted_where_it_does() {
        assert_eq!(cut(2, 1.0, 1.0), [], "two tones reach it and no more");
        let beyond = cut(3, 1.0, 1.0);
        // A tone of 1 kHz has 24 samples in each half of its swing; where three of a half are beyond 1, its sine is above 2/3:
        // 53 % of the time.
        let count: u64 = beyond.iter().map(|c| c.count).sum();
        assert!((count as f64 / 1_920.0 - 0.53).abs() < 0.03, "{count}");
        let (first, last) = (beyond[0].first, beyond[beyond.len() - 1].last);
        assert!(
            (4_800..4_820).contains(&first) && (6_700..6_720).contains(&last),
            "{first} {last}"
        );
        assert_eq!(cut(3, 0.6, 1.0), []);
        assert_eq!(cut(3, 1.0, 0.5), [], "the person has set all of them lower");
    }
}
