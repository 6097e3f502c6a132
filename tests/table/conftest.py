"""Makes the awkward files importable: tests are no package."""

import importlib.util
import sys
from pathlib import Path

for name in ("awkward", "awkward_office", "awkward_workbooks", "awkward_typed", "awkward_exports"):
    module_name = "awkward_files" if name == "awkward" else name
    if module_name not in sys.modules:
        spec = importlib.util.spec_from_file_location(module_name, Path(__file__).parent / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[module_name] = module
        spec.loader.exec_module(module)
