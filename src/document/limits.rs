//! The limits that keep one file from costing more than itself; no policy beyond the numbers.

/// Largest file that is read as one document. The largest real pages (live blogs with inlined
/// pictures) stay under 10 MiB; above it there is a dump or a mistake. Dumps are read record by
/// record and have no such limit.
pub const MAX_FILE_BYTES: u64 = 20 << 20;

/// Largest page. Its text, its tree and its blocks together take nine times as much memory: below
/// 200 MB. A higher limit for files does not raise it.
pub const MAX_PAGE_BYTES: usize = 20 << 20;

/// Largest single record of a dump. Records are held in memory whole, so this bounds memory.
pub const MAX_RECORD_BYTES: u64 = 20 << 20;

/// Most bytes that one compressed file may unpack to. A month of Common Crawl's news in one file is
/// below 2 GiB unpacked; 64 GiB leaves room for whole dumps and still ends.
pub const MAX_UNPACKED_BYTES: u64 = 64 << 30;

/// Highest ratio of unpacked to packed bytes. Text packs 3 to 10 times, highly repetitive markup up
/// to about 100; the theoretical end of deflate, 1032, is reached by bombs alone.
pub const MAX_RATIO: u64 = 300;

/// Unpacked bytes below which the ratio is not looked at: small files of white space or zeros are
/// harmless whatever their ratio.
pub const RATIO_GRACE_BYTES: u64 = 16 << 20;

/// Deepest nesting of containers: an archive in an archive in a compressed file. Each level costs
/// one whole member in memory.
pub const MAX_CONTAINER_DEPTH: usize = 3;

/// Most members of one archive. Zip directories are held in memory, so this bounds memory.
pub const MAX_MEMBERS: u64 = 1_000_000;

/// Deepest nesting of elements in XML formats; NewsML-G2 with XHTML inside stays under 40.
pub const MAX_XML_DEPTH: usize = 512;

/// Most further fields of a record that are kept.
pub const MAX_EXTRA_FIELDS: usize = 64;

/// Longest value of a further field, in bytes; longer ones are cut and end in an ellipsis.
pub const MAX_EXTRA_BYTES: usize = 1024;

/// Longest text of a witness, in bytes. No headline or list of authors comes near.
pub const MAX_WITNESS_BYTES: usize = 16 << 10;

/// Seconds that a format which runs foreign code on whole files (PDF) may take for one file.
pub const MAX_FOREIGN_SECONDS: u64 = 20;

/// Limits of one run; the defaults are this module's constants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// See [`MAX_FILE_BYTES`].
    pub file_bytes: u64,
    /// See [`MAX_RECORD_BYTES`].
    pub record_bytes: u64,
    /// See [`MAX_UNPACKED_BYTES`].
    pub unpacked_bytes: u64,
    /// See [`MAX_RATIO`].
    pub ratio: u64,
    /// See [`MAX_CONTAINER_DEPTH`].
    pub container_depth: usize,
    /// See [`MAX_MEMBERS`].
    pub members: u64,
    /// See [`MAX_XML_DEPTH`].
    pub xml_depth: usize,
    /// See [`MAX_FOREIGN_SECONDS`].
    pub foreign_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: MAX_FILE_BYTES,
            record_bytes: MAX_RECORD_BYTES,
            unpacked_bytes: MAX_UNPACKED_BYTES,
            ratio: MAX_RATIO,
            container_depth: MAX_CONTAINER_DEPTH,
            members: MAX_MEMBERS,
            xml_depth: MAX_XML_DEPTH,
            foreign_seconds: MAX_FOREIGN_SECONDS,
        }
    }
}

/// `bytes` for people: `20 MiB`, `1.5 GiB`, `512 bytes`.
pub fn size_text(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    for (unit, size) in UNITS {
        if bytes >= size {
            let tenths = bytes / (size / 10).max(1);
            return match tenths % 10 {
                _ if bytes.is_multiple_of(size) => format!("{} {unit}", bytes / size),
                0 => format!("{} {unit}", tenths / 10),
                rest => format!("{}.{rest} {unit}", tenths / 10),
            };
        }
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        assert_eq!(size_text(512), "512 bytes");
        assert_eq!(size_text(20 << 20), "20 MiB");
        assert_eq!(size_text(3 << 29), "1.5 GiB");
    }
}
