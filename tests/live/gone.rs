//! The server, or the connection to it, is gone in the middle of a run, or the program is told to end. Whatever is on the screen then, the
//! run ends at once, with its journal finished, its data files written and the exit code that was promised.

use super::program::{Program, kind};
use super::server::Server;
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, Window};
use x11rb::rust_connection::RustConnection;

/// What is on the screen when it happens.
const SCENES: [&str; 3] = ["page", "picture", "rating"];
/// What may pass until the program has ended.
const PROMPT: Duration = Duration::from_secs(3);

/// A run that stays on one scene. The cue before it leaves a row for the events file.
fn staying_on(scene: &str) -> String {
    format!(
        r#"
sequence = ["cue", "{scene}"]

[task]
name = "gone"
stimuli = "scenes.tsv"

[pictures.scene]
where = {{ valence = "negative" }}

[phase.cue]
duration = 0.4
elements = [{{ kind = "fixation" }}]
trial_type = "cue"

[phase.page]
until = "response"
elements = [{{ kind = "text", text = "Read" }}]

[phase.picture]
duration = 60
elements = [{{ kind = "picture", from = "scene" }}]
trial_type = "cue"

[phase.rating]
duration = 60
elements = [{{ kind = "scale", scale = "distress" }}]
trial_type = "cue"

[scale.distress]
question = "How distressed do you feel?"
left = 0
right = 100
anchors = ["not at all", "extremely"]
higher_means = "more_distress"

[trial_type.cue]
description = "A scene"
"#
    )
}

/// The only window there is, as anybody on the server can name it.
pub fn window(server: &Server) -> (RustConnection, Window) {
    let (connection, screen) = x11rb::connect(Some(&server.display)).expect("the X server");
    let root = connection.setup().roots[screen].root;
    let tree = connection.query_tree(root).unwrap().reply().unwrap();
    let large = |w: &&Window| {
        connection
            .get_geometry(**w)
            .unwrap()
            .reply()
            .is_ok_and(|g| (g.width, g.height) == (800, 600))
    };
    let window = *tree.children.iter().find(large).expect("the program's window");
    (connection, window)
}

/// On each scene: lets it happen, and looks at what is left.
#[track_caller]
fn ends_on_each_scene(code: i32, reason: &str, happen: impl Fn(&mut Server, &Program)) {
    for scene in SCENES {
        let Some(mut server) = Server::start() else { return };
        let task = staying_on(scene);
        let mut program = Program::start(&server, &task, None, &["--place", "lab"]);
        program.wait_for_phase(1);
        happen(&mut server, &program);
        let since = Instant::now();
        let run = program.finish();
        let took = since.elapsed();
        println!("{reason}, {scene}: exit code {:?} after {took:?}\n{}", run.code, run.said);
        assert_eq!(run.code, Some(code), "{scene}: {}", run.said);
        assert!(took < PROMPT, "{scene}: it took {took:?}\n{}", run.said);
        assert!(!run.said.contains("defect"), "{scene}: {}", run.said);
        let end = run.journal.last().expect("a line");
        assert_eq!((kind(end), end["reason"].as_str()), ("end", Some(reason)), "{scene}");
        let scenes = if scene == "page" { 1 } else { 2 };
        assert_eq!(run.events().len(), scenes, "{scene}: what was shown is in the events file");
        run.proves_itself();
    }
}

#[test]
fn a_run_whose_server_is_gone_keeps_its_data_and_says_so() {
    ends_on_each_scene(3, "display failed", |server, _| server.kill());
}

#[test]
fn a_run_whose_connection_is_cut_keeps_its_data_and_says_so() {
    ends_on_each_scene(3, "display failed", |server, _| {
        let (connection, window) = window(server);
        connection.kill_client(window).unwrap().check().unwrap();
    });
}

#[test]
fn a_run_that_is_told_to_end_ends() {
    for number in [libc::SIGINT, libc::SIGTERM] {
        ends_on_each_scene(4, "ended by a signal", |_, program| program.signal(number));
    }
}
