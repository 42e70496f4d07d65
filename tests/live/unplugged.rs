//! A keyboard is unplugged in the middle of a run, with a key down, and plugged in again: told by its name, its key comes up, and
//! other keyboards are heard all the time.

use super::MS;
use super::gone::window;
use super::keys::Keys;
use super::lost_screen::{PAGE, says};
use super::program::{Program, kind};
use super::server::Server;
use super::system::now;
use x11rb::protocol::xinput::{
    ChangeMode, ConnectionExt as _, HierarchyChange, HierarchyChangeData,
    HierarchyChangeDataAddMaster, HierarchyChangeDataRemoveMaster,
};
use x11rb::protocol::xproto::ConnectionExt as _;

/// The master devices that the server has from the start.
const CORE: (u16, u16) = (2, 3);

impl Keys {
    /// Plugs in a keyboard and a pointer whose names begin with `test`, as a second seat; gives the number of its pointer.
    fn plug_in(&self) -> u16 {
        let data = HierarchyChangeData::AddMaster(HierarchyChangeDataAddMaster {
            send_core: true,
            enable: true,
            name: b"test".to_vec(),
        });
        let c = &self.connection;
        c.xinput_xi_change_hierarchy(&[HierarchyChange { len: 3, data }]).unwrap().check().unwrap();
        let all = c.xinput_xi_query_device(0_u16).unwrap().reply().unwrap();
        let pointer = all.infos.iter().find(|i| i.name == b"test pointer").expect("it is there");
        pointer.deviceid
    }

    fn unplug(&self, pointer: u16) {
        let data = HierarchyChangeData::RemoveMaster(HierarchyChangeDataRemoveMaster {
            deviceid: pointer,
            return_mode: ChangeMode::ATTACH,
            return_pointer: CORE.0,
            return_keyboard: CORE.1,
        });
        let c = &self.connection;
        c.xinput_xi_change_hierarchy(&[HierarchyChange { len: 3, data }]).unwrap().check().unwrap();
    }

    /// Presses from now on go through the keyboard that belongs to this pointer.
    fn through(&self, pointer: u16) {
        let c = &self.connection;
        c.xinput_xi_set_client_pointer(x11rb::NONE, pointer).unwrap().check().unwrap();
    }
}

#[test]
fn a_keyboard_that_is_unplugged_is_told_by_name_and_its_keys_come_up() {
    let Some(server) = Server::start() else { return };
    let mut keys = Keys::connect(&server);
    keys.connection.xinput_xi_query_version(2, 2).unwrap().reply().unwrap();
    let mut program = Program::start(&server, PAGE, None, &["--place", "lab"]);
    program.wait_for_phase(0);
    let (_connection, _ours) = window(&server);
    let pointer = keys.plug_in();
    program.wait_for("a new keyboard", says("keyboard \"test XTEST keyboard\" was plugged in"));
    keys.through(pointer);
    keys.send("ArrowLeft", true);
    program.wait_for("its key", |l| kind(l) == "response" && l["code"] == "ArrowLeft");
    keys.through(CORE.0);
    keys.unplug(pointer);
    let unplugged = "keyboard \"test XTEST keyboard\" was unplugged: plug it in again";
    program.wait_for("that it is unplugged", says(unplugged));
    // Some servers tell so themselves; else it is reckoned, with the source `source lost`.
    program.wait_for("the end of its key", |l| {
        let is_up = kind(l) == "response" && l["code"] == "ArrowLeft" && l["down"] == false;
        is_up && l["device"] == "test XTEST keyboard"
    });
    keys.plug_in();
    let back = "keyboard \"test XTEST keyboard\" is there again, after";
    program.wait_for("that it is back", says(back));
    let focus = keys.connection.get_input_focus().unwrap().reply().unwrap();
    println!("the keyboard is with {:#x}", focus.focus);
    keys.tap("Space", now() + 200 * MS, 50);
    let run = program.finish();
    assert_eq!(run.code, Some(0), "{}", run.said);
    let last = run.lines("response").into_iter().last().expect("a key").clone();
    assert_eq!((last["code"].as_str(), last["source"].as_str()), (Some("Space"), Some("xinput2")));
    run.proves_itself();
}
