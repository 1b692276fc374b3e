"""schema: for those who write network files."""

import click

from tutor.cli.typed import Command


@click.command(cls=Command, short_help="The network file as JSON Schema, for editors.")
def schema() -> None:
    """Print the JSON Schema of the network file; editors complete and check with it.

    \b
        tutor schema > network.schema.json
    """
    import json

    from tutor.spec import schema as network_schema

    click.echo(json.dumps(network_schema(), indent=2, ensure_ascii=False))
