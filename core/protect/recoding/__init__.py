"""Global and local recoding: less detail, for all rows alike or until groups of rows look alike."""
