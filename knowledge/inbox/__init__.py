"""Questions that Lilo could not answer or that people marked as not helpful, and what became of them."""
