"""What runs a Python function. It imports as little as it can, because imports are most of a cold start."""
