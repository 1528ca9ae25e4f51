"""The peer of `dsar --help`: a bare typer application with rich and as many commands, nothing else imported."""

from __future__ import annotations

import os

import typer

app = typer.Typer()
for number in range(int(os.environ["COMMANDS"])):

    @app.command(name=f"command{number}", rich_help_panel=f"Panel {number % 4}")
    def command(folder: str = ".") -> None:
        """Do one thing that takes a sentence to say."""


if __name__ == "__main__":
    app()
