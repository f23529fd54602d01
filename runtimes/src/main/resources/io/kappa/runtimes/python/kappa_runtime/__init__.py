"""What runs a Python function: a client of the Runtime API that imports as little as it can, because imports are most of a cold start."""
