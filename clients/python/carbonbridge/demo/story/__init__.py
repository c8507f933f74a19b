"""The story, one file a chapter; each step acts through the operators' interface and checks what came of it."""
