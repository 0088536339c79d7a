"""The edges: each module knows one thing of the outside."""
