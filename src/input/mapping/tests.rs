//! What a room makes of keys and movements.

use super::*;
use crate::ground::time::Nanos;

fn key(code: &str, down: bool) -> KeyEvent {
    KeyEvent {
        stamp: Nanos::ZERO,
        code: code.into(),
        down,
        repeat: false,
        device: "keyboard".into(),
        source: "window".into(),
    }
}

#[test]
fn trigger_key_is_a_pulse_on_its_press_alone() {
    let source = TriggerSource::Key("Digit5".into());
    let mut m = Mapping::new(&Rig::default(), &[source]);
    assert_eq!(m.read(&key("Digit5", true)), Mapped::Pulse("key:Digit5".into()));
    let repeat = KeyEvent { repeat: true, ..key("Digit5", true) };
    for other in [repeat, key("Digit5", false)] {
        let Mapped::Response(r) = m.read(&other) else { panic!("not recorded") };
        assert_eq!(r.meaning, None, "recorded, and of no effect");
    }
}

#[test]
fn the_same_key_of_two_keyboards_is_two_keys() {
    let text = "[[box]]\nname = \"pad\"\nkind = \"keyboard\"\nhas = \"current designs\"\n\
                [keys]\nleft = \"Digit1@pad\"\nright = \"Digit2\"";
    let source = crate::ground::diagnostic::Source { path: "rig".into(), text: text.into() };
    let rig = crate::rig::parse::parse(&source).unwrap().0;
    let trigger = TriggerSource::Key("Digit5@Current Designs".into());
    let mut m = Mapping::new(&rig, &[trigger]);
    let of = |code: &str, device: &str| KeyEvent { device: device.into(), ..key(code, true) };
    let (pad, other) = ("Current Designs 932", "Dell keyboard");
    let mut meaning = |code: &str, device: &str| match m.read(&of(code, device)) {
        Mapped::Response(r) => r.meaning.unwrap_or_default(),
        Mapped::Pulse(source) => source,
        mapped => panic!("{mapped:?}"),
    };
    assert_eq!(meaning("Digit1", pad), "left");
    assert_eq!(meaning("Digit1", other), "");
    assert_eq!(meaning("Digit2", other), "right");
    assert_eq!(meaning("Digit5", pad), "key:Digit5@Current Designs");
    assert_eq!(meaning("Digit5", other), "");
}

#[test]
fn keys_of_named_devices_are_released_with_their_meaning_and_wires_keep_theirs() {
    let text = "[[box]]\nname = \"pad\"\nkind = \"keyboard\"\nhas = \"current\"\n\
                [[box]]\nname = \"xid\"\nkind = \"xid\"\nport = \"COM3\"\n\
                [keys]\nleft = \"Digit1@pad\"\nright = \"Button2\"";
    let source = crate::ground::diagnostic::Source { path: "rig".into(), text: text.into() };
    let mut m = Mapping::new(&crate::rig::parse::parse(&source).unwrap().0, &[]);
    let of = |code: &str, device: &str| KeyEvent { device: device.into(), ..key(code, true) };
    m.read(&of("Digit1", "Current Designs"));
    m.read(&of("Digit1", "another"));
    m.read(&of("Button2", "xid"));
    let up = KeyEvent { down: false, ..of("Digit1", "another") };
    assert!(matches!(m.read(&up), Mapped::Response(_)), "another key of the same name");
    let released = m.release_all("focus lost");
    let told: Vec<_> =
        released.iter().map(|r| (r.meaning.as_deref(), r.device.as_str(), r.down)).collect();
    assert_eq!(told, [(Some("left"), "Current Designs", false)]);
    let up = KeyEvent { down: false, ..of("Button2", "xid") };
    assert!(matches!(m.read(&up), Mapped::Response(_)));
}

#[test]
fn a_button_of_a_box_without_hold_is_let_go_at_once_and_once_only() {
    let kind = BoxKind::Xid { port: "COM3".into(), baud: 115_200 };
    let pad = ResponseBox { name: "pad".into(), kind, holds: false };
    let mut rig = Rig { boxes: vec![pad], ..Rig::default() };
    rig.keys.insert("left".into(), vec!["Button1".into()]);
    let mut m = Mapping::new(&rig, &[]);
    let of = |down| KeyEvent { device: "pad".into(), ..key("Button1", down) };
    let Mapped::Tap { press, release } = m.read(&of(true)) else { panic!("no tap") };
    assert_eq!((press.meaning.as_deref(), press.down), (Some("left"), true));
    assert_eq!((release.down, release.source.as_str()), (false, "box without hold"));
    let Mapped::Response(own) = m.read(&of(false)) else { panic!("not recorded") };
    assert_eq!((own.meaning, own.down), (None, false), "its own release has no effect");
    assert_eq!(m.release_all("focus lost"), []);
}

#[test]
fn abort_takes_both_keys_at_once() {
    let mut m = Mapping::new(&Rig::default(), &[]);
    assert!(matches!(m.read(&key("Escape", true)), Mapped::Grey(_)));
    assert!(matches!(m.read(&key("Escape", false)), Mapped::Response(_)));
    assert!(matches!(m.read(&key("KeyQ", true)), Mapped::Response(_)));
    assert!(matches!(m.read(&key("Escape", true)), Mapped::Abort(_)));
}

#[test]
fn the_keys_that_arm_again_are_told_from_those_that_end_the_run() {
    let mut m = Mapping::new(&Rig::default(), &[]);
    assert!(matches!(m.read(&key("Escape", true)), Mapped::Grey(_)));
    assert!(matches!(m.read(&key("Backspace", true)), Mapped::Rearm(_)));
    assert!(matches!(
        m.read(&KeyEvent { repeat: true, ..key("Backspace", true) }),
        Mapped::Response(_)
    ));
    assert!(matches!(m.read(&key("KeyQ", true)), Mapped::Abort(_)));
}

#[test]
fn keys_that_are_down_are_released_once_when_the_focus_goes() {
    let mut m = Mapping::new(&Rig::default(), &[]);
    m.read(&key("ArrowLeft", true));
    m.read(&key("KeyZ", true));
    m.read(&key("KeyZ", false));
    let released = m.release_all("focus lost");
    assert_eq!(released.len(), 1);
    assert_eq!((released[0].code.as_str(), released[0].down), ("ArrowLeft", false));
    assert_eq!(m.release_all("focus lost"), []);
}

#[test]
fn a_release_that_was_reckoned_is_not_told_twice() {
    let mut m = Mapping::new(&Rig::default(), &[]);
    m.read(&key("ArrowLeft", true));
    m.release_all("focus lost");
    assert_eq!(m.read(&key("ArrowLeft", false)), Mapped::Nothing);
    for down in [true, false, false] {
        assert!(matches!(m.read(&key("ArrowLeft", down)), Mapped::Response(_)));
    }
}

fn pointed(travel: RawTravel) -> PointerEvent {
    PointerEvent { stamp: Nanos::ZERO, travel, device: "mouse".into(), source: "window".into() }
}

#[test]
fn counts_become_lengths_of_a_scale_and_down_is_negative() {
    let rig = Rig { pointer: Some(PointerSetup::Move { counts: 400.0 }), ..Rig::default() };
    let m = Mapping::new(&rig, &[]);
    let read = m.read_pointer(&pointed(RawTravel::By([100.0, 20.0]))).unwrap();
    assert_eq!(read.travel, Travel::By([0.25, -0.05]));
    assert_eq!(m.read_pointer(&pointed(RawTravel::To([1.0, 1.0]))), None);
    let none = Mapping::new(&Rig::default(), &[]);
    assert_eq!(none.read_pointer(&pointed(RawTravel::By([1.0, 0.0]))), None);
}

#[test]
fn pixels_are_understood_as_the_participant_sees_them() {
    use crate::rig::schema::{Screen, Transform};
    let point = |transform, visible| {
        let screen = Screen { transform, visible, ..Screen::default() };
        let rig = Rig { pointer: Some(PointerSetup::Point), screen, ..Rig::default() };
        let m = Mapping::new(&rig, &[]).on(Geometry::new(&rig.screen, 800, 600));
        m.read_pointer(&pointed(RawTravel::To([500.0, 200.0]))).unwrap().travel
    };
    let whole = [0.0, 0.0, 1.0, 1.0];
    assert_eq!(point(Transform::None, whole), Travel::To([100.0, 100.0]));
    assert_eq!(point(Transform::FlipH, whole), Travel::To([-100.0, 100.0]));
    assert_eq!(point(Transform::Rotate180, whole), Travel::To([-100.0, -100.0]));
    // The visible part begins in the middle of the screen: its own middle lies at 600, 450.
    assert_eq!(point(Transform::None, [0.5, 0.5, 0.5, 0.5]), Travel::To([-100.0, 250.0]));
}

#[test]
fn keys_without_meaning_are_passed_on() {
    let mut m = Mapping::new(&Rig::default(), &[]);
    let Mapped::Response(r) = m.read(&key("KeyZ", true)) else { panic!("not a response") };
    assert_eq!(r.meaning, None);
    let Mapped::Response(r) = m.read(&key("ArrowLeft", true)) else { panic!("not a response") };
    assert_eq!(r.meaning.as_deref(), Some("left"));
}

#[test]
fn grey_comes_with_its_key_at_once_and_goes_with_two_held_together() {
    let rig = Rig { grey_button: vec!["KeyB".into()], ..Rig::default() };
    let mut m = Mapping::new(&rig, &[]);
    assert!(matches!(m.read(&key("KeyB", true)), Mapped::Grey(_)));
    assert!(matches!(m.read(&key("Tab", true)), Mapped::Response(_)));
    assert!(matches!(m.read(&key("Tab", false)), Mapped::Response(_)));
    assert!(matches!(m.read(&key("Escape", true)), Mapped::Grey(_)));
    let repeat = KeyEvent { repeat: true, ..key("Escape", true) };
    assert!(matches!(m.read(&repeat), Mapped::Response(_)));
    assert!(matches!(m.read(&key("Tab", true)), Mapped::GoOn(_)));
    assert!(matches!(m.read(&key("KeyQ", true)), Mapped::Abort(_)));
}

#[test]
fn a_button_of_a_box_without_hold_puts_grey_up() {
    let kind = BoxKind::Xid { port: "COM3".into(), baud: 115_200 };
    let pad = ResponseBox { name: "pad".into(), kind, holds: false };
    let grey_button = vec!["Button4".into()];
    let mut m = Mapping::new(&Rig { boxes: vec![pad], grey_button, ..Rig::default() }, &[]);
    let of = |down| KeyEvent { device: "pad".into(), ..key("Button4", down) };
    assert!(matches!(m.read(&of(true)), Mapped::Grey(_)));
    assert!(matches!(m.read(&of(false)), Mapped::Response(_)));
    assert!(!m.is_of_the_desk(&of(true)));
}
