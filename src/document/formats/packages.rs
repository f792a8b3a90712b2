//! What EPUB and DOCX have in common: a zip file of XML parts, read part by part.

use std::io::{Cursor, Read};

use super::super::encoding::decode;
use super::super::limits::{Limits, size_text};
use super::super::xml::Xml;

/// An opened package.
pub(super) struct Package {
    archive: zip::ZipArchive<Cursor<Vec<u8>>>,
    limits: Limits,
    /// How many bytes its parts may still unpack to.
    budget: u64,
}

impl Package {
    /// Opens the package in `bytes`. All parts together may unpack to `limits.ratio` times its size
    /// or to a document's largest size, whichever is more.
    pub(super) fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Self, String> {
        let budget = (bytes.len() as u64).saturating_mul(limits.ratio).max(limits.file_bytes);
        let archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
        Ok(Self { archive, limits: limits.clone(), budget })
    }

    /// The part called `name`, decoded.
    pub(super) fn part(&mut self, name: &str) -> Result<String, String> {
        let limit = self.limits.file_bytes.min(self.budget);
        let member = self.archive.by_name(name).map_err(|error| format!("`{name}`: {error}"))?;
        let mut bytes = Vec::new();
        let read = member.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        let read = read.map_err(|error| format!("`{name}`: {error}"))? as u64;
        if read > limit {
            return Err(format!("`{name}` unpacks to more than {}", size_text(limit)));
        }
        self.budget -= read;
        Ok(decode(&bytes, None).text.into_owned())
    }

    /// Reads the part called `name` as XML and gives what `read` makes of it.
    pub(super) fn xml<T>(&mut self, name: &str, read: impl FnOnce(&Xml<'_>) -> T) -> Result<T, String> {
        let text = self.part(name)?;
        let xml = Xml::parse(&text, self.limits.xml_depth).map_err(|error| format!("`{name}`: {error}"))?;
        Ok(read(&xml))
    }

    /// Whether there is a part called `name`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }
}

/// The name of the part that `reference` in the part `from` points to; steps up end at the root.
pub(super) fn resolve(from: &str, reference: &str) -> String {
    let reference = reference.split('#').next().unwrap_or("");
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let start = if reference.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = start.split('/').filter(|part| !part.is_empty()).collect();
    for part in reference.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if !joined.contains('%') {
        return joined;
    }
    super::super::path::path_from_text(&joined).to_string_lossy().into_owned()
}

#[cfg(test)]
pub(super) fn package_of(parts: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_stay_inside() {
        assert_eq!(resolve("OEBPS/content.opf", "text/a%20b.xhtml#top"), "OEBPS/text/a b.xhtml");
        assert_eq!(resolve("a/b.opf", "../../../c.xhtml"), "c.xhtml");
        assert_eq!(resolve("a/b.opf", "/d.xhtml"), "d.xhtml");
    }
}
