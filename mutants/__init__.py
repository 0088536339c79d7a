"""Faults that are put back one at a time, each with the test that has to catch it: ``npm run mutants``."""
