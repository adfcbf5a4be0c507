"""From text files of any kind to packed corpora: open, unpack, read as an expert would, count, write."""
