//! Files of the operating system, by number. What is written is collected in blocks, so that
//! many small writes cost little; every other operation writes it out first.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::fd::AsRawFd;

const BLOCK: usize = 8192;
/// The operating system's numbers for errors that are found here.
const IS_A_DIRECTORY: i32 = 21;
const BAD_FILE: i32 = 9;
const INVALID: i32 = 22;
const UNKNOWN: i32 = 5;

/// How a file is opened, by the letters of Python's `open`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileMode {
    /// `r`, `w`, `a` or `x`.
    pub kind: char,
    /// `+`: reading and writing.
    pub update: bool,
}

struct OpenFile {
    file: File,
    pending: Vec<u8>,
}

impl OpenFile {
    fn flush(&mut self) -> Result<(), i32> {
        let pending = std::mem::take(&mut self.pending);
        self.file.write_all(&pending).map_err(|error| number(&error))
    }
}

/// All open files.
#[derive(Default)]
pub struct Files(HashMap<i32, OpenFile>);

fn number(error: &std::io::Error) -> i32 {
    match (error.raw_os_error(), error.kind()) {
        (Some(code), _) => code,
        (None, ErrorKind::InvalidInput) => INVALID,
        (None, _) => UNKNOWN,
    }
}

impl Files {
    pub fn open(&mut self, path: &str, mode: FileMode) -> Result<i32, i32> {
        let writing = mode.kind != 'r' || mode.update;
        let file = OpenOptions::new()
            .read(mode.kind == 'r' || mode.update)
            .write(writing && mode.kind != 'a')
            .append(mode.kind == 'a')
            .truncate(mode.kind == 'w')
            .create(matches!(mode.kind, 'w' | 'a'))
            .create_new(mode.kind == 'x')
            .open(path)
            .map_err(|error| number(&error))?;
        if file.metadata().is_ok_and(|data| data.is_dir()) {
            return Err(IS_A_DIRECTORY);
        }
        let own = file.as_raw_fd();
        let mut opened = OpenFile { file, pending: Vec::new() };
        if mode.kind == 'a' {
            // The position is at the end from the start, not only after the first write. What
            // cannot be moved in (a pipe) has no position.
            let _ = opened.file.seek(SeekFrom::End(0));
        }
        self.0.insert(own, opened);
        Ok(own)
    }

    fn get(&mut self, file: i32) -> Result<&mut OpenFile, i32> {
        self.0.get_mut(&file).ok_or(BAD_FILE)
    }

    /// Up to `limit` bytes; everything to the end without a limit.
    pub fn read(&mut self, file: i32, limit: Option<usize>) -> Result<Vec<u8>, i32> {
        let open = self.get(file)?;
        open.flush()?;
        let mut data = Vec::new();
        let read = match limit {
            None => open.file.read_to_end(&mut data),
            Some(limit) => {
                data.resize(limit.min(1 << 20), 0);
                let read = loop {
                    match open.file.read(&mut data) {
                        Err(error) if error.kind() == ErrorKind::Interrupted => {}
                        read => break read,
                    }
                };
                read.inspect(|&count| data.truncate(count))
            }
        };
        match read {
            Ok(_) => Ok(data),
            Err(error) => Err(number(&error)),
        }
    }

    pub fn write(&mut self, file: i32, data: &[u8]) -> Result<(), i32> {
        let open = self.get(file)?;
        open.pending.extend_from_slice(data);
        if open.pending.len() >= BLOCK { open.flush() } else { Ok(()) }
    }

    pub fn flush(&mut self, file: i32) -> Result<(), i32> {
        self.get(file)?.flush()
    }

    /// Moves the position (`whence` as in C: 0 start, 1 here, 2 end) and tells it.
    pub fn seek(&mut self, file: i32, offset: i64, whence: i64) -> Result<u64, i32> {
        let open = self.get(file)?;
        open.flush()?;
        let target = match whence {
            0 => SeekFrom::Start(u64::try_from(offset).map_err(|_| INVALID)?),
            1 => SeekFrom::Current(offset),
            2 => SeekFrom::End(offset),
            _ => return Err(INVALID),
        };
        open.file.seek(target).map_err(|error| number(&error))
    }

    pub fn truncate(&mut self, file: i32, size: u64) -> Result<(), i32> {
        let open = self.get(file)?;
        open.flush()?;
        open.file.set_len(size).map_err(|error| number(&error))
    }

    pub fn is_terminal(&mut self, file: i32) -> Result<bool, i32> {
        Ok(std::io::IsTerminal::is_terminal(&self.get(file)?.file))
    }

    pub fn close(&mut self, file: i32) -> Result<(), i32> {
        self.0.remove(&file).ok_or(BAD_FILE)?.flush()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        for open in self.0.values_mut() {
            // Nobody is left who could be told of a failure.
            let _ = open.flush();
        }
    }
}
