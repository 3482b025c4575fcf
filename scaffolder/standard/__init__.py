"""Standard methods of resources (AIP-121 to 136, 140 to 164, 231 to 235), recognised in a contract; of no language."""
