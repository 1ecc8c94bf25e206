"""Pages and exports, made of what was kept."""
