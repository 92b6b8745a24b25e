//! A server's programs, unpacked from packages of another Debian release than the machine's.
//!
//! They run on the libraries that came with them: `bin/` holds a small shell script for each
//! program that starts it through its own dynamic loader. The scripts find everything relative
//! to themselves, so the folder can be moved as a whole.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Context, Error, Result};

/// Where packages put programs.
const PROGRAM_FOLDERS: [&str; 2] = ["usr/bin", "usr/sbin"];

/// Where packages put libraries, before the folder that is named for the architecture.
const LIBRARY_FOLDERS: [&str; 2] = ["lib", "usr/lib"];

/// The programs of a server, ready to run.
#[derive(Debug, Clone)]
pub struct Installation {
    root: PathBuf,
    client: PathBuf,
}

impl Installation {
    pub(crate) fn at(root: PathBuf) -> Self {
        let client = root.join("bin/mysql");
        Self { root, client }
    }

    /// Takes the command-line client from another installation.
    pub(crate) fn with_client(self, client: PathBuf) -> Self {
        Self { client, ..self }
    }

    /// Returns the path of the command-line client that can speak to the server.
    pub(crate) fn client(&self) -> PathBuf {
        self.client.clone()
    }

    /// Returns the path of a program, such as `mysqlbinlog`; it can be run as it is.
    ///
    /// # Errors
    ///
    /// When the installation has no such program.
    pub fn program(&self, name: &str) -> Result<PathBuf> {
        let path = self.root.join("bin").join(name);
        if path.is_file() {
            return Ok(path);
        }
        Err(Error::Io { action: format!("find {}", path.display()), source: ErrorKind::NotFound.into() })
    }

    /// Returns a command that runs a program of the installation.
    ///
    /// # Errors
    ///
    /// When the installation has no such program.
    pub fn command(&self, name: &str) -> Result<Command> {
        Ok(Command::new(self.program(name)?))
    }

    /// Returns the path of a file or folder of the installation.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Writes the scripts of `bin/` for all programs that were unpacked into `root`.
    pub(crate) fn link(root: &Path) -> Result<Self> {
        let loader = find_loader(root)?;
        let libraries = library_folders(root)?;
        let bin = root.join("bin");
        fs::create_dir_all(&bin).doing_at("create", &bin)?;
        for folder in PROGRAM_FOLDERS {
            for program in files(&root.join(folder))? {
                let Some(name) = program.file_name().and_then(OsStr::to_str) else {
                    continue;
                };
                if is_elf(&program)? {
                    let script = script(&loader, &libraries, &format!("{folder}/{name}"));
                    write_script(&bin.join(name), &script)?;
                }
            }
        }
        Ok(Self::at(root.to_owned()))
    }
}

fn script(loader: &str, libraries: &[String], program: &str) -> String {
    let path: Vec<_> = libraries.iter().map(|folder| format!("$root/{folder}")).collect();
    format!(
        "#!/bin/sh\n\
         root=$(dirname \"$(dirname \"$(readlink -f \"$0\")\")\")\n\
         exec \"$root/{loader}\" --library-path \"{}\" \"$root/{program}\" \"$@\"\n",
        path.join(":")
    )
}

fn write_script(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).doing_at("write", path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).doing_at("make executable", path)
}

/// Returns the folders of shared libraries, relative to `root`.
fn library_folders(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for parent in LIBRARY_FOLDERS {
        for folder in files(&root.join(parent))? {
            if let Some(name) = folder.file_name().and_then(OsStr::to_str)
                && name.contains("-linux-gnu")
            {
                found.push(format!("{parent}/{name}"));
            }
        }
    }
    Ok(found)
}

fn find_loader(root: &Path) -> Result<String> {
    for folder in library_folders(root)? {
        for file in files(&root.join(&folder))? {
            if let Some(name) = file.file_name().and_then(OsStr::to_str)
                && name.starts_with("ld-linux")
            {
                return Ok(format!("{folder}/{name}"));
            }
        }
    }
    let action = format!("find a dynamic loader under {}", root.display());
    Err(Error::Io { action, source: ErrorKind::NotFound.into() })
}

/// Returns what a folder holds, in order; nothing when there is no such folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).doing_at("list", folder)? {
        found.push(entry.doing_at("list", folder)?.path());
    }
    found.sort();
    Ok(found)
}

fn is_elf(path: &Path) -> Result<bool> {
    if !path.is_file() {
        return Ok(false);
    }
    let mut start = Vec::new();
    File::open(path).and_then(|file| file.take(4).read_to_end(&mut start)).doing_at("read", path)?;
    Ok(start == *b"\x7fELF")
}
