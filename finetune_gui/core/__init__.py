"""Recipe, events, run folder, paths, errors, messages: no torch, no Qt."""
