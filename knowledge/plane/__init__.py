"""The data plane: from published entries to the artefact that serves, step by step, judged before it serves."""
