"""Makes the awkward files importable: tests are no package."""

import importlib.util
import sys
from pathlib import Path

spec = importlib.util.spec_from_file_location("awkward_files", Path(__file__).parent / "awkward.py")
module = importlib.util.module_from_spec(spec)
sys.modules.setdefault("awkward_files", module)
spec.loader.exec_module(sys.modules["awkward_files"])
