"""What the registers hold, one record a kind, and what follows from it at an instant. All of it is pure."""
