//! HTML pages: the tree, its leaf blocks, and the model that tells the story's from the rest.
