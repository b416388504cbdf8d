"""Alembic's entry: runs on the connection that `services.socle.schema.migrate`, or `nouvelle`, hands over."""

from alembic import context

from models import Base


def render_item(kind, obj, autogen_context):  # type: ignore[no-untyped-def]
    """Write our own column types as the plain ones they store: a migration must not change when a model does."""
    if kind == "type" and type(obj).__name__ in {"CivilDateTime", "UtcDateTime"}:
        return "sa.DateTime()"
    if kind == "type" and type(obj).__name__ == "AutoString":
        return f"sa.String(length={obj.length})" if obj.length else "sa.String()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
    transactional_ddl=False,  # `migrate` holds the one transaction, begun with BEGIN IMMEDIATE
)
context.run_migrations()
