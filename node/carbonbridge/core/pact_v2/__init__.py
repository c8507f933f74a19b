"""PACT v2.0 to v2.3: the data model, the events, and the mapping to and from v3."""
