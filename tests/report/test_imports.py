import subprocess
import sys


def test_views_load_neither_the_optimiser_nor_torch() -> None:
    views = ", ".join(f"optsweep.report.{name}" for name in ("status", "summary", "live", "best", "html", "export"))
    code = f"import sys, {views}; print({{'optuna', 'sqlalchemy', 'torch'}} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
