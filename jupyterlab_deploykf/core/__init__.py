"""Pure decisions: no files, no HTTP, no environment, no clock of its own."""
