// Keeps the marked parts of a page of the portal fresh.
