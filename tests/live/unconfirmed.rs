//! A screen that confirms nothing: a compositing manager stands between the program and an X server's screen, so that neither
//! the driver nor a round trip says when anything was to be seen.

use super::pictures;
use super::program::{Program, text};
use super::server::Server;
use x11rb::COPY_FROM_PARENT;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};

/// Says that it composites, as every compositing manager does.
fn compositor(server: &Server) -> impl Connection {
    let (connection, screen) = x11rb::connect(Some(&server.display)).unwrap();
    let root = connection.setup().roots[screen].root;
    let window = connection.generate_id().unwrap();
    connection
        .create_window(
            0,
            window,
            root,
            0,
            0,
            1,
            1,
            0,
            WindowClass::INPUT_ONLY,
            COPY_FROM_PARENT,
            &CreateWindowAux::new(),
        )
        .unwrap();
    let atom = connection.intern_atom(false, b"_NET_WM_CM_S0").unwrap().reply().unwrap().atom;
    connection.set_selection_owner(window, atom, x11rb::CURRENT_TIME).unwrap().check().unwrap();
    connection
}

#[test]
fn where_nothing_confirms_every_onset_is_an_estimate() {
    let Some(server) = Server::start() else { return };
    let _compositor = compositor(&server);
    let task = pictures(4, 0.6, 0.4, 0.3);
    let run = Program::start(&server, &task, None, &["--place", "lab"]).finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let bases: Vec<String> = run.lines("onset").iter().map(|l| text(&l["basis"])).collect();
    assert!(!bases.is_empty() && bases.iter().all(|b| b == "estimate"), "{bases:?}");
    let concerns = run.lines("display")[0]["concerns"].as_array().expect("a list").clone();
    assert!(concerns.iter().any(|c| c == "compositor"), "{concerns:?}");
    assert!(run.said.contains("a compositor stands between"), "{}", run.said);
    assert!(run.said.contains("estimate: this display confirms no onset"), "{}", run.said);
    run.proves_itself();
}
