"""Sources: one TOML declaration each, and the way from a published file to checked, placed and linked rows."""
