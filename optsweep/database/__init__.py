"""Everything that is SQL: the storage, the queue of runs, the records of a study."""
