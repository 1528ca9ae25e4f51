"""The beginning of a dsar.toml: a company that told a mailer about its customers, who stand in a table of SQLite."""

HEAD = """
key_file = "dsar.key"
[controller]
name = "Example Ltd"
phone_region = "DE"
[[recipient]]
name = "Mailer Example Ltd"
role = "processor"
country = "IE"
[target.db]
dialect = "sqlite"
[[source]]
name = "shop"
files = ["customers.csv"]
[source.collection.customers]
key = ["id"]
purposes = [{ purpose = "account_management", basis = "contract" }]
recipients = [{ name = "Mailer Example Ltd", sent = "all" }]
erase = { method = "delete", target = "db", table = "customers", key = { id = "ID" }, lock = { mail = "mail" } }
[source.collection.customers.fields]
id = { category = "user.unique_id" }
mail = { identifier = "email", category = "user.contact.email" }
"""
"""The fields of the customers follow; the file is theirs who use it."""
