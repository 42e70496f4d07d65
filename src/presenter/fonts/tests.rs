//! Which font is taken for which letter, and which letters none has.

use super::*;
use crate::ground::scene::Rgb;
use crate::presenter::layout::{Stand, TextBox};

fn file(name: &str) -> String {
    format!("{}/tests/fonts/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn fonts(names: &[&str]) -> Fonts {
    let paths: Vec<String> = names.iter().map(|n| file(n)).collect();
    Fonts::load(&paths).unwrap()
}

fn text(text: &str) -> TextBox {
    TextBox {
        text: text.into(),
        x: 0.0,
        y: 0.0,
        stand: Stand::Top,
        line_height: 20.0,
        wrap: 1e6,
        color: Rgb::WHITE,
        opacity: 1.0,
        within: (0.0, 1e6),
    }
}

/// The letters of one line from left to right as they stand on the screen, each with the place of its font in the list.
fn seen(fonts: &mut Fonts, line: &str) -> Vec<(String, usize)> {
    let shaped = fonts.shape(&text(line));
    let run = shaped.buffer.layout_runs().next().expect("a line");
    let mut glyphs: Vec<_> = run.glyphs.iter().collect();
    glyphs.sort_by(|a, b| a.x.total_cmp(&b.x));
    glyphs
        .iter()
        .map(|g| {
            let place = fonts.faces.iter().position(|id| *id == g.font_id).expect("a known font");
            (line[g.start..g.end].to_string(), place)
        })
        .collect()
}

#[test]
fn a_letter_is_taken_from_the_first_font_that_has_it_and_the_built_in_one_is_the_last() {
    // 直 is in both fonts of the collection, 这 in the second alone, A in neither.
    for (list, places) in [
        (&["cjk.ttc"][..], [0, 1, 2]),
        (&["cjk.ttc#1", "cjk.ttc#0"], [0, 0, 2]),
        (&["cjk.ttc#Reframe Test Japanese", "cjk.ttc#Reframe Test Chinese"], [0, 1, 2]),
        (&["devanagari.ttf", "cjk.ttc#1"], [1, 1, 2]),
    ] {
        let mut fonts = fonts(list);
        let found = seen(&mut fonts, "直这A");
        assert_eq!(found.iter().map(|f| f.1).collect::<Vec<_>>(), places, "{list:?}");
        assert_eq!(found.iter().map(|f| f.0.as_str()).collect::<String>(), "直这A");
    }
}

#[test]
fn a_font_without_some_letters_of_a_word_does_not_change_their_order() {
    let mut fonts = fonts(&["cjk.ttc"]);
    let order: String = seen(&mut fonts, "שלו直ם").into_iter().map(|f| f.0).collect();
    // Right to left, around a letter of its own direction: read from the left edge of the screen.
    assert_eq!(order, "ם直ולש");
    let places: Vec<usize> = seen(&mut fonts, "直ab直").into_iter().map(|f| f.1).collect();
    assert_eq!(places, [0, 2, 2, 0]);
}

#[test]
fn letters_that_no_font_has_are_named_once_each_in_their_order() {
    let mut built_in = fonts(&[]);
    assert_eq!(built_in.missing("Wie fühlen Sie sich? Ψ שלום مرحبا"), Vec::<char>::new());
    assert_eq!(built_in.missing("直 a 直骨\nक b"), ['直', '骨', 'क']);
    assert_eq!(built_in.missing("कि"), ['क', 'ि']);
    let mut two = fonts(&["cjk.ttc", "devanagari.ttf"]);
    assert_eq!(two.missing("直 a 直骨\nक b 龘"), ['龘']);
}

#[test]
fn what_nothing_is_drawn_for_is_never_missing() {
    let unseen = "a\u{200D}b\u{200C}c\u{200F}d\u{FE0F}e\u{AD}f\tg\r\nh\u{2028}i\u{A0}j\u{2066}k\u{2069}\u{FEFF}";
    assert_eq!(fonts(&[]).missing(unseen), Vec::<char>::new());
    assert_eq!(fonts(&["devanagari.ttf"]).missing(unseen), Vec::<char>::new());
    assert_eq!(fonts(&[]).missing(""), Vec::<char>::new());
}

#[test]
fn a_font_that_cannot_be_used_is_named_with_the_reason() {
    let said = |path: String| Fonts::load(&[path]).unwrap_err().to_string();
    let gone = said(file("gone.ttf"));
    assert!(gone.contains("gone.ttf\" cannot be used") && gone.contains("No such file"), "{gone}");
    let text = said(file("OFL.txt"));
    assert!(text.contains("OFL.txt\" cannot be used: it holds no font"), "{text}");
    let name = said(file("cjk.ttc#Korean"));
    let known = "it holds Reframe Test Japanese, Reframe Test Chinese, and no \"Korean\"";
    assert!(name.contains(known), "{name}");
}

#[test]
fn a_font_that_is_cut_off_is_refused() {
    let whole = std::fs::read(file("devanagari.ttf")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for share in 1..16 {
        let path = folder.path().join(format!("cut-{share}.ttf"));
        std::fs::write(&path, &whole[..whole.len() * share / 16]).unwrap();
        let path = path.to_str().unwrap().to_string();
        // Where what is left can be used at all, it must shape without ending the program.
        match Fonts::load(&[path]) {
            Ok(mut fonts) => drop(fonts.shape(&text("हिन्दी क्ष abc"))),
            Err(e) => assert!(e.path.contains("cut-")),
        }
    }
}

#[test]
fn devanagari_conjuncts_are_one_letter_and_short_i_stands_before_its_consonant() {
    let mut fonts = fonts(&["devanagari.ttf"]);
    let glyphs = |fonts: &mut Fonts, t: &str| {
        let shaped = fonts.shape(&text(t));
        let run = shaped.buffer.layout_runs().next().expect("a line");
        run.glyphs.iter().map(|g| g.glyph_id).collect::<Vec<u16>>()
    };
    assert_eq!(glyphs(&mut fonts, "क्ष").len(), 1);
    let (ka, aa) = (glyphs(&mut fonts, "क")[0], glyphs(&mut fonts, "का"));
    assert_eq!(aa[0], ka, "a long a stands behind");
    assert_eq!(glyphs(&mut fonts, "कि")[1], ka, "a short i stands before");
}

#[test]
fn arabic_letters_take_the_form_of_their_place() {
    let mut fonts = fonts(&[]);
    let glyphs = |fonts: &mut Fonts, t: &str| {
        let shaped = fonts.shape(&text(t));
        let run = shaped.buffer.layout_runs().next().expect("a line");
        run.glyphs.iter().map(|g| g.glyph_id).collect::<Vec<u16>>()
    };
    let alone = glyphs(&mut fonts, "ب")[0];
    let joined = glyphs(&mut fonts, "ببب");
    assert_eq!(joined.len(), 3);
    assert!(!joined.contains(&alone) && joined[0] != joined[1] && joined[1] != joined[2]);
    assert_eq!(glyphs(&mut fonts, "لا").len(), 1, "lam and alef are one letter");
}

fn labels(words: &[&str], share: f64) -> Vec<TextBox> {
    let of = |(i, w): (usize, &&str)| TextBox { x: share * i as f64, y: 10.0, ..text(w) };
    words.iter().enumerate().map(of).collect()
}

#[test]
fn labels_have_one_size_and_stand_in_two_rows_where_words_are_long() {
    let mut fonts = fonts(&[]);
    let set =
        |fonts: &mut Fonts, words: &[&str]| LabelRows::set(fonts, &labels(words, 80.0), 80.0, 1);
    let short = set(&mut fonts, &["not in the least", "a little", "", "very much"]);
    assert_eq!((short.shaped.len(), short.leaders.len()), (3, 0));
    assert_eq!(short.bottom, 50.0, "two lines of twenty pixels");

    let long = ["Unannehmlichkeiten", "Zusammengehörigkeit", "Voreingenommenheit"];
    let long = set(&mut fonts, &long);
    assert_eq!((long.shaped.len(), long.leaders.len()), (3, 1));
    let size = |s: &Shaped| s.buffer.metrics().font_size;
    assert!(long.shaped.iter().all(|s| size(s) == size(&long.shaped[0]) && s.width <= 160.0));
    // The one in the middle comes last, below the others.
    assert!(
        long.shaped[2].top >= long.shaped[0].bottom() && long.bottom >= long.shaped[2].bottom()
    );
}

#[test]
fn a_label_takes_the_room_of_empty_neighbours() {
    let words = ["Unannehmlichkeiten", "", "", "", "Voreingenommenheit"];
    let set = LabelRows::set(&mut fonts(&[]), &labels(&words, 60.0), 60.0, 1);
    assert_eq!((set.leaders.len(), set.bottom), (0, 30.0), "one line of twenty pixels");
}

#[test]
fn whatever_ends_a_paragraph_ends_a_line_also_where_the_direction_changes_behind_it() {
    for end in ["\n", "\u{1c}", "\u{1d}", "\u{1e}", "\u{85}", "\u{2029}"] {
        for (first, second) in [("ש", "a"), ("a", "ش"), ("ש", "\u{11000}")] {
            let shaped = fonts(&[]).shape(&text(&format!("{first}{end}{second}")));
            assert_eq!(shaped.height, 40.0, "{end:?}");
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_can_be_shaped(
        parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "a", "1", " ", "\n", "(", "!", "ש", "ל", "ب", "ا", "ّ", "क", "्", "ष", "ि", "直", "这", "。", "\u{200D}",
                "\u{200F}", "\u{2067}", "\u{2069}", "\u{202E}", "\u{301}", "\t", "\r\n", "\u{2028}", "😀", "\u{10FFFF}", "\0",
            ]),
            0..12,
        ),
        any in ".{0,6}",
    ) {
        let mut fonts = fonts(&["devanagari.ttf", "cjk.ttc"]);
        let whole = parts.concat() + &any;
        let shaped = fonts.shape(&TextBox { wrap: 60.0, ..text(&whole) });
        assert!(shaped.width.is_finite() && shaped.height >= 0.0);
        for c in fonts.missing(&whole) {
            assert!(whole.contains(c));
        }
    }
}
