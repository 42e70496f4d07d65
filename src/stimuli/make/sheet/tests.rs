//! What contact sheets show, refuse and leave alone.

use super::*;
use crate::ground::diagnostic::Source;
use std::fs;

fn folder(dir: &Path) -> Folder {
    let mut text = String::from("id\tfile\tkind\n");
    for (id, kind, (wide, high), ink) in [
        ("one", "flat", (40, 20), 10u8),
        ("two", "tall", (10, 40), 60),
        ("three", "flat", (40, 20), 200),
    ] {
        let picture = image::GrayImage::from_pixel(wide, high, image::Luma([ink]));
        picture.save(dir.join(format!("{id}.png"))).unwrap();
        text.push_str(&format!("{id}\t{id}.png\t{kind}\n"));
    }
    let table = crate::table::parse::parse(&Source { path: "t.tsv".into(), text }).unwrap();
    Folder::new(dir, table).unwrap()
}

fn layout(by: &[&str]) -> Layout {
    Layout { by: by.iter().map(|c| c.to_string()).collect(), across: 2, size: 40 }
}

/// Whether this grey comes before the other one, from top to bottom.
fn above(sheet: &RgbImage, one: u8, other: u8) -> bool {
    let row = |ink: u8| sheet.enumerate_pixels().find(|(_, _, p)| p.0 == [ink; 3]).unwrap().1;
    row(one) < row(other)
}

#[test]
fn pictures_that_agree_in_a_column_stand_together() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let mut seen = Vec::new();
    let plain = draw(&folder, &layout(&[]), |n, of| seen.push((n, of))).unwrap();
    assert_eq!(seen, [(1, 3), (2, 3), (3, 3)]);
    assert!(above(&plain, 60, 200), "the order of the table");
    let grouped = draw(&folder, &layout(&["kind"]), |_, _| {}).unwrap();
    assert!(above(&grouped, 200, 60), "both flat ones first");
    let count = |ink: u8| grouped.pixels().filter(|p| p.0 == [ink; 3]).count();
    assert_eq!((count(10), count(60), count(200)), (40 * 20, 10 * 40, 40 * 20));
}

#[test]
fn a_column_that_is_not_there_and_a_sheet_that_is_too_large_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let folder = folder(dir.path());
    let said = draw(&folder, &layout(&["sex"]), |_, _| {}).unwrap_err().to_string();
    assert!(said.contains("\"sex\"") && said.contains("id, file, kind"), "{said}");
    let wide = Layout { across: 20_000, ..layout(&[]) };
    let said = draw(&folder, &wide, |_, _| {}).unwrap_err().to_string();
    assert!(said.contains("--across"), "{said}");
}

#[test]
fn a_sheet_replaces_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let sheet = RgbImage::from_pixel(3, 3, GROUND);
    let path = dir.path().join("new/sheet.png");
    save(&sheet, &path).unwrap();
    let before = fs::read(&path).unwrap();
    let said = save(&RgbImage::new(5, 5), &path).unwrap_err().to_string();
    assert!(said.contains("sheet.png") && said.contains("there already"), "{said}");
    assert_eq!(fs::read(&path).unwrap(), before);
}
