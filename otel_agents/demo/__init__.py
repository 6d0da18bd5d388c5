"""A simulated fleet of agents: real spans, the real pipeline, no network and no money."""
