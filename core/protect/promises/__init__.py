"""What a step may claim of the released table, counted again apart from the kernels, and how attackers count."""
