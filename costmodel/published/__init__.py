"""Published cost tables and their errata: rows as expressions over an estimate's quantities. The engine knows none of it."""
