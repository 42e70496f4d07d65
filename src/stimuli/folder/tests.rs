//! A folder of made pictures, with rows that lead astray.

use super::*;
use crate::ground::recipe::{Look, Scramble};
use crate::table::Stimulus;
use indexmap::IndexMap;
use std::fs;

fn id(name: &str) -> StimulusId {
    StimulusId(name.into())
}

fn table(files: &[(&str, &str)]) -> Table {
    let row = |(name, file): &(&str, &str)| {
        let stimulus = Stimulus {
            id: id(name),
            file: file.to_string(),
            share: true,
            database: None,
            values: IndexMap::new(),
        };
        (id(name), stimulus)
    };
    Table { columns: vec!["id".into(), "file".into()], rows: files.iter().map(row).collect() }
}

fn picture(path: &Path) {
    image::RgbaImage::from_pixel(4, 3, image::Rgba([1, 2, 3, 255])).save(path).unwrap();
}

/// `room/stimuli/in.png`, `room/out.png`, and a folder over the first.
fn room(files: &[(&str, &str)]) -> (tempfile::TempDir, Folder) {
    let room = tempfile::tempdir().unwrap();
    let root = room.path().join("stimuli");
    fs::create_dir(&root).unwrap();
    picture(&root.join("in.png"));
    picture(&room.path().join("out.png"));
    let folder = Folder::new(&root, table(files)).unwrap();
    (room, folder)
}

#[test]
fn pictures_are_found_by_their_row() {
    let (_room, folder) = room(&[("a", "in.png")]);
    let pixels = folder.load(&id("a")).unwrap();
    assert_eq!((pixels.width, pixels.height, &pixels.rgba[..4]), (4, 3, &[1, 2, 3, 255][..]));
    let said = folder.load(&id("b")).unwrap_err();
    assert!(said.contains("\"b\" has no row in the stimulus table"), "{said}");
}

#[test]
fn no_path_leaves_the_folder() {
    let (room, folder) = room(&[
        ("up", "../out.png"),
        ("round", "./x/../../out.png"),
        ("absolute", "/etc/hostname"),
        ("link", "link.png"),
        ("through", "door/out.png"),
    ]);
    #[cfg(unix)]
    {
        let root = room.path().join("stimuli");
        std::os::unix::fs::symlink(room.path().join("out.png"), root.join("link.png")).unwrap();
        std::os::unix::fs::symlink(room.path(), root.join("door")).unwrap();
    }
    for name in ["up", "round", "absolute", "link", "through"] {
        let e = folder.path(&id(name)).unwrap_err();
        let gone = cfg!(not(unix)) && matches!(e.fault, Fault::Missing);
        assert!(matches!(e.fault, Fault::Outside) || gone, "{name}: {e}");
    }
    drop(room);
}

#[test]
fn links_that_stay_inside_are_followed() {
    let (room, folder) = room(&[("a", "again.png")]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("in.png", room.path().join("stimuli/again.png")).unwrap();
        assert!(folder.load(&id("a")).is_ok());
    }
    drop((room, folder));
}

#[test]
fn checking_reports_every_problem_in_order_and_counts_up_to_all() {
    let (room, folder) =
        room(&[("a", "in.png"), ("b", "gone.png"), ("c", "in.png"), ("d", "empty.png")]);
    fs::write(room.path().join("stimuli/empty.png"), b"").unwrap();
    let mut counted = Vec::new();
    let ids = ["a", "b", "c", "d", "e"].map(id);
    let checked = folder.check_all(&ids, [], |done, of| counted.push((done, of)));
    assert_eq!(counted, (1..=5).map(|n| (n, 5)).collect::<Vec<_>>());
    let said: Vec<String> = checked.problems.iter().map(|e| e.to_string()).collect();
    assert_eq!(said.len(), 3, "{said:?}");
    for (text, part) in said.iter().zip(["gone.png", "empty.png", "\"e\""]) {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn checking_sums_up_what_was_done_to_pictures() {
    let rows = [("a", "in.png"), ("b", "film.gif"), ("c", "film.gif"), ("d", "film.png")];
    let (room, folder) = room(&rows);
    let frame = || image::Frame::new(image::RgbaImage::from_pixel(4, 3, image::Rgba([9; 4])));
    let mut film = Vec::new();
    image::codecs::gif::GifEncoder::new(&mut film).encode_frames([frame(), frame()]).unwrap();
    for name in ["film.gif", "film.png"] {
        fs::write(room.path().join("stimuli").join(name), &film).unwrap();
    }
    let ids: Vec<StimulusId> = rows.iter().map(|(name, _)| id(name)).collect();
    let checked = folder.check_all(&ids, [], |_, _| ());
    assert!(checked.problems.is_empty());
    assert_eq!(
        checked.notes,
        [
            "the first frame of an animation is shown: 3 pictures, such as \"b\" (1 of 2)",
            "the file is GIF in spite of its name, and is read as GIF: picture \"d\"",
        ]
    );
}

#[test]
fn checking_nothing_finds_nothing() {
    let (_room, folder) = room(&[]);
    assert!(folder.check_all(&[], [], |_, _| panic!("nothing was done")).problems.is_empty());
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let gone = Folder::new(Path::new("no/such/folder"), table(&[])).unwrap_err().to_string();
    assert!(gone.contains("no/such/folder") && gone.contains("does not exist"), "{gone}");
}

/// A picture that is made of "a", and its name in scenes.
fn made(look: Look) -> (StimulusId, Made) {
    let made = Made { of: id("a"), recipe: Recipe { look, seed: 1 } };
    (made.id(), made)
}

#[test]
fn pictures_that_are_made_come_by_their_own_names_and_their_file_is_told_of_once() {
    let (room, folder) = room(&[("a", "film.gif")]);
    let frame = || image::Frame::new(image::RgbaImage::from_pixel(4, 3, image::Rgba([9; 4])));
    let mut film = Vec::new();
    image::codecs::gif::GifEncoder::new(&mut film).encode_frames([frame(), frame()]).unwrap();
    fs::write(room.path().join("stimuli/film.gif"), &film).unwrap();
    let half = made(Look { crop: Some([0.5, 0.0, 0.0, 0.0]), ..Look::default() });
    let mask = made(Look { scramble: Some(Scramble::Pixels), ..Look::default() });
    let watched = Watched::new(Arc::new(folder), [half.clone(), mask.clone()].into());
    let size = |id: &StimulusId| watched.load(id).map(|p| (p.width, p.height));
    assert_eq!(size(&half.0), Ok((2, 3)));
    assert_eq!(size(&mask.0), Ok((4, 3)));
    assert_eq!(size(&id("a")), Ok((4, 3)));
    let checked = watched.take_checked(&[id("a")]);
    assert!(checked.problems.is_empty());
    let note = "the first frame of an animation is shown: picture \"a\" (1 of 2)";
    assert_eq!(checked.notes, [note]);
}

#[test]
fn a_picture_that_is_too_large_for_its_recipe_is_a_problem_of_its_file() {
    let (room, folder) = room(&[("a", "large.png")]);
    image::GrayImage::new(3001, 3000).save(room.path().join("stimuli/large.png")).unwrap();
    let mask = made(Look { scramble: Some(Scramble::Phase), ..Look::default() });
    assert!(folder.check_all(&[id("a")], [], |_, _| ()).problems.is_empty());
    let checked = folder.check_all(&[id("a")], [&mask.1], |_, _| ());
    let said = checked.problems[0].to_string();
    assert!(said.contains("large.png") && said.contains("3001 x 3000"), "{said}");
    let watched = Watched::new(Arc::new(folder), [mask.clone()].into());
    assert!(watched.load(&id("a")).is_ok());
    let within = watched.load(&mask.0).unwrap_err();
    assert!(within.starts_with("picture \"large.png\" is 3001 x 3000"), "{within}");
    assert_eq!(watched.take_checked(&[id("a")]).problems[0].to_string(), said);
}

#[test]
fn a_watched_folder_tells_once_what_was_found_while_pictures_were_loaded() {
    let (_room, folder) = room(&[("a", "in.png"), ("b", "none.png"), ("c", "in.png")]);
    let watched = Watched::new(Arc::new(folder), IndexMap::new());
    let all = ["c", "b", "a"].map(id);
    assert!(watched.load(&id("a")).is_ok());
    let said = watched.load(&id("b")).unwrap_err();
    let checked = watched.take_checked(&all);
    assert_eq!(checked.problems.len(), 1, "one of those that were loaded");
    assert_eq!(checked.problems[0].fault.to_string(), said[said.find("does").unwrap()..]);
    // Where the folder is goes into no journal.
    assert!(said.starts_with("picture \"none.png\" does not exist"), "{said}");
    assert!(watched.take_checked(&all).problems.is_empty());
}
