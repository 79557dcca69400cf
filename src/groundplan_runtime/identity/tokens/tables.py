"""The three tables behind refresh tokens and revocations, for SQLite and PostgreSQL alike."""

__all__ = ["STATEMENTS"]

STATEMENTS = (
    """CREATE TABLE IF NOT EXISTS token_family (
        id varchar(32) PRIMARY KEY, subject varchar(255) NOT NULL, made bigint NOT NULL, ended bigint, why varchar(20))""",
    "CREATE INDEX IF NOT EXISTS token_family_subject ON token_family (subject)",
    """CREATE TABLE IF NOT EXISTS token_refresh (
        hash varchar(64) PRIMARY KEY, family varchar(32) NOT NULL REFERENCES token_family (id),
        expires bigint NOT NULL, used bigint)""",
    "CREATE INDEX IF NOT EXISTS token_refresh_expires ON token_refresh (expires)",
    "CREATE TABLE IF NOT EXISTS token_revoked (name varchar(32) PRIMARY KEY, until bigint NOT NULL)",
)
"""To be run one at a time; running them again changes nothing. Times are Unix seconds; of a token only its SHA-256 is kept."""
