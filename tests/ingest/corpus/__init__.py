"""Documents with known words, tables and pages, written by real producers in every format that is read."""
