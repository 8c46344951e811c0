"""A question to ranked evidence: route, search both ways, fuse, fall back, and say how sure it is."""
