"""How values become coarser: hierarchies, the trees planted from them, and rows made ready for recoding."""
