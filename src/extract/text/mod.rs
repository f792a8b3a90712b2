//! Plain text scraped from pages: which lines are the story, and what the others say about it.
