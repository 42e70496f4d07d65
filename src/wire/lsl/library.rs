//! Where liblsl is found, and its C functions by their types. It refuses to know what is done with them.
#![allow(unsafe_code)]

use std::env;
use std::error::Error;
use std::ffi::{c_char, c_void};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// An object of liblsl's.
pub(super) type Handle = *mut c_void;
/// `lsl_error_code_t`: 0, or what went wrong.
pub(super) type Status = i32;
/// `cft_string` of `lsl_channel_format_t`.
pub(super) const STRING: i32 = 3;

/// Its names on the systems that there are.
#[cfg(windows)]
const NAMES: [&str; 3] = ["lsl.dll", "liblsl64.dll", "liblsl.dll"];
#[cfg(target_os = "macos")]
const NAMES: [&str; 3] = ["liblsl.2.dylib", "liblsl.dylib", "/opt/homebrew/lib/liblsl.dylib"];
#[cfg(not(any(windows, target_os = "macos")))]
const NAMES: [&str; 2] = ["liblsl.so.2", "liblsl.so"];

/// What helps.
pub const REMEDY: &str = "install liblsl from https://github.com/sccn/liblsl/releases, or name its file with REFRAME_LSL";

/// liblsl is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Lab Streaming Layer is not there: {what}")]
pub struct NoLsl {
    pub what: String,
    pub remedy: String,
}

/// liblsl's functions. Once loaded it stays until the program ends, for it has threads of its own.
pub struct Library {
    file: PathBuf,
    pub(super) create_streaminfo:
        unsafe extern "C" fn(*const c_char, *const c_char, i32, f64, i32, *const c_char) -> Handle,
    pub(super) destroy_streaminfo: unsafe extern "C" fn(Handle),
    pub(super) get_channel_count: unsafe extern "C" fn(Handle) -> i32,
    pub(super) create_outlet: unsafe extern "C" fn(Handle, i32, i32) -> Handle,
    pub(super) destroy_outlet: unsafe extern "C" fn(Handle),
    pub(super) push_sample_strt: unsafe extern "C" fn(Handle, *const *const c_char, f64) -> Status,
    pub(super) have_consumers: unsafe extern "C" fn(Handle) -> i32,
    pub(super) resolve_byprop:
        unsafe extern "C" fn(*mut Handle, u32, *const c_char, *const c_char, i32, f64) -> i32,
    pub(super) create_inlet: unsafe extern "C" fn(Handle, i32, i32, i32) -> Handle,
    pub(super) destroy_inlet: unsafe extern "C" fn(Handle),
    pub(super) open_stream: unsafe extern "C" fn(Handle, f64, *mut Status),
    pub(super) pull_sample_buf:
        unsafe extern "C" fn(Handle, *mut *mut c_char, *mut u32, i32, f64, *mut Status) -> f64,
    pub(super) time_correction: unsafe extern "C" fn(Handle, f64, *mut Status) -> f64,
    pub(super) local_clock: unsafe extern "C" fn() -> f64,
    pub(super) destroy_string: unsafe extern "C" fn(*mut c_char),
    /// Last, so that it goes after the functions that are in it.
    _code: libloading::Library,
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Library").field("file", &self.file).finish_non_exhaustive()
    }
}

/// The one that was loaded. It is never dropped, and so never unloaded.
static LOADED: Mutex<Option<Arc<Library>>> = Mutex::new(None);

impl Library {
    /// liblsl: the file named by REFRAME_LSL, else by its usual names where the system looks for libraries. Loaded once;
    /// where it was not there, the next call looks again.
    ///
    /// # Errors
    /// It is not there, or lacks a function.
    pub fn load() -> Result<Arc<Library>, NoLsl> {
        let mut loaded = LOADED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(library) = &*loaded {
            return Ok(library.clone());
        }
        let named = env::var_os("REFRAME_LSL").filter(|file| !file.is_empty());
        let files: Vec<PathBuf> = match named {
            Some(file) => vec![file.into()],
            None => NAMES.map(PathBuf::from).to_vec(),
        };
        let mut why = Vec::new();
        for file in files {
            match open(file) {
                Ok(library) => return Ok(loaded.insert(Arc::new(library)).clone()),
                // What the system says names the file, and stands behind what the crate says.
                Err(e) => why.push(e.source().map_or_else(|| e.to_string(), ToString::to_string)),
            }
        }
        Err(NoLsl { what: why.join("; "), remedy: REMEDY.into() })
    }
}

fn open(file: PathBuf) -> Result<Library, libloading::Error> {
    // SAFETY: loading runs the library's start-up code. It is liblsl by its name, or the file that the user named as it.
    let code = unsafe { libloading::Library::new(&file) }?;
    /// A function by its name in liblsl's C interface.
    macro_rules! function {
        ($name:literal) => {
            // SAFETY: the type stands in the declaration above as in liblsl's include/lsl/*.h; the pointer is used only
            // while `code`, which is kept beside it, is loaded.
            *unsafe { code.get($name) }?
        };
    }
    Ok(Library {
        create_streaminfo: function!(c"lsl_create_streaminfo"),
        destroy_streaminfo: function!(c"lsl_destroy_streaminfo"),
        get_channel_count: function!(c"lsl_get_channel_count"),
        create_outlet: function!(c"lsl_create_outlet"),
        destroy_outlet: function!(c"lsl_destroy_outlet"),
        push_sample_strt: function!(c"lsl_push_sample_strt"),
        have_consumers: function!(c"lsl_have_consumers"),
        resolve_byprop: function!(c"lsl_resolve_byprop"),
        create_inlet: function!(c"lsl_create_inlet"),
        destroy_inlet: function!(c"lsl_destroy_inlet"),
        open_stream: function!(c"lsl_open_stream"),
        pull_sample_buf: function!(c"lsl_pull_sample_buf"),
        time_correction: function!(c"lsl_time_correction"),
        local_clock: function!(c"lsl_local_clock"),
        destroy_string: function!(c"lsl_destroy_string"),
        file,
        _code: code,
    })
}
