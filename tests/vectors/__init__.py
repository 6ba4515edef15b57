"""The vectors of `schemas/vectors`: a scripted server that plays them, and Python's runner."""
