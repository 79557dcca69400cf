"""The brief: what a project needs, stated by its team."""
