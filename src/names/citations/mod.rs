//! Who is cited, how it shows, and who said the quoted words.
