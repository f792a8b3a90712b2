//! The analyser of `crate::analysis` in the form that tantivy calls.

use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};

use super::fields::{NEWS_ANALYSER, WORD_ANALYSER, WORD_SET_ANALYSER};
use crate::analysis::{Stem, Words};

/// The analysers of the index, by name.
pub fn analysers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(
        NEWS_ANALYSER,
        TextAnalyzer::from(NewsTokenizer { stem: Some(Stem::default()), token: Token::default() }),
    );
    manager
        .register(WORD_ANALYSER, TextAnalyzer::from(NewsTokenizer { stem: None, token: Token::default() }));
    manager.register(WORD_SET_ANALYSER, TextAnalyzer::from(SetTokenizer::default()));
    manager
}

/// Takes a set of words (`crate::analysis::word_set`) apart again.
#[derive(Clone, Default)]
struct SetTokenizer {
    token: Token,
}

impl Tokenizer for SetTokenizer {
    type TokenStream<'a> = SetTokens<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> SetTokens<'a> {
        self.token.reset();
        SetTokens { rest: text, token: &mut self.token }
    }
}

struct SetTokens<'a> {
    rest: &'a str,
    token: &'a mut Token,
}

impl TokenStream for SetTokens<'_> {
    fn advance(&mut self) -> bool {
        if self.rest.is_empty() {
            return false;
        }
        let end = memchr::memchr(b' ', self.rest.as_bytes()).unwrap_or(self.rest.len());
        self.token.text.clear();
        self.token.text.push_str(&self.rest[..end]);
        self.token.position = self.token.position.wrapping_add(1);
        self.rest = self.rest.get(end + 1..).unwrap_or("");
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[derive(Clone)]
struct NewsTokenizer {
    stem: Option<Stem>,
    token: Token,
}

impl Tokenizer for NewsTokenizer {
    type TokenStream<'a> = NewsTokens<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> NewsTokens<'a> {
        self.token.reset();
        NewsTokens { words: Words::new(text), stem: self.stem.as_mut(), token: &mut self.token }
    }
}

struct NewsTokens<'a> {
    words: Words<'a>,
    stem: Option<&'a mut Stem>,
    token: &'a mut Token,
}

impl TokenStream for NewsTokens<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.advance() else { return false };
        self.token.offset_from = word.span.start;
        self.token.offset_to = word.span.end;
        self.token.position = word.position as usize;
        self.token.text.clear();
        let folded = self.words.folded();
        match &mut self.stem {
            Some(stem) => self.token.text.push_str(stem.of(folded)),
            None => self.token.text.push_str(folded),
        }
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
