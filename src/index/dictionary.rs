//! Compression of stored articles, each by itself: one is read without its neighbours. What articles of
//! an archive have in common stands in a Zstandard dictionary, learned from the first thousand that a
//! run writes and kept beside the segments; what was written before it was learned goes without.
//!
//! A frame names its dictionary by number. A dictionary is on the disk before the first article that
//! needs it, and is never removed.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use rustc_hash::FxHashMap;
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{
    DCtx, get_dict_id_from_dict, get_dict_id_from_frame, get_error_name, get_frame_content_size,
};

use super::error::IndexError;
use super::home::{Home, write_whole};

/// Zstandard's own default; the next levels cost three times as much for a sixteenth less.
const LEVEL: i32 = 3;
/// Articles that a dictionary is learned from: of twice as many it is no better.
const SAMPLES: usize = 1000;
/// Bytes of an article that are learned from.
const MAX_SAMPLE_BYTES: usize = 16 << 10;
/// Bytes of a dictionary. Twice as many save a fortieth more.
const DICTIONARY_BYTES: usize = 256 << 10;
/// Least bytes to learn from for each of the dictionary.
const SAMPLE_BYTES_PER_BYTE: usize = 8;
/// Most bytes of an article, unpacked: positions in a text are numbers of four bytes.
const MAX_ARTICLE_BYTES: u64 = u32::MAX as u64;
/// Files of dictionaries are named so, their number between.
const FILE_START: &str = "dictionary-";
const FILE_END: &str = ".bin";

/// A stored article that cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// Its dictionary is not there.
    #[error("the dictionary {0:08x} of its articles is missing")]
    NoDictionary(NonZeroU32),
    /// It does not begin as one.
    #[error("no packed article")]
    NoFrame,
    /// It says that it is too large.
    #[error("an article of more than {MAX_ARTICLE_BYTES} bytes")]
    TooLarge,
    /// Its bytes are damaged.
    #[error("an article cannot be unpacked: {0}")]
    Damaged(&'static str),
}

/// Unpacks the articles of one index or of several.
#[derive(Default)]
pub struct Unpacking {
    dictionaries: FxHashMap<NonZeroU32, DecoderDictionary<'static>>,
    /// Contexts at rest: a new one costs as much as a short article.
    contexts: Mutex<Vec<DCtx<'static>>>,
}

impl std::fmt::Debug for Unpacking {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.dictionaries.keys()).finish()
    }
}

impl Unpacking {
    /// Reads the dictionaries of the indexes at `homes`. To be called after their segments were opened:
    /// a run may learn one meanwhile.
    ///
    /// # Errors
    /// When a dictionary cannot be read or is damaged.
    pub fn open(homes: &[Home]) -> Result<Self, IndexError> {
        let mut dictionaries = FxHashMap::default();
        for home in homes {
            for (id, bytes) in dictionaries_in(home)? {
                let damaged = |error: std::io::Error| damaged(home, &error);
                dictionaries.insert(id, DecoderDictionary::try_copy(&bytes).map_err(damaged)?);
            }
        }
        Ok(Self { dictionaries, ..Self::default() })
    }

    /// The bytes of a stored article.
    ///
    /// # Errors
    /// When its dictionary is not there or the bytes are damaged, which their checksum shows.
    pub fn unpack(&self, frame: &[u8]) -> Result<Vec<u8>, UnpackError> {
        let Ok(Some(bytes)) = get_frame_content_size(frame) else { return Err(UnpackError::NoFrame) };
        let capacity = usize::try_from(bytes).ok().filter(|_| bytes <= MAX_ARTICLE_BYTES);
        let capacity = capacity.ok_or(UnpackError::TooLarge)?;
        let mut article = Vec::new();
        article.try_reserve_exact(capacity).map_err(|_| UnpackError::TooLarge)?;
        let dictionary = match get_dict_id_from_frame(frame) {
            Some(id) => Some(self.dictionaries.get(&id).ok_or(UnpackError::NoDictionary(id))?),
            None => None,
        };
        let mut context = self.at_rest().pop().unwrap_or_else(DCtx::create);
        let unpacked = match dictionary {
            Some(dictionary) => context.decompress_using_ddict(&mut article, frame, dictionary.as_ddict()),
            None => context.decompress(&mut article, frame),
        };
        self.at_rest().push(context);
        unpacked.map_err(|code| UnpackError::Damaged(get_error_name(code)))?;
        Ok(article)
    }

    fn at_rest(&self) -> MutexGuard<'_, Vec<DCtx<'static>>> {
        self.contexts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The dictionaries of the index at `home`, in the order of their files' names.
fn dictionaries_in(home: &Home) -> Result<Vec<(NonZeroU32, Vec<u8>)>, IndexError> {
    let io = |source| IndexError::io(home.folder(), source);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(home.folder()).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
        if name.starts_with(FILE_START) && name.ends_with(FILE_END) {
            files.push(path);
        }
    }
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let bytes = std::fs::read(path).map_err(|source| IndexError::io(path, source))?;
        let id =
            get_dict_id_from_dict(&bytes).ok_or_else(|| damaged(home, &"a dictionary without number"))?;
        Ok((id, bytes))
    };
    files.iter().map(read).collect()
}

fn damaged(home: &Home, reason: &dyn std::fmt::Display) -> IndexError {
    IndexError::Damaged { path: home.folder().to_owned(), reason: reason.to_string() }
}

/// The packing of a run's articles: one for all its workers.
pub(super) struct Packing {
    home: Home,
    dictionary: OnceLock<EncoderDictionary<'static>>,
    samples: Mutex<Samples>,
}

/// Beginnings of articles, one after the other.
#[derive(Default)]
struct Samples {
    bytes: Vec<u8>,
    sizes: Vec<usize>,
    /// Whether they have been learned from.
    used: bool,
}

impl Packing {
    /// Packs with the dictionary of the index at `home`, or with one to be learned.
    ///
    /// # Errors
    /// When the dictionary that is there cannot be read or is damaged.
    pub(super) fn open(home: &Home) -> Result<Self, IndexError> {
        let dictionary = OnceLock::new();
        let mut samples = Samples::default();
        if let Some((_, bytes)) = dictionaries_in(home)?.into_iter().next() {
            let known = EncoderDictionary::try_copy(&bytes, LEVEL).map_err(|error| damaged(home, &error))?;
            samples.used = dictionary.set(known).is_ok();
        }
        Ok(Self { home: home.clone(), dictionary, samples: Mutex::new(samples) })
    }

    /// A worker's own packer.
    pub(super) fn packer(&self) -> Packer<'_> {
        Packer { packing: self, compressor: None, has_dictionary: false }
    }

    /// Takes an article to learn from; with the last one needed, learns.
    fn learn_from(&self, article: &[u8]) -> Result<(), IndexError> {
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        if samples.used {
            return Ok(());
        }
        let sample = &article[..article.len().min(MAX_SAMPLE_BYTES)];
        samples.bytes.extend(sample);
        samples.sizes.push(sample.len());
        if samples.sizes.len() < SAMPLES {
            return Ok(());
        }
        let samples = std::mem::replace(&mut *samples, Samples { used: true, ..Samples::default() });
        let size = DICTIONARY_BYTES.min(samples.bytes.len() / SAMPLE_BYTES_PER_BYTE);
        // Articles that have nothing in common give none; they are stored without.
        let Ok(bytes) = zstd::dict::from_continuous(&samples.bytes, &samples.sizes, size) else {
            return Ok(());
        };
        let (Some(id), Ok(learned)) =
            (get_dict_id_from_dict(&bytes), EncoderDictionary::try_copy(&bytes, LEVEL))
        else {
            return Ok(());
        };
        write_whole(&file_of(self.home.folder(), id), &bytes)?;
        // Only one thread finds the samples complete.
        let _ = self.dictionary.set(learned);
        Ok(())
    }
}

fn file_of(folder: &Path, id: NonZeroU32) -> std::path::PathBuf {
    folder.join(format!("{FILE_START}{id:08x}{FILE_END}"))
}

/// Packs articles one after the other.
pub(super) struct Packer<'a> {
    packing: &'a Packing,
    compressor: Option<zstd::bulk::Compressor<'a>>,
    has_dictionary: bool,
}

impl Packer<'_> {
    /// The frame to store for the bytes of an article.
    ///
    /// # Errors
    /// When memory is short, or a dictionary was learned and cannot be written.
    pub(super) fn pack(&mut self, article: &[u8]) -> Result<Vec<u8>, IndexError> {
        let frame =
            self.frame(article).map_err(|source| IndexError::io(self.packing.home.folder(), source))?;
        if !self.has_dictionary {
            self.packing.learn_from(article)?;
        }
        Ok(frame)
    }

    fn frame(&mut self, article: &[u8]) -> std::io::Result<Vec<u8>> {
        let compressor = match &mut self.compressor {
            Some(compressor) => compressor,
            none => {
                let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
                compressor.include_checksum(true)?;
                none.insert(compressor)
            }
        };
        if !self.has_dictionary
            && let Some(dictionary) = self.packing.dictionary.get()
        {
            compressor.set_prepared_dictionary(dictionary)?;
            self.has_dictionary = true;
        }
        compressor.compress(article)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        (folder, home)
    }

    fn article(number: usize) -> Vec<u8> {
        let towns = ["Velmora", "Tarn", "Osk", "Brellin", "Hask"];
        let (from, to) = (towns[number % 5], towns[number / 5 % 5]);
        let text = format!(
            "The harbour office of {from} said on day {number} that the ferry to {to} would sail again, \
             once the {} buoys east of the breakwater are back in their places. ",
            number * 7 % 91
        );
        text.repeat(2).into_bytes()
    }

    #[test]
    fn articles_come_back_before_and_after_the_dictionary_is_learned() {
        let (_folder, home) = home();
        let packing = Packing::open(&home).unwrap();
        let mut packer = packing.packer();
        let frames: Vec<_> = (0..SAMPLES + 50).map(|n| packer.pack(&article(n)).unwrap()).collect();
        let unpacking = Unpacking::open(std::slice::from_ref(&home)).unwrap();
        for (number, frame) in frames.iter().enumerate() {
            assert_eq!(unpacking.unpack(frame).unwrap(), article(number));
            assert_eq!(get_dict_id_from_frame(frame).is_some(), number >= SAMPLES, "article {number}");
        }
        assert!(frames[SAMPLES].len() * 2 < frames[0].len(), "the dictionary saves more than a half");
        // The next run takes it up, and so does one that stands beside.
        let again = Packing::open(&home).unwrap();
        assert_eq!(again.packer().pack(&article(SAMPLES)).unwrap(), frames[SAMPLES]);
    }

    #[test]
    fn what_is_damaged_or_lacks_its_dictionary_is_refused() {
        let (_folder, home) = home();
        let packing = Packing::open(&home).unwrap();
        let mut packer = packing.packer();
        let frames: Vec<_> = (0..=SAMPLES).map(|n| packer.pack(&article(n)).unwrap()).collect();
        let last = frames.last().unwrap();
        assert!(matches!(Unpacking::default().unpack(last), Err(UnpackError::NoDictionary(_))));
        let unpacking = Unpacking::open(std::slice::from_ref(&home)).unwrap();
        for at in 0..last.len() {
            let mut bent = last.clone();
            bent[at] ^= 0x55;
            assert_ne!(unpacking.unpack(&bent).ok(), Some(article(SAMPLES)), "bent at {at}");
            assert!(unpacking.unpack(&last[..at]).is_err(), "cut at {at}");
        }
    }
}
