//! Which font is taken for which letter, and which letters none has.
