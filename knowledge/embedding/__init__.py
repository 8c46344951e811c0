"""Texts to vectors: a local model or a remote endpoint, behind one cached and micro-batched front."""
