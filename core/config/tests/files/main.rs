//! Pipeline files, good and bad, read the way the command line reads them.

#[cfg(test)]
mod good;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod published;
#[cfg(test)]
mod settings_file;
#[cfg(test)]
mod support;
