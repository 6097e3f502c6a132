"""Methods for columns that name a person, alone or with a key: tokens, surrogates, masks, parts that are kept."""
