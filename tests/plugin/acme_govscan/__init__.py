"""A sample plugin of govscan."""
