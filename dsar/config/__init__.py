"""dsar.toml as frozen values."""

from dsar.config.company import (
    Certificate,
    Config,
    Controller,
    Name,
    NotSearched,
    RecipientSpec,
    Source,
    Target,
    Transfer,
)
from dsar.config.declared import (
    AttachmentSpec,
    CollectionSpec,
    Erase,
    FieldSpec,
    Frozen,
    Keep,
    Purpose,
    RecipientUse,
    field_for,
    plain,
)
from dsar.config.load import (
    find_config,
    load_config,
    parse,
)

__all__ = [
    "AttachmentSpec",
    "Certificate",
    "CollectionSpec",
    "Config",
    "Controller",
    "Erase",
    "FieldSpec",
    "Frozen",
    "Keep",
    "Name",
    "NotSearched",
    "Purpose",
    "RecipientSpec",
    "RecipientUse",
    "Source",
    "Target",
    "Transfer",
    "field_for",
    "find_config",
    "load_config",
    "parse",
    "plain",
]
