//! The command line as its users meet it: a file for each command, one shared environment.

mod arranging;
mod concordance;
mod counting;
mod counts;
mod db;
mod entities;
mod environment;
mod exactness;
mod extract;
mod golden;
mod hostile;
mod index;
mod query;
mod real_input;
mod refusals;
mod sample_corpus;
mod schemas;
mod search;
mod show;
mod sourcing;
mod together;
mod torture;
