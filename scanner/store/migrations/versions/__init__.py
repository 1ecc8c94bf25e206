"""One file a revision, the first included."""
