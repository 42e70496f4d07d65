//! Looks whether the sounds still go where they should. A sound server that loses a device moves what plays on it to another
//! one, as does a person in the system's settings, and neither is told to the stream: it plays on.

use super::player::Trouble;
use crate::ground::clock::monotonic_now;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded};
use pulseaudio::protocol::{
    self, AuthParams, AuthReply, ChannelVolume, Command, CommandReply, MAX_VERSION, Prop, Props,
    ProtocolError, SetClientNameReply, SinkInfo, SinkInputInfo,
};
use std::ffi::CString;
use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// How often it looks.
const EACH: Duration = Duration::from_millis(500);
/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// It looks until this is dropped.
#[derive(Debug)]
pub struct Watch {
    _until: Sender<()>,
}

/// Watches over the sounds of this program, which should go to a sink of this name on a PulseAudio server, or on one that
/// speaks as that does.
pub fn watch(sink: String, troubles: Sender<Trouble>) -> Watch {
    let (until, over) = bounded(0);
    let looks = move || look_on(&sink, &troubles, &over);
    // Without the thread the sounds are played all the same; a system without threads has said so elsewhere.
    let _ = std::thread::Builder::new().name("sound watch".into()).spawn(looks);
    Watch { _until: until }
}

fn look_on(sink: &str, troubles: &Sender<Trouble>, over: &Receiver<()>) {
    let mut server = None;
    let (mut expected, mut silent) = (None, false);
    while over.recv_timeout(EACH) == Err(RecvTimeoutError::Timeout) {
        // A server that does not answer is no news of its sinks: the stream itself says when that is gone.
        if server.is_none() {
            server = Server::connect().ok();
        }
        let Some(seen) = server.as_mut().map(Server::look) else { continue };
        let Ok(seen) = seen else {
            server = None;
            continue;
        };
        let Some(Seen { on, muted }) = seen else { continue };
        // The stream has gone meanwhile, and what was seen may be another.
        if over.try_recv() != Err(TryRecvError::Empty) {
            return;
        }
        let tell = |over, text| {
            // There is room for many; whoever reads them has gone where there is none.
            let _ = troubles.try_send(Trouble { at: monotonic_now(), over, text });
        };
        // A system that has put them elsewhere at once will do so again.
        if expected.is_none() && on != sink {
            let text = format!(
                "the system plays on \"{on}\" what is given to \"{sink}\": choose the right one in its sound settings"
            );
            tell(false, text);
        }
        let expected = expected.get_or_insert_with(|| on.clone());
        if on != *expected {
            tell(true, format!("the system has moved the sounds to \"{on}\""));
            return;
        }
        if muted && !silent {
            let text = "it is muted, or its volume is 0: nothing is heard, and the data cannot know it; turn it up";
            tell(false, text.into());
        }
        silent = muted;
    }
}

/// Where the sounds of this program go.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    /// Name of the sink.
    on: String,
    /// Nothing of them is heard there.
    muted: bool,
}

/// A connection of its own.
#[derive(Debug)]
struct Server {
    socket: BufReader<UnixStream>,
    version: u16,
    asked: u32,
}

impl Server {
    fn connect() -> Result<Server, ProtocolError> {
        let path = pulseaudio::socket_path_from_env().ok_or(std::io::ErrorKind::NotFound);
        let socket = UnixStream::connect(path.map_err(std::io::Error::from)?)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        let socket = BufReader::new(socket);
        let mut server = Server { socket, version: MAX_VERSION, asked: 0 };
        let cookie = pulseaudio::cookie_path_from_env().and_then(|p| std::fs::read(p).ok());
        let cookie = cookie.unwrap_or_default();
        let version = MAX_VERSION;
        let auth = AuthParams { version, supports_shm: false, supports_memfd: false, cookie };
        let reply: AuthReply = server.ask(&Command::Auth(auth))?;
        server.version = reply.version.min(MAX_VERSION);
        let mut props = Props::new();
        let name = CString::new("reframe-watch").unwrap_or_default();
        props.set(Prop::ApplicationName, name);
        let _: SetClientNameReply = server.ask(&Command::SetClientName(props))?;
        Ok(server)
    }

    fn ask<T: CommandReply>(&mut self, command: &Command) -> Result<T, ProtocolError> {
        self.asked += 1;
        protocol::write_command_message(self.socket.get_mut(), self.asked, command, self.version)?;
        protocol::read_reply_message(&mut self.socket, self.version).map(|(_, reply)| reply)
    }

    /// None where nothing of this program is being played.
    fn look(&mut self) -> Result<Option<Seen>, ProtocolError> {
        let inputs: Vec<SinkInputInfo> = self.ask(&Command::GetSinkInputInfoList)?;
        // Streams have the properties of their client, and cpal names that after the process.
        let own = std::process::id().to_string();
        let named = |input: &&SinkInputInfo| {
            let id = input.props.get(Prop::ApplicationProcessId);
            id.is_some_and(|id| id.strip_suffix(b"\0").unwrap_or(id) == own.as_bytes())
        };
        let Some(input) = inputs.iter().rfind(named) else { return Ok(None) };
        let sinks: Vec<SinkInfo> = self.ask(&Command::GetSinkInfoList)?;
        let sink = sinks.iter().find(|s| s.index == input.sink_index);
        Ok(sink.map(|sink| Seen {
            on: sink.name.to_string_lossy().into_owned(),
            muted: input.muted
                || sink.muted
                || is_none(&sink.cvolume)
                || (input.has_volume && is_none(&input.cvolume)),
        }))
    }
}

/// Whether nothing is let through.
fn is_none(volume: &ChannelVolume) -> bool {
    volume.channels().iter().all(|v| v.as_u32() == 0)
}
