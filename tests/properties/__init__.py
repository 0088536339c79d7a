"""Every parser of outside text, held to "a value or one of our errors" (hypothesis)."""
