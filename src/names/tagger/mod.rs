//! The statistical tagger for names that no list has.
