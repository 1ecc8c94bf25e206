"""View models: what a page shows, worked out before a template sees it."""
