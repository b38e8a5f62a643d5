"""``kerashape completion``."""

from __future__ import annotations

import click

from kerashape.cli import common

HELP = """Print a shell's completion script.

\b
bash  eval "$(kerashape completion bash)"           in ~/.bashrc
zsh   eval "$(kerashape completion zsh)"            in ~/.zshrc
fish  kerashape completion fish | source            in ~/.config/fish/config.fish
"""


@click.command(help=HELP)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print a shell's completion script."""
    from click.shell_completion import get_completion_class

    from kerashape.cli import cli

    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(cli, {}, "kerashape", "_KERASHAPE_COMPLETE")
    # Without ``source()``, which runs the shell to see how old it is.
    common.write([script.source_template % script.source_vars()])
    return 0
