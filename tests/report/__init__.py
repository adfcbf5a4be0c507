"""Tests of the views, on snapshots built by hand."""
