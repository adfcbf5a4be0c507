"""A script's own config: values put into the text of its template, in each format."""
