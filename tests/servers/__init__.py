"""Real servers for tests, soak and benchmarks, each thrown away at the end: PostgreSQL, Valkey, RabbitMQ, mail."""

from tests.servers.brokers import rabbitmq, valkey
from tests.servers.common import Server, free_port
from tests.servers.postgresql import postgresql, postgresql_server

__all__ = ["Server", "free_port", "postgresql", "postgresql_server", "rabbitmq", "valkey"]
