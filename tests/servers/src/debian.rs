//! Fetches packages of a Debian release, with all the libraries that they need, into a folder.
//!
//! apt does the work with a configuration of its own: its own list of sources, its own caches
//! and an empty status file, so that it resolves the whole closure and neither reads nor changes
//! what is installed on the machine. What the machine says about reaching the archive (the
//! mirror, proxies, credentials) is taken over from it.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::builder::Kind;
use crate::error::{Context, Error, Result};

const MIRROR_VARIABLE: &str = "TIDEGATE_TEST_DEBIAN_MIRROR";

/// The keys that sign Debian's archive, under the names of older and newer releases.
const KEYRINGS: [&str; 2] =
    ["/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp"];

/// The machine's own apt settings that say how to reach an archive.
const NETWORK_SETTINGS: [&str; 4] =
    ["Acquire::http", "Acquire::Check-", "Acquire::Retries", "Acquire::ForceIPv"];

/// Packages that only maintainer scripts and tools need, which nobody runs here.
const SKIPPED_PREFIXES: [&str; 3] = ["perl", "libperl", "gcc-"];

/// How many of the last lines of a program's errors go into a message.
const ERROR_LINES_MAX: usize = 10;

/// Packages to fetch, and for which server.
pub(crate) struct Packages {
    pub(crate) server: Kind,
    pub(crate) suite: &'static str,
    pub(crate) names: &'static [&'static str],
}

impl Packages {
    /// Unpacks the packages and their closure below `root`.
    pub(crate) fn unpack(&self, root: &Path) -> Result<()> {
        let apt = root.join("apt");
        self.configure(&apt)?;
        self.fetch(&apt)?;
        let archives = apt.join("cache/archives");
        for entry in fs::read_dir(&archives).doing_at("list", &archives)? {
            let package = entry.doing_at("list", &archives)?.path();
            let name = package.file_name().and_then(OsStr::to_str).unwrap_or_default();
            if name.ends_with(".deb") && !SKIPPED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
                let mut unpack = self.tool("dpkg-deb");
                self.run(unpack.arg("--extract").arg(&package).arg(root))?;
            }
        }
        fs::remove_dir_all(&apt).doing_at("remove", &apt)
    }

    fn configure(&self, apt: &Path) -> Result<()> {
        for folder in ["lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d"] {
            let folder = apt.join(folder);
            fs::create_dir_all(&folder).doing_at("create", &folder)?;
        }
        let sources = format!("deb [signed-by={}] {} {} main\n", self.keyring()?, self.mirror()?, self.suite);
        let apt_folder = apt.display();
        let settings = format!(
            "Dir \"{apt_folder}\";\n\
             Dir::Etc \"{apt_folder}/etc\";\n\
             Dir::Etc::SourceList \"{apt_folder}/sources.list\";\n\
             Dir::Etc::SourceParts \"/dev/null\";\n\
             Dir::Etc::Netrc \"/etc/apt/auth.conf\";\n\
             Dir::Etc::NetrcParts \"/etc/apt/auth.conf.d\";\n\
             Dir::State::Lists \"{apt_folder}/lists\";\n\
             Dir::State::Status \"{apt_folder}/status\";\n\
             Dir::Cache \"{apt_folder}/cache\";\n\
             Acquire::Languages \"none\";\n\
             APT::Sandbox::User \"root\";\n\
             {}",
            self.network_settings()?
        );
        for (name, text) in [("sources.list", sources.as_str()), ("apt.conf", &settings), ("status", "")] {
            let file = apt.join(name);
            fs::write(&file, text).doing_at("write", &file)?;
        }
        Ok(())
    }

    fn fetch(&self, apt: &Path) -> Result<()> {
        let unreachable = |error: Error| {
            let what = self.names.join(" ");
            let reason = format!(
                "cannot fetch {what} of Debian {}: {error}; check the network, or name a mirror in {MIRROR_VARIABLE}",
                self.suite
            );
            Error::unavailable(self.server, reason)
        };
        let config = apt.join("apt.conf");
        let mut update = self.tool("apt-get");
        self.run(update.env("APT_CONFIG", &config).args(["--error-on=any", "update"]))
            .map_err(unreachable)?;
        let mut download = self.tool("apt-get");
        download
            .env("APT_CONFIG", &config)
            .args(["--assume-yes", "--download-only", "--no-install-recommends", "install"])
            .args(self.names);
        self.run(&mut download).map_err(unreachable)?;
        Ok(())
    }

    /// Returns the Debian mirror that the environment or the machine's own apt sources name.
    fn mirror(&self) -> Result<String> {
        if let Some(mirror) = env::var(MIRROR_VARIABLE).ok().filter(|mirror| !mirror.is_empty()) {
            return Ok(mirror);
        }
        let mut list = self.tool("apt-get");
        let targets = self.run(list.args(["indextargets", "--format", "$(REPO_URI)"]))?;
        String::from_utf8_lossy(&targets.stdout)
            .lines()
            .find(|uri| uri.trim_end_matches('/').ends_with("/debian"))
            .map(str::to_owned)
            .ok_or_else(|| {
                let reason = format!("its apt sources name no Debian mirror; name one in {MIRROR_VARIABLE}");
                Error::unavailable(self.server, reason)
            })
    }

    fn keyring(&self) -> Result<&'static str> {
        KEYRINGS.into_iter().find(|path| Path::new(path).is_file()).ok_or_else(|| {
            let reason = "the package debian-archive-keyring is not installed; install it";
            Error::unavailable(self.server, reason)
        })
    }

    fn network_settings(&self) -> Result<String> {
        let mut dump = self.tool("apt-config");
        let settings = self.run(dump.arg("dump"))?;
        Ok(String::from_utf8_lossy(&settings.stdout)
            .lines()
            .filter(|line| NETWORK_SETTINGS.iter().any(|prefix| line.starts_with(prefix)))
            .flat_map(|line| [line, "\n"])
            .collect())
    }

    /// Returns a command of the machine's, at low priority and speaking English.
    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new("nice");
        command.args(["-n", "10", name]).env("LC_ALL", "C");
        command
    }

    /// Runs a command that [`Self::tool`] returned, to its end.
    fn run(&self, command: &mut Command) -> Result<Output> {
        let name = command.get_args().nth(2).unwrap_or_default().to_string_lossy().into_owned();
        if find_program(&name).is_none() {
            let reason = format!("it has no `{name}`; the servers' packages need Debian's apt and dpkg");
            return Err(Error::unavailable(self.server, reason));
        }
        run(command, &name)
    }
}

/// Runs a command to its end and returns what it wrote.
pub(crate) fn run(command: &mut Command, name: &str) -> Result<Output> {
    let output = command.output().doing(format_args!("run {name}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<_> = errors.trim().lines().collect();
    let end = lines.get(lines.len().saturating_sub(ERROR_LINES_MAX)..).unwrap_or_default();
    let message = format!("{}: {}", output.status, end.join("\n"));
    Err(Error::Program { program: name.to_owned(), message })
}

/// Returns the path of a program that the machine has.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
