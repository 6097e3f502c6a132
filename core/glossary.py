"""The words of disclosure control in plain language: shown where a term stands, and written to GLOSSARY.md."""

from __future__ import annotations

TERMS: dict[str, str] = {
    "anonymisation": (
        "Changing a table so that nobody in it can be recognised by any means reasonably likely to be used. It is "
        "judged by what is left to recognise, not by what was done."
    ),
    "attacker": (
        "The person we protect against: someone who holds the released file, knows something about people in it "
        "(a neighbour's age and job, a register with names) and tries to find them."
    ),
    "attacker check": (
        "A second count of k-anonymity after cells were suppressed. The attacker knows the true values and a "
        "suppressed cell matches anything: how many released rows fit each person?"
    ),
    "bottom coding": "Replacing every number below a limit by the limit, so that very small values stop standing out.",
    "category": "A column with a limited list of answers, such as sex or state.",
    "class size": (
        "How many rows share one combination of quasi-identifiers. 1 means the row is the only one of its kind."
    ),
    "differential privacy": (
        "A promise about statistics: the answer would have been almost equally likely if any one person's data "
        "had been left out. Epsilon says how almost."
    ),
    "direct identifier": "A column that names a person by itself: name, phone number, Aadhaar number, e-mail address.",
    "disclosure": (
        "Learning something about a person from released data: who a row belongs to, or a value that person has."
    ),
    "entropy l-diversity": "l-diversity that also counts how evenly the sensitive values are spread within a class.",
    "epsilon": (
        "The price of one answer under differential privacy, and how much it can reveal. Small is private and "
        "noisy; each question adds to the sum."
    ),
    "equivalence class": (
        "All rows that share one combination of quasi-identifiers. Inside it nobody can be told apart by them."
    ),
    "expected re-identifications": (
        "The sum of all rows' individual risks: how many people an attacker who tries everyone would be expected "
        "to find."
    ),
    "generalisation": "Replacing a value by a wider one it belongs to: an age by an age band, a town by its state.",
    "hierarchy": "A list of how each value widens step by step, as Pune, Maharashtra, West India, anywhere.",
    "household": "People who are surveyed together. Finding one of them usually gives away the others.",
    "individual risk": (
        "The chance that one row is rightly linked to its person, given how many people in the population share "
        "its combination of quasi-identifiers. With sample weights it is estimated."
    ),
    "information loss": (
        "How much the protected table differs from the original, and so how far its results can be off."
    ),
    "k-anonymity": (
        "Every combination of quasi-identifiers that occurs, occurs in at least k rows. With k = 5 everyone "
        "shares their combination with at least four others in the file."
    ),
    "key": "A secret of 32 bytes from which tokens are made. Who holds it can make the same tokens again.",
    "l-diversity": (
        "Every equivalence class holds at least l different sensitive values, so that finding a person's class "
        "does not give the value away."
    ),
    "linkage": "Matching rows of the released file to people in another file, by the columns both have.",
    "local suppression": "Blanking single cells that make a row stand out, instead of changing the whole column.",
    "masking": "Hiding part of a value: ******1234.",
    "microaggregation": "Putting similar rows into groups of at least k and giving each row the average of its group.",
    "minimal sample unique": (
        "A smallest set of values that only one row has: none of its parts is unique. The fewer values it needs, "
        "the easier the row is to recognise."
    ),
    "missing": (
        "A cell without an answer. It counts as a value of its own: an empty answer can be what makes a row stand out."
    ),
    "population": "Everyone a survey speaks for, of whom the file holds a sample.",
    "pseudonymisation": (
        "Replacing names and numbers by tokens made with a key. Rows of one person still belong together, so the "
        "data is still personal data."
    ),
    "quasi-identifier": (
        "A column that names nobody by itself but can in combination with others, and that an outsider may know: "
        "age, sex, district, occupation."
    ),
    "recipe": "The list of everything that was decided and done to a table, as a file that can be run again.",
    "re-identification": "Finding out which person a row belongs to.",
    "role": (
        "What a column is for: direct identifier, quasi-identifier, sensitive, sample weight, household, keep or drop."
    ),
    "sample unique": "A row that is the only one in the file with its combination of quasi-identifiers.",
    "sample weight": "How many people of the population a row stands for.",
    "seed": (
        "The secret number all random changes are derived from. With it, the same recipe gives the same file again."
    ),
    "sensitive": "A column whose value would harm or embarrass if it were known of a person: income, illness, caste.",
    "strict k": "Class size counted in the file exactly as it is released, a suppressed cell being a value of its own.",
    "SUDA": "A score of how recognisable a row is, from the number and size of its minimal sample uniques.",
    "suppressed cell": (
        "A cell whose value was taken out for protection, written *. It is not the same as a missing one."
    ),
    "t-closeness": (
        "In every equivalence class the sensitive values are spread nearly as in the whole table: at most t apart."
    ),
    "top coding": "Replacing every number above a limit by the limit, so that very large values stop standing out.",
    "utility": "How well the protected table still answers what it is needed for.",
    "wildcard counting": (
        "Counting a suppressed cell as equal to every value, as sdcMicro does. It makes files look safer than "
        "they are and is never called k-anonymity here."
    ),
}
"""term -> one or two sentences, in alphabetical order."""
