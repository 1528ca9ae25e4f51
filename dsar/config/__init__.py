"""dsar.toml as frozen values."""

from dsar.config.company import (
    Certificate,
    Config,
    Controller,
    LegalHold,
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
    Statute,
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
    "LegalHold",
    "Name",
    "NotSearched",
    "Purpose",
    "RecipientSpec",
    "RecipientUse",
    "Source",
    "Statute",
    "Target",
    "Transfer",
    "field_for",
    "find_config",
    "load_config",
    "parse",
    "plain",
]
