//! Reading a user's own list of names: all of it, or the first line that is wrong.
//!
//! The format is that of the lists that ship; see [`crate::names::gazetteer::Entry`].

use thiserror::Error;

use crate::names::gazetteer::{Entry, EntryError, read_list};

/// Largest list, in bytes: more than a million entries with a dozen variants.
pub const MAX_LIST_BYTES: u64 = 512 << 20;
/// Most entries: a compiled list numbers them with 24 bits, and a tenth of that already takes
/// seconds to compile.
pub const MAX_LIST_ENTRIES: usize = 2_000_000;
/// Most wrong lines that are told of; how many more there are is said.
const TOLD: usize = 5;

/// Why a list cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OwnListError {
    /// Lines that are no entries.
    #[error("{}", told(.0))]
    Lines(Vec<(usize, EntryError)>),
    /// More than [`MAX_LIST_ENTRIES`].
    #[error("{0} entries (at most {MAX_LIST_ENTRIES})")]
    TooMany(usize),
}

fn told(errors: &[(usize, EntryError)]) -> String {
    let mut lines: Vec<String> =
        errors.iter().take(TOLD).map(|(line, error)| format!("line {line}: {error}")).collect();
    if errors.len() > TOLD {
        lines.push(format!("and {} more lines", errors.len() - TOLD));
    }
    lines.join("; ")
}

/// Reads a list.
///
/// # Errors
/// Where any line cannot be used: a list that is half read finds half the names, silently.
pub fn read_own_list(list: &[u8]) -> Result<Vec<Entry>, OwnListError> {
    let (entries, errors) = read_list(list);
    if !errors.is_empty() {
        return Err(OwnListError::Lines(errors));
    }
    if entries.len() > MAX_LIST_ENTRIES {
        return Err(OwnListError::TooMany(entries.len()));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_line_is_named() {
        let list = b"ok\tOk Corp\tcompany\n\t\tcity\nx\tX\tplanet\nbad \xff\xfe\tY\tcity\nok\tAgain\tcity\n";
        let message = read_own_list(list).unwrap_err().to_string();
        for part in
            ["line 2: no name", "line 3: unknown kind `planet`", "line 4: not UTF-8", "line 5: the id `ok`"]
        {
            assert!(message.contains(part), "{message}");
        }
        let many: String = (0..9).map(|_| "\t\tcity\n").collect();
        assert!(read_own_list(many.as_bytes()).unwrap_err().to_string().ends_with("and 4 more lines"));
    }

    #[test]
    fn an_empty_list_is_a_list() {
        assert_eq!(read_own_list(b"").unwrap(), []);
        assert_eq!(read_own_list("\u{feff}# nothing\n\n".as_bytes()).unwrap(), []);
    }
}
