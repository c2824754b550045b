"""
A small shop on Postgres, to try out how Doorbuster races a service of one's own: DATABASE_URL=... python shop.py

It looks at the stock, and writes down then what it has worked out. That both happen in one transaction helps nobody:
README.md shows why, and has the statement that mends it.
"""

import json
import os
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg

DATABASE_URL = os.environ["DATABASE_URL"]
PORT = int(os.environ.get("PORT", "8080"))

TABLES = """
CREATE TABLE IF NOT EXISTS stock (sku text PRIMARY KEY, remaining integer NOT NULL);
CREATE TABLE IF NOT EXISTS orders (
    id text PRIMARY KEY, sku text NOT NULL, user_id text NOT NULL, request_id text NOT NULL UNIQUE
);
"""


def take_one(db, sku):
    """False: there is none left."""
    (remaining,) = db.execute("SELECT remaining FROM stock WHERE sku = %s", [sku]).fetchone()
    if remaining < 1:
        return False
    db.execute("UPDATE stock SET remaining = %s WHERE sku = %s", [remaining - 1, sku])
    return True


def buy(sku, user, key):
    # The end of the block commits; an error rolls back.
    with psycopg.connect(DATABASE_URL) as db:
        if not take_one(db, sku):
            return 409, {"error": "sold_out"}
        order = str(uuid.uuid4())
        db.execute(
            "INSERT INTO orders (id, sku, user_id, request_id) VALUES (%s, %s, %s, %s)", [order, sku, user, key]
        )
        return 201, {"id": order}


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200, {"open": True})

    def do_POST(self):
        order = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.answer(*buy(order["sku"], order["user"], order["key"]))

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    with psycopg.connect(DATABASE_URL) as db:
        db.execute(TABLES)
    ThreadingHTTPServer(("127.0.0.1", PORT), Shop).serve_forever()
