"""The operator's API of a node, one file per subject. Each method describes one call."""
