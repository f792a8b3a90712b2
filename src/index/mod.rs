//! The index on disk: its fields, its state, and the run that brings it up to date.
//!
//! Layout of an index folder (`.newsidx/`):
//! ```text
//! format.toml    version of the format and of the analyser; another version is refused
//! segments/      tantivy's files: everything that can be rebuilt from the corpus
//! dictionary-….bin  what the stored articles are compressed with; needed to read them
//! vectors.bin    what words mean in this corpus, learned by `crate::rank`; can be learned anew
//! writer.lock    held by the one writer; holds its process id
//! config.toml    settings of this index (optional, the user's)
//! names.tsv      the user's own list of names that it was made with (optional)
//! entities.tsv   the user's corrections of names (optional)
//! names-compiled.bin  a large `names.tsv` compiled, made anew where it is missing or of another list
//! ```
//! This is the only place that knows tantivy's schema and writer.

mod analyser;
mod dictionary;
mod error;
#[cfg(test)]
mod faults;
mod fields;
mod furniture;
mod home;
mod intake;
mod merge;
mod outcome;
mod own_names;
mod packing;
mod plan;
mod prepare;
mod run;
mod state;
mod stored;
mod tally;
mod together;
mod transfer;
mod upkeep;
mod vectors;
mod verify;
mod wire;
mod worker;

pub use analyser::analysers;
pub use dictionary::{UnpackError, Unpacking};
pub use error::IndexError;
pub use fields::{Fields, UnitCode};
pub use furniture::{MAX_SAMPLED_FILES, furniture_of};
pub use home::{FORMAT_VERSION, Home, INDEX_FOLDER, WriterLock};
pub use outcome::{Counts, FileOutcome, FileReport, NotRemoved, Observer, RunReport};
pub use own_names::{
    OwnNamesError, corrections, own_names, own_names_of, read_names, write_corrections, write_names,
};
pub use plan::stored_path;
pub use prepare::article_id;
pub use run::{IndexRequest, run};
pub use state::{FileState, annotated_otherwise, file_state};
pub use stored::{StoredArticle, StoredTexts};
pub use together::OpenIndexes;
pub use transfer::{EXPORT_SCHEMA, ExportLine, Import, Transferred, export, merge_from};
pub use upkeep::{optimize, snapshot};
pub use vectors::{DIMENSIONS, TermVectors, VectorsDamaged};
pub use verify::{Problem, Verification, VerifyOptions, forget_files, verify};
