//! What a process holds of memory, handles and threads, and what the X server holds for its clients, as the system tells
//! it; and a table of that, with what it grew by.

use super::server::Server;
use std::fmt::Write as _;
use std::fs;
use std::io::{IoSlice, Write};
use std::path::Path;
use x11rb::connection::{Connection, RequestConnection};
use x11rb::errors::ParseError;
use x11rb::rust_connection::RustConnection;
use x11rb::x11_utils::TryParse;

/// What was held at an instant. Memory in kB.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Since the first of the row.
    pub seconds: f64,
    pub rss: i64,
    /// Private pages that were written to.
    pub dirty: i64,
    /// The part of the C heap that is resident.
    pub heap: i64,
    pub fds: i64,
    pub threads: i64,
    /// Resources of all clients of the X server, and the bytes of their pixmaps, in kB; -1 where it does not tell.
    pub x_resources: i64,
    pub x_pixmaps: i64,
    /// All files of the run folder.
    pub files: i64,
}

/// The columns of the table.
const HEADER: &str = "seconds\trss_kb\tprivate_dirty_kb\theap_kb\tfds\tthreads\tx_resources\tx_pixmaps_kb\trun_folder_kb\trss_less_files_kb\n";

/// A table of what a process holds, written as it grows.
pub struct Gauge {
    pid: u32,
    server: Option<Resources>,
    pub held: Vec<Held>,
    file: fs::File,
}

impl Gauge {
    /// Of a process and its server, into a new table at this place.
    pub fn new(pid: u32, server: &Server, path: &Path) -> Gauge {
        let mut file = fs::File::create(path).expect("a table of what is held");
        file.write_all(HEADER.as_bytes()).unwrap();
        let server = Resources::of(server);
        Gauge { pid, server, held: Vec::new(), file }
    }

    /// Adds a row, if the process is still there.
    pub fn read(&mut self, seconds: f64, run: Option<&Path>) {
        let Some(mut held) = memory(self.pid) else { return };
        held.seconds = seconds;
        held.files = run.map_or(0, files_kb);
        if let Some((resources, bytes)) = self.server.as_ref().and_then(Resources::all) {
            (held.x_resources, held.x_pixmaps) = (resources, bytes / 1024);
        }
        let h = &held;
        let mut row = format!("{seconds:.1}");
        let less = h.rss - h.files;
        let cells =
            [h.rss, h.dirty, h.heap, h.fds, h.threads, h.x_resources, h.x_pixmaps, h.files, less];
        for cell in cells {
            write!(row, "\t{cell}").unwrap();
        }
        self.file.write_all(format!("{row}\n").as_bytes()).unwrap();
        self.held.push(held);
    }
}

/// How a figure went through some rows.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    pub first: i64,
    pub highest: i64,
    /// By least squares, in the figure's unit per minute.
    pub slope: f64,
}

impl Growth {
    /// There must be rows.
    pub fn of(rows: &[Held], figure: impl Fn(&Held) -> i64) -> Growth {
        let points: Vec<(f64, f64)> =
            rows.iter().map(|h| (h.seconds / 60.0, figure(h) as f64)).collect();
        let n = points.len() as f64;
        let (mx, my) = points.iter().fold((0.0, 0.0), |(x, y), p| (x + p.0 / n, y + p.1 / n));
        let (top, below) = points
            .iter()
            .fold((0.0, 0.0), |(t, b), (x, y)| (t + (x - mx) * (y - my), b + (x - mx) * (x - mx)));
        Growth {
            first: rows.first().map(&figure).expect("there are rows"),
            highest: rows.iter().map(&figure).max().expect("there are rows"),
            slope: if below > 0.0 { top / below } else { 0.0 },
        }
    }

    /// By how much it was ever above the first.
    pub fn by(&self) -> i64 {
        self.highest - self.first
    }
}

/// None where the process is gone.
fn memory(pid: u32) -> Option<Held> {
    let at = |name: &str| format!("/proc/{pid}/{name}");
    let rollup = fs::read_to_string(at("smaps_rollup")).ok()?;
    let status = fs::read_to_string(at("status")).ok()?;
    let number = |text: &str, field: &str| -> Option<i64> {
        let line = text.lines().find(|l| l.starts_with(field))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    Some(Held {
        seconds: 0.0,
        rss: number(&rollup, "Rss:")?,
        dirty: number(&rollup, "Private_Dirty:")?,
        heap: heap(&fs::read_to_string(at("smaps")).ok()?),
        fds: fs::read_dir(at("fd")).ok()?.count() as i64,
        threads: number(&status, "Threads:")?,
        x_resources: -1,
        x_pixmaps: -1,
        files: 0,
    })
}

/// What is resident of the heap, by the list of mappings.
fn heap(smaps: &str) -> i64 {
    let mut lines = smaps.lines().skip_while(|l| !l.ends_with("[heap]"));
    let rss = lines.find(|l| l.starts_with("Rss:"));
    rss.and_then(|l| l.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

fn files_kb(folder: &Path) -> i64 {
    let all = fs::read_dir(folder).into_iter().flatten().flatten();
    // The plan and the protocol do not grow.
    let grows = all.filter(|e| e.path().extension().is_some_and(|x| x == "jsonl" || x == "tsv"));
    grows.filter_map(|e| e.metadata().ok()).map(|m| m.len() as i64).sum::<i64>() / 1024
}

/// The extension X-Resource of an X server, asked by its bare requests.
struct Resources {
    connection: RustConnection,
    major: u8,
}

/// An answer as it came.
struct Answer(Vec<u8>);

impl TryParse for Answer {
    fn try_parse(value: &[u8]) -> Result<(Self, &[u8]), ParseError> {
        Ok((Answer(value.to_vec()), &[]))
    }
}

impl Answer {
    fn number(&self, at: usize) -> Option<u32> {
        Some(u32::from_ne_bytes(self.0.get(at..at + 4)?.try_into().ok()?))
    }
}

const QUERY_CLIENTS: u8 = 1;
const QUERY_CLIENT_RESOURCES: u8 = 2;
const QUERY_CLIENT_PIXMAP_BYTES: u8 = 3;
/// Bytes of an answer before its list.
const HEAD: usize = 32;

impl Resources {
    /// None where the server has no such extension.
    fn of(server: &Server) -> Option<Resources> {
        let (connection, _) = x11rb::connect(Some(&server.display)).ok()?;
        let major = connection.extension_information("X-Resource").ok()??.major_opcode;
        Some(Resources { connection, major })
    }

    fn ask(&self, minor: u8, client: Option<u32>) -> Option<Answer> {
        let length: u16 = if client.is_some() { 2 } else { 1 };
        let mut request = vec![self.major, minor];
        request.extend(length.to_ne_bytes());
        request.extend(client.unwrap_or(0).to_ne_bytes());
        request.truncate(4 * usize::from(length));
        let cookie = self
            .connection
            .send_request_with_reply::<Answer>(&[IoSlice::new(&request)], Vec::new())
            .ok()?;
        cookie.reply().ok()
    }

    /// How many resources all clients have, and the bytes of their pixmaps.
    fn all(&self) -> Option<(i64, i64)> {
        let own = self.connection.setup().resource_id_base;
        let clients = self.ask(QUERY_CLIENTS, None)?;
        let (mut resources, mut bytes) = (0, 0);
        for i in 0..clients.number(8)? as usize {
            let client = clients.number(HEAD + 8 * i)?;
            if client == own {
                continue;
            }
            // A client may have gone meanwhile.
            let Some(types) = self.ask(QUERY_CLIENT_RESOURCES, Some(client)) else { continue };
            for t in 0..types.number(8)? as usize {
                resources += i64::from(types.number(HEAD + 8 * t + 4)?);
            }
            let Some(pixmaps) = self.ask(QUERY_CLIENT_PIXMAP_BYTES, Some(client)) else { continue };
            bytes += i64::from(pixmaps.number(8)?);
        }
        Some((resources, bytes))
    }
}
