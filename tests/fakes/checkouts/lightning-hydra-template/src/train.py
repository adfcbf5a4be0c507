"""lightning-hydra-template's command line: Hydra's; Lightning's CSV logger and last.ckpt."""

import csv
from pathlib import Path

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from tests.fakes.checkouts import begin, die_once, load, save


@hydra.main(version_base="1.3", config_path="../configs", config_name="train.yaml")
def main(config: DictConfig) -> None:
    assert "rich_progress_bar" not in config.callbacks
    assert config.trainer.enable_progress_bar is False
    assert config.logger.csv
    assert isinstance(config.seed, int)
    assert all(isinstance(beta, float) for beta in config.model.optimizer.betas)
    assert config.trainer.gradient_clip_val is None or isinstance(config.trainer.gradient_clip_val, float)
    folder = Path(HydraConfig.get().runtime.output_dir)
    first = load(Path(config.ckpt_path)) if config.ckpt_path else 0
    begin(folder, first)
    versions = folder / "csv"
    version = versions / f"version_{len(list(versions.glob('version_*')))}"
    version.mkdir(parents=True)
    columns = ["epoch", "step", "train/acc", "train/loss", "val/acc", "val/acc_best", "val/loss"]
    with (version / "metrics.csv").open("w", newline="") as file:
        rows = csv.DictWriter(file, columns)
        rows.writeheader()
        for epoch in range(first, config.trainer.max_epochs):
            accuracy = 0.5 + epoch / config.trainer.max_epochs / 2 - config.model.optimizer.lr
            rows.writerow({"epoch": epoch, "step": 10 * epoch + 9, "val/acc": accuracy, "val/loss": 1.0})
            rows.writerow({"epoch": epoch, "step": 10 * epoch + 9, "train/loss": 1.5, "train/acc": 0.5})
            file.flush()
            save(folder / "checkpoints" / "last.ckpt", epoch + 1)
            if 2 * epoch >= config.trainer.max_epochs:
                die_once(folder)


main()
