//! The gate by examples, and under any hail of strokes and focus changes.

use super::*;

#[test]
fn a_device_is_called_by_its_own_name_where_that_is_known() {
    let mut gate = Gate::new("test");
    gate.focus(Nanos::ZERO, true);
    gate.name(3, "Current Designs 932");
    let press = |device| Stroke {
        stamp: Nanos::ZERO,
        key: Key { device, code: 2 },
        down: true,
        repeat: false,
    };
    let device = |e: Option<KeyEvent>| e.unwrap().device;
    assert_eq!(device(gate.stroke(press(3), true)), "Current Designs 932");
    assert_eq!(device(gate.stroke(press(4), true)), "keyboard");
}

use proptest::prelude::*;

const A: Key = Key { device: 1, code: 30 };
const B: Key = Key { device: 2, code: 30 };

fn stroke(ms: i64, key: Key, down: bool) -> Stroke {
    Stroke { stamp: Nanos::from_millis(ms), key, down, repeat: false }
}

fn focused() -> Gate {
    let mut gate = Gate::new("test");
    gate.focus(Nanos::ZERO, true);
    gate
}

#[test]
fn a_press_and_its_release_keep_their_stamps_and_names() {
    let mut gate = focused();
    let down = gate.stroke(stroke(5, A, true), true).unwrap();
    let up = gate.stroke(stroke(9, A, false), true).unwrap();
    assert_eq!((down.code.as_str(), down.down, down.repeat), ("KeyA", true, false));
    assert_eq!((down.stamp, down.source.as_str()), (Nanos::from_millis(5), "test"));
    assert_eq!((up.down, up.stamp), (false, Nanos::from_millis(9)));
    assert_eq!((down.device.as_str(), up.device.as_str()), ("keyboard", "keyboard"));
}

#[test]
fn a_key_held_from_before_counts_only_when_it_is_pressed_anew() {
    for somewhere in [false, true] {
        let mut gate = focused();
        if somewhere {
            gate.is_down_somewhere(A.code)
        } else {
            gate.is_down(A)
        };
        let repeat = Stroke { repeat: true, ..stroke(1, A, true) };
        assert_eq!(gate.stroke(repeat, true), None);
        assert_eq!(gate.stroke(stroke(2, A, false), true), None);
        assert!(gate.stroke(stroke(3, A, true), true).is_some());
    }
}

#[test]
fn a_key_that_went_down_elsewhere_does_not_count_when_the_focus_comes() {
    let mut gate = Gate::new("test");
    assert_eq!(gate.stroke(stroke(1, A, true), true), None);
    gate.focus(Nanos::from_millis(2), true);
    assert_eq!(gate.stroke(stroke(3, A, true), true), None, "its auto-repeat");
    assert_eq!(gate.stroke(stroke(4, A, false), true), None);
}

#[test]
fn a_key_that_is_down_when_the_focus_goes_is_released_once() {
    let mut gate = focused();
    gate.stroke(stroke(1, A, true), true).unwrap();
    let released = gate.focus(Nanos::from_millis(2), false);
    assert_eq!(released.len(), 1);
    assert_eq!((released[0].down, released[0].stamp), (false, Nanos::from_millis(2)));
    gate.focus(Nanos::from_millis(3), true);
    assert_eq!(gate.stroke(stroke(4, A, true), true), None, "its auto-repeat");
    assert_eq!(gate.stroke(stroke(5, A, false), true), None);
    assert!(gate.stroke(stroke(6, A, true), true).is_some());
}

#[test]
fn the_same_key_of_two_devices_is_two_keys() {
    let mut gate = focused();
    assert!(!gate.stroke(stroke(1, A, true), true).unwrap().repeat);
    assert!(!gate.stroke(stroke(2, B, true), true).unwrap().repeat);
    assert!(gate.stroke(stroke(3, A, true), true).unwrap().repeat);
    let released = gate.gone(Nanos::from_millis(4), B.device);
    let told: Vec<_> = released.iter().map(|e| (e.down, e.source.as_str())).collect();
    assert_eq!(told, [(false, "source lost")], "nobody has told of it");
    assert!(gate.is_free(B.device) && !gate.is_free(A.device));
}

#[test]
fn a_press_beside_the_window_does_not_count() {
    let mut gate = focused();
    assert_eq!(gate.stroke(stroke(1, A, true), false), None);
    assert_eq!(gate.stroke(stroke(2, A, false), true), None);
}

#[test]
fn keys_without_a_name_are_told_of() {
    let mut gate = focused();
    let strange = Key { device: 1, code: 0x2ff };
    assert_eq!(gate.stroke(stroke(1, strange, true), true).unwrap().code, "Unidentified");
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Stroke { key: Key, down: bool, repeat: bool, ours: bool },
    Focus(bool),
    Gone(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let key = (1_u16..3, 30_u16..33).prop_map(|(device, code)| Key { device, code });
    prop_oneof![
        8 => (key, any::<bool>(), prop::bool::weighted(0.2), prop::bool::weighted(0.8))
            .prop_map(|(key, down, repeat, ours)| Step::Stroke { key, down, repeat, ours }),
        2 => any::<bool>().prop_map(Step::Focus),
        1 => (1_u16..3).prop_map(Step::Gone),
    ]
}

proptest! {
    /// Held against a plain list of what is down and what was told: presses and releases of a key take turns, repeats lie between
    /// them, nothing counts that was down before, and without the focus nothing is down.
    #[test]
    fn whatever_happens_a_press_counts_once_and_comes_up_again(
        before in prop::collection::vec(30_u16..33, 0..3),
        steps in prop::collection::vec(step(), 0..80),
    ) {
        let mut gate = Gate::new("test");
        let mut physical = IndexSet::new();
        let mut told: IndexMap<String, i32> = IndexMap::new();
        let mut focus = false;
        for code in &before {
            let key = Key { device: 1, code: *code };
            gate.is_down(key);
            physical.insert(key);
        }
        for (i, step) in steps.into_iter().enumerate() {
            let stamp = Nanos::from_millis(i as i64);
            let events = match step {
                Step::Stroke { key, down, repeat, ours } => {
                    let fresh = down && !repeat && ours && focus && !physical.contains(&key);
                    if down { physical.insert(key) } else { physical.shift_remove(&key) };
                    let event = gate.stroke(Stroke { stamp, key, down, repeat }, ours);
                    let counted = event.as_ref().is_some_and(|e| e.down && !e.repeat);
                    prop_assert_eq!(counted, fresh);
                    event.into_iter().collect()
                }
                Step::Focus(gained) => {
                    focus = gained;
                    gate.focus(stamp, gained)
                }
                Step::Gone(device) => {
                    physical.retain(|k| k.device != device);
                    gate.gone(stamp, device)
                }
            };
            for event in events {
                prop_assert_eq!(event.stamp, stamp);
                let down = told.entry(event.code).or_default();
                match (event.down, event.repeat) {
                    (true, false) => *down += 1,
                    (true, true) => prop_assert!(*down > 0),
                    (false, _) => *down -= 1,
                }
                // Two devices may hold the same key.
                prop_assert!((0..=2).contains(down));
            }
            if !focus {
                prop_assert!(told.values().all(|down| *down == 0));
            }
        }
        gate.focus(Nanos::ZERO, false).into_iter().for_each(|e| *told.get_mut(&e.code).unwrap() -= 1);
        prop_assert!(told.values().all(|down| *down == 0));
    }
}
