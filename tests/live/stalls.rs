//! The flip loop is held up before some scenes. Each must be found: which, how many, and by how much.

use super::program::{Program, number};
use super::screen::Observer;
use super::server::Server;
use super::spread::Spread;
use super::{MS, pictures};

const PICTURES: usize = 20;
/// Three refreshes of 16.7 ms. A scene is handed over up to half a refresh before its flip, and the hold begins there.
const HELD_MS: i64 = 50;
const BEFORE_MS: i64 = 9;
/// Pictures that are held up, by their number from 0.
const HELD: [usize; 6] = [1, 4, 5, 9, 13, 18];

#[test]
fn scenes_that_were_held_up_are_found_in_number_place_and_size() {
    let Some(server) = Server::start() else { return };
    let observer = Observer::start(&server);
    let task = pictures(PICTURES as u32, 0.8, 0.607, 0.511);
    // The lead-in is the first scene, and a rest follows each picture.
    let ticket = |i: usize| 2 * i as u64 + 2;
    let asked: Vec<String> = HELD.iter().map(|i| format!("{}:{HELD_MS}", ticket(*i))).collect();
    let place = [("DISPLAY", server.display.as_str()), ("REFRAME_TEST_STALLS", &asked.join(","))];
    let run =
        Program::bare(&place, &task, None, &["--photodiode", "top-left:40", "--place", "lab"])
            .finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let seen: Vec<_> = observer.finish().into_iter().filter(|c| c.white).collect();
    let onsets = run.lines("onset");
    assert_eq!(seen.len(), PICTURES);
    let (mut held, mut flagged) = (vec![], 0);
    for line in &onsets {
        let at = HELD.iter().find(|i| ticket(**i) == line["ticket"]);
        let delay = number(&line["onset_ns"]) - number(&line["flip_ns"]);
        match at {
            Some(i) => {
                assert_eq!(line["late"], true, "picture {i} was held up: {line}");
                assert!(number(&line["missed"]) >= 2, "by two frames and a bit: {line}");
                assert!(delay >= (HELD_MS - BEFORE_MS) * MS, "picture {i}: {delay}");
                let seen_at = seen[*i].at();
                held.push(number(&line["onset_ns"]) - seen_at);
            }
            None => flagged += usize::from(line["late"] == true),
        }
    }
    assert_eq!(held.len(), HELD.len());
    Spread::of("onsets of pictures that were held up, told minus seen", held).within(2, 6);
    println!("{flagged} of {} others were late", onsets.len() - HELD.len());
    assert!(flagged * 5 <= onsets.len(), "others are late for their own reasons only: {flagged}");
    let end = run.lines("end")[0];
    assert!(
        number(&end["late"]) >= HELD.len() as i64 && number(&end["counts"]["missed_frames"]) >= 12
    );
    assert!(run.said.contains("were off by more than half a frame"), "{}", run.said);
    run.proves_itself();
}
