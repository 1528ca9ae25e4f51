"""`dsar request`: the register of requests, from the letter to its closing."""

from __future__ import annotations

import typer

from dsar.cli import request_add, request_end, request_look, request_steps

app = typer.Typer(add_completion=False)


@app.callback()
def request() -> None:
    """Register requests and follow them to their end."""


for part in (request_add, request_look, request_steps, request_end):
    app.registered_commands += part.app.registered_commands
