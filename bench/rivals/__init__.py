"""The product beside others that serve streamed answers, on the same scripted tokens."""
