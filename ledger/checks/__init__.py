"""What the plugin reports: one module for each kind of wrong."""
