//! What a page must hold to, whatever the story: nothing outside, no words on words or on screens.

use super::*;
use crate::storyboard::story::Tile;

/// About as wide as the built-in font.
fn ruler(text: &str, letters: f64) -> f64 {
    text.chars().count() as f64 * letters * 0.62
}

/// On screens that may be covered.
fn laid_out(story: &Story, shape: f64) -> Page {
    lay_out(story, Screens { shape, clear: &|_| true }, &mut ruler)
}

fn column(name: &str, conditions: usize) -> Column {
    let tile = |i| Some(Tile { phase: i as u32, name: format!("{name} condition {i}") });
    let lasts = vec!["4, 5, 6 or 7 s".into(), "answer within 2 s".into()];
    Column { tiles: (0..conditions).map(tile).collect(), lasts }
}

fn repeat(first: usize, last: usize) -> Repeat {
    Repeat { first, last, text: "4 \u{d7} (3 conditions, shuffled in each cycle)".into() }
}

/// One column for each of these numbers of conditions.
fn story(conditions: &[usize], repeats: &[(usize, usize)], before: usize) -> Story {
    Story {
        before: (0..before).map(|_| column("page", 1)).collect(),
        columns: conditions.iter().map(|n| column("phase", *n)).collect(),
        repeats: repeats.iter().map(|(a, b)| repeat(*a, *b)).collect(),
    }
}

fn box_of(line: &Line) -> Rect {
    let (x, y) = line.middle;
    let (w, h) = (line.width, line.height);
    Rect { x: x - w / 2.0, y: y - h / 2.0, w, h }
}

/// How far two rectangles reach into each other, in both directions.
fn overlap(a: &Rect, b: &Rect) -> Option<Point> {
    let x = (a.x + a.w).min(b.x + b.w) - a.x.max(b.x);
    let y = (a.y + a.h).min(b.y + b.h) - a.y.max(b.y);
    (x > 0.01 && y > 0.01).then_some((x, y))
}

fn stories() -> Vec<Story> {
    vec![
        story(&[1], &[], 0),
        story(&[1, 1, 3, 3, 1, 1, 1, 1], &[(3, 3), (2, 5)], 9),
        story(&[1, 1, 4, 1, 1, 1], &[(2, 3), (2, 4)], 5),
        story(&[6, 6, 6], &[(0, 0), (0, 2)], 1),
        story(&[1; 15], &[(4, 9)], 2),
        story(&[1, 2, 2, 1, 1, 3, 3, 1, 1, 1, 2, 2, 1], &[(1, 2), (1, 3), (5, 7), (9, 12)], 14),
        story(&[2; 20], &[(0, 19)], 0),
    ]
}

#[test]
fn everything_is_inside_of_the_page() {
    for story in stories() {
        let page = laid_out(&story, 0.75);
        let inside = |r: &Rect| {
            r.x >= 0.0 && r.y >= 0.0 && r.x + r.w <= page.width && r.y + r.h <= page.height
        };
        assert!(page.tiles.iter().all(|t| inside(&t.at)), "{page:?}");
        assert!(page.lines.iter().all(|l| inside(&box_of(l))), "{page:?}");
        let corner = |p: &Point| inside(&Rect { x: p.0, y: p.1, w: 0.0, h: 0.0 });
        assert!(page.shapes.iter().flatten().all(corner), "{page:?}");
    }
}

#[test]
fn no_words_stand_on_words_or_on_screens() {
    for story in stories() {
        for shape in [0.5625, 0.75, 1.25] {
            let page = laid_out(&story, shape);
            for (i, line) in page.lines.iter().enumerate() {
                let here = box_of(line);
                for other in &page.lines[i + 1..] {
                    assert_eq!(overlap(&here, &box_of(other)), None, "{line:?} {other:?}");
                }
                for tile in &page.tiles {
                    assert_eq!(overlap(&here, &tile.at), None, "{line:?} {tile:?}");
                }
            }
        }
    }
}

#[test]
fn a_screen_covers_no_more_than_a_corner_of_another() {
    for story in stories() {
        let page = laid_out(&story, 0.75);
        for (i, a) in page.tiles.iter().enumerate() {
            for b in &page.tiles[i + 1..] {
                let (x, _) = overlap(&a.at, &b.at).unwrap_or_default();
                assert!(x <= COVERED * a.at.w + 1.0, "{a:?} {b:?}");
            }
        }
    }
}

#[test]
fn a_screen_that_shows_something_at_its_edge_is_not_covered() {
    let story = story(&[1, 1, 2, 2, 1], &[], 0);
    let page = lay_out(&story, Screens { shape: 0.75, clear: &|_| false }, &mut ruler);
    for (i, a) in page.tiles.iter().enumerate() {
        assert!(page.tiles[i + 1..].iter().all(|b| overlap(&a.at, &b.at).is_none()));
    }
}

#[test]
fn screens_between_two_brackets_are_evenly_spaced() {
    let story = story(&[1; 7], &[(3, 6)], 0);
    let mut marked = story.clone();
    marked.columns[1].tiles[0].as_mut().unwrap().phase = 9;
    let page = lay_out(&marked, Screens { shape: 0.75, clear: &|p| p != 9 }, &mut ruler);
    let xs: Vec<f64> = page.tiles.iter().map(|t| t.at.x).collect();
    let steps: Vec<f64> = xs.windows(2).map(|x| x[1] - x[0]).collect();
    let (apart, over) = (WIDE + GAP, (WIDE * (1.0 - COVERED)).round());
    assert_eq!(steps, [apart, apart, apart, over, over, over]);
}

#[test]
fn brackets_and_arrows_cross_no_screen_and_no_words() {
    for story in stories() {
        let page = laid_out(&story, 0.75);
        for shape in page.shapes.iter().filter(|s| s.len() == 4) {
            let (x, y) = shape[0];
            let bar = Rect { x, y, w: shape[2].0 - x, h: shape[2].1 - y };
            assert!(page.tiles.iter().all(|t| overlap(&t.at, &bar).is_none()), "{bar:?}");
            let words = page.lines.iter().find(|l| overlap(&box_of(l), &bar).is_some());
            assert_eq!(words, None, "{bar:?}");
        }
        for arrow in page.shapes.iter().filter(|s| s.len() == 7) {
            let (from, tip) = (arrow[0], arrow[3]);
            for step in 0..=1000 {
                let share = f64::from(step) / 1000.0;
                let at = (from.0 + share * (tip.0 - from.0), from.1 + share * (tip.1 - from.1));
                let at = Rect { x: at.0 - 1.0, y: at.1 - 1.0, w: 2.0, h: 2.0 };
                let words = page.lines.iter().find(|l| overlap(&box_of(l), &at).is_some());
                assert_eq!(words, None, "{at:?}");
                assert!(page.tiles.iter().all(|t| overlap(&t.at, &at).is_none()), "{at:?}");
            }
        }
    }
}

#[test]
fn screens_run_down_to_the_right_and_those_of_one_condition_are_level_with_the_arrow() {
    let page = laid_out(&story(&[1, 3, 3, 1], &[(1, 3)], 0), 0.75);
    let lowest: Vec<&Placed> = [0, 3, 6, 7].iter().map(|i| &page.tiles[*i]).collect();
    for pair in lowest.windows(2) {
        assert!(pair[0].at.x < pair[1].at.x && pair[0].at.y < pair[1].at.y);
    }
    // Conditions stand exactly above each other.
    let column: Vec<f64> = page.tiles[1..4].iter().map(|t| t.at.x).collect();
    assert!(column.iter().all(|x| *x == column[0]));
}

#[test]
fn a_long_story_is_cut_where_no_bracket_is() {
    let cut = |conditions: usize, repeats: &[(usize, usize)]| {
        rows(&story(&vec![1; conditions], repeats, 0)).iter().map(|r| r.end).collect::<Vec<_>>()
    };
    assert_eq!(cut(8, &[]), [8]);
    assert_eq!(cut(10, &[]), [5, 10]);
    assert_eq!(cut(10, &[(2, 5)]), [6, 10]);
    assert_eq!(cut(10, &[(0, 9)]), [5, 10]);
    assert_eq!(cut(20, &[]), [7, 14, 20]);
}

#[test]
fn words_are_broken_into_lines_that_fit() {
    let told = |text| -> Vec<String> {
        wrap(text, NAME, 200.0, &mut ruler).into_iter().map(|w| w.text).collect()
    };
    assert_eq!(told("shuffled negative"), ["shuffled", "negative"]);
    assert_eq!(told("abcdefghijklmnop"), ["abcdefghij", "klmnop"]);
    assert_eq!(told("within 900 ms"), ["within", "900 ms"]);
    assert_eq!(told("  "), [""; 0]);
}
