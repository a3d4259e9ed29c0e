"""The disk and the broker, as the simulator uses them."""
