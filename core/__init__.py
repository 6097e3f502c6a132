"""The anonymisation studio's plain package: risk, protection and comparison of tables, without a screen."""
