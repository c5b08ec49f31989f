"""Bytes in, passages out: reading files, structure, chunking, embedding and jobs."""
