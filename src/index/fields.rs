//! The index's fields, as tantivy sees them. `schema/index-fields.toml` describes the same fields
//! for people and tools; a test holds the two together.

use tantivy::schema::{
    BytesOptions, FAST, Field, IndexRecordOption, NumericOptions, STORED, Schema, SchemaBuilder,
    TextFieldIndexing, TextOptions,
};

/// Name under which the analyser of `crate::analysis` is registered with tantivy.
pub const NEWS_ANALYSER: &str = "news";
/// The same words folded but not stemmed, for prefixes, wildcards, fuzzy and exact terms.
pub const WORD_ANALYSER: &str = "news_words";
/// Words that have been folded and made unique beforehand (`crate::analysis::word_set`).
pub const WORD_SET_ANALYSER: &str = "news_word_set";

/// Value of the field `unit`: what one indexed document stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum UnitCode {
    /// An article.
    Article = 0,
    /// A section of an article that has several.
    Section = 1,
    /// A file of the corpus with its state, whether it gave articles or not.
    File = 2,
}

macro_rules! fields {
    ($($name:ident: $options:expr;)*) => {
        /// Handles of all fields.
        #[derive(Clone, Copy, Debug)]
        #[allow(missing_docs, reason = "schema/index-fields.toml says what each field holds")]
        pub struct Fields {
            $(pub $name: Field,)*
        }

        impl Fields {
            /// Builds the schema and the handles into it.
            pub fn build() -> (Schema, Self) {
                let mut builder = Schema::builder();
                let fields = Self { $($name: $options(&mut builder, stringify!($name)),)* };
                (builder.build(), fields)
            }

            /// Names of all fields, in the order of the schema.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name),)*];
        }
    };
}

fields! {
    unit: number;
    path: name;
    file: name;
    key: id;
    id: id;
    tie: fast_number;
    sketch_low: fast_number;
    sketch_high: fast_number;
    size: fast_number;
    mtime: fast_integer;
    sha256: fast_bytes;
    names: fast_number;
    text: stemmed;
    headline: stemmed;
    headline_words: word_set;
    byline: words_with_positions;
    words: word_set;
    section_text: stemmed;
    section_words: word_set;
    section: number;
    publisher: name;
    host: name;
    domain: name;
    credit: name;
    source: name;
    evidence: name;
    entity: counted_name;
    person: name;
    organisation: name;
    place: name;
    country: name;
    speaker: name;
    language: name;
    topic: name;
    url: id;
    published: integer;
    published_grain: fast_number;
    modified: integer;
    word_count: number;
    section_count: number;
    has: name;
    extra: name;
    stored: stored_bytes;
}

fn number(builder: &mut SchemaBuilder, field: &str) -> Field {
    builder.add_u64_field(field, NumericOptions::default().set_indexed().set_fast())
}

fn fast_number(builder: &mut SchemaBuilder, field: &str) -> Field {
    builder.add_u64_field(field, FAST)
}

fn integer(builder: &mut SchemaBuilder, field: &str) -> Field {
    builder.add_i64_field(field, NumericOptions::default().set_indexed().set_fast())
}

fn fast_integer(builder: &mut SchemaBuilder, field: &str) -> Field {
    builder.add_i64_field(field, FAST)
}

fn fast_bytes(builder: &mut SchemaBuilder, field: &str) -> Field {
    builder.add_bytes_field(field, BytesOptions::default().set_fast())
}

fn stored_bytes(builder: &mut SchemaBuilder, field: &str) -> Field {
    builder.add_bytes_field(field, STORED)
}

fn id(builder: &mut SchemaBuilder, field: &str) -> Field {
    builder.add_text_field(field, whole_value())
}

/// A whole value as one term, also as a column to count by.
fn name(builder: &mut SchemaBuilder, field: &str) -> Field {
    builder.add_text_field(field, whole_value().set_fast("raw"))
}

/// Lengths of values (norms) mean nothing here, and cost a byte a document and field.
fn whole_value() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing)
}

/// Ids that are counted: a name's number of mentions is its term frequency.
fn counted_name(builder: &mut SchemaBuilder, field: &str) -> Field {
    analysed(builder, field, "raw", IndexRecordOption::WithFreqs)
}

fn stemmed(builder: &mut SchemaBuilder, field: &str) -> Field {
    analysed(builder, field, NEWS_ANALYSER, IndexRecordOption::WithFreqsAndPositions)
}

fn words_with_positions(builder: &mut SchemaBuilder, field: &str) -> Field {
    analysed(builder, field, WORD_ANALYSER, IndexRecordOption::WithFreqsAndPositions)
}

fn word_set(builder: &mut SchemaBuilder, field: &str) -> Field {
    analysed(builder, field, WORD_SET_ANALYSER, IndexRecordOption::Basic)
}

fn analysed(builder: &mut SchemaBuilder, field: &str, analyser: &str, record: IndexRecordOption) -> Field {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(analyser)
        .set_index_option(record)
        .set_fieldnorms(record != IndexRecordOption::Basic);
    builder.add_text_field(field, TextOptions::default().set_indexing_options(indexing))
}
