"""The search artefact: built, checksummed, published, watched, loaded and searched."""
