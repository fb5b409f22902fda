import time
from sqlalchemy import text
def test_x(database):
    from bot import seed
    from bot.db import transaction
    from bot.models import Base
    from datetime import UTC, datetime
    from tests.conftest import MONDAY_MORNING
    tables = Base.metadata.sorted_tables
    names = ", ".join(f'"{t.name}"' for t in tables)
    for _ in range(3):
        a=time.perf_counter()
        with transaction() as s: s.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        b=time.perf_counter()
        with transaction() as s: seed.seed_office(s, MONDAY_MORNING)
        c=time.perf_counter()
        print("truncate", b-a, "seed", c-b)
    identity = [t for t in tables if any(col.identity for col in t.columns)]
    reset = "".join(f'DELETE FROM "{t.name}";' for t in tables) 
    seqs = "SELECT " + ", ".join(f"setval(pg_get_serial_sequence('{t.name}','id'),1,false)" for t in identity)
    for _ in range(3):
        a=time.perf_counter()
        with transaction() as s:
            s.execute(text("SET LOCAL session_replication_role = replica"))
            s.connection().exec_driver_sql(reset)
            s.execute(text(seqs))
        b=time.perf_counter()
        with transaction() as s: seed.seed_office(s, MONDAY_MORNING)
        c=time.perf_counter()
        print("delete", b-a, "seed", c-b)
