//! Texts in scripts that are written from right to left, that join, reorder or stack their letters, or that have no spaces.

use super::*;
use reframe::presenter::fonts::Fonts;

const HEBREW: &str = "במשימה זו יוצגו תמונות. לאחר כל תמונה דרגו עד כמה הרגשתם רע, מ-1 (כלל לא) עד 9 \
    (מאוד מאוד).\n\nלחצו על SPACE כדי להתחיל.";
const ARABIC: &str = "في هذه المهمة سترى صورًا. بعد كل صورة، قيّم شعورك من 1 (لا شيء) إلى 9 (جدًا).\n\n\
    اضغط على SPACE للبدء.";
const HINDI: &str = "इस कार्य में आप चित्र देखेंगे। प्रत्येक चित्र के बाद बताइए कि आप कैसा महसूस कर रहे हैं।\n\n\
    क्षमा, ज्ञान, श्रेणी, हिन्दी (SPACE)";
const CHINESE: &str = "在这个任务中，您会看到一些图片。请注视屏幕中央的十字。看完每张图片后，请评价您的感受有多强烈：\
    1 表示完全没有，9 表示非常强烈。";
const JAPANESE: &str = "この課題では、写真が表示されます。画面中央の十字を見てください。写真を見た後、どのくらい不快に感じた\
    かを答えてください。";
const MIXED: &str = "Same in all: 直骨角 1–9\nשלום Reframe 2026!\nأهلا Reframe 2026!\nहिन्दी Reframe 2026!\n在这个 \
    Reframe を見て";

fn file(name: &str) -> String {
    format!("{}/tests/fonts/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str, fonts: &[&str], content: &str) {
    let fonts: Vec<String> = fonts.iter().map(|f| file(f)).collect();
    assert_eq!(Fonts::load(&fonts).unwrap().missing(content), [], "{name}");
    let mut o = offscreen(&Screen { fonts, ..Screen::default() }, None);
    let s = scene(Rgb::GREY, vec![element(0.0, 0, text(content, 0.085, Some(370.0)))]);
    held(name, &o.render(&s, Nanos::ZERO, false).unwrap());
}

#[test]
fn hebrew_runs_from_right_to_left_and_its_numbers_and_latin_words_do_not() {
    page("script-he", &[], HEBREW);
}

#[test]
fn arabic_letters_join() {
    page("script-ar", &[], ARABIC);
}

#[test]
fn devanagari_letters_reorder_and_stack() {
    page("script-hi", &["devanagari.ttf"], HINDI);
}

#[test]
fn chinese_and_japanese_break_lines_without_spaces() {
    page("script-zh", &["cjk.ttc#1"], CHINESE);
    page("script-ja", &["cjk.ttc#0"], JAPANESE);
}

#[test]
fn scripts_stand_beside_each_other() {
    page("script-mixed", &["devanagari.ttf", "cjk.ttc"], MIXED);
}
